/**
 * Standard normal distribution function, its logarithm, and its inverse.
 *
 * The inverse is Wichura's algorithm AS 241, PPND16 (1988, Applied Statistics 37, 477–484): three rational
 * approximations of degree 7/7, relative error 1e-16; its coefficients are the paper's.
 */
import { log, log1p } from '../elementary.ts';
import { erf, erfcx, expMinusSquare } from './error-function.ts';

/**
 * Φ(x), accurate in the lower tail to the smallest double.
 *
 * @example normalCdf(-1.96) // 0.02499789514822045
 */
export function normalCdf(x: number): number {
  if (Math.abs(x) <= 0.7) return 0.5 + 0.5 * erf(x * Math.SQRT1_2);
  if (x > 0) return 1 - normalCdf(-x);
  return x >= -40 ? 0.5 * expMinusSquare(x, 2) * erfcx(-x * Math.SQRT1_2) : x < 0 ? 0 : Number.NaN;
}

/**
 * log Φ(x), where Φ itself would be 0 or 1.
 *
 * @example normalLogCdf(-100) // −5005.524208694205
 */
export function normalLogCdf(x: number): number {
  if (x >= 0) return log1p(-normalCdf(-x));
  if (x > -1) return log(normalCdf(x));
  return x < 0 ? -0.5 * x * x + log(0.5 * erfcx(-x * Math.SQRT1_2)) : Number.NaN;
}

/** Central part, 0.075 ≤ p ≤ 0.925, in r = 0.180625 − (p − ½)². */
function central(r: number): number {
  const numerator =
    ((((((2509.0809287301227 * r + 33430.57558358813) * r + 67265.7709270087) * r + 45921.95393154987) * r +
      13731.69376550946) *
      r +
      1971.5909503065513) *
      r +
      133.14166789178438) *
      r +
    3.3871328727963665;
  const denominator =
    ((((((5226.495278852854 * r + 28729.085735721943) * r + 39307.89580009271) * r + 21213.794301586597) * r +
      5394.196021424751) *
      r +
      687.1870074920579) *
      r +
      42.31333070160091) *
      r +
    1;
  return numerator / denominator;
}

/** Tails, in r = √(−log p) − 1.6 for √(−log p) ≤ 5. */
function tail(r: number): number {
  const numerator =
    ((((((0.0007745450142783414 * r + 0.022723844989269184) * r + 0.2417807251774506) * r + 1.2704582524523684) * r +
      3.6478483247632045) *
      r +
      5.769497221460691) *
      r +
      4.630337846156546) *
      r +
    1.4234371107496835;
  const denominator =
    ((((((1.0507500716444169e-9 * r + 0.0005475938084995345) * r + 0.015198666563616457) * r + 0.14810397642748008) *
      r +
      0.6897673349851) *
      r +
      1.6763848301838038) *
      r +
      2.053191626637759) *
      r +
    1;
  return numerator / denominator;
}

/** Far tails, in r = √(−log p) − 5. */
function farTail(r: number): number {
  const numerator =
    ((((((2.0103343992922881e-7 * r + 2.7115555687434876e-5) * r + 0.0012426609473880784) * r + 0.026532189526576124) *
      r +
      0.29656057182850487) *
      r +
      1.7848265399172913) *
      r +
      5.463784911164114) *
      r +
    6.657904643501103;
  const denominator =
    ((((((2.0442631033899397e-15 * r + 1.421511758316446e-7) * r + 1.8463183175100548e-5) * r + 0.0007868691311456133) *
      r +
      0.014875361290850615) *
      r +
      0.1369298809227358) *
      r +
      0.599832206555888) *
      r +
    1;
  return numerator / denominator;
}

/**
 * The x ≥ 0 with P(|Z| ≤ x) = p for standard normal Z, accurate for small p too: √2 erf⁻¹(p).
 *
 * @example normalQuantileAbsolute(0.95) // 1.959963984540054
 */
export function normalQuantileAbsolute(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  const q = p / 2;
  return q <= 0.425 ? q * central(0.180625 - q * q) : -normalQuantile((1 - p) / 2);
}

/**
 * Φ⁻¹(p): the standard normal quantile. ∓∞ at 0 and 1, NaN outside [0, 1].
 *
 * @example normalQuantile(0.975) // 1.959963984540054
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * central(0.180625 - q * q);
  if (!(p > 0 && p < 1)) return p === 0 ? -Infinity : p === 1 ? Infinity : Number.NaN;
  const r = Math.sqrt(-log(q < 0 ? p : 1 - p));
  const size = r <= 5 ? tail(r - 1.6) : farTail(r - 5);
  return q < 0 ? -size : size;
}
