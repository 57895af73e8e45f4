/**
 * Error function and its complement.
 *
 * |x| ≤ 1: erf(x) = x P(x²), a near-minimax polynomial. Beyond: erfc(x) = e^(−x²) C(t) / (1 + 2x), C the Chebyshev
 * series of Shepherd & Laframboise (1981, Math. Comp. 36, 249–253) in t = (x − 3.75) / (x + 3.75), one series for
 * all x ≥ 0. Coefficients: tests/kernel/numeric/coefficients.py.
 */
import { exp } from '../elementary.ts';

/** erf(x) / x in x². */
export const ERF = [
  1.1283791670955126, -0.37612638903183754, 0.11283791670955126, -0.026866170645131218, 0.005223977625441674,
  -0.0008548327023403001, 0.00012055332978879483, -1.4925650236967501e-5, 1.6462110782018636e-6, -1.636576864883207e-7,
  1.4806027146128752e-8, -1.2277734486795524e-9, 9.323723518153027e-11, -6.1967364287877e-12, 2.8067128195611264e-13,
] as const;

/** Chebyshev coefficients of C. */
export const ERFCX = Float64Array.of(
  1.1775789345674017,
  -0.004590054580646478,
  -0.08424913336651792,
  0.05920993999819189,
  -0.026658668435305753,
  0.009074997670705265,
  -0.002413163540417608,
  0.0004907758365258086,
  -6.916973302501207e-5,
  4.13902798607301e-6,
  7.74038306619849e-7,
  -2.1886401049234397e-7,
  1.076499946567091e-8,
  4.521959811218287e-9,
  -7.754400208831351e-10,
  -6.318088340886684e-11,
  2.86879501093067e-11,
  1.9455868545777347e-13,
  -9.65469674843344e-13,
  3.25254814814874e-14,
  3.3478119482868056e-14,
  -1.864562880419313e-15,
  -1.2507950530688648e-15,
  7.418235256624044e-17,
  5.068148904796111e-17,
);

/** erf(x) for |x| ≤ 1. */
function small(x: number): number {
  const z = x * x;
  let sum = 0;
  for (let i = ERF.length - 1; i >= 0; i--) sum = sum * z + ERF[i]!;
  return x * sum;
}

/**
 * e^(x²) erfc(x) for x ≥ 0: the part of erfc that does not underflow.
 *
 * @example erfcx(100) // 0.005641613782989433
 */
export function erfcx(x: number): number {
  if (x === Infinity) return 0;
  const t = (x - 3.75) / (x + 3.75);
  let next = 0; // Clenshaw's recurrence
  let last = 0;
  for (let k = ERFCX.length - 1; k > 0; k--) {
    const here = 2 * t * last - next + ERFCX[k]!;
    next = last;
    last = here;
  }
  return (t * last - next + ERFCX[0]!) / (1 + 2 * x);
}

/** e^(−x²/scale), scale a power of two, without the error of rounding x². */
export function expMinusSquare(x: number, scale: 1 | 2): number {
  const high = Math.round(x * 1024) / 1024; // its square is exact up to |x| = 2^16, where the result is 0
  const square = (high * high) / scale;
  if (!(square < 800)) return square >= 800 ? 0 : Number.NaN;
  return exp(-square) * exp(-((x - high) * (x + high)) / scale);
}

/**
 * Error function 2/√π ∫₀ˣ e^(−t²) dt.
 *
 * @example erf(0.5) // 0.5204998778130465
 */
export function erf(x: number): number {
  if (Math.abs(x) <= 1) return x === 0 ? x : small(x);
  if (x > 0) return 1 - erfc(x);
  return x < 0 ? erfc(-x) - 1 : Number.NaN;
}

/**
 * Complementary error function 1 − erf(x), accurate where it is tiny.
 *
 * @example erfc(10) // 2.088487583762545e-45
 */
export function erfc(x: number): number {
  if (Math.abs(x) <= 0.5) return 1 - small(x);
  if (x > 0) return x > 28 ? 0 : expMinusSquare(x, 1) * erfcx(x);
  return x < 0 ? 2 - erfc(-x) : Number.NaN;
}
