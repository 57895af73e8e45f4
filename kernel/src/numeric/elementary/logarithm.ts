/**
 * log and log1p, our own so that the same seed gives the same bits on every engine.
 *
 * Method: x = 2^k (1 + f) with √½ ≤ 1 + f ≤ √2; with s = f / (2 + f), log(1 + f) = 2 atanh(s) = f − s (f − z L(z)),
 * z = s² (Cody & Waite 1980, ch. 5; the arrangement of the sum follows fdlibm's e_log.c, Sun Microsystems 1993).
 * Coefficients of L: tests/kernel/numeric/coefficients.py. Error measured against 60-digit values: below 1 ulp.
 */
import { exponent, LN2_HIGH, LN2_LOW, mantissa } from './scale.ts';

/** z L(z): the series of 2 atanh(s) beyond 2 s, over s. */
function beyondFirst(z: number): number {
  const w = z * z;
  return (
    z *
    (0.6666666666666666 +
      z * 0.40000000000000885 +
      w *
        (0.28571428570799784 +
          z * 0.22222222392581045 +
          w * (0.18181795547521137 + z * 0.15386244737621665 + w * (0.13268638369266825 + z * 0.13088034850927555))))
  );
}

/** k log 2 + log(1 + f) + c for √½ ≤ 1 + f ≤ √2 and a small correction c. */
function combine(f: number, k: number, c: number): number {
  const s = f / (2 + f);
  const series = beyondFirst(s * s);
  const half = 0.5 * f * f;
  return k * LN2_HIGH - (half - (s * (half + series) + (k * LN2_LOW + c)) - f);
}

/**
 * Natural logarithm. −∞ at 0, NaN below 0.
 *
 * @example log(10) // 2.302585092994046
 */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : Number.NaN;
  if (x === Infinity) return Infinity;
  const f = mantissa(x) - 1; // exact
  return combine(f, exponent(), 0);
}

/**
 * log(1 + x) without cancellation near 0. −∞ at −1, NaN below −1.
 *
 * @example log1p(1e-20) // 1e-20
 */
export function log1p(x: number): number {
  if (!(x > -1)) return x === -1 ? -Infinity : Number.NaN;
  if (x > -0.2928932188134524 && x < 0.41421356237309503) return Math.abs(x) < 1e-17 ? x : combine(x, 0, 0);
  if (x > 1e17) return log(x);
  const u = 1 + x;
  const lost = x > 1 ? 1 - (u - x) : x - (u - 1); // 1 + x = u + lost exactly
  const f = mantissa(u) - 1;
  return combine(f, exponent(), lost / u);
}

/**
 * Logarithm to base 2; exact for powers of two.
 *
 * @example log2(0.125) // -3
 */
export function log2(x: number): number {
  if (!(x > 0) || x === Infinity) return log(x);
  const f = mantissa(x) - 1;
  return exponent() + combine(f, 0, 0) * Math.LOG2E;
}

/**
 * Logarithm to base 10; exact for powers of ten.
 *
 * @example log10(1000) // 3
 */
export function log10(x: number): number {
  const value = log(x) / Math.LN10;
  const whole = Math.round(value);
  return Math.abs(value - whole) < 1e-12 && Number(`1e${whole}`) === x ? whole : value;
}

/**
 * log(1 + x) − x without cancellation near 0, the exponent of saddle-point forms (DiDonato & Morris 1992, RLOG1).
 */
export function log1pMinus(x: number): number {
  if (x > -0.2928932188134524 && x < 0.41421356237309503) {
    const s = x / (2 + x);
    return -s * (x - beyondFirst(s * s)); // 2 s − x = −s x
  }
  return log1p(x) - x;
}
