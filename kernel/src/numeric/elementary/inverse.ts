/**
 * Inverse trigonometric, hyperbolic and inverse hyperbolic functions, and the cube root, from atan, exp, log and their
 * kin; within 3 ulp. Where a formula would subtract equal numbers or overflow, another stands (Hull, Fairgrieve & Tang
 * 1997, ACM TOMS 23, 299, for acos; Kahan 1987, Branch cuts, for acosh and atanh).
 */
import { exp, expm1 } from './exponential.ts';
import { log, log1p } from './logarithm.ts';
import { pow } from './power.ts';
import { atan } from './trigonometric.ts';

/** What π lacks as a double. */
const PI_LOW = 1.2246467991473532e-16;

/** Inverse sine in radians, from −π/2 to π/2; NaN outside [−1, 1]. */
export function asin(x: number): number {
  if (!(Math.abs(x) <= 1)) return Number.NaN;
  return atan(x / Math.sqrt((1 - x) * (1 + x)));
}

/** Inverse cosine in radians, from 0 to π; NaN outside [−1, 1]. */
export function acos(x: number): number {
  if (!(Math.abs(x) <= 1)) return Number.NaN;
  return 2 * atan(Math.sqrt((1 - x) / (1 + x)));
}

/** ½ e^|x|, up to where twice it overflows. */
function halfExponential(size: number): number {
  const root = exp(0.5 * size);
  return 0.5 * root * root;
}

/** Hyperbolic sine. */
export function sinh(x: number): number {
  const size = Math.abs(x);
  if (size > 22) return Math.sign(x) * halfExponential(size);
  if (size < 1e-9) return x; // x + x³/6
  const t = expm1(size);
  return Math.sign(x) * 0.5 * (t + t / (t + 1));
}

/** Hyperbolic cosine. */
export function cosh(x: number): number {
  const size = Math.abs(x);
  if (size > 22) return halfExponential(size);
  const e = exp(size);
  return 0.5 * (e + 1 / e);
}

/** Inverse hyperbolic sine. */
export function asinh(x: number): number {
  const size = Math.abs(x);
  if (size < 1e-9) return x;
  if (size > 2 ** 28) return Math.sign(x) * (log(size) + Math.LN2);
  return Math.sign(x) * log1p(size + (size * size) / (1 + Math.sqrt(1 + size * size)));
}

/** Inverse hyperbolic cosine, 0 or more; NaN below 1. */
export function acosh(x: number): number {
  if (!(x >= 1)) return Number.NaN;
  if (x > 2 ** 28) return log(x) + Math.LN2;
  const above = x - 1;
  return log1p(above + Math.sqrt(above * (above + 2)));
}

/** Inverse hyperbolic tangent; ±∞ at ±1, NaN outside. */
export function atanh(x: number): number {
  const size = Math.abs(x);
  if (!(size <= 1)) return Number.NaN;
  if (size < 1e-9) return x;
  const twice = 2 * size;
  return Math.sign(x) * 0.5 * log1p(size < 0.5 ? twice + (twice * size) / (1 - size) : twice / (1 - size));
}

/** Cube root, with the sign of x. */
export function cbrt(x: number): number {
  if (x === 0 || !Number.isFinite(x)) return x;
  const size = Math.abs(x);
  // A power of eight, so that the cube below neither overflows nor loses digits.
  const scale = size > 1e300 ? 2 ** -300 : size < 1e-290 ? 2 ** 300 : 1;
  const scaled = size * scale;
  const first = pow(scaled, 1 / 3);
  const root = first - (first * first * first - scaled) / (3 * first * first);
  return Math.sign(x) * (scale === 1 ? root : scale < 1 ? root * 2 ** 100 : root * 2 ** -100);
}

/** The angle of the point (x, y) in radians, from −π to π; as Math.atan2, signed zeros and infinities included. */
export function atan2(y: number, x: number): number {
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  const sign = y < 0 || Object.is(y, -0) ? -1 : 1;
  if (y === 0) return x > 0 || Object.is(x, 0) ? y : sign * Math.PI;
  if (x === 0) return sign * (Math.PI / 2);
  if (!Number.isFinite(x) || !Number.isFinite(y)) {
    if (Number.isFinite(y)) return x > 0 ? sign * 0 : sign * Math.PI;
    if (Number.isFinite(x)) return sign * (Math.PI / 2);
    return sign * (x > 0 ? Math.PI / 4 : (3 * Math.PI) / 4);
  }
  const angle = atan(Math.abs(y / x));
  return sign * (x > 0 ? angle : Math.PI - (angle - PI_LOW));
}
