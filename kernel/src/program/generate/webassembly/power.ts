/**
 * Powers and cube roots on two lanes: the same operations in the same order as `numeric/elementary/power`, so the same
 * bits. Bases that are not positive, and results near the ends of the range, are left to the function of numbers.
 */
import { LN2_HIGH, LN2_LOW } from '../../../numeric/elementary/scale.ts';
import { type Arithmetic, arithmetic } from './arithmetic.ts';
import type { Code, Vector } from './code.ts';
import { exp } from './exponential.ts';
import { split } from './logarithm.ts';
import type { Rare } from './rare.ts';

/** The series of 2 atanh(s) beyond s³, over s⁵. */
const SERIES = [
  0.4, 0.2857142857142857, 0.2222222222222222, 0.18181818181818182, 0.15384615384615385, 0.13333333333333333,
  0.11764705882352941, 0.10526315789473684, 0.09523809523809523,
] as const;

/** e^(y log x) for normal x > 0 and |y| ≤ 1e300, and the exponent, which must stay between ±700. */
function positivePower(a: Arithmetic, x: Vector, y: Vector) {
  const { c, add, sub, mul, div, productError, sumError } = a;
  const { m, k } = split(a.code, x);
  const f = sub(m, c(1));
  const g = add(m, c(1));
  const gError = sub(m, sub(g, c(1)));
  const s = div(f, g);
  const p = mul(s, g);
  const sLow = div(sub(sub(sub(f, p), productError(s, g, p)), mul(s, gError)), g);
  const z = mul(s, s);
  const zLow = add(productError(s, s, z), mul(mul(c(2), s), sLow));
  const cube = mul(s, z);
  const cubeLow = add(add(productError(s, z, cube), mul(s, zLow)), mul(sLow, z));
  const twoThirds = c(0.6666666666666666);
  const third = mul(twoThirds, cube);
  const thirdLow = add(
    add(productError(twoThirds, cube, third), mul(twoThirds, cubeLow)),
    mul(c(3.700743415417188e-17), cube),
  );
  const series = mul(mul(cube, z), a.polynomial(z, SERIES));
  let high = mul(k, c(LN2_HIGH));
  let low = c(0);
  for (const term of [mul(c(2), s), third, series]) {
    const sum = add(high, term);
    low = add(low, sumError(high, term, sum));
    high = sum;
  }
  low = add(low, add(add(mul(k, c(LN2_LOW)), mul(c(2), sLow)), thirdLow));
  const logarithm = add(high, low);
  const left = sub(low, sub(logarithm, high));
  const product = mul(y, logarithm);
  const rest = add(productError(y, logarithm, product), mul(y, left));
  const value = exp(a.code, product);
  return { value: add(value, mul(value, rest)), product };
}

/** x to the power y. */
export function pow(code: Code, x: Vector, y: Vector, rare: Rare): Vector {
  const a = arithmetic(code);
  const { c, select, eq } = a;
  const { value, product } = positivePower(a, x, y);
  const exact = [
    [c(2), a.mul(x, x)],
    [c(0.5), a.sqrt(x)],
    [c(-1), a.div(c(1), x)],
    [c(1), x],
  ] as const;
  const found = code.copy(exact.reduce((others, [power, its]) => select(eq(y, power), its, others), value));
  const base = a.and(a.ge(x, c(2.2250738585072014e-308)), a.lt(x, c(Infinity)));
  const inside = a.and(a.lt(a.abs(product), c(700)), a.le(a.abs(y), c(1e300)));
  code.otherwise(a.and(base, inside), () => code.assign(found, rare()));
  return found;
}

/** Cube root. */
export function cbrt(code: Code, x: Vector, rare: Rare): Vector {
  const a = arithmetic(code);
  const { c, sub, mul, div } = a;
  const size = a.abs(x);
  const first = positivePower(a, size, c(1 / 3)).value;
  const excess = sub(mul(mul(first, first), first), size);
  const root = sub(first, div(excess, mul(mul(c(3), first), first)));
  const found = code.copy(a.signed(root, x));
  const inside = a.and(a.ge(size, c(1e-290)), a.le(size, c(1e300)));
  code.otherwise(inside, () => code.assign(found, rare()));
  return found;
}
