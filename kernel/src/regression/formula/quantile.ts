/**
 * Sample quantile by linear interpolation of order statistics (Hyndman & Fan 1996, type 7), R's default.
 */

/**
 * @param sorted ascending, one value or more
 * @param p in [0, 1]
 * @example quantile([1, 2, 4], 0.75) // 3
 */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  const at = p * (sorted.length - 1);
  const low = Math.floor(at + 4 * Number.EPSILON);
  const share = at - low;
  const value = sorted[low]!;
  return share <= 4 * Number.EPSILON || low + 1 >= sorted.length ? value : value + share * (sorted[low + 1]! - value);
}
