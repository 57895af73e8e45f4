/**
 * How good predicted classes are. Definitions and averages are scikit-learn's; a ratio 0 / 0 is 0 there and here.
 */
import { type Metric, type Predictions, predictedClasses, scoresOf } from './metric.ts';

/** Share of examples whose highest score is that of their label. @example train(net, data, { metrics: [accuracy()] }); */
export function accuracy(): Metric {
  return {
    name: 'accuracy',
    better: 'larger',
    compute(predictions) {
      const scores = scoresOf('accuracy', predictions);
      const found = predictedClasses(scores);
      let right = 0;
      for (let row = 0; row < scores.rows; row++) if (found[row] === scores.labels[row]) right++;
      return right / scores.rows;
    },
  };
}

/** Share of examples whose label is among the `k` highest scores. @example topK(5) */
export function topKAccuracy(k: number): Metric {
  if (!(Number.isInteger(k) && k >= 1)) {
    throw new RangeError(`topKAccuracy: k must be a whole number ≥ 1, got ${String(k)}`);
  }
  return {
    name: `top-${k} accuracy`,
    better: 'larger',
    compute(predictions) {
      const { rows, classes, scores, labels } = scoresOf('topKAccuracy', predictions);
      let right = 0;
      for (let row = 0; row < rows; row++) {
        const own = scores[row * classes + labels[row]!]!;
        // As if sorted rising and stably: of equal scores, those of later classes stand higher.
        let higher = 0;
        for (let c = 0; c < classes; c++) {
          const score = scores[row * classes + c]!;
          if (score > own || (score === own && c > labels[row]!)) higher++;
        }
        if (higher < k) right++;
      }
      return right / rows;
    },
  };
}

/** How figures of single classes become one. */
export interface AverageOptions {
  /**
   * 'binary': of the class `positive`; 'macro': the mean over classes; 'weighted': weighted by how often a class is
   * there; 'micro': from all counts together. Default 'binary' with two classes, else 'macro'.
   */
  readonly average?: 'binary' | 'macro' | 'weighted' | 'micro';
  /** The class that counts as positive; default 1. */
  readonly positive?: number;
}

/** Right among those predicted. @example precision({ average: 'macro' }) */
export function precision(options: AverageOptions = {}): Metric {
  return averaged('precision', options, ({ hits, predicted }) => ratio(hits, predicted));
}

/** Found among those there are. @example recall() */
export function recall(options: AverageOptions = {}): Metric {
  return averaged('recall', options, ({ hits, actual }) => ratio(hits, actual));
}

/** Harmonic mean of precision and recall. @example f1({ average: 'weighted' }) */
export function f1(options: AverageOptions = {}): Metric {
  return averaged('F1', options, ({ hits, predicted, actual }) => ratio(2 * hits, predicted + actual));
}

/** Of one class: predicted and right, predicted, and there. */
interface Counts {
  readonly hits: number;
  readonly predicted: number;
  readonly actual: number;
}

const ratio = (a: number, b: number) => (b === 0 ? 0 : a / b);

function averaged(name: string, { average, positive = 1 }: AverageOptions, figure: (counts: Counts) => number): Metric {
  if (!(Number.isInteger(positive) && positive >= 0)) {
    throw new RangeError(`${name}: positive must be the code of a class, got ${String(positive)}`);
  }
  return {
    name: average === undefined || average === 'binary' ? name : `${name} (${average})`,
    better: 'larger',
    compute(predictions) {
      const counts = countClasses(name, predictions);
      const way = average ?? (counts.length === 2 ? 'binary' : 'macro');
      if (way === 'binary') return figure(counts[positive] ?? { hits: 0, predicted: 0, actual: 0 });
      const total = (pick: (counts: Counts) => number) => counts.reduce((sum, each) => sum + pick(each), 0);
      if (way === 'micro') {
        return figure({
          hits: total((c) => c.hits),
          predicted: total((c) => c.predicted),
          actual: total((c) => c.actual),
        });
      }
      if (way === 'weighted') return total((c) => c.actual * figure(c)) / total((c) => c.actual);
      const present = counts.filter(({ predicted, actual }) => predicted + actual > 0);
      return present.reduce((sum, each) => sum + figure(each), 0) / present.length;
    },
  };
}

function countClasses(caller: string, predictions: Predictions): Counts[] {
  const scores = scoresOf(caller, predictions);
  const found = predictedClasses(scores);
  const counts = Array.from({ length: Math.max(scores.classes, 2) }, () => ({ hits: 0, predicted: 0, actual: 0 }));
  for (let row = 0; row < scores.rows; row++) {
    const label = scores.labels[row]!;
    counts[found[row]!]!.predicted++;
    counts[label]!.actual++;
    if (found[row] === label) counts[label]!.hits++;
  }
  return counts;
}
