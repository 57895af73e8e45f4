/**
 * Incomplete gamma and beta functions on expressions, and their inverses.
 */
import { apply } from './expression.ts';
import type { Arg, Expr } from './types.ts';

/**
 * P(a, x) = 1/Γ(a) ∫₀ˣ t^(a−1) e^−t dt: the distribution function of a gamma variable of shape a and rate 1.
 *
 * Differentiable twice in both arguments, which broadcast.
 *
 * @param a > 0, else NaN
 * @param x ≥ 0, else NaN
 * @example gammaLower(shape, rate.mul(y)); // F(y)
 */
export function gammaLower(a: Arg, x: Arg): Expr {
  return apply('gammaLower', [a, x]);
}

/** Q(a, x) = 1 − P(a, x), accurate in the upper tail. @example gammaUpper(shape, rate.mul(y)); // 1 − F(y) */
export function gammaUpper(a: Arg, x: Arg): Expr {
  return apply('gammaUpper', [a, x]);
}

/** The x with P(a, x) = p: the quantile of a gamma variable. @param p between 0 and 1, else NaN @example gammaLowerInverse(shape, 0.5); */
export function gammaLowerInverse(a: Arg, p: Arg): Expr {
  return apply('gammaLowerInverse', [a, p]);
}

/** The x with Q(a, x) = q, accurate for small q. @param q between 0 and 1, else NaN @example gammaUpperInverse(shape, 1e-30); */
export function gammaUpperInverse(a: Arg, q: Arg): Expr {
  return apply('gammaUpperInverse', [a, q]);
}

/**
 * I_x(a, b): the distribution function at x of a beta variable. Differentiable twice in all arguments, which broadcast.
 *
 * @param a > 0, else NaN
 * @param b > 0, else NaN
 * @param x between 0 and 1, else NaN
 * @example betaLower(2, 3, 0.5); // 0.6875
 */
export function betaLower(a: Arg, b: Arg, x: Arg): Expr {
  return apply('betaLower', [a, b, x]);
}

/** The x with I_x(a, b) = p: the quantile of a beta variable. @param p between 0 and 1, else NaN @example betaLowerInverse(2, 3, 0.5); */
export function betaLowerInverse(a: Arg, b: Arg, p: Arg): Expr {
  return apply('betaLowerInverse', [a, b, p]);
}
