/**
 * How good predicted probabilities are: their order, their surprise, and whether they mean what they say.
 */
import { type Metric, predictedClasses, probabilitiesOf, scoresOf } from './metric.ts';

/**
 * Area under the ROC curve: the probability that an example of the class has a higher score than one of another (ties
 * count half; Hanley & McNeil 1982). With more than two classes the mean over classes, each against the rest.
 *
 * @example train(net, data, { metrics: [rocAuc()] });
 */
export function rocAuc(): Metric {
  return {
    name: 'ROC AUC',
    better: 'larger',
    compute(predictions) {
      const scores = scoresOf('rocAuc', predictions);
      const { rows, classes, labels } = scores;
      const probabilities = probabilitiesOf(scores);
      const width = Math.max(classes, 2);
      const area = (k: number) => {
        // Of two classes the difference of scores orders as the probability does, and is not rounded to 0 or 1.
        const value = (row: number) =>
          classes === 1
            ? scores.scores[row]!
            : classes === 2
              ? scores.scores[2 * row + 1]! - scores.scores[2 * row]!
              : probabilities[row * width + k]!;
        return areaUnderCurve(
          Float64Array.from({ length: rows }, (_, row) => value(row)),
          (row) => labels[row] === k,
        );
      };
      if (width === 2) return area(1);
      return Array.from({ length: width }, (_, k) => area(k)).reduce((sum, each) => sum + each, 0) / width;
    },
  };
}

/** Mann & Whitney's statistic over the number of pairs; NaN where one side is empty. */
function areaUnderCurve(scores: Float64Array, isPositive: (row: number) => boolean): number {
  const order = Array.from(scores.keys()).sort((a, b) => scores[a]! - scores[b]!);
  let positives = 0;
  let rankSum = 0;
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) to++;
    const rank = (from + 1 + to) / 2; // mean rank of equal scores
    for (let i = from; i < to; i++) {
      if (!isPositive(order[i]!)) continue;
      positives++;
      rankSum += rank;
    }
    from = to;
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (order.length - positives));
}

/** e to the mean surprise of the labels: how many equally likely ones it is like choosing from. @example perplexity() */
export function perplexity(): Metric {
  return {
    name: 'perplexity',
    better: 'smaller',
    compute(predictions) {
      const { rows, classes, scores, labels } = scoresOf('perplexity', predictions);
      let sum = 0;
      for (let row = 0; row < rows; row++) {
        const score = (k: number) => (classes === 1 ? (k === 0 ? 0 : scores[row]!) : scores[row * classes + k]!);
        let largest = Number.NEGATIVE_INFINITY;
        for (let k = 0; k < Math.max(classes, 2); k++) largest = Math.max(largest, score(k));
        let weights = 0;
        for (let k = 0; k < Math.max(classes, 2); k++) weights += Math.exp(score(k) - largest);
        sum += Math.log(weights) + largest - score(labels[row]!);
      }
      return Math.exp(sum / rows);
    },
  };
}

/**
 * Expected calibration error (Naeini, Cooper & Hauskrecht 2015; Guo et al. 2017, eq. 5): over bins of the highest
 * probability, how far the share that is right lies from the mean of what was claimed, weighted by their examples.
 *
 * @param options bins of equal width, default 10
 * @throws RangeError for a number of bins below 1
 * @example calibrationError({ bins: 15 })
 */
export function calibrationError({ bins = 10 }: { readonly bins?: number } = {}): Metric {
  if (!(Number.isInteger(bins) && bins >= 1)) {
    throw new RangeError(`calibrationError: bins must be a whole number ≥ 1, got ${String(bins)}`);
  }
  return {
    name: 'calibration error',
    better: 'smaller',
    compute(predictions) {
      const scores = scoresOf('calibrationError', predictions);
      const probabilities = probabilitiesOf(scores);
      const width = probabilities.length / scores.rows;
      const found = predictedClasses(scores);
      const excess = new Float64Array(bins); // Σ (right − claimed)
      for (let row = 0; row < scores.rows; row++) {
        const claimed = probabilities[row * width + found[row]!]!;
        // Bins are open below and closed above: 0.3 of ten bins is in the third.
        const bin = Math.min(bins - 1, Math.max(0, Math.ceil(claimed * bins) - 1));
        excess[bin]! += (found[row] === scores.labels[row] ? 1 : 0) - claimed;
      }
      return excess.reduce((sum, each) => sum + Math.abs(each), 0) / scores.rows;
    },
  };
}
