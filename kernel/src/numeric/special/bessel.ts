/**
 * Modified Bessel functions of the first kind, orders 0 and 1.
 *
 * Below 20 by the power series (DLMF 10.25.2), whose terms are all positive; above by Hankel's expansion
 * (DLMF 10.40.1), whose smallest term there is below e^−40.
 */
import { exp, log, log1p } from '../elementary.ts';

const LARGE = 20;
const SQRT_TWO_PI = Math.sqrt(2 * Math.PI);

/** Σ (x²/4)^k / (k! (k + order)!) from the second term on, for 0 ≤ x < 20; the first is 1. */
function seriesTail(x: number, order: 0 | 1): number {
  const q = 0.25 * x * x;
  let term = 1;
  let sum = 0;
  for (let k = 1; term > 1e-18 * (1 + sum); k++) {
    term *= q / (k * (k + order));
    sum += term;
  }
  return sum;
}

/** √(2πx) e^−x I(x) − 1 for x ≥ 20: Σ ∓ (4ν² − 1)(4ν² − 9) … / (k! (8x)^k). */
function hankelTail(x: number, order: 0 | 1): number {
  let term = 1;
  let sum = 0;
  for (let k = 1; k < 40; k++) {
    term *= -(4 * order - (2 * k - 1) ** 2) / (8 * k * x);
    sum += term;
    if (Math.abs(term) < 1e-18) break;
  }
  return sum;
}

/** e^x / √(2πx) · (1 + tail) without overflow before its time. */
function large(x: number, tail: number): number {
  if (x === Infinity) return x;
  const half = exp(0.5 * x);
  return (half / Math.sqrt(2 * Math.PI * x)) * (1 + tail) * half;
}

/**
 * I₀(x), even in x, from 1 up.
 *
 * @example besselI0(1) // 1.2660658777520084
 */
export function besselI0(x: number): number {
  const size = Math.abs(x);
  return size < LARGE ? 1 + seriesTail(size, 0) : Number.isNaN(x) ? x : large(size, hankelTail(size, 0));
}

/**
 * I₁(x), odd in x: the derivative of I₀.
 *
 * @example besselI1(1) // 0.5651591039924851
 */
export function besselI1(x: number): number {
  const size = Math.abs(x);
  if (size < LARGE) return 0.5 * x * (1 + seriesTail(size, 1));
  return Number.isNaN(x) ? x : Math.sign(x) * large(size, hankelTail(size, 1));
}

/**
 * e^−|x| I₀(x), which neither overflows nor loses its size.
 *
 * @example besselI0Scaled(1000) // 0.012617240455891257
 */
export function besselI0Scaled(x: number): number {
  const size = Math.abs(x);
  if (Number.isNaN(x)) return x;
  if (size < LARGE) return exp(-size) * (1 + seriesTail(size, 0));
  return (1 + hankelTail(size, 0)) / (SQRT_TWO_PI * Math.sqrt(size));
}

/**
 * e^−|x| I₁(x), odd in x.
 *
 * @example besselI1Scaled(1000) // 0.012610930256928629
 */
export function besselI1Scaled(x: number): number {
  const size = Math.abs(x);
  if (Number.isNaN(x)) return x;
  if (size < LARGE) return exp(-size) * 0.5 * x * (1 + seriesTail(size, 1));
  return (Math.sign(x) * (1 + hankelTail(size, 1))) / (SQRT_TWO_PI * Math.sqrt(size));
}

/** log of e^x / √(2πx) · (1 + tail). */
const logLarge = (x: number, tail: number): number =>
  x === Infinity ? x : x - 0.5 * (log(2 * Math.PI) + log(x)) + log1p(tail);

/**
 * log I₀(x), where I₀ itself would overflow or round to 1.
 *
 * @example logBesselI0(1000) // 995.6273088898695
 */
export function logBesselI0(x: number): number {
  const size = Math.abs(x);
  if (size < LARGE) return log1p(seriesTail(size, 0));
  return Number.isNaN(x) ? x : logLarge(size, hankelTail(size, 0));
}

/** log I₁(x) for x ≥ 0, −∞ at 0; NaN for negative x. */
export function logBesselI1(x: number): number {
  if (!(x >= 0)) return Number.NaN;
  return x < LARGE ? log(0.5 * x) + log1p(seriesTail(x, 1)) : logLarge(x, hankelTail(x, 1));
}

/**
 * I₁(x) / I₀(x), the mean resultant length of a von Mises variable; odd in x, from −1 to 1.
 *
 * @example besselRatio(2) // 0.6977746579640079
 */
export function besselRatio(x: number): number {
  const size = Math.abs(x);
  if (size < LARGE) return (0.5 * x * (1 + seriesTail(size, 1))) / (1 + seriesTail(size, 0));
  return Number.isNaN(x) ? x : (Math.sign(x) * (1 + hankelTail(size, 1))) / (1 + hankelTail(size, 0));
}
