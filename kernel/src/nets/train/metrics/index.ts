/** Figures of how good a net's predictions are. */
export { type AverageOptions, accuracy, f1, precision, recall, topKAccuracy } from './classification.ts';
export type { Metric, Predictions } from './metric.ts';
export { calibrationError, perplexity, rocAuc } from './probabilities.ts';
export { rSquared } from './regression.ts';
