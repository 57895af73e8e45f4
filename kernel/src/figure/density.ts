/**
 * Kernel density estimate on a grid, from linearly binned data (Wand & Jones 1995, appendix D), with a Gaussian
 * kernel, Silverman's rule-of-thumb bandwidth (Silverman 1986, eq. 3.31), and reflection at hard bounds
 * (Silverman 1986, section 2.10), so that the density of a scale parameter does not leak below zero.
 *
 * Work is O(n + points · width), whatever the number of draws: the convolution runs on the bins.
 */
import { sortedQuantile } from '../numeric/quantile.ts';

export interface Grid {
  readonly start: number;
  readonly end: number;
  readonly points: number;
}

export interface Bounds {
  /** No draw lies below: mass that the kernel would put there is folded back. */
  readonly lower?: number | undefined;
  readonly upper?: number | undefined;
}

/**
 * Where to look at a sample: the whole of it, except far tails. The grid ends at the extremes or half the span of
 * the central 98 % beyond that span, whichever is nearer: a normal sample is shown whole, a Cauchy's bulk stays
 * readable. A constant sample gets a grid around it.
 */
export function densityGrid(sorted: Float64Array, points: number, { lower, upper }: Bounds = {}): Grid {
  const q = (probability: number) => sortedQuantile(sorted, probability);
  const span = q(0.99) - q(0.01);
  const pad = span > 0 ? 0.04 * span : Math.max(Math.abs(q(0.5)) * 1e-3, 1e-9);
  const start = Math.max(q(0), q(0.01) - span / 2) - pad;
  const end = Math.min(q(1), q(0.99) + span / 2) + pad;
  return {
    start: lower !== undefined && lower <= q(0) ? Math.max(start, lower) : start,
    end: upper !== undefined && upper >= q(1) ? Math.min(end, upper) : end,
    points,
  };
}

/** Silverman's bandwidth: 0.9 · min(sd, IQR / 1.34) · n^(−1/5), never below a hundredth of the sd; 0 for a constant. */
export function silvermanBandwidth(sorted: Float64Array): number {
  const n = sorted.length;
  const mean = sorted.reduce((sum, x) => sum + x / n, 0);
  const sd = Math.sqrt(sorted.reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(1, n - 1));
  const spread = (sortedQuantile(sorted, 0.75) - sortedQuantile(sorted, 0.25)) / 1.34;
  return 0.9 * Math.max(Math.min(sd, spread), sd / 100) * n ** -0.2;
}

/**
 * Density of a sample at the points of a grid.
 *
 * @param sorted finite values in ascending order (n,)
 * @returns the density at each grid point (points,), in 1 / unit of the values; zeros for no values
 * @example
 * const sorted = draws.toSorted();
 * density(sorted, densityGrid(sorted, 128, { lower: 0 }), { lower: 0 });
 */
export function density(sorted: Float64Array, grid: Grid, bounds: Bounds = {}): Float64Array {
  const result = new Float64Array(grid.points);
  const n = sorted.length;
  const coarse = (grid.end - grid.start) / (grid.points - 1);
  if (n === 0 || !(coarse > 0)) return result;

  // Bins finer than the answer, and reaching four bandwidths beyond it on either side.
  const finer = 4;
  const width = coarse / finer;
  const bandwidth = Math.max(silvermanBandwidth(sorted), width);
  const reach = Math.ceil((4 * bandwidth) / width);
  const bins = new Float64Array((grid.points - 1) * finer + 1 + 2 * reach);
  const put = (value: number, weight: number) => {
    const at = (value - grid.start) / width + reach;
    const low = Math.floor(at);
    if (low < 0 || low + 1 >= bins.length) return;
    bins[low] = bins[low]! + weight * (low + 1 - at);
    bins[low + 1] = bins[low + 1]! + weight * (at - low);
  };
  for (const value of sorted) {
    put(value, 1);
    if (bounds.lower !== undefined) put(2 * bounds.lower - value, 1);
    if (bounds.upper !== undefined) put(2 * bounds.upper - value, 1);
  }

  const kernel = Float64Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-0.5 * (((i - reach) * width) / bandwidth) ** 2),
  );
  // Scaled so that the kernel sums to one over the bins: a truncated kernel would lose 6e-5 of the mass.
  const scale = 1 / (n * width * kernel.reduce((sum, k) => sum + k, 0));
  for (let i = 0; i < grid.points; i++) {
    let sum = 0;
    for (let k = 0; k < kernel.length; k++) sum += kernel[k]! * bins[i * finer + k]!;
    const x = grid.start + i * coarse;
    const inside = !(x < (bounds.lower ?? x)) && !(x > (bounds.upper ?? x));
    result[i] = inside ? sum * scale : 0;
  }
  return result;
}
