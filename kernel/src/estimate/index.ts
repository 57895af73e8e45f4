/** Estimators, and the pure steps they are made of. */
export { Comparison, type ComparisonRow, compare } from './compare.ts';
export { Estimate, type EstimateRow, type Optimum } from './estimate.ts';
export { type MapOptions, map } from './map.ts';
export { type MleOptions, mle } from './mle.ts';
export { LeastSquaresFit, type NlsOptions, nls } from './nls.ts';
export type { Ending, Objective, Optimiser, OptimiserInfo, OptimiserState } from './optimise/objective.ts';
export { optimisers } from './optimise/registry.ts';
export { type Minimum, minimise } from './optimise/shared.ts';
export type { CommonOptions, Progress } from './options.ts';
export { type ChainSampling, type ChainWarmup, Posterior, type Statistics, type SummaryRow } from './posterior.ts';
export { priorPredictive } from './predictive.ts';
export { type SampleOptions, sample } from './sample.ts';
export type { Init } from './start.ts';
export { type AlgorithmEvent, EventLog } from './step.ts';
export { Table } from './table.ts';
