/** Quantiles of discrete families by search: the smallest whole number whose distribution function reaches p. */

/**
 * The smallest k between 0 and `last` with cdf(k) ≥ p.
 *
 * @param start where to begin, usually from a normal approximation
 * @param last largest value, or ∞
 */
export function discreteQuantile(p: number, cdf: (k: number) => number, start: number, last: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  if (p === 0) return 0;
  if (p === 1) return last;
  // Bracket: cdf(low) < p ≤ cdf(high)
  let high = Math.min(Math.max(Math.round(start), 0), last);
  let low = high;
  for (let step = 1; cdf(high) < p && high < last; step *= 2) high = Math.min(high + step, last);
  for (let step = 1; low >= 0 && cdf(low) >= p; step *= 2) low -= step;
  low = Math.max(low, -1);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (cdf(middle) >= p) high = middle;
    else low = middle;
  }
  return high;
}
