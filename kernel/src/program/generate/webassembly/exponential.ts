/**
 * exp, expm1 and what is made of them, on two lanes: the same operations in the same order as `numeric/elementary`, so
 * the same bits. Where the scalar function branches, both ways are computed and chosen by a mask; only what a lane is
 * given counts, the other way may overflow.
 */
import { LN2_HIGH, LN2_LOW } from '../../../numeric/elementary/scale.ts';
import type { Code, Vector } from './code.ts';

/** (e^r − 1 − r) / r², coefficients of `numeric/elementary/exponential.ts`. */
function tail(code: Code, r: Vector): Vector {
  const c = (x: number) => code.constant(x);
  const add = (a: Vector, b: Vector) => code.binary('add', a, b);
  const mul = (a: Vector, b: Vector) => code.binary('mul', a, b);
  const r2 = mul(r, r);
  /** low + r · high */
  const pair = (low: number, high: number) => add(c(low), mul(r, c(high)));
  let sum = pair(2.091821231913398e-9, 1.6086677666787362e-10);
  sum = add(pair(2.755726307730941e-7, 2.5052070959803662e-8), mul(r2, sum));
  sum = add(pair(2.480158733663095e-5, 2.7557319247344507e-6), mul(r2, sum));
  sum = add(pair(0.0013888888888879004, 0.00019841269841263252), mul(r2, sum));
  sum = add(pair(0.04166666666666668, 0.008333333333333333), mul(r2, sum));
  return add(pair(0.5, 0.16666666666666666), mul(r2, sum));
}

/** 2^k for whole −1022 ≤ k ≤ 1023: k + 1023 as an integer, moved to where the exponent is. */
function powerOfTwo(code: Code, k: Vector): Vector {
  // 1.5 · 2^52 + n has n in its lowest bits.
  const integer = code.binary('add', k, code.constant(1023 + 6755399441055744));
  return code.shift('left', integer, 52);
}

/** y · 2^k with a single rounding, for −2000 < k < 2000: the first of two products is exact. */
function scale(code: Code, y: Vector, k: Vector): Vector {
  const half = code.unary('floor', code.binary('mul', k, code.constant(0.5)));
  const rest = code.binary('sub', k, half);
  return code.binary('mul', code.binary('mul', y, powerOfTwo(code, half)), powerOfTwo(code, rest));
}

/** x = k log 2 + r + rest. */
function reduce(code: Code, x: Vector) {
  const c = (value: number) => code.constant(value);
  const k = code.unary('floor', code.binary('add', code.binary('mul', x, c(Math.LOG2E)), c(0.5)));
  const high = code.binary('sub', x, code.binary('mul', k, c(LN2_HIGH)));
  const low = code.binary('mul', k, c(LN2_LOW));
  const r = code.binary('sub', high, low);
  const rest = code.binary('sub', code.binary('sub', high, r), low);
  return { k, r, rest };
}

/** sum + (lost + (rest + r² E(r))) */
function gather(code: Code, sum: Vector, lost: Vector, rest: Vector, r: Vector): Vector {
  const add = (a: Vector, b: Vector) => code.binary('add', a, b);
  const square = code.binary('mul', code.binary('mul', r, r), tail(code, r));
  return add(sum, add(lost, add(rest, square)));
}

/** e^x as a number of the order of 1 and the power of two it is to be multiplied with. */
function parts(code: Code, x: Vector): { readonly y: Vector; readonly k: Vector } {
  const one = code.constant(1);
  const { k, r, rest } = reduce(code, x);
  const sum = code.binary('add', one, r);
  const lost = code.binary('sub', r, code.binary('sub', sum, one));
  return { y: gather(code, sum, lost, rest, r), k };
}

/** Beyond this a power of two, or its product, may not be a normal number: 1020 log 2. */
const FAR = 707;

/** e^x: in one product where both lanes allow it, which is nearly always. What is beyond ±1000 is as at ±1000. */
export function exp(code: Code, x: Vector): Vector {
  const c = (value: number) => code.constant(value);
  const { y, k } = parts(code, x);
  const value = code.copy(code.binary('mul', y, powerOfTwo(code, k)));
  code.otherwise(code.binary('le', code.unary('abs', x), c(FAR)), () => {
    const bounded = code.binary('greater', code.binary('lesser', x, c(1000)), c(-1000));
    const far = parts(code, bounded);
    code.assign(value, scale(code, far.y, far.k));
  });
  return value;
}

/** e^x − 1. */
export function expm1(code: Code, x: Vector): Vector {
  const c = (value: number) => code.constant(value);
  const size = code.unary('abs', x);
  // |x| below log(2)/2: x + x² E(x), and x itself where its square would underflow.
  const near = code.binary('add', x, code.binary('mul', code.binary('mul', x, x), tail(code, x)));
  const tiny = code.binary('lt', size, c(1e-300));
  const close = code.binary('lt', size, c(0.34657359027997264));
  const { k, r, rest } = reduce(code, x);
  const power = powerOfTwo(code, code.unary('neg', code.binary('greater', code.binary('lesser', k, c(60)), c(-1000))));
  const one = code.binary('sub', c(1), code.select(code.binary('gt', k, c(60)), c(0), power));
  const sum = code.binary('add', one, r);
  const larger = code.binary('ge', code.unary('abs', one), code.unary('abs', r));
  const lost = code.select(
    larger,
    code.binary('sub', r, code.binary('sub', sum, one)),
    code.binary('sub', one, code.binary('sub', sum, r)),
  );
  const value = scale(code, gather(code, sum, lost, rest, r), k);
  const inside = code.select(close, code.select(tiny, x, near), value);
  const above = code.binary('gt', x, c(709.782712893384));
  const below = code.binary('lt', x, c(-40));
  return code.select(above, c(Infinity), code.select(below, c(-1), inside));
}

/** e^−|x|. */
export function expMinusSize(code: Code, x: Vector): Vector {
  return exp(code, code.binary('or', x, code.constant(-0)));
}

/** 1 / (1 + e^−x). */
export function sigmoid(code: Code, x: Vector): Vector {
  const one = code.constant(1);
  const e = expMinusSize(code, x);
  const numerator = code.select(code.binary('ge', x, code.constant(0)), one, e);
  return code.binary('div', numerator, code.binary('add', one, e));
}

/** Hyperbolic tangent. */
export function tanh(code: Code, x: Vector): Vector {
  const c = (value: number) => code.constant(value);
  const size = code.unary('abs', x);
  const far = code.binary('ge', size, c(1));
  const t = expm1(code, code.binary('mul', code.select(far, c(2), c(-2)), size));
  const quotient = code.binary('div', code.select(far, c(2), code.unary('neg', t)), code.binary('add', t, c(2)));
  const value = code.select(far, code.binary('sub', c(1), quotient), quotient);
  const bounded = code.select(code.binary('ge', size, c(22)), c(1), value);
  const sign = code.binary('and', x, c(-0));
  const signed = code.binary('or', bounded, sign); // what stands there is positive
  const tiny = code.binary('lt', size, c(1e-9));
  return code.select(tiny, x, signed);
}
