/**
 * Regularised incomplete gamma functions P and Q = 1 − P, each accurate where it is small.
 *
 * Series below a + 1 (DLMF 8.11.4), Legendre's continued fraction above (DLMF 8.9.2, evaluated by Lentz's method
 * as modified by Thompson & Barnett 1986), and for small a a form of Q that does not subtract from 1 (DiDonato &
 * Morris 1986, ACM TOMS 12, 377–393, eq. 8). The common factor is Loader's saddle-point form (2000) for large a.
 */
import { exp, expm1, log, log1pMinus, pow } from '../elementary.ts';
import { lgamma, lgamma1p, stirlingRemainder } from './gamma.ts';

const MAXIMUM_TERMS = 1_000_000;
const TINY = 1e-300; // keeps Lentz's method off division by 0

/** log of x^a e^(−x) / Γ(a + 1), for a ≥ 8 by Loader's saddle-point form. */
export function logPoissonMass(a: number, x: number): number {
  if (a < 8) return a * log(x) - x - (a <= 0.5 ? lgamma1p(a) : lgamma(a + 1));
  const shift = (x - a) / a;
  const exponent = Math.abs(shift) < 0.25 ? a * log1pMinus(shift) : a * log(x / a) - (x - a);
  return exponent - stirlingRemainder(a) - 0.5 * log(2 * Math.PI * a);
}

/** x^a e^(−x) / Γ(a + 1): the Poisson probability of a events at mean x. */
export function poissonMass(a: number, x: number): number {
  if (a < 8 && x < 1400) {
    const half = exp(-x / 2);
    return pow(x, a) * half * exp(-(a <= 0.5 ? lgamma1p(a) : lgamma(a + 1))) * half;
  }
  if (a < 60 && x < a) {
    const power = pow(x / a, a); // keeps more digits than the exponential of a large logarithm
    if (power > 1e-290) return (power * exp(a - x) * exp(-stirlingRemainder(a))) / Math.sqrt(2 * Math.PI * a);
  }
  return exp(logPoissonMass(a, x));
}

/** P / poissonMass, by its power series. */
export function lowerRatio(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; n < MAXIMUM_TERMS && term > sum * 1e-17; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

/** Q / poissonMass, by its continued fraction; for x above a, and above 1. */
export function upperRatio(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < MAXIMUM_TERMS; n++) {
    const an = -n * (n - a);
    b += 2;
    d = an * d + b;
    if (Math.abs(d) < TINY) d = TINY;
    c = b + an / c;
    if (Math.abs(c) < TINY) c = TINY;
    d = 1 / d;
    const factor = d * c;
    h *= factor;
    if (Math.abs(factor - 1) < 1e-16) break;
  }
  return a * h;
}

/** Q for a < 1 and x < 1.5, where P may be close to 1: 1 − (1 + e)(1 − J) = J (1 + e) − e. */
function upperSmall(a: number, x: number): number {
  const logGamma = a <= 0.5 ? lgamma1p(a) : lgamma(a + 1);
  const e = expm1(a * log(x) - logGamma); // x^a / Γ(a + 1) − 1
  let term = 1;
  let sum = 0; // Σ (−x)ⁿ / ((a + n) n!)
  for (let n = 1; n < 60; n++) {
    term *= -x / n;
    sum += term / (a + n);
    if (Math.abs(term) < 1e-18) break;
  }
  const j = -a * sum;
  return j * (1 + e) - e;
}

type Values = readonly [lower: number, upper: number];

/** P and Q; the one that is small is computed, the other follows. */
export function incompleteGamma(a: number, x: number): Values {
  if (!(a >= 0 && x >= 0) || (a === Infinity && x === Infinity) || (a === 0 && x === 0)) {
    return [Number.NaN, Number.NaN];
  }
  if (a === 0 || x === Infinity) return [1, 0];
  if (x === 0 || a === Infinity) return [0, 1];
  if (a < 1 && x < 1.5) {
    const upper = upperSmall(a, x);
    return [upper < 0.7 ? 1 - upper : poissonMass(a, x) * lowerRatio(a, x), upper];
  }
  if (x < a + 1) {
    const lower = poissonMass(a, x) * lowerRatio(a, x);
    return [lower, 1 - lower];
  }
  const upper = poissonMass(a, x) * upperRatio(a, x);
  return [1 - upper, upper];
}

/**
 * P(a, x) = 1/Γ(a) ∫₀ˣ t^(a−1) e^(−t) dt: the distribution function of a gamma variable of shape a and rate 1.
 * NaN for negative arguments.
 *
 * @example gammaRegularisedLower(2, 3) // 0.8008517265285442
 */
export function gammaRegularisedLower(a: number, x: number): number {
  return incompleteGamma(a, x)[0];
}

/** Q(a, x) = 1 − P(a, x), accurate in the upper tail. */
export function gammaRegularisedUpper(a: number, x: number): number {
  return incompleteGamma(a, x)[1];
}

/**
 * x^(a−1) e^(−x) / Γ(a): the density of a gamma variable of shape a and rate 1, the derivative of P(a, x) in x.
 *
 * @param a > 0, else NaN
 * @param x ≥ 0, else NaN; at 0 it is ∞, 1 or 0 as a is below, at or above 1
 * @example gammaDensity(2, 3) // 0.14936120510359183
 */
export function gammaDensity(a: number, x: number): number {
  if (!(a > 0 && x >= 0 && a < Infinity)) return Number.NaN;
  if (x === 0) return a < 1 ? Infinity : a === 1 ? 1 : 0;
  return x === Infinity ? 0 : poissonMass(a, x) * (a / x);
}
