/**
 * Error function and normal distribution function on two lanes: the same operations in the same order as
 * `numeric/special/error-function` and `normal`, so the same bits.
 */
import { ERF, ERFCX } from '../../../numeric/special/error-function.ts';
import { type Arithmetic, arithmetic } from './arithmetic.ts';
import type { Code, Vector } from './code.ts';
import { exp } from './exponential.ts';
import { log, log1p } from './logarithm.ts';

/** erf(x) for |x| ≤ 1. */
function small({ mul, polynomial }: Arithmetic, x: Vector): Vector {
  return mul(x, polynomial(mul(x, x), ERF));
}

/** e^(x²) erfc(x) for x ≥ 0, by Clenshaw's recurrence. */
function erfcx(a: Arithmetic, x: Vector): Vector {
  const { c, add, sub, mul, div } = a;
  const t = div(sub(x, c(3.75)), add(x, c(3.75)));
  const twice = mul(c(2), t);
  let next = c(0);
  let last = c(ERFCX[ERFCX.length - 1]!);
  for (let k = ERFCX.length - 2; k > 0; k--) {
    const here = add(sub(mul(twice, last), next), c(ERFCX[k]!));
    next = last;
    last = here;
  }
  const value = div(add(sub(mul(t, last), next), c(ERFCX[0]!)), add(c(1), mul(c(2), x)));
  return a.select(a.eq(x, c(Infinity)), c(0), value);
}

/** Math.round: the nearest integer, halves upwards. */
function round({ c, add, sub, floor, and, ge }: Arithmetic, x: Vector): Vector {
  const down = floor(x);
  return add(down, and(ge(sub(x, down), c(0.5)), c(1)));
}

/** e^(−x²/scale), without the error of rounding x². */
function expMinusSquare(a: Arithmetic, x: Vector, scale: 1 | 2): Vector {
  const { c, add, sub, mul, div, neg, code } = a;
  const high = div(round(a, mul(x, c(1024))), c(1024));
  const square = div(mul(high, high), c(scale));
  const rest = div(neg(mul(sub(x, high), add(x, high))), c(scale));
  const value = mul(exp(code, neg(square)), exp(code, rest));
  const none = a.select(a.ge(square, c(800)), c(0), c(Number.NaN));
  return a.select(a.lt(square, c(800)), value, none);
}

/** erfc of |x| above ½. */
function upper(a: Arithmetic, size: Vector): Vector {
  const value = a.mul(expMinusSquare(a, size, 1), erfcx(a, size));
  return a.select(a.gt(size, a.c(28)), a.c(0), value);
}

/** Error function. */
export function erf(code: Code, x: Vector): Vector {
  const a = arithmetic(code);
  const { c, sub } = a;
  const size = a.abs(x);
  const near = a.le(size, c(1));
  const value = code.copy(small(a, x));
  code.otherwise(near, () => {
    const far = a.signed(sub(c(1), upper(a, size)), x);
    code.assign(value, a.select(near, value, far));
  });
  return value;
}

/** Complementary error function. */
export function erfc(code: Code, x: Vector): Vector {
  const a = arithmetic(code);
  const { c, sub } = a;
  const size = a.abs(x);
  const near = a.le(size, c(0.5));
  const value = code.copy(sub(c(1), small(a, x)));
  code.otherwise(near, () => {
    const e = upper(a, size);
    const far = a.select(a.gt(x, c(0)), e, sub(c(2), e));
    code.assign(value, a.select(near, value, far));
  });
  return value;
}

/** Φ(−|x|) for |x| above 0.7, and e^(x²/2) erfc(|x|/√2). */
function lowerTail(a: Arithmetic, x: Vector) {
  const { c, mul } = a;
  const size = a.abs(x);
  const scaled = erfcx(a, mul(size, c(Math.SQRT1_2)));
  const value = mul(mul(c(0.5), expMinusSquare(a, a.neg(size), 2)), scaled);
  return { tail: a.select(a.gt(size, c(40)), c(0), value), scaled };
}

/** Φ(x) near 0. */
function central(a: Arithmetic, x: Vector): Vector {
  return a.add(a.c(0.5), a.mul(a.c(0.5), small(a, a.mul(x, a.c(Math.SQRT1_2)))));
}

/** Standard normal distribution function. */
export function normalCdf(code: Code, x: Vector): Vector {
  const a = arithmetic(code);
  const near = a.le(a.abs(x), a.c(0.7));
  const value = code.copy(central(a, x));
  code.otherwise(near, () => {
    const { tail } = lowerTail(a, x);
    const far = a.select(a.gt(x, a.c(0)), a.sub(a.c(1), tail), tail);
    code.assign(value, a.select(near, value, far));
  });
  return value;
}

/** Its logarithm: log1p(−Φ(−x)) from 0, log Φ(x) from −1, below with erfc scaled. */
export function normalLogCdf(code: Code, x: Vector): Vector {
  const a = arithmetic(code);
  const { c, add, mul, select } = a;
  const { tail, scaled } = lowerTail(a, x);
  const below = select(a.le(a.abs(x), c(0.7)), central(a, a.neg(a.abs(x))), tail); // Φ(−|x|)
  const positive = a.ge(x, c(0));
  const value = code.copy(log1p(code, a.neg(below)));
  code.otherwise(positive, () => {
    const far = a.le(x, c(-1));
    const logarithm = log(code, select(far, mul(c(0.5), scaled), below));
    const negative = select(far, add(mul(mul(c(-0.5), x), x), logarithm), logarithm);
    code.assign(value, select(positive, value, negative));
  });
  return value;
}
