/**
 * What a metric sees, and how outputs of a net are read as classes.
 */

/** Outputs of a net on all examples, with their targets. */
export interface Predictions {
  /** Row-major. */
  readonly outputs: Float32Array | Float64Array;
  /** Sizes of the outputs, the examples first. */
  readonly shape: readonly number[];
  readonly targets: ArrayLike<number>;
}

/** A figure of how good predictions are, computed from all of them at once. */
export interface Metric {
  readonly name: string;
  /** Which way is better. */
  readonly better: 'larger' | 'smaller';
  compute(predictions: Predictions): number;
}

/** Scores of classes, one row a label: the last dimension of the outputs. */
export interface Scores {
  readonly rows: number;
  /** 1 where there is one score, the log odds of class 1. */
  readonly classes: number;
  readonly scores: Float32Array | Float64Array; // (rows, classes)
  readonly labels: ArrayLike<number>; // (rows,)
}

/** @throws RangeError where the outputs are no scores of the targets */
export function scoresOf(caller: string, { outputs, shape, targets }: Predictions): Scores {
  const rows = targets.length;
  const classes = outputs.length / rows;
  if (!(rows > 0 && Number.isInteger(classes))) {
    throw new RangeError(
      `${caller}: expected scores of the classes for each of ${rows} labels, got outputs of shape (${shape.join(', ')})`,
    );
  }
  return { rows, classes, scores: outputs, labels: targets };
}

/** The class of the highest score, the first of several; of one score class 1 where it is above 0. */
export function predictedClasses({ rows, classes, scores }: Scores): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => {
    if (classes === 1) return scores[row]! > 0 ? 1 : 0;
    let best = 0;
    for (let k = 1; k < classes; k++) if (scores[row * classes + k]! > scores[row * classes + best]!) best = k;
    return best;
  });
}

/** Probabilities of the classes by the softmax; of one score those of classes 0 and 1. // (rows, max(classes, 2)) */
export function probabilitiesOf({ rows, classes, scores }: Scores): Float64Array {
  const width = Math.max(classes, 2);
  const found = new Float64Array(rows * width);
  for (let row = 0; row < rows; row++) {
    const score = (k: number) => (classes === 1 ? (k === 0 ? 0 : scores[row]!) : scores[row * classes + k]!);
    let largest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < width; k++) largest = Math.max(largest, score(k));
    let sum = 0;
    for (let k = 0; k < width; k++) {
      const weight = Math.exp(score(k) - largest);
      found[row * width + k] = weight;
      sum += weight;
    }
    for (let k = 0; k < width; k++) found[row * width + k]! /= sum;
  }
  return found;
}
