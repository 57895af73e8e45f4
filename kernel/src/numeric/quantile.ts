/**
 * Sample quantiles by linear interpolation of order statistics (Hyndman & Fan 1996, type 7): the default of R and NumPy.
 */

/**
 * @param sorted ascending; NaN comes of no values
 * @param p in [0, 1]
 * @example sortedQuantile([1, 2, 4], 0.75) // 3
 */
export function sortedQuantile(sorted: ArrayLike<number>, p: number): number {
  const at = p * (sorted.length - 1);
  const low = Math.floor(at + 4 * Number.EPSILON); // R's fuzz: what is a whole number but for rounding
  const share = at - low;
  const value = sorted[low];
  if (value === undefined) return Number.NaN;
  return share <= 4 * Number.EPSILON || low + 1 >= sorted.length ? value : value + share * (sorted[low + 1]! - value);
}
