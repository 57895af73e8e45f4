/**
 * Logarithms of the beta function and of the binomial coefficient, without the cancellation that
 * lgamma(a) + lgamma(b) − lgamma(a + b) suffers when an argument is large.
 */
import { log, log1p } from '../elementary.ts';
import { HALF_LOG_2PI, lgamma, stirlingRemainder } from './gamma.ts';

/**
 * log B(a, b) for a, b ≥ 0; +∞ when one is 0, NaN when one is negative.
 *
 * Large arguments by Stirling's series with the large parts cancelled on paper (DiDonato & Morris 1992,
 * ACM Algorithm 708, section on BETALN).
 * @example logBeta(0.5, 0.5) // 1.1447298858494002, log π
 */
export function logBeta(a: number, b: number): number {
  if (!(a >= 0 && b >= 0)) return Number.NaN;
  const small = Math.min(a, b);
  const large = Math.max(a, b);
  if (small === 0) return large === Infinity ? Number.NaN : Infinity;
  if (large === Infinity) return -Infinity;
  if (small >= 8) {
    // (a − ½) log(a / (a + b)) + b log(b / (a + b)) − ½ log b + ½ log 2π + remainders, a the smaller
    const remainder = stirlingRemainder(small) + stirlingRemainder(large) - stirlingRemainder(small + large);
    const ratio = small / large;
    const logShare = -log1p(1 / ratio); // log(a / (a + b))
    return HALF_LOG_2PI - 0.5 * log(large) + remainder + (small - 0.5) * logShare - large * log1p(ratio);
  }
  if (large >= 8) return lgamma(small) + lgammaDifference(small, large);
  if (small < 1e-20)
    return -log(small) + (small + large === large ? 0 : log1p(small / large)) + pairNearZero(small, large);
  return lgamma(small) + (lgamma(large) - lgamma(small + large));
}

/** lgamma(a + 1) + lgamma(b + 1) − lgamma(a + b + 1) for tiny a, where a (γ − …) is below the rounding of log a. */
function pairNearZero(a: number, b: number): number {
  return b < 1e-20 ? 0 : lgamma(b + 1) - lgamma(a + b + 1);
}

/** lgamma(b) − lgamma(a + b) for b ≥ 8, a ≥ 0. */
function lgammaDifference(a: number, b: number): number {
  const sum = a + b;
  const ratio = a / b;
  const remainder = stirlingRemainder(b) - stirlingRemainder(sum);
  return remainder - (b + a - 0.5) * log1p(ratio) - a * (log(b) - 1);
}

/**
 * log of the binomial coefficient "n over k", for real n ≥ k ≥ 0.
 *
 * @example logChoose(5, 2) // 2.302585092994046, log 10
 */
export function logChoose(n: number, k: number): number {
  if (!(k >= 0 && k <= n)) return Number.NaN;
  if (k === 0 || k === n) return 0;
  return -log1p(n) - logBeta(k + 1, n - k + 1);
}

/**
 * log Γ(a + x) − log Γ(a) − x log a for a > 0, x ≥ 0: how a rising factorial differs from a power. It tends to 0 as a
 * grows.
 *
 * @example logRising(2, 3) // 1.0986122886681098, log(2 · 3 · 4 / 2³)
 */
export function logRising(a: number, x: number): number {
  if (!(a > 0 && x >= 0)) return Number.NaN;
  if (a <= 60) return lgamma(a + x) - lgamma(a) - x * log(a);
  return (a + x - 0.5) * log1p(x / a) - x + stirlingRemainder(a + x) - stirlingRemainder(a);
}
