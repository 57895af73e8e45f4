/**
 * Means and variances from tails alone: E X = c + ∫ P(X > x) dx above c − ∫ P(X ≤ x) dx below it, and E (X − c)² likewise
 * with weights 2 |x − c|; sums in place of integrals for whole numbers.
 */
import { integrateTail } from '../numeric/quadrature.ts';

/** A distribution as far as its moments are asked for. */
export interface Spread {
  readonly isWhole: boolean;
  cdf(x: number): number;
  upperCdf(x: number): number;
  /** Ends of the support, ∓∞ where open. */
  readonly lower: number;
  readonly upper: number;
  /** A point in the middle, and how wide the middle is; a whole number where the distribution is of such. */
  readonly centre: number;
  readonly scale: number;
}

/** Beyond this many terms a sum is given up. */
const longestSum = 5_000_000;
/** Σ f(k) for k = 0, 1, … below `count`, until nothing is added; NaN where that takes too long. */
function sum(f: (k: number) => number, count: number): number {
  let total = 0;
  for (let k = 0; k < Math.min(count, longestSum); k++) {
    const term = f(k);
    total += term;
    if (!(term > 1e-18 * total)) return total;
  }
  return count <= longestSum ? total : Number.NaN;
}

/** Mean and variance of a distribution whose tails both have them. */
function tailMoments({ isWhole, cdf, upperCdf, lower, upper, centre, scale }: Spread): {
  readonly mean: number;
  readonly variance: number;
} {
  if (!(Number.isFinite(centre) && scale >= 0 && cdf(centre) >= 0)) return { mean: Number.NaN, variance: Number.NaN };
  const above = (weight: (k: number) => number): number =>
    isWhole
      ? sum((k) => weight(k) * upperCdf(centre + k), upper - centre)
      : integrateTail((distance) => weight(distance) * upperCdf(centre + distance), upper - centre, scale);
  const below = (weight: (k: number) => number): number =>
    isWhole
      ? sum((k) => weight(k) * cdf(centre - 1 - k), centre - lower)
      : integrateTail((distance) => weight(distance) * cdf(centre - distance), centre - lower, scale);
  const shift = above(() => 1) - below(() => 1);
  const weight = isWhole ? (k: number) => 2 * k + 1 : (distance: number) => 2 * distance;
  return { mean: centre + shift, variance: above(weight) + below(weight) - shift * shift };
}

/**
 * Mean or variance of a distribution cut or capped between two ends, given those of the whole one: where the whole one
 * has none, neither has what keeps an open tail.
 */
export function momentOf(
  which: 'mean' | 'variance',
  spread: Spread,
  whole: { readonly mean: number | undefined; readonly variance: number | undefined },
): number {
  const [openBelow, openAbove] = [spread.lower === -Infinity, spread.upper === Infinity];
  if (openBelow || openAbove) {
    const divergent = openBelow ? (openAbove ? Number.NaN : -Infinity) : Infinity;
    if (whole.mean !== undefined && !Number.isFinite(whole.mean)) return which === 'mean' ? divergent : divergent ** 2;
    if (which === 'variance' && whole.variance === Infinity) return Infinity;
  }
  return tailMoments(spread)[which];
}
