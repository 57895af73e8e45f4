/**
 * Regularised incomplete beta function and its inverse.
 *
 * Continued fraction of DLMF 8.17.22 (by Lentz's method as modified by Thompson & Barnett 1986) on the side of the
 * mean where it converges fast; its factor in Loader's saddle-point form (2000) when both parameters are large.
 */

import { productError, sumError } from '../elementary/exact.ts';
import { exp, log, log1p, log1pMinus, pow, sigmoid } from '../elementary.ts';
import { stirlingRemainder } from './gamma.ts';
import { logBeta } from './log-beta.ts';

const MAXIMUM_TERMS = 1_000_000;
const TINY = 1e-300;

/** x b − a y in twice the precision, where y = 1 − x: how far x is above the mean, times a + b. */
export function excess(a: number, b: number, x: number, y: number): number {
  const up = x * b;
  const down = a * y;
  const errors = x > 1e-280 && y > 1e-280 ? productError(x, b, up) - productError(a, y, down) : 0;
  const missing = 1 - x === y ? sumError(1, -x, y) : 0; // what y lost when it was rounded
  return up - down + (errors - a * missing);
}

/** a (log ratio − (ratio − 1)), where ratio − 1 = δ / a is known better than the ratio near 1. */
function deviance(a: number, delta: number, ratio: number): number {
  return Math.abs(delta) < 0.25 * a ? a * log1pMinus(delta / a) : a * log(ratio) - delta;
}

/** x^a where y = 1 − x is known better than x when it is small. */
function share(x: number, y: number, a: number): number {
  return y < 0.01 ? exp(a * log1p(-y)) : pow(x, a);
}

/** x^a y^b / B(a, b), y = 1 − x. */
export function betaMass(a: number, b: number, x: number, y: number): number {
  if (a < 8 || b < 8) {
    const logB = logBeta(a, b);
    const product = share(x, y, a) * share(y, x, b);
    if (product > 1e-290 && Math.abs(logB) < 600) return product * exp(-logB);
    return exp(a * (y < 0.01 ? log1p(-y) : log(x)) + b * (x < 0.01 ? log1p(-x) : log(y)) - logB);
  }
  const delta = excess(a, b, x, y);
  const n = a + b;
  const exponent = deviance(a, delta, (x * n) / a) + deviance(b, -delta, (y * n) / b);
  const remainder = stirlingRemainder(a + b) - stirlingRemainder(a) - stirlingRemainder(b);
  return Math.sqrt(a / (2 * Math.PI)) * Math.sqrt(b / (a + b)) * exp(exponent + remainder);
}

/**
 * a I_x(a, b) / betaMass for x below the mean: the even part of the fraction of DLMF 8.17.22, as arranged by
 * DiDonato & Morris (1992, ACM Algorithm 708, BFRAC), where nothing cancels while n < b.
 */
function fraction(a: number, b: number, x: number, y: number): number {
  const lambda = -excess(a, b, x, y);
  let denominator = ((lambda + 1) * a) / (a + 1);
  let h = 1 / denominator;
  let c = 1 / TINY;
  let d = h;
  for (let n = 1; n < MAXIMUM_TERMS; n++) {
    const s = a + 2 * n - 1;
    const w = n * (b - n) * x;
    const numerator = ((a + n - 1) / s) * ((a + b + n - 1) / s) * w * x;
    denominator = n + w / s + ((a + n) / (s + 2)) * (lambda + 1 + n * (1 + y));
    d = denominator + numerator * d;
    if (Math.abs(d) < TINY) d = TINY;
    c = denominator + numerator / c;
    if (Math.abs(c) < TINY) c = TINY;
    d = 1 / d;
    const step = c * d;
    h *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return h;
}

/** I_x(a, b) and its complement, for 0 < x < 1 and y = 1 − x. */
export function betaTails(a: number, b: number, x: number, y: number): readonly [number, number] {
  const scale = betaMass(a, b, x, y);
  if (x * (a + b + 2) < a + 1) {
    const lower = scale * fraction(a, b, x, y);
    return [lower, 1 - lower];
  }
  const upper = scale * fraction(b, a, y, x);
  return [1 - upper, upper];
}

/**
 * I_x(a, b): the distribution function at x of a beta variable with parameters a and b.
 *
 * @param a > 0
 * @param b > 0
 * @returns between 0 and 1; NaN for parameters that are not positive or x outside [0, 1]
 * @example betaRegularised(2, 3, 0.5) // 0.6875
 */
export function betaRegularised(a: number, b: number, x: number): number {
  if (!(a > 0 && b > 0 && x >= 0 && x <= 1)) return Number.NaN;
  if (x === 0 || x === 1) return x;
  return Number.isFinite(a + b) ? betaTails(a, b, x, 1 - x)[0] : atInfinity(a, b);
}

/** I_x(a, b) inside (0, 1) where a or b is infinite: the variable is 1 or 0; NaN where both are. */
function atInfinity(a: number, b: number): number {
  return a === b ? Number.NaN : a < b ? 1 : 0;
}

/** 1 − I_x(a, b), accurate in the upper tail. */
export function betaRegularisedUpper(a: number, b: number, x: number): number {
  if (!(a > 0 && b > 0 && x >= 0 && x <= 1)) return Number.NaN;
  if (x === 0 || x === 1) return 1 - x;
  return Number.isFinite(a + b) ? betaTails(a, b, x, 1 - x)[1] : 1 - atInfinity(a, b);
}

/**
 * x^(a−1) (1 − x)^(b−1) / B(a, b): the density of a beta variable, the derivative of I_x(a, b) in x.
 *
 * @param a > 0, else NaN
 * @param b > 0, else NaN
 * @param x between 0 and 1, else NaN
 * @example betaDensity(2, 3, 0.5) // 1.5
 */
export function betaDensity(a: number, b: number, x: number): number {
  if (!(a > 0 && b > 0 && x >= 0 && x <= 1)) return Number.NaN;
  if (x === 0) return a < 1 ? Infinity : a === 1 ? b : 0;
  if (x === 1) return b < 1 ? Infinity : b === 1 ? a : 0;
  return betaMass(a, b, x, 1 - x) / x / (1 - x);
}

/**
 * x and 1 − x with I_x(a, b) = lower and 1 − I_x(a, b) = upper = 1 − lower, both accurate: Newton's method on the
 * logarithm of the smaller tail as a function of logit x, inside a bracket. Both tails strictly between 0 and 1.
 */
export function betaQuantilePair(lower: number, upper: number, a: number, b: number): readonly [x: number, y: number] {
  const byLower = lower < upper;
  const wanted = byLower ? lower : upper;
  const target = log(wanted);
  // I_x ≈ x^a / (a B(a, b)) near 0, 1 − I_x ≈ y^b / (b B(a, b)) near 1
  const logB = logBeta(a, b);
  const atZero = (log(lower) + log(a) + logB) / a;
  const atOne = (log(upper) + log(b) + logB) / b;
  if (atZero < -700) return [exp(atZero), 1];
  if (atOne < -700) return [1, exp(atOne)];
  let low = -745;
  let high = 745;
  let u = log(a) - log(b); // logit x
  if (atZero < -20) u = atZero;
  else if (atOne < -20) u = -atOne;
  for (let i = 0; i < 200; i++) {
    const x = sigmoid(u);
    const y = sigmoid(-u);
    const tail = betaTails(a, b, x, y)[byLower ? 0 : 1];
    const slope = ((byLower ? 1 : -1) * betaMass(a, b, x, y)) / tail; // of log tail in u
    const step = tail > 0 ? (target - log(tail)) / slope : byLower ? Infinity : -Infinity;
    if (step >= 0) low = u;
    else high = u;
    let next = u + step;
    if (!(next >= low && next <= high)) next = (low + high) / 2;
    if (Math.abs(next - u) < 1e-9 || high - low < 1e-14 * Math.abs(u)) {
      const last = (wanted - tail) / tail / slope; // a last step on x and y themselves
      return [x + x * y * last, y - x * y * last];
    }
    u = next;
  }
  return [sigmoid(u), sigmoid(-u)];
}

/**
 * Quantile of a beta variable: the x with I_x(a, b) = p.
 *
 * @param p between 0 and 1; NaN outside
 * @param a > 0
 * @param b > 0
 * @example betaQuantile(0.5, 2, 3) // 0.38572756813238945
 */
export function betaQuantile(p: number, a: number, b: number): number {
  if (!(p >= 0 && p <= 1 && a > 0 && b > 0)) return Number.NaN;
  return p === 0 || p === 1 ? p : betaQuantilePair(p, 1 - p, a, b)[0];
}
