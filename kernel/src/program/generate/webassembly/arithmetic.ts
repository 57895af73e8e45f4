/**
 * Arithmetic on vectors under short names, for functions of two lanes that are written out step by step.
 */
import type { Code, Vector } from './code.ts';

export type Arithmetic = ReturnType<typeof arithmetic>;

/** The instructions of a function in the making. */
export function arithmetic(code: Code) {
  const binary = (name: Parameters<Code['binary']>[0]) => (a: Vector, b: Vector) => code.binary(name, a, b);
  const unary = (name: Parameters<Code['unary']>[0]) => (a: Vector) => code.unary(name, a);
  const c = (x: number) => code.constant(x);
  const [add, sub, mul, div] = [binary('add'), binary('sub'), binary('mul'), binary('div')];
  const [and, or] = [binary('and'), binary('or')];
  return {
    code,
    c,
    add,
    sub,
    mul,
    div,
    and,
    or,
    lt: binary('lt'),
    le: binary('le'),
    gt: binary('gt'),
    ge: binary('ge'),
    eq: binary('eq'),
    not: unary('not'),
    neg: unary('neg'),
    abs: unary('abs'),
    sqrt: unary('sqrt'),
    floor: unary('floor'),
    select: (mask: Vector, a: Vector, b: Vector) => code.select(mask, a, b),
    /** c₀ + x (c₁ + x (c₂ + …)), from the inside. */
    polynomial: (x: Vector, coefficients: ArrayLike<number>) => {
      let sum = c(coefficients[coefficients.length - 1]!);
      for (let i = coefficients.length - 2; i >= 0; i--) sum = add(mul(sum, x), c(coefficients[i]!));
      return sum;
    },
    /** A value that is not negative with the sign of another. */
    signed: (value: Vector, sign: Vector) => or(value, and(sign, c(-0))),
    /** a · b − p for p = a · b rounded (Dekker 1971); see `numeric/elementary/exact.ts`. */
    productError: (a: Vector, b: Vector, p: Vector) => {
      const halves = (x: Vector) => {
        const t = mul(c(134217729), x);
        const high = sub(t, sub(t, x));
        return [high, sub(x, high)] as const;
      };
      const [aHigh, aLow] = halves(a);
      const [bHigh, bLow] = halves(b);
      const rest = sub(sub(sub(p, mul(aHigh, bHigh)), mul(aLow, bHigh)), mul(aHigh, bLow));
      return sub(mul(aLow, bLow), rest);
    },
    /** a + b − s for s = a + b rounded (Knuth's two-sum). */
    sumError: (a: Vector, b: Vector, s: Vector) => {
      const rest = sub(s, a);
      return add(sub(a, sub(s, rest)), sub(b, rest));
    },
  };
}
