/**
 * log Γ and its first two derivatives on two lanes: the same operations in the same order as `numeric/special/gamma`, so
 * the same bits. Arguments that are not positive are left to the function of numbers.
 */
import { HALF_LOG_2PI, LGAMMA, NEAR_ROOT, POSITIVE_ROOT, POSITIVE_ROOT_LOW } from '../../../numeric/special/gamma.ts';
import { type Arithmetic, arithmetic } from './arithmetic.ts';
import type { Code, Vector } from './code.ts';
import { log, log1p } from './logarithm.ts';
import type { Rare } from './rare.ts';

/** Terms of the asymptotic series: of lgamma B₂ₖ / (2k (2k − 1)), of digamma B₂ₖ / 2k, of trigamma B₂ₖ, without signs. */
const STIRLING = [1 / 12, 1 / 360, 1 / 1260, 1 / 1680, 1 / 1188, 691 / 360360, 1 / 156, 3617 / 122400] as const;
const DIGAMMA_SERIES = [1 / 12, 1 / 120, 1 / 252, 1 / 240, 1 / 132, 691 / 32760, 1 / 12, 3617 / 8160] as const;
const TRIGAMMA_SERIES = [1 / 6, 1 / 30, 1 / 42, 1 / 30, 5 / 66, 691 / 2730, 7 / 6, 3617 / 510] as const;

/** c₀ − w (c₁ − w (c₂ − …)) */
function alternating({ c, sub, mul }: Arithmetic, w: Vector, coefficients: ArrayLike<number>): Vector {
  let sum = c(coefficients[coefficients.length - 1]!);
  for (let i = coefficients.length - 2; i >= 0; i--) sum = sub(c(coefficients[i]!), mul(w, sum));
  return sum;
}

/** The function of numbers where an argument is not above 0 and at most `most`. */
function withOthers(a: Arithmetic, x: Vector, most: number, value: Vector, rare: Rare): Vector {
  const found = a.code.copy(value);
  const usual = a.and(a.gt(x, a.c(0)), a.le(x, a.c(most)));
  a.code.otherwise(usual, () => a.code.assign(found, rare()));
  return found;
}

/** log Γ(x). */
export function lgamma(code: Code, x: Vector, rare: Rare): Vector {
  const a = arithmetic(code);
  const { c, add, sub, mul, div, select } = a;
  const far = a.ge(x, c(8));
  const argument = code.copy(x);
  const polynomial = code.copy(c(0));
  // Below 8: down to the interval 1.5 … 2.5, or up from below it.
  code.otherwise(far, () => {
    let y = x;
    let product = c(1);
    for (let step = 0; step < 6; step++) {
      const more = a.gt(y, c(2.5));
      y = sub(y, a.and(more, c(1)));
      product = mul(product, select(more, y, c(1)));
    }
    const middle = a.ge(x, c(1.5));
    const low = a.lt(x, c(0.5));
    const z = select(middle, sub(y, c(2)), select(low, x, sub(x, c(1))));
    const near = code.copy(mul(z, a.polynomial(z, LGAMMA)));
    code.otherwise(middle, () => {
      code.assign(near, sub(near, log1p(code, select(middle, c(0), z))));
    });
    code.assign(polynomial, near);
    code.assign(argument, select(far, x, select(middle, product, select(low, x, c(1)))));
  });
  const logarithm = log(code, argument);
  const plus = a.ge(x, c(1.5));
  const value = code.copy(add(polynomial, select(plus, logarithm, a.neg(logarithm))));
  code.otherwise(a.not(far), () => {
    const remainder = div(alternating(a, div(c(1), mul(x, x)), STIRLING), x);
    const stirling = add(add(sub(mul(sub(x, c(0.5)), logarithm), x), c(HALF_LOG_2PI)), remainder);
    code.assign(value, select(far, stirling, value));
  });
  return withOthers(a, x, 1e17, value, rare);
}

/** Up to 10 and beyond by the recurrence: the argument there, and what was added up on the way. */
function shifted(a: Arithmetic, x: Vector, term: (y: Vector) => Vector) {
  const { c, code } = a;
  const at = code.copy(x);
  const shift = code.copy(c(0));
  code.otherwise(a.ge(x, c(10)), () => {
    for (let step = 0; step < 10; step++) {
      const more = a.lt(at, c(10));
      code.assign(shift, a.add(shift, a.and(more, term(at))));
      code.assign(at, a.add(at, a.and(more, c(1))));
    }
  });
  return { at, shift };
}

/** The derivative of log Γ. */
export function digamma(code: Code, x: Vector, rare: Rare): Vector {
  const a = arithmetic(code);
  const { c, add, sub, mul, div } = a;
  const { at, shift } = shifted(a, x, (y) => div(c(-1), y));
  const w = div(c(1), mul(at, at));
  const series = mul(w, alternating(a, w, DIGAMMA_SERIES));
  const value = code.copy(add(shift, sub(sub(log(code, at), div(c(0.5), at)), series)));
  const apart = a.not(a.lt(a.abs(sub(x, c(POSITIVE_ROOT))), c(0.05)));
  code.otherwise(apart, () => {
    const d = sub(sub(x, c(POSITIVE_ROOT)), c(POSITIVE_ROOT_LOW));
    code.assign(value, a.select(apart, value, mul(d, a.polynomial(d, NEAR_ROOT))));
  });
  return withOthers(a, x, Infinity, value, rare);
}

/** Its second derivative. */
export function trigamma(code: Code, x: Vector, rare: Rare): Vector {
  const a = arithmetic(code);
  const { c, add, mul, div } = a;
  const { at, shift } = shifted(a, x, (y) => div(c(1), mul(y, y)));
  const w = div(c(1), mul(at, at));
  const series = mul(w, alternating(a, w, TRIGAMMA_SERIES));
  const value = add(shift, add(add(div(c(1), at), mul(c(0.5), w)), div(series, at)));
  return withOthers(a, x, Infinity, value, rare);
}
