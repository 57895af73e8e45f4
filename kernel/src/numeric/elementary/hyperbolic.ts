/**
 * Hyperbolic tangent and the logistic family, from exp, expm1 and log1p; within 2 ulp.
 */
import { exp, expm1 } from './exponential.ts';
import { log, log1p } from './logarithm.ts';

/** Hyperbolic tangent. */
export function tanh(x: number): number {
  const size = Math.abs(x);
  if (!(size < 22)) return size >= 22 ? Math.sign(x) : Number.NaN;
  if (size >= 1) return Math.sign(x) * (1 - 2 / (expm1(2 * size) + 2));
  if (size < 1e-9) return x; // tanh x = x − x³/3
  const t = expm1(-2 * size);
  return Math.sign(x) * (-t / (t + 2));
}

/** Logistic function 1 / (1 + e^−x), accurate in both tails. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + exp(-x));
  const e = exp(x);
  return e / (1 + e);
}

/** log(1 + e^x), without overflow: x for large x, e^x for very negative x. */
export function softplus(x: number): number {
  return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

/** log(p / (1 − p)), the inverse of `sigmoid`; ∓∞ at 0 and 1, NaN outside. */
export function logit(p: number): number {
  if (p > 0.25 && p < 0.75) {
    const d = 2 * p - 1; // exact
    return log1p(d) - log1p(-d); // keeps its accuracy where the result crosses 0
  }
  return log(p) - log1p(-p);
}

/** log sigmoid(x) = −log(1 + e^−x). */
export function logSigmoid(x: number): number {
  return -softplus(-x);
}

/**
 * log(1 − e^x) for x ≤ 0, accurate at both ends (Mächler 2012, "Accurately computing log(1 − exp(−|a|))").
 */
export function log1mexp(x: number): number {
  return x > -Math.LN2 ? log(-expm1(x)) : log1p(-exp(x));
}
