/**
 * What a measurement says: medians, and the ratio of two timings with its 95 % interval.
 */

/** One pair of timings taken side by side, microseconds of CPU time. */
export interface Pair {
  readonly us: number;
  readonly peer: number;
}

/** The ratio peer / us: above 1 where we are faster. */
export interface Ratio {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
}

/** Middle value; the mean of the two middle ones of an even number. @throws RangeError for none */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('median: expected at least one value');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** P(X ≤ k) for X binomial with n trials and probability ½. */
function binomialHalf(k: number, n: number): number {
  let term = 2 ** -n;
  let sum = 0;
  for (let i = 0; i <= k; i++) {
    sum += term;
    term *= (n - i) / (i + 1);
  }
  return sum;
}

/**
 * The median of the ratios peer / us over pairs, with the order-statistics interval that covers the true median with
 * a probability of at least 95 % whatever the distribution (David & Nagaraja 2003, Order Statistics, section 7.1).
 *
 * @param pairs at least 15, so that an interval exists with room to spare
 * @throws RangeError for fewer, or for a time that is not positive
 * @example ratioOf(pairs).lower > 1.3; // the claim of the bar
 */
export function ratioOf(pairs: readonly Pair[]): Ratio {
  if (!(pairs.length >= 15)) throw new RangeError(`ratioOf: expected at least 15 pairs, got ${pairs.length}`);
  const ratios = pairs.map(({ us, peer }) => peer / us).sort((a, b) => a - b);
  if (!pairs.every(({ us, peer }) => us > 0 && peer > 0)) {
    throw new RangeError('ratioOf: a time is not positive; measure longer blocks');
  }
  // The largest k with P(X < k) ≤ 2.5 %: the interval runs from the k-th smallest to the k-th largest.
  let k = 0;
  while (binomialHalf(k, ratios.length) <= 0.025) k++;
  return { median: median(ratios), lower: ratios[k - 1]!, upper: ratios[ratios.length - k]! };
}

/** Geometric mean. @throws RangeError unless all are positive */
export function geometricMean(values: readonly number[]): number {
  if (values.length === 0 || !values.every((x) => x > 0)) {
    throw new RangeError('geometricMean: expected one or more positive values');
  }
  return Math.exp(values.reduce((sum, x) => sum + Math.log(x), 0) / values.length);
}
