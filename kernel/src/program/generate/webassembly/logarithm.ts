/**
 * log and log1p, and what is made of them and exp, on two lanes: the same operations in the same order as
 * `numeric/elementary`, so the same bits.
 */
import { LN2_HIGH, LN2_LOW } from '../../../numeric/elementary/scale.ts';
import type { Code, Vector } from './code.ts';
import { double } from './encoder.ts';
import { expMinusSize } from './exponential.ts';

/** z L(z), coefficients of `numeric/elementary/logarithm.ts`. */
function beyondFirst(code: Code, z: Vector): Vector {
  const c = (x: number) => code.constant(x);
  const add = (a: Vector, b: Vector) => code.binary('add', a, b);
  const mul = (a: Vector, b: Vector) => code.binary('mul', a, b);
  const w = mul(z, z);
  const pair = (low: number, high: number) => add(c(low), mul(z, c(high)));
  let sum = pair(0.13268638369266825, 0.13088034850927555);
  sum = add(pair(0.18181795547521137, 0.15386244737621665), mul(w, sum));
  sum = add(pair(0.28571428570799784, 0.22222222392581045), mul(w, sum));
  sum = add(pair(0.6666666666666666, 0.40000000000000885), mul(w, sum));
  return mul(z, sum);
}

/** k log 2 + log(1 + f) + c for √½ ≤ 1 + f ≤ √2. */
function combine(code: Code, f: Vector, k: Vector, c: Vector): Vector {
  const add = (a: Vector, b: Vector) => code.binary('add', a, b);
  const sub = (a: Vector, b: Vector) => code.binary('sub', a, b);
  const mul = (a: Vector, b: Vector) => code.binary('mul', a, b);
  const s = code.binary('div', f, add(code.constant(2), f));
  const series = beyondFirst(code, mul(s, s));
  const half = mul(mul(code.constant(0.5), f), f);
  const low = add(mul(k, code.constant(LN2_LOW)), c);
  const inner = sub(sub(half, add(mul(s, add(half, series)), low)), f);
  return sub(mul(k, code.constant(LN2_HIGH)), inner);
}

/** Mantissa between √½ and √2, and exponent, of positive finite numbers; `normal` where none is subnormal. */
function split(code: Code, x: Vector, normal: boolean): { readonly m: Vector; readonly k: Vector } {
  const c = (value: number) => code.constant(value);
  const subnormal = code.binary('lt', x, c(2.2250738585072014e-308));
  const scaled = normal ? x : code.select(subnormal, code.binary('mul', x, c(2 ** 54)), x);
  const bias = normal ? c(-1023) : code.select(subnormal, c(-1023 - 54), c(-1023));
  // The biased exponent as an integer in the low bits of 2^52, then as a double.
  const biased = code.binary('or', code.shift('right', scaled, 52), code.bits(double(2 ** 52)));
  const exponent = code.binary('add', code.binary('sub', biased, c(2 ** 52)), bias);
  const fraction = code.binary('and', scaled, code.bits([255, 255, 255, 255, 255, 255, 15, 0]));
  const m = code.binary('or', fraction, c(1)); // 1 ≤ m < 2
  const upper = code.binary('gt', m, c(Math.SQRT2));
  return {
    m: code.select(upper, code.binary('mul', m, c(0.5)), m),
    k: code.select(upper, code.binary('add', exponent, c(1)), exponent),
  };
}

/** Natural logarithm. */
export function log(code: Code, x: Vector): Vector {
  const c = (value: number) => code.constant(value);
  const { m, k } = split(code, x, false);
  const value = combine(code, code.binary('sub', m, c(1)), k, c(0));
  const positive = code.binary('gt', x, c(0));
  const other = code.select(code.binary('eq', x, c(0)), c(-Infinity), c(Number.NaN));
  const infinite = code.binary('eq', x, c(Infinity));
  return code.select(positive, code.select(infinite, x, value), other);
}

/** log(1 + x). */
export function log1p(code: Code, x: Vector): Vector {
  const c = (value: number) => code.constant(value);
  const sub = (a: Vector, b: Vector) => code.binary('sub', a, b);
  const u = code.binary('add', c(1), x);
  const above = code.binary('gt', x, c(1));
  const left = code.select(above, sub(c(1), sub(u, x)), sub(x, sub(u, c(1))));
  const huge = code.binary('gt', x, c(1e17)); // 1 + x is x
  const { m, k } = split(code, u, true); // 1 + x is 0 or at least 2^−53
  const correction = code.select(huge, c(0), code.binary('div', left, u));
  const near = code.binary(
    'and',
    code.binary('gt', x, c(-0.2928932188134524)),
    code.binary('lt', x, c(0.41421356237309503)),
  );
  const zero = c(0);
  const value = combine(
    code,
    code.select(near, x, sub(m, c(1))),
    code.select(near, zero, k),
    code.select(near, zero, correction),
  );
  const tiny = code.binary('lt', code.unary('abs', x), c(1e-17));
  const inside = code.select(tiny, x, value);
  const infinite = code.binary('eq', x, c(Infinity));
  const other = code.select(code.binary('eq', x, c(-1)), c(-Infinity), c(Number.NaN));
  return code.select(code.binary('gt', x, c(-1)), code.select(infinite, x, inside), other);
}

/** log(1 + e^x). */
export function softplus(code: Code, x: Vector): Vector {
  const l = log1p(code, expMinusSize(code, x));
  return code.select(code.binary('gt', x, code.constant(0)), code.binary('add', x, l), l);
}

/** log(e^a + e^b). */
export function logAddExp(code: Code, a: Vector, b: Vector): Vector {
  const l = log1p(code, expMinusSize(code, code.binary('sub', a, b)));
  const apart = code.binary('add', code.binary('max', a, b), l);
  const tied = code.binary('add', a, code.constant(Math.LN2));
  return code.select(code.binary('eq', a, b), tied, apart);
}
