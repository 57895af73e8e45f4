/**
 * Pairs of a normal quantile–quantile plot (Wilk & Gnanadesikan 1968, Biometrika 55:1), with the plotting positions of
 * R's `ppoints`: (i − a) / (n + 1 − 2a), a = 3/8 for up to ten values (Blom 1958), else 1/2 (Hazen).
 */
import { sortedQuantile } from '../numeric/quantile.ts';
import { normalQuantile } from '../numeric/special/normal.ts';

export interface QqPairs {
  /** Standard normal quantiles, NaN for a missing value. */
  readonly theoretical: Float64Array; // (n,)
  /** The values, in the order they came in. */
  readonly sample: Float64Array; // (n,)
}

/**
 * The quantile of the standard normal that belongs to each value by its rank, as R's `qqnorm` gives them: values of a
 * normal sample lie about a straight line over them.
 *
 * @param values in any order; missing ones (NaN) take no rank
 * @returns pairs in the order of the values
 * @example
 * const { theoretical, sample } = qqNormal(fit.standardisedResiduals);
 * scatter(theoretical, sample, { xLabel: 'normal quantile', yLabel: 'residual' });
 */
export function qqNormal(values: ArrayLike<number>): QqPairs {
  const sample = Float64Array.from(values);
  const order = Array.from(sample.keys())
    .filter((i) => !Number.isNaN(sample[i]!))
    .sort((i, j) => (sample[i] === sample[j] ? i - j : sample[i]! < sample[j]! ? -1 : 1));
  const n = order.length;
  const a = n <= 10 ? 3 / 8 : 1 / 2;
  const theoretical = new Float64Array(sample.length).fill(Number.NaN);
  order.forEach((row, rank) => {
    theoretical[row] = normalQuantile((rank + 1 - a) / (n + 1 - 2 * a));
  });
  return { theoretical, sample };
}

/** The line through the quartiles of the values and of the standard normal, as R's `qqline` draws it. */
export function qqLine(values: ArrayLike<number>): { readonly intercept: number; readonly slope: number } {
  const sorted = Float64Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort();
  const [low, high] = [sortedQuantile(sorted, 0.25), sortedQuantile(sorted, 0.75)];
  const quartile = normalQuantile(0.75);
  const slope = (high - low) / (2 * quartile);
  return { intercept: low + slope * quartile, slope };
}
