/**
 * Sine, cosine, tangent and the inverse functions made of the arc tangent, on two lanes: the same operations in the same
 * order as `numeric/elementary`, so the same bits. Angles of a million and more are left to the function of numbers.
 */
import { type Arithmetic, arithmetic } from './arithmetic.ts';
import type { Code, Vector } from './code.ts';
import type { Rare } from './rare.ts';

/** sin(r + low), |r| ≤ π/4. */
function sinReduced({ c, add, sub, mul, polynomial }: Arithmetic, r: Vector, low: Vector): Vector {
  const z = mul(r, r);
  const series = polynomial(
    z,
    [
      -0.16666666666666666, 0.008333333333333331, -0.0001984126984126504, 2.755731921932058e-6, -2.50521062259944e-8,
      1.6058530596645953e-10, -7.586636882825159e-13,
    ],
  );
  return add(r, add(mul(mul(r, z), series), mul(low, sub(c(1), mul(c(0.5), z)))));
}

/** cos(r + low), |r| ≤ π/4. */
function cosReduced({ c, add, sub, mul, polynomial }: Arithmetic, r: Vector, low: Vector): Vector {
  const z = mul(r, r);
  const series = polynomial(
    z,
    [
      0.041666666666666664, -0.0013888888888888887, 2.4801587301584632e-5, -2.755731922139249e-7, 2.0876755787492604e-9,
      -1.1470460319209511e-11, 4.745838412531023e-14,
    ],
  );
  const half = mul(c(0.5), z);
  const top = sub(c(1), half);
  return add(top, add(sub(sub(c(1), top), half), sub(mul(mul(z, z), series), mul(r, low))));
}

/** x = quarter · π/2 + high + low for |x| below a million; `quarter` from 0 to 3. */
function reduce(a: Arithmetic, x: Vector) {
  const { c, add, sub, mul, floor, select, sumError } = a;
  const far = a.gt(a.abs(x), c(Math.PI / 4));
  const k = floor(add(mul(x, c(2 / Math.PI)), c(0.5)));
  const first = sub(x, mul(k, c(1.5707963267341256)));
  const second = mul(k, c(6.077100506303966e-11));
  const difference = sub(first, second);
  const rest = sub(sumError(first, a.neg(second), difference), mul(k, c(2.0222662487959506e-21)));
  const high = add(difference, rest);
  const low = sumError(difference, rest, high);
  const quarter = sub(k, mul(c(4), floor(mul(k, c(0.25)))));
  return { high: select(far, high, x), low: a.and(far, low), quarter: a.and(far, quarter) };
}

/** Both of an angle, and its quarter turn. Angles that are large or not finite are not looked after. */
function both(a: Arithmetic, x: Vector) {
  const { high, low, quarter } = reduce(a, x);
  const odd = a.or(a.eq(quarter, a.c(1)), a.eq(quarter, a.c(3)));
  return { sine: sinReduced(a, high, low), cosine: cosReduced(a, high, low), quarter, odd };
}

/** The function of numbers where an angle is a million or more, or not finite. */
function withLarge(a: Arithmetic, x: Vector, value: Vector, rare: Rare): Vector {
  const found = a.code.copy(a.select(a.eq(x, a.c(0)), x, value));
  a.code.otherwise(a.lt(a.abs(x), a.c(1e6)), () => a.code.assign(found, rare()));
  return found;
}

/** Sine. */
export function sin(code: Code, x: Vector, rare: Rare): Vector {
  const a = arithmetic(code);
  const { sine, cosine, quarter, odd } = both(a, x);
  const size = a.select(odd, cosine, sine);
  return withLarge(a, x, a.select(a.ge(quarter, a.c(2)), a.neg(size), size), rare);
}

/** Cosine. */
export function cos(code: Code, x: Vector, rare: Rare): Vector {
  const a = arithmetic(code);
  const { sine, cosine, quarter, odd } = both(a, x);
  const size = a.select(odd, sine, cosine);
  const negative = a.or(a.eq(quarter, a.c(1)), a.eq(quarter, a.c(2)));
  const found = code.copy(a.select(negative, a.neg(size), size));
  code.otherwise(a.lt(a.abs(x), a.c(1e6)), () => code.assign(found, rare()));
  return found;
}

/** Tangent. */
export function tan(code: Code, x: Vector, rare: Rare): Vector {
  const a = arithmetic(code);
  const { sine, cosine, odd } = both(a, x);
  const quotient = a.div(a.select(odd, a.neg(cosine), sine), a.select(odd, sine, cosine));
  return withLarge(a, x, quotient, rare);
}

/** atan(t) − t for |t| ≤ 7/16. */
function atanBeyond({ add, mul, polynomial }: Arithmetic, t: Vector): Vector {
  const z = mul(t, t);
  const w = mul(z, z);
  const even = polynomial(
    w,
    [
      -0.3333333333333333, -0.14285714285565465, -0.09090908350382436, -0.06666239748865294, -0.05216532007308444,
      -0.033114228762660534,
    ],
  );
  const odd = polynomial(
    w,
    [
      0.19999999999999404, 0.111111110965279, 0.07692285419714515, 0.05876924062763387, 0.044916556747777434,
      0.014759380407779155,
    ],
  );
  return mul(mul(t, z), add(even, mul(z, odd)));
}

/** Where arc tangents are taken around: up to where, atan c in two parts. */
const AROUND = [
  [11 / 16, 0.4636476090008061, 2.2698777452961687e-17],
  [19 / 16, 0.7853981633974483, 3.061616997868383e-17],
  [39 / 16, 0.982793723247329, 1.3903311031230998e-17],
] as const;

/** Arc tangent. */
export function atan(code: Code, x: Vector): Vector {
  const a = arithmetic(code);
  const { c, add, sub, mul, select } = a;
  const size = a.abs(x);
  let numerator = c(-1);
  let denominator = size;
  let high = c(1.5707963267948966);
  let low = c(6.123233995736766e-17);
  // From the outermost inwards: 3/2, 1, ½.
  const quotients = [
    [sub(mul(c(2), size), c(1)), add(c(2), size)],
    [sub(size, c(1)), add(size, c(1))],
    [sub(size, c(1.5)), add(c(1), mul(c(1.5), size))],
  ] as const;
  for (let i = AROUND.length - 1; i >= 0; i--) {
    const [end, atanHigh, atanLow] = AROUND[i]!;
    const inside = a.lt(size, c(end));
    numerator = select(inside, quotients[i]![0], numerator);
    denominator = select(inside, quotients[i]![1], denominator);
    high = select(inside, c(atanHigh), high);
    low = select(inside, c(atanLow), low);
  }
  const near = a.not(a.ge(size, c(7 / 16))); // also NaN
  const t = select(near, x, a.div(numerator, denominator));
  const beyond = atanBeyond(a, t);
  const large = add(high, add(add(beyond, low), t));
  const zero = a.eq(x, c(0));
  return select(zero, x, select(near, add(x, beyond), a.signed(large, x)));
}

/** Inverse sine. */
export function asin(code: Code, x: Vector): Vector {
  const { c, add, sub, mul, div, sqrt } = arithmetic(code);
  return atan(code, div(x, sqrt(mul(sub(c(1), x), add(c(1), x)))));
}

/** Inverse cosine. */
export function acos(code: Code, x: Vector): Vector {
  const { c, add, sub, mul, div, sqrt } = arithmetic(code);
  return mul(c(2), atan(code, sqrt(div(sub(c(1), x), add(c(1), x)))));
}

/** The angle of a point; where a coordinate is 0 or not finite by the function of numbers. */
export function atan2(code: Code, y: Vector, x: Vector, rare: Rare): Vector {
  const a = arithmetic(code);
  const angle = atan(code, a.abs(a.div(y, x)));
  const behind = a.sub(a.c(Math.PI), a.sub(angle, a.c(1.2246467991473532e-16)));
  const found = code.copy(a.signed(a.select(a.gt(x, a.c(0)), angle, behind), y));
  const usual = (v: Vector) => a.and(a.gt(a.abs(v), a.c(0)), a.lt(a.abs(v), a.c(Infinity)));
  code.otherwise(a.and(usual(x), usual(y)), () => code.assign(found, rare()));
  return found;
}
