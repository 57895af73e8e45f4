import { describe, expect, it } from 'vitest';
import { isExpression } from '#kernel/program/arguments';
import { compile } from '#kernel/program/compile';
import { variable } from '#kernel/program/expression';
import { operators } from '#kernel/program/operators';
import type { Expr, Operators } from '#kernel/program/types';

const x = variable('x', [2]);
const evaluate = (expression: unknown): number[] =>
  Array.from(
    compile({ inputs: [{ name: 'x', shape: [2] }], outputs: [expression as Expr] }).run({
      x: Float64Array.of(-1.25, 3),
    })[0]!,
  );
type Binary = {
  [K in keyof Operators]: Operators[K] extends (a: unknown, b: unknown) => unknown ? K : never;
}[keyof Operators];

describe('operators', () => {
  it('stand where rewritten code finds them', () => {
    expect((globalThis as Record<symbol, unknown>)[Symbol.for('estimand.operators')]).toBe(operators);
  });

  const plain: Record<Exclude<Binary, 'neg' | 'plus' | 'not' | 'test'>, (a: never, b: never) => unknown> = {
    add: (a, b) => (a as number) + (b as number),
    sub: (a, b) => (a as number) - (b as number),
    mul: (a, b) => (a as number) * (b as number),
    div: (a, b) => (a as number) / (b as number),
    mod: (a, b) => (a as number) % (b as number),
    pow: (a, b) => (a as number) ** (b as number),
    lt: (a, b) => a < b,
    le: (a, b) => a <= b,
    gt: (a, b) => a > b,
    ge: (a, b) => a >= b,
    eq: (a, b) => a === b,
    ne: (a, b) => a !== b,
    // biome-ignore lint/suspicious/noDoubleEquals: what `==` must equal
    looseEq: (a, b) => a == b,
    // biome-ignore lint/suspicious/noDoubleEquals: what `!=` must equal
    looseNe: (a, b) => a != b,
  };
  const values: readonly [unknown, unknown][] = [
    [2, 3],
    [-1, 0],
    ['a', 1],
    ['2', '10'],
    [null, undefined],
    [new Date(5), 3],
    [Number.NaN, Number.NaN],
    [[1], '1'],
    [true, 1],
  ];
  for (const [name, meaning] of Object.entries(plain)) {
    it(`${name} on plain values is JavaScript's own`, () => {
      for (const [a, b] of values) {
        expect(operators[name as 'add'](a, b)).toEqual(meaning(a as never, b as never));
      }
      expect(operators[name as 'add'](7n, 2n)).toEqual(meaning(7n as never, 2n as never));
    });
  }
  it('throw what JavaScript throws', () => expect(() => operators.add(1n, 1)).toThrow(TypeError));
  it('unary ones on plain values too', () => {
    expect([operators.neg('3'), operators.neg(2n), operators.plus('4'), operators.not(''), operators.test(0)]).toEqual([
      -3,
      -2n,
      4,
      true,
      0,
    ]);
  });

  it('build expressions when either side is one', () => {
    expect(evaluate(operators.add(1, operators.mul(x, 2)))).toEqual([-1.5, 7]);
    expect(evaluate(operators.div(operators.sub(x, 1), 2))).toEqual([-1.125, 1]);
    expect(evaluate(operators.pow(x, 2))).toEqual([1.5625, 9]);
    expect(evaluate(operators.pow(2, x))[0]).toBeCloseTo(2 ** -1.25, 15);
    expect(evaluate(operators.mod(x, 2))).toEqual([-1.25, 1]);
    expect(evaluate(operators.neg(x))).toEqual([1.25, -3]);
    expect(operators.plus(x)).toBe(x);
    expect(evaluate(operators.add(x, [1, 2]))).toEqual([-0.25, 5]);
  });
  it('comparisons give 0 or 1 an element', () => {
    expect(evaluate(operators.lt(x, 0))).toEqual([1, 0]);
    expect(evaluate(operators.ge(0, x))).toEqual([1, 0]);
    expect(evaluate(operators.eq(x, 3))).toEqual([0, 1]);
    expect(evaluate(operators.looseNe(x, 3))).toEqual([1, 0]);
    expect(evaluate(operators.not(operators.gt(x, 0)))).toEqual([1, 0]);
  });
  it('an expression is never null, undefined or a text', () => {
    expect(operators.eq(x, undefined)).toBe(false);
    expect(operators.looseEq(null, x)).toBe(false);
    expect(operators.ne(x, 'a')).toBe(true);
  });
  it('a condition must not be an expression: the error names where', () => {
    expect(() => operators.test(operators.lt(x, 0))).toThrow(/where\(condition, a, b\)/);
    expect(operators.test(undefined)).toBeUndefined();
  });
});

describe('Math on expressions', () => {
  const math = operators.math as Record<string, (...values: unknown[]) => unknown>;
  it('has every function of Math, which on numbers it is', () => {
    const names = Object.getOwnPropertyNames(Math).filter((name) => typeof Math[name as 'abs'] === 'function');
    expect(Object.keys(math).sort()).toEqual(names.sort());
    expect(math.max!(1, 5, 3)).toBe(5);
    expect(math.hypot!(3, 4)).toBe(5);
    expect(math.atan2!(1, 2)).toBe(Math.atan2(1, 2));
  });
  for (const name of [
    'abs',
    'asinh',
    'atan',
    'cbrt',
    'ceil',
    'cos',
    'cosh',
    'exp',
    'expm1',
    'floor',
    'round',
    'sign',
    'sin',
    'sinh',
    'tan',
    'tanh',
    'trunc',
  ] as const) {
    it(`Math.${name} of an expression has the value of Math.${name}`, () => {
      const found = evaluate(math[name]!(x));
      found.forEach((value, i) => {
        expect(value).toBeCloseTo(Math[name]([-1.25, 3][i]!), 13);
      });
    });
  }
  for (const name of ['log', 'log10', 'log1p', 'log2', 'sqrt'] as const) {
    it(`Math.${name} of an expression has the value of Math.${name}`, () => {
      expect(evaluate(math[name]!(x))[1]).toBeCloseTo(Math[name](3), 14);
      expect(evaluate(math[name]!(x))[0]).toBeNaN();
    });
  }
  it('inverse functions, where they are defined', () => {
    const at = (f: unknown) => evaluate(f as Expr);
    for (const name of ['asin', 'acos', 'atanh'] as const) {
      const [inside, outside] = at(math[name]!(x.add(1.5))); // 0.25 and 4.5
      expect(inside).toBeCloseTo(Math[name](0.25), 14);
      expect(outside).toBeNaN();
    }
    expect(at(math.acosh!(x))[0]).toBeNaN();
    expect(at(math.acosh!(x))[1]).toBeCloseTo(Math.acosh(3), 14);
  });
  it('several arguments', () => {
    const quadrants = [
      [1, 2],
      [1, -2],
      [-1, -2],
      [-1, 2],
      [0, -1],
      [2, 0],
    ] as const;
    for (const [a, b] of quadrants) {
      expect(evaluate(math.atan2!(x.sub(x).add(a), b))[0]).toBeCloseTo(Math.atan2(a, b), 15);
    }
    expect(evaluate(math.max!(x, 0, -2))).toEqual([0, 3]);
    expect(evaluate(math.min!(1, x))).toEqual([-1.25, 1]);
    expect(evaluate(math.pow!(x, 3))).toEqual([(-1.25) ** 3, 27]);
    expect(evaluate(math.hypot!(x, 4))[1]).toBe(5);
  });
  it('what there is not says what there is', () => {
    expect(isExpression(x)).toBe(true);
    expect(() => math.imul!(x, 1)).toThrow(/Math\.imul is not defined on expressions; there are abs, acos/);
    expect(() => math.random!(x)).toThrow(TypeError);
  });
});
