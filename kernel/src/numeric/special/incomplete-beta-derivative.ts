/**
 * Derivatives of the regularised incomplete beta function I_x(a, b) in a and b.
 *
 * Below the mean term by term of I = x^a y^b / (a B(a, b)) Σ (a + b)ₙ / (a + 1)ₙ xⁿ (DLMF 8.17.7 with 15.8.1), where
 * no two terms of a derivative have different signs; above it by I_x(a, b) = 1 − I_y(b, a), y = 1 − x.
 */
import { log, log1p } from '../elementary.ts';
import { betaMass, excess } from './beta.ts';
import { digamma, digammaMinusLog } from './gamma.ts';

const MAXIMUM_TERMS = 10_000_000;

/** log v near 1, from how far it is above: v = 1 + above. */
const logNear = (v: number, above: number): number => (Math.abs(above) < 0.25 ? log1p(above) : log(v));

/** log x + ψ(a + b) − ψ(a + 1) and log y + ψ(a + b) − ψ(b): slopes of the logarithm of the first term of the series. */
export function betaSlopes(a: number, b: number, x: number, y: number): [number, number] {
  const n = a + b;
  const delta = excess(a, b, x, y); // x b − a y
  const shared = digammaMinusLog(n);
  const slopeA =
    a < 10
      ? log(x * n) + shared - digamma(a + 1)
      : logNear((x * n) / a, delta / a) + shared - digammaMinusLog(a) - 1 / a;
  const slopeB =
    b < 10 ? log(y * n) + shared - digamma(b) : logNear((y * n) / b, -delta / b) + shared - digammaMinusLog(b);
  return [slopeA, slopeB];
}

/** ∂I/∂a and ∂I/∂b for x not far above the mean. */
function lower(a: number, b: number, x: number, y: number): readonly [number, number] {
  const n = a + b;
  const delta = excess(a, b, x, y); // x b − a y
  let [slopeA, slopeB] = betaSlopes(a, b, x, y);
  let term = 1;
  let sumA = slopeA;
  let sumB = slopeB;
  for (let k = 0; k < MAXIMUM_TERMS; k++) {
    slopeA += 1 / (n + k) - 1 / (a + 1 + k);
    slopeB += 1 / (n + k);
    // Near 1 the ratio of two terms is made from what it lacks to 1: thousands of its roundings would add up.
    const lack = (delta - 1 - k * y) / (a + 1 + k);
    if (lack > -0.5) term += term * lack;
    else term *= ((n + k) / (a + 1 + k)) * x;
    const [stepA, stepB] = [term * slopeA, term * slopeB];
    sumA += stepA;
    sumB += stepB;
    const falling = (n + k) * x < a + 1 + k;
    if (falling && Math.abs(stepA) <= 1e-17 * Math.abs(sumA) && Math.abs(stepB) <= 1e-17 * Math.abs(sumB)) break;
  }
  const scale = betaMass(a, b, x, y) / a;
  return [scale * sumA, scale * sumB];
}

/** Whether the series in x is to be taken, not that in y = 1 − x. */
export function isShortByX(a: number, b: number, x: number, y: number): boolean {
  // A series in what is close to 1 is slow; then the other one is short, and cancels little a little above its mean.
  const below = x * (a + b) < a;
  return below ? x < 0.999 || y * (a + b) > 4 * (b + 1) : y >= 0.999 && x * (a + b) <= 4 * (a + 1);
}

/**
 * ∂I_x(a, b)/∂a (never positive) and ∂I_x(a, b)/∂b (never negative).
 *
 * @param a > 0, else NaN
 * @param b > 0, else NaN
 * @param x between 0 and 1, else NaN
 * @example betaRegularisedDerivatives(0.5, 0.5, 0.5) // −0.5831218080616376
 */
export function betaRegularisedDerivatives(a: number, b: number, x: number): readonly [byA: number, byB: number] {
  if (!(a > 0 && b > 0 && x >= 0 && x <= 1)) return [Number.NaN, Number.NaN];
  if (x === 0 || x === 1) return [0, 0];
  const y = 1 - x;
  if (isShortByX(a, b, x, y)) return lower(a, b, x, y);
  const [byB, byA] = lower(b, a, y, x);
  return [-byA, -byB];
}
