/**
 * Derivative of the regularised incomplete gamma function P(a, x) in its shape a.
 *
 * Below a + ½ term by term of the series P = Σ xᵃ⁺ⁿ e^−x / Γ(a + n + 1), where every term falls with a; above by
 * Legendre's continued fraction of Q, carried with its derivative through Lentz's method. Neither subtracts large
 * numbers: log x − ψ(a) is made from log(x / a) and ψ(a) − log a.
 */
import { log, log1p } from '../elementary.ts';
import { digamma, digammaMinusLog } from './gamma.ts';
import { poissonMass } from './incomplete-gamma.ts';

const MAXIMUM_TERMS = 1_000_000;

/** log(x / a), near x = a too. */
const logRatio = (x: number, a: number): number => (Math.abs(x - a) < 0.25 * a ? log1p((x - a) / a) : log(x) - log(a));

/** log x − ψ(a + 1): the slope in a of the logarithm of the first term of the series. */
export function gammaLowerSlope(a: number, x: number): number {
  return a < 10 ? log(x) - digamma(a + 1) : logRatio(x, a) - digammaMinusLog(a) - 1 / a;
}

/** log x − ψ(a), near x = a too. */
export function logMinusDigamma(a: number, x: number): number {
  return logRatio(x, a) - digammaMinusLog(a);
}

/** ∂P/∂a / poissonMass(a, x), from the series; below a + ½ all terms are negative. */
function lowerDerivative(a: number, x: number): number {
  let slope = gammaLowerSlope(a, x);
  let term = 1;
  let sum = slope;
  for (let n = 1; n < MAXIMUM_TERMS; n++) {
    slope -= 1 / (a + n);
    term *= x / (a + n);
    sum += term * slope;
    if (term * Math.abs(slope) < 1e-17 * Math.abs(sum)) break;
  }
  return sum;
}

/** The fraction h with Q = a h · poissonMass, and ∂h/∂a. */
function fraction(a: number, x: number): readonly [value: number, slope: number] {
  let b = x + 1 - a;
  let d = 1 / b;
  let dd = d * d; // ∂d/∂a, as ∂b/∂a = −1
  let c = Infinity;
  let dc = 0;
  let h = d;
  let dh = dd;
  for (let n = 1; n < MAXIMUM_TERMS; n++) {
    const an = -n * (n - a);
    b += 2;
    const den = an * d + b;
    const dden = n * d + an * dd - 1;
    const cc = b + an / c;
    const dcc = -1 + n / c - (an / c) * (dc / c);
    d = 1 / den;
    dd = -dden * d * d;
    dc = dcc;
    c = cc;
    const factor = d * c;
    const dfactor = dd * c + d * dc;
    dh = dh * factor + h * dfactor;
    h *= factor;
    if (Math.abs(factor - 1) < 1e-16 && Math.abs(h * dfactor) < 1e-16 * Math.abs(dh)) break;
  }
  return [h, dh];
}

/**
 * ∂P(a, x)/∂a = −∂Q(a, x)/∂a; never positive.
 *
 * @param a > 0, else NaN
 * @param x ≥ 0, else NaN
 * @example gammaRegularisedShapeDerivative(10, 10) // −0.12721482320991924
 */
export function gammaRegularisedShapeDerivative(a: number, x: number): number {
  if (!(a > 0 && x >= 0 && a < Infinity)) return Number.NaN;
  if (x === 0 || x === Infinity) return 0;
  const mass = poissonMass(a, x);
  if (mass === 0) return 0;
  if (x < Math.max(a + 0.5, 1.5)) return mass * lowerDerivative(a, x);
  const [h, dh] = fraction(a, x);
  return -mass * a * (h * logMinusDigamma(a, x) + dh);
}
