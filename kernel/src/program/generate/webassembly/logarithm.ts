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

/** Bits of a double's exponent, and 1. */
const EXPONENT = [0, 0, 0, 0, 0, 0, 0xf0, 0xff];
const ONE = double(1);
/** What carries into the exponent of a mantissa above √2, whose bits are 3ff6a09e667f3bcd: 2^52 − 6a09e667f3bcd − 1. */
const CARRY = [0x32, 0xc4, 0x80, 0x99, 0x61, 0x5f, 0x09, 0x00];

/** Mantissa between √½ and √2, and exponent, of positive finite numbers that are not subnormal. */
export function split(code: Code, x: Vector): { readonly m: Vector; readonly k: Vector } {
  const carried = code.binary('addIntegers', x, code.bits(CARRY));
  const exponent = code.binary('subIntegers', x, code.binary('and', carried, code.bits(EXPONENT)));
  // The biased exponent as an integer in the low bits of 2^52, then as a double.
  const biased = code.binary('or', code.shift('right', carried, 52), code.constant(2 ** 52));
  return {
    m: code.binary('addIntegers', exponent, code.bits(ONE)),
    k: code.binary('sub', biased, code.constant(2 ** 52 + 1023)),
  };
}

/** log x of positive finite numbers; those of x · 2^54 with `shift` = −54. */
function logOf(code: Code, x: Vector, shift?: Vector): Vector {
  const { m, k } = split(code, x);
  const exponent = shift ? code.binary('add', k, shift) : k;
  return combine(code, code.binary('sub', m, code.constant(1)), exponent, code.constant(0));
}

/** Natural logarithm. */
export function log(code: Code, x: Vector): Vector {
  const c = (value: number) => code.constant(value);
  const smallest = c(2.2250738585072014e-308);
  const value = code.copy(logOf(code, x));
  const finite = code.binary('lt', x, c(Infinity));
  code.otherwise(code.binary('and', code.binary('ge', x, smallest), finite), () => {
    const subnormal = code.binary('lt', x, smallest);
    const scaled = code.select(subnormal, code.binary('mul', x, c(2 ** 54)), x);
    const all = logOf(code, scaled, code.binary('and', subnormal, c(-54)));
    const other = code.select(code.binary('eq', x, c(0)), c(-Infinity), c(Number.NaN));
    code.assign(value, code.select(code.binary('gt', x, c(0)), code.select(finite, all, x), other));
  });
  return value;
}

/** log(1 + x). */
export function log1p(code: Code, x: Vector): Vector {
  const c = (value: number) => code.constant(value);
  const sub = (a: Vector, b: Vector) => code.binary('sub', a, b);
  const u = code.binary('add', c(1), x);
  // 1 + x = u + left exactly (Knuth's two-sum)
  const back = sub(u, c(1));
  const left = code.binary('add', sub(c(1), sub(u, back)), sub(x, back));
  const { m, k } = split(code, u); // u is at least 2^−53
  const near = code.binary(
    'and',
    code.binary('gt', x, c(-0.2928932188134524)),
    code.binary('lt', x, c(0.41421356237309503)),
  );
  const aside = code.binary('or', near, code.binary('gt', x, c(1e17))); // 1 + x is x beyond
  const correction = code.binary('without', code.binary('div', left, u), aside);
  const f = code.select(near, x, sub(m, c(1)));
  const inside = combine(code, f, code.binary('without', k, near), correction);
  const value = code.copy(code.binary('or', inside, code.binary('and', x, c(-0)))); // −0 stays −0
  const finite = code.binary('lt', x, c(Infinity));
  code.otherwise(code.binary('and', code.binary('gt', x, c(-1)), finite), () => {
    const other = code.select(code.binary('eq', x, c(-1)), c(-Infinity), c(Number.NaN));
    const above = code.select(finite, value, x);
    code.assign(value, code.select(code.binary('gt', x, c(-1)), above, other));
  });
  return value;
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
