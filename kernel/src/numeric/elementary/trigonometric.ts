/**
 * Sine, cosine, tangent and arc tangent, our own so that the same seed gives the same bits on every engine.
 *
 * Near-minimax polynomials on |r| ≤ π/4 after `reduceAngle`; the arc tangent around break points ½, 1, 3/2 and ∞ (as
 * in fdlibm's s_atan.c, Sun Microsystems 1993). Coefficients: tests/kernel/numeric/coefficients.py. Error measured
 * against 60-digit values: below 1 ulp (tangent 2 ulp).
 */
import { type Reduced, reduceAngle } from './half-turns.ts';

/** sin(r + low), |r| ≤ π/4. */
function sinReduced(r: number, low: number): number {
  const z = r * r;
  const series =
    -0.16666666666666666 +
    z *
      (0.008333333333333331 +
        z *
          (-0.0001984126984126504 +
            z *
              (2.755731921932058e-6 +
                z * (-2.50521062259944e-8 + z * (1.6058530596645953e-10 + z * -7.586636882825159e-13)))));
  return r + (r * z * series + low * (1 - 0.5 * z));
}

/** cos(r + low), |r| ≤ π/4. */
function cosReduced(r: number, low: number): number {
  const z = r * r;
  const series =
    0.041666666666666664 +
    z *
      (-0.0013888888888888887 +
        z *
          (2.4801587301584632e-5 +
            z *
              (-2.755731922139249e-7 +
                z * (2.0876755787492604e-9 + z * (-1.1470460319209511e-11 + z * 4.745838412531023e-14)))));
  const half = 0.5 * z;
  const top = 1 - half;
  return top + (1 - top - half + (z * z * series - r * low));
}

/** sin(x + quarter · π/2). */
function turned(x: number, quarter: number): number {
  if (!Number.isFinite(x)) return Number.NaN;
  const reduced: Reduced = { high: 0, low: 0, quarter: 0 };
  reduceAngle(x, reduced);
  const { high, low } = reduced;
  switch ((reduced.quarter + quarter) & 3) {
    case 0:
      return sinReduced(high, low);
    case 1:
      return cosReduced(high, low);
    case 2:
      return -sinReduced(high, low);
    default:
      return -cosReduced(high, low);
  }
}

/**
 * Sine of an angle in radians; NaN at ±∞.
 *
 * @example sin(1e22) // −0.8522008497671888
 */
export function sin(x: number): number {
  return x === 0 ? x : turned(x, 0);
}

/** Cosine of an angle in radians; NaN at ±∞. */
export function cos(x: number): number {
  return turned(x, 1);
}

/** Tangent of an angle in radians; NaN at ±∞. */
export function tan(x: number): number {
  if (x === 0 || !Number.isFinite(x)) return x === 0 ? x : Number.NaN;
  const reduced: Reduced = { high: 0, low: 0, quarter: 0 };
  reduceAngle(x, reduced);
  const s = sinReduced(reduced.high, reduced.low);
  const c = cosReduced(reduced.high, reduced.low);
  return reduced.quarter & 1 ? -c / s : s / c;
}

/** atan(t) − t for |t| ≤ 7/16. */
function atanBeyond(t: number): number {
  const z = t * t;
  const w = z * z;
  const even =
    -0.3333333333333333 +
    w *
      (-0.14285714285565465 +
        w *
          (-0.09090908350382436 + w * (-0.06666239748865294 + w * (-0.05216532007308444 + w * -0.033114228762660534))));
  const odd =
    0.19999999999999404 +
    w *
      (0.111111110965279 +
        w * (0.07692285419714515 + w * (0.05876924062763387 + w * (0.044916556747777434 + w * 0.014759380407779155))));
  return t * z * (even + z * odd);
}

/** Arc tangent, between −π/2 and π/2. */
export function atan(x: number): number {
  const size = Math.abs(x);
  if (x === 0) return x; // keeps −0
  if (!(size >= 7 / 16)) return x + atanBeyond(x); // also NaN
  const positive = atanLarge(size);
  return x < 0 ? -positive : positive;
}

/** x ≥ 7/16: atan x = atan c + atan((x − c) / (1 + c x)), the first term in two parts. */
function atanLarge(x: number): number {
  if (x > 1e17) return 1.5707963267948966;
  if (x < 11 / 16) return around((2 * x - 1) / (2 + x), 0.4636476090008061, 2.2698777452961687e-17);
  if (x < 19 / 16) return around((x - 1) / (x + 1), 0.7853981633974483, 3.061616997868383e-17);
  if (x < 39 / 16) return around((x - 1.5) / (1 + 1.5 * x), 0.982793723247329, 1.3903311031230998e-17);
  return around(-1 / x, 1.5707963267948966, 6.123233995736766e-17);
}

function around(t: number, high: number, low: number): number {
  return high + (atanBeyond(t) + low + t);
}
