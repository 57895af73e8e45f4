/** Pieces that several log densities share, safe at the edges of their support. */
import {
  lgamma,
  logBeta as logBetaOfNumbers,
  logChoose as logChooseOfNumbers,
  logRising as logRisingOfNumbers,
} from '../numeric/special/index.ts';
import { apply } from '../program/expression.ts';
import { where } from '../program/index.ts';
import type { Expr } from '../program/types.ts';
import { ofKnown } from './known.ts';

/** ½ log 2π. */
export const HALF_LOG_TWO_PI = 0.9189385332046727;
/** log π. */
export const LOG_PI = 1.1447298858494002;

/** a log x, and 0 where both are 0 (the limit that densities with x^a need). */
export function xlogy(a: Expr, x: Expr): Expr {
  return where(a.eq(0).mul(x.eq(0)), 0, a.mul(x.log()));
}

/** a log(1 + x), and 0 where a = 0 and x = −1. */
export function xlog1py(a: Expr, x: Expr): Expr {
  return where(a.eq(0).mul(x.eq(-1)), 0, a.mul(x.log1p()));
}

/** lgamma, computed now where the argument is known. */
export function logGamma(x: Expr): Expr {
  return ofKnown((v) => lgamma(v!), x) ?? x.lgamma();
}

/** log B(a, b); without cancellation where both are known. */
export function logBeta(a: Expr, b: Expr): Expr {
  return ofKnown((v, w) => logBetaOfNumbers(v!, w!), a, b) ?? a.lgamma().add(b.lgamma()).sub(a.add(b).lgamma());
}

/** log of "n over k"; without cancellation where both are known. */
export function logChoose(n: Expr, k: Expr): Expr {
  const known = ofKnown((v, w) => logChooseOfNumbers(v!, w!), n, k);
  return known ?? n.add(1).lgamma().sub(k.add(1).lgamma()).sub(n.sub(k).add(1).lgamma());
}

/** log(1 − e^x) for x ≤ 0, without cancellation at either end (Mächler 2012, "Accurately computing log(1 − exp(−|a|))"). */
export function log1mExp(x: Expr): Expr {
  return where(x.gt(-Math.LN2), x.expm1().neg().log(), x.exp().neg().log1p());
}

/** Regularised incomplete gamma functions P(a, x) and Q(a, x) of expressions. */
export const gammaLower = (a: Expr, x: Expr): Expr => apply('gammaLower', [a, x]);
export const gammaUpper = (a: Expr, x: Expr): Expr => apply('gammaUpper', [a, x]);

/** Regularised incomplete beta function I_x(a, b) of expressions. */
export const betaLower = (a: Expr, b: Expr, x: Expr): Expr => apply('betaLower', [a, b, x]);

/**
 * log Γ(a + x) − log Γ(a) − x log a, which tends to 0 as a grows. For large a by Stirling's series (DLMF 5.11.1),
 * where the difference of two large numbers would lose digits.
 */
export function logRising(a: Expr, x: Expr): Expr {
  const known = ofKnown((v, w) => logRisingOfNumbers(v!, w!), a, x);
  if (known !== undefined) return known;
  const sum = a.add(x);
  const remainder = (v: Expr): Expr => {
    const w = v.reciprocal();
    const w2 = w.square();
    return w.mul(w2.mul(w2.mul(1 / 1260).sub(1 / 360)).add(1 / 12));
  };
  const series = sum.sub(0.5).mul(x.div(a).log1p()).sub(x).add(remainder(sum)).sub(remainder(a));
  const plain = sum.lgamma().sub(a.lgamma()).sub(x.mul(a.log()));
  return where(a.gt(60), series, plain);
}

/** log (1 − I_x(a, b)), also where 1 − x rounds to 1. */
export function logBetaUpper(a: Expr, b: Expr, x: Expr): Expr {
  const lower = betaLower(a, b, x);
  return where(lower.lt(0.5), lower.neg().log1p(), betaLower(b, a, x.neg().add(1)).log());
}
