/**
 * Samples in one number: location, spread, order, and how two of them go together.
 */
import { sortedQuantile } from '../numeric/quantile.ts';

/** A traced expression has no length: without this check its mean would be NaN, in silence. */
export function checkNumbers(caller: string, values: ArrayLike<number>): void {
  if (typeof values?.length === 'number' && typeof values !== 'string') return;
  throw new TypeError(
    `${caller}: expected an array of numbers, got ${values === null ? 'null' : typeof values}; ` +
      'of an expression inside a model stage use its methods, x.mean()',
  );
}

/** Arithmetic mean; NaN if a value is missing or there is none. */
export function mean(values: ArrayLike<number>): number {
  checkNumbers('mean', values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  const first = sum / values.length;
  if (!Number.isFinite(first)) return first;
  let rest = 0; // a second pass takes the rounding out (Chan, Golub & LeVeque 1983)
  for (let i = 0; i < values.length; i++) rest += values[i]! - first;
  return first + rest / values.length;
}

/** Sum of squared distances from the mean, corrected for the rounding of the mean (Chan, Golub & LeVeque 1983). */
function sumOfSquares(values: ArrayLike<number>): number {
  const centre = mean(values);
  let squares = 0;
  let rest = 0;
  for (let i = 0; i < values.length; i++) {
    const distance = values[i]! - centre;
    squares += distance * distance;
    rest += distance;
  }
  return squares - (rest * rest) / values.length;
}

/** Variance with divisor n − 1; NaN if a value is missing or n < 2. @example variance([1, 2, 3, 4]) // 5/3 */
export function variance(values: ArrayLike<number>): number {
  checkNumbers('variance', values);
  return values.length < 2 ? Number.NaN : sumOfSquares(values) / (values.length - 1);
}

/** Standard deviation with divisor n − 1, in the values' unit; NaN if a value is missing or n < 2. */
export function standardDeviation(values: ArrayLike<number>): number {
  checkNumbers('standardDeviation', values);
  return Math.sqrt(variance(values));
}

/**
 * Sample quantile, linear between order statistics (Hyndman & Fan 1996, type 7); NaN if a value is missing.
 *
 * @param p in [0, 1]
 * @throws RangeError for a p outside
 * @example quantile([3, 1, 2, 4], 0.25) // 1.75
 */
export function quantile(values: ArrayLike<number>, p: number): number {
  checkNumbers('quantile', values);
  if (!(p >= 0 && p <= 1)) throw new RangeError(`quantile: p must lie in [0, 1], got ${p}`);
  const sorted = Float64Array.from(values).sort(); // NaN comes last
  return Number.isNaN(sorted.at(-1)) ? Number.NaN : sortedQuantile(sorted, p);
}

/** The middle value; the mean of two where n is even. NaN if a value is missing. @example median([3, 1, 2]) // 2 */
export function median(values: ArrayLike<number>): number {
  checkNumbers('median', values);
  return quantile(values, 0.5);
}

/**
 * Covariance with divisor n − 1; NaN if a value is missing or n < 2.
 *
 * @throws RangeError for samples of different lengths
 */
export function covariance(x: ArrayLike<number>, y: ArrayLike<number>): number {
  checkNumbers('covariance', x);
  checkNumbers('covariance', y);
  if (x.length !== y.length) {
    throw new RangeError(`covariance: samples of one length expected, got ${x.length} and ${y.length}`);
  }
  const [centreX, centreY] = [mean(x), mean(y)];
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i]! - centreX) * (y[i]! - centreY);
  return x.length < 2 ? Number.NaN : sum / (x.length - 1);
}

/** Pearson's correlation; NaN where one sample does not vary. @example correlation([1, 2, 3], [2, 4, 6]) // 1 */
export function correlation(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const scale = Math.sqrt(variance(x) * variance(y));
  return scale > 0 ? Math.min(1, Math.max(-1, covariance(x, y) / scale)) : Number.NaN;
}

/**
 * Correlation of a series with itself `lag` steps later, over the sum of squares of the whole series (Box & Jenkins
 * 1976).
 *
 * @param lag whole, from 0; default 1
 * @throws RangeError for a lag that is none, or not below the length
 */
export function autocorrelation(values: ArrayLike<number>, lag = 1): number {
  checkNumbers('autocorrelation', values);
  if (!(Number.isInteger(lag) && lag >= 0 && lag < values.length)) {
    throw new RangeError(`autocorrelation: lag must be whole, from 0 to ${values.length - 1}, got ${lag}`);
  }
  const centre = mean(values);
  let sum = 0;
  for (let i = 0; i + lag < values.length; i++) sum += (values[i]! - centre) * (values[i + lag]! - centre);
  return sum / sumOfSquares(values);
}
