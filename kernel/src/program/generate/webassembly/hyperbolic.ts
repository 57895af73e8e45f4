/**
 * Hyperbolic functions and their inverses, and what else is made of exp and log, on two lanes: the same operations in the
 * same order as `numeric/elementary`, so the same bits.
 */
import { arithmetic } from './arithmetic.ts';
import type { Code, Vector } from './code.ts';
import { exp, expm1 } from './exponential.ts';
import { log, log1p } from './logarithm.ts';
import type { Rare } from './rare.ts';

/** ½ e^|x|, up to where twice it overflows. */
function halfExponential(code: Code, size: Vector): Vector {
  const { c, mul } = arithmetic(code);
  const root = exp(code, mul(c(0.5), size));
  return mul(mul(c(0.5), root), root);
}

/** Hyperbolic sine. */
export function sinh(code: Code, x: Vector): Vector {
  const a = arithmetic(code);
  const { c, add, mul, div, select } = a;
  const size = a.abs(x);
  const t = expm1(code, size);
  const value = code.copy(a.signed(mul(c(0.5), add(t, div(t, add(t, c(1))))), x));
  const inside = a.and(a.le(size, c(22)), a.ge(size, c(1e-9)));
  code.otherwise(inside, () => {
    const far = a.signed(halfExponential(code, size), x);
    const others = select(a.gt(size, c(22)), far, value);
    code.assign(value, select(a.lt(size, c(1e-9)), x, others));
  });
  return value;
}

/** Hyperbolic cosine. */
export function cosh(code: Code, x: Vector): Vector {
  const a = arithmetic(code);
  const { c, add, mul, div } = a;
  const size = a.abs(x);
  const e = exp(code, size);
  const value = code.copy(mul(c(0.5), add(e, div(c(1), e))));
  const near = a.le(size, c(22));
  code.otherwise(near, () => {
    code.assign(value, a.select(a.gt(size, c(22)), halfExponential(code, size), value));
  });
  return value;
}

/** Inverse hyperbolic sine; beyond 2²⁸ by the function of numbers. */
export function asinh(code: Code, x: Vector, rare: Rare): Vector {
  const a = arithmetic(code);
  const { c, add, mul, div, sqrt } = a;
  const size = a.abs(x);
  const square = mul(size, size);
  const inner = add(size, div(square, add(c(1), sqrt(add(c(1), square)))));
  const value = a.signed(log1p(code, inner), x);
  const found = code.copy(a.select(a.lt(size, c(1e-9)), x, value));
  code.otherwise(a.le(size, c(2 ** 28)), () => code.assign(found, rare()));
  return found;
}

/** Inverse hyperbolic cosine; below 1 and beyond 2²⁸ by the function of numbers. */
export function acosh(code: Code, x: Vector, rare: Rare): Vector {
  const a = arithmetic(code);
  const { c, add, sub, mul, sqrt } = a;
  const above = sub(x, c(1));
  const found = code.copy(log1p(code, add(above, sqrt(mul(above, add(above, c(2)))))));
  code.otherwise(a.and(a.ge(x, c(1)), a.le(x, c(2 ** 28))), () => code.assign(found, rare()));
  return found;
}

/** Inverse hyperbolic tangent. */
export function atanh(code: Code, x: Vector): Vector {
  const a = arithmetic(code);
  const { c, add, sub, mul, div, select } = a;
  const size = a.abs(x);
  const twice = mul(c(2), size);
  const rest = sub(c(1), size);
  const inner = select(a.lt(size, c(0.5)), add(twice, div(mul(twice, size), rest)), div(twice, rest));
  const value = a.signed(mul(c(0.5), log1p(code, inner)), x);
  return select(a.lt(size, c(1e-9)), x, value);
}

/** log(p / (1 − p)). */
export function logit(code: Code, p: Vector): Vector {
  const a = arithmetic(code);
  const { c, sub, mul, neg, select } = a;
  const d = sub(mul(c(2), p), c(1));
  const middle = a.and(a.gt(p, c(0.25)), a.lt(p, c(0.75)));
  const first = code.copy(log(code, p));
  code.otherwise(a.not(middle), () => {
    code.assign(first, select(middle, log1p(code, d), first));
  });
  return sub(first, log1p(code, select(middle, neg(d), neg(p))));
}
