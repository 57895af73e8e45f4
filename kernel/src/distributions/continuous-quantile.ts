/**
 * Quantiles of continuous families by search: false position on the logarithm of the smaller tail inside a bracket,
 * with the step of Anderson & Björck (1973, BIT 13, 253–264) against a slow end.
 */
import { log } from '../numeric/elementary.ts';

/** What the search needs to know of a distribution. */
export interface Tails {
  cdf(x: number): number;
  upperCdf(x: number): number;
  /** Where to begin, and how far to step first. */
  readonly start: number;
  readonly scale: number;
  /** Ends of the support; default ∓∞. */
  readonly lower?: number;
  readonly upper?: number;
}

/** The x with P(X ≤ x) = p; the ends of the support at 0 and 1, NaN outside. */
export function continuousQuantile(p: number, tails: Tails): number {
  const { start, scale, lower = -Infinity, upper = Infinity } = tails;
  if (!(p >= 0 && p <= 1 && scale > 0)) return Number.NaN;
  if (p === 0 || p === 1) return p === 0 ? lower : upper;
  const target = log(Math.min(p, 1 - p));
  const f = p < 0.5 ? (x: number) => log(tails.cdf(x)) - target : (x: number) => target - log(tails.upperCdf(x));
  let [low, high] = [start, start];
  for (let step = scale; f(low) > 0; step *= 2) low = Math.max(low - step, (lower + low) / 2, lower);
  for (let step = scale; f(high) < 0; step *= 2) high = Math.min(high + step, upper);
  let [fl, fh] = [f(low), f(high)];
  for (let i = 0; i < 300; i++) {
    const straight =
      Number.isFinite(fl) && Number.isFinite(fh) && fh > fl ? low - (fl * (high - low)) / (fh - fl) : NaN;
    const x = straight > low && straight < high && i % 8 < 7 ? straight : low + (high - low) / 2;
    const fx = f(x);
    if (fx === 0 || high - low <= 4e-16 * Math.abs(x) || !(x > low && x < high)) return x;
    if (fx < 0) {
      const shrink = 1 - fx / fl;
      fh *= fl === 0 || !(shrink > 0) ? 0.5 : Math.min(shrink, 1);
      [low, fl] = [x, fx];
      fh = Math.max(fh, Number.MIN_VALUE);
    } else {
      const shrink = 1 - fx / fh;
      fl *= fh === 0 || !(shrink > 0) ? 0.5 : Math.min(shrink, 1);
      [high, fh] = [x, fx];
      fl = Math.min(fl, -Number.MIN_VALUE);
    }
  }
  return low + (high - low) / 2;
}
