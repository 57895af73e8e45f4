/**
 * log |Γ|, and its first and second derivatives.
 *
 * From 8 (lgamma) or 10 upwards by Stirling's series (DLMF 5.11.1, 5.11.2), below by the recurrence
 * Γ(x + 1) = x Γ(x): lgamma down to the interval 1.5 … 2.5, where it is a near-minimax polynomial
 * (tests/kernel/numeric/coefficients.py), the others up to 10. Negative arguments by reflection (DLMF 5.5.3, 5.5.4).
 */
import { log, log1p, sin, tan } from '../elementary.ts';

/** lgamma(2 + z) / z for |z| ≤ ½. */
export const LGAMMA = Float64Array.of(
  0.42278433509846713,
  0.3224670334241132,
  -0.06735230105319814,
  0.02058080842778457,
  -0.0073855510286681535,
  0.002890510330738737,
  -0.0011927539120010226,
  0.0005096695248853096,
  -0.00022315475074520367,
  9.945750909889392e-5,
  -4.4926351103833334e-5,
  2.050726741605779e-5,
  -9.438458716242811e-6,
  4.374374916915131e-6,
  -2.0449201467015115e-6,
  9.578663334114758e-7,
  -4.303558760359961e-7,
  2.0304806751615227e-7,
  -1.3412819758517287e-7,
  6.379047507619774e-8,
);

/** lgamma(2 + z), |z| ≤ ½. */
function lgammaNearTwo(z: number): number {
  let sum = 0;
  for (let i = LGAMMA.length - 1; i >= 0; i--) sum = sum * z + LGAMMA[i]!;
  return z * sum;
}

export const HALF_LOG_2PI = 0.9189385332046728;

/**
 * Stirling's remainder: lgamma(x) − ((x − ½) log x − x + ½ log 2π), for x ≥ 8. Terms B₂ₖ / (2k (2k − 1) x^(2k−1)).
 */
export function stirlingRemainder(x: number): number {
  const w = 1 / (x * x);
  return (
    (1 / 12 -
      w *
        (1 / 360 -
          w *
            (1 / 1260 - w * (1 / 1680 - w * (1 / 1188 - w * (691 / 360360 - w * (1 / 156 - w * (3617 / 122400)))))))) /
    x
  );
}

/** lgamma(1 + z) for |z| ≤ ½, without rounding 1 + z. */
export function lgamma1p(z: number): number {
  return lgammaNearTwo(z) - log1p(z);
}

/** Distance of x from the nearest whole number, with its sign; exact. */
const fraction = (x: number): number => x - Math.round(x);

/**
 * log |Γ(x)|. +∞ at 0 and the negative whole numbers.
 *
 * @example lgamma(5) // 3.1780538303479458, log 24
 */
export function lgamma(x: number): number {
  if (x >= 8) {
    if (x > 1e17) return x * (log(x) - 1);
    return (x - 0.5) * log(x) - x + HALF_LOG_2PI + stirlingRemainder(x);
  }
  if (x >= 2.5) {
    let product = 1;
    while (x > 2.5) {
      x -= 1;
      product *= x;
    }
    return lgammaNearTwo(x - 2) + log(product);
  }
  if (x >= 1.5) return lgammaNearTwo(x - 2);
  if (x >= 0.5) return lgamma1p(x - 1);
  if (x > 0) return lgamma1p(x) - log(x);
  if (Number.isNaN(x)) return x;
  if (Number.isInteger(x) || x === -Infinity) return Infinity;
  if (x > -0.5) return lgamma1p(x) - log(-x); // Γ(x) = Γ(1 + x) / x
  // Γ(x) Γ(1 − x) = π / sin πx
  return log(Math.PI / Math.abs(sin(Math.PI * fraction(x)))) - lgamma(1 - x);
}

/** log x − 1/(2x) − ψ(x) for x ≥ 10, in w = x⁻²: terms B₂ₖ / (2k x^2k). */
function digammaSeries(w: number): number {
  return (
    w *
    (1 / 12 -
      w *
        (1 / 120 -
          w * (1 / 252 - w * (1 / 240 - w * (1 / 132 - w * (691 / 32760 - w * (1 / 12 - w * (3617 / 8160))))))))
  );
}

/**
 * Digamma: the derivative of lgamma. −∞ at 0 (+∞ at −0), NaN at the negative whole numbers.
 *
 * @example digamma(1) // −0.5772156649015329, minus Euler's constant
 */
export function digamma(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x === 0) return Object.is(x, -0) ? Infinity : -Infinity;
  if (x < 0) {
    if (Number.isInteger(x) || x === -Infinity) return Number.NaN;
    // ψ(x) = ψ(1 − x) − π / tan πx
    return digamma(1 - x) - Math.PI / tan(Math.PI * fraction(x));
  }
  if (Math.abs(x - POSITIVE_ROOT) < 0.05) return digammaNearRoot(x);
  let shift = 0;
  while (x < 10) {
    shift -= 1 / x;
    x += 1;
  }
  const w = 1 / (x * x);
  return shift + (log(x) - 0.5 / x - digammaSeries(w));
}

/** ψ(x) − log x for x > 0: −1/(2x) − …, without subtracting two large numbers. */
export function digammaMinusLog(x: number): number {
  if (x < 10) return digamma(x) - log(x);
  const w = 1 / (x * x);
  return -0.5 / x - digammaSeries(w);
}

/** The zero of digamma, in two parts (OEIS A030169). */
export const POSITIVE_ROOT = 1.4616321449683622;
export const POSITIVE_ROOT_LOW = 9.549995429965697e-17;

/** Taylor coefficients of digamma at its positive zero, from the first power; |x − zero| < 0.05. */
export const NEAR_ROOT = Float64Array.of(
  0.9676722454476212,
  -0.4427631689835921,
  0.258499760955651,
  -0.16394270544240652,
  0.10782405069126237,
  -0.07219956125645471,
  0.04880428816414311,
  -0.03316112647484736,
  0.022597648232218104,
  -0.01542476590494896,
  0.010538791616612175,
  -0.007204534386356869,
  0.004926781395729853,
);

/** digamma around its zero, where its recurrence would cancel. */
function digammaNearRoot(x: number): number {
  const d = x - POSITIVE_ROOT - POSITIVE_ROOT_LOW;
  let sum = 0;
  for (let i = NEAR_ROOT.length - 1; i >= 0; i--) sum = sum * d + NEAR_ROOT[i]!;
  return d * sum;
}

/**
 * Trigamma: the second derivative of lgamma. +∞ at 0 and the negative whole numbers.
 *
 * @example trigamma(1) // 1.6449340668482264, π²/6
 */
export function trigamma(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x <= 0) {
    if (Number.isInteger(x)) return Infinity;
    if (x === -Infinity) return Number.NaN;
    // ψ′(x) + ψ′(1 − x) = (π / sin πx)²
    const ratio = Math.PI / sin(Math.PI * fraction(x));
    return ratio * ratio - trigamma(1 - x);
  }
  let shift = 0;
  while (x < 10) {
    shift += 1 / (x * x);
    x += 1;
  }
  const w = 1 / (x * x);
  // Terms B₂ₖ / x^(2k + 1)
  const series =
    w *
    (1 / 6 -
      w * (1 / 30 - w * (1 / 42 - w * (1 / 30 - w * (5 / 66 - w * (691 / 2730 - w * (7 / 6 - w * (3617 / 510))))))));
  return shift + (1 / x + 0.5 * w + series / x);
}
