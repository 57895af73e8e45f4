import { describe, expect, it } from 'vitest';
import { isExpression } from '#kernel/program/arguments';
import { compile } from '#kernel/program/compile';
import { asExpression, constant, Expression, indexExpression, named, variable } from '#kernel/program/expression';
import {
  broadcastTo,
  concatenate,
  logSumExp,
  matmul,
  scan,
  segmentSum,
  stack,
  transpose,
  where,
} from '#kernel/program/functions';
import { cholesky, diagonal, logDeterminant } from '#kernel/program/matrices';
import type { Arg } from '#kernel/program/types';

const x = variable('x', [3]);
const run = (...outputs: Parameters<typeof compile>[0]['outputs']) =>
  compile({ inputs: [{ name: 'x', shape: [3] }], outputs })
    .run({ x: Float64Array.of(1, 2, 4) })
    .map((output) => Array.from(output));

describe('asExpression', () => {
  it('takes numbers, booleans, arrays, nested arrays and typed arrays', () => {
    expect(asExpression(2).shape).toEqual([]);
    expect(asExpression(true).node.attributes.value).toEqual(Float64Array.of(1));
    expect(asExpression([1, 2, 3]).shape).toEqual([3]);
    expect(
      asExpression([
        [1, 2],
        [3, 4],
        [5, 6],
      ]).shape,
    ).toEqual([3, 2]);
    expect(asExpression(Int32Array.of(1, 2)).shape).toEqual([2]);
    expect(asExpression([]).shape).toEqual([0]);
  });
  it('gives an expression back untouched', () => expect(asExpression(x)).toBe(x));
  it('keeps its own copy of an array', () => {
    const values = Float64Array.of(1, 2);
    const { node } = asExpression(values);
    values[0] = 9;
    expect(node.attributes.value).toEqual(Float64Array.of(1, 2));
  });
  it('refuses rows of unequal length', () => {
    expect(() => asExpression([[1, 2], [3]])).toThrow(/same length: one has 1 where the first has 2/);
    expect(() => asExpression([[1, 2], 3] as never)).toThrow(/none \(a number\)/);
    expect(() => asExpression([1, [2]] as never)).toThrow(/got an array/);
  });
  it('refuses what is not a number, naming what came', () => {
    expect(() => asExpression('3' as never)).toThrow(/got string/);
    expect(() => asExpression(undefined as never)).toThrow(/got undefined; check the name/);
    expect(() => asExpression(null as never)).toThrow(/got null/);
    expect(() => asExpression(['a'] as never)).toThrow(/expected a number at element 0/);
  });
  it('tells expressions from everything else', () => {
    expect([x, 1, [1], null, undefined, { node: 1 }].map(isExpression)).toEqual([
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('an expression used as a number', () => {
  const mu = named(x.at(0), 'mu');
  const uses: [string, () => unknown][] = [
    ['+', () => (mu as number) + 1],
    ['<', () => (mu as number) < 1],
    ['unary -', () => -(mu as number)],
    ['Math', () => Math.exp(mu as number)],
    ['a template', () => `${mu}`],
  ];
  for (const [name, use] of uses) {
    it(`${name}: the error names the expression and the ways out`, () => {
      expect(use).toThrow(/'mu'/);
      expect(use).toThrow(/'use expression'/);
      expect(use).toThrow(/a\.add\(b\)/);
      expect(use).toThrow(/--import estimand\/register/);
      expect(use).toThrow(/\.parameters, \.derived, \.observe and \.logDensity/);
    });
  }
  for (const method of ['toFixed', 'toPrecision', 'toExponential', 'toLocaleString'] as const) {
    it(`${method}: the error says that the value is not known yet`, () => {
      expect(() => mu[method]()).toThrow(new RegExp(`'mu' was used as .*${method}.*not known while a model is traced`));
    });
  }
});

describe('elements, rows and slices', () => {
  it('count from 0, and from the end below', () => {
    expect(run(x.at(0), x.at(-1), x.slice(1), x.slice(-2, -1))).toEqual([[1], [4], [2, 4], [2]]);
  });
  it('refuse what lies outside, saying what there is', () => {
    expect(() => x.at(3)).toThrow(/at\(3\): x has 3 elements.*from -3 to 2/);
    expect(() => x.at(-4)).toThrow(RangeError);
    expect(() => x.at(0.5)).toThrow(RangeError);
    expect(() => x.at([0, 3])).toThrow(/index 3 \(position 1 of the index array\).*from 0/);
    expect(() => x.slice(2, 1)).toThrow(/first dimension has 3 elements/);
    expect(() => x.slice(0, 4)).toThrow(RangeError);
    expect(() => x.at(0).at(0)).toThrow(/a scalar has no elements/);
  });
  it('a factor knows its levels', () => {
    const county = indexExpression([0, 2, 1, 2], 3, 'county');
    expect([county.levels, county.factor, county.shape]).toEqual([3, 'county', [4]]);
    expect(run(x.at(county))).toEqual([[1, 4, 2, 4]]);
    expect(() => x.slice(1).at(county)).toThrow(
      /has 2 elements, the factor 'county' has 3 levels.*\.size\(county\.levels\)/,
    );
    expect(() => indexExpression([0, -1], 3, 'county')).toThrow(/code -1 at position 1 is not one of 0 … 2/);
  });
  it('codes given at run time are checked there: outside gives NaN', () => {
    const codes = variable('x', [3]);
    expect(run(constant([10, 20, 30]).at(codes.sub(1)))).toEqual([[10, 20, Number.NaN]]);
  });
});

describe('shape errors say both shapes, the operation, the names, and what to do', () => {
  const y = named(constant([1, 2]), 'y');
  it('elementwise', () => {
    expect(() => x.add(y)).toThrow(
      /add: shapes \[3\] and \[2\] do not broadcast.*3 meets 2.*Give operands of equal length.*\(x has shape \[3\], y has shape \[2\]\)/,
    );
  });
  it('products', () => {
    expect(() => matmul([[1, 2]], x)).toThrow(/\[1, 2\] and \[3\]: the inner sizes 2 and 3 differ/);
    expect(() => matmul(2, x)).toThrow(/\[\] \(a scalar\) and \[3\].*\.mul/);
  });
  it('reshape, axes, broadcastTo, transpose', () => {
    expect(() => x.reshape(2, 2)).toThrow(/\[3\] has 3 elements, \[2, 2\] has 4/);
    expect(() => x.reshape(-1, -1)).toThrow(/at most one of them −1/);
    expect(() => x.sum(1)).toThrow(/axis 1 does not exist in shape \[3\].*0 to 0/);
    expect(() => x.at(0).sum(0)).toThrow(/leave the axis out/);
    expect(() => broadcastTo(x, [3, 2])).toThrow(RangeError);
    expect(() => transpose(x.reshape(3, 1), [0, 0])).toThrow(/each of 0 … 1 once/);
  });
  it('stack, concatenate, diagonal, scan', () => {
    expect(() => stack([x, y])).toThrow(/stack: all shapes must be equal, got \[3\] and \[2\]; use concatenate/);
    expect(() => stack([])).toThrow(/at least one/);
    expect(() => concatenate([x, 1])).toThrow(/for scalars: stack/);
    expect(() => diagonal(x)).toThrow(/square matrix, got shape \[3\]/);
    expect(() => scan((s, a, b) => s.add(a).add(b), 0, x, y)).toThrow(/same length, got shapes \[3\], \[2\]/);
    expect(() => scan((s) => s, 0)).toThrow(/one or more sequences/);
    expect(() => scan((s, e) => s.add([1, 2]).mul(e), 0, x)).toThrow(
      /starts with shape \[\] \(a scalar\) and the step gives \[2\]/,
    );
    expect(() => scan((s: { a: Arg; b: Arg }) => ({ a: s.a }) as never, { a: 1, b: 2 }, x)).toThrow(/gives no 'b'/);
    expect(() => segmentSum(x, [0, 1, 5], 3)).toThrow(/5/);
  });
  it('variables have sizes', () => expect(() => variable('v', [2.5])).toThrow(/integers of 0 or more/));
});

describe('functions of several expressions', () => {
  it('where takes the branch element by element', () => expect(run(where(x.gt(1.5), x, -1))).toEqual([[-1, 2, 4]]));
  it('logSumExp of several is elementwise, and does not overflow', () => {
    const [two, three] = run(logSumExp(x.mul(1000), x.mul(1000)), logSumExp(x, x, x));
    two!.forEach((value, i) => {
      expect(value).toBeCloseTo([1000, 2000, 4000][i]! + Math.LN2, 12);
    });
    three!.forEach((value, i) => {
      expect(value).toBeCloseTo([1, 2, 4][i]! + Math.log(3), 14);
    });
  });
  it('logSumExp keeps infinities', () => {
    const inf = x.mul(Infinity);
    expect(
      run(logSumExp(inf.neg(), inf.neg()), inf.neg().logSumExp(), logSumExp(inf, 0), logSumExp(inf.neg(), 0)),
    ).toEqual([[-Infinity, -Infinity, -Infinity], [-Infinity], [Infinity, Infinity, Infinity], [0, 0, 0]]);
  });
  it('reductions of nothing', () => {
    const none = x.slice(0, 0);
    expect(run(none.sum(), none.prod(), none.max(), none.min(), none.logSumExp())).toEqual([
      [0],
      [1],
      [-Infinity],
      [Infinity],
      [-Infinity],
    ]);
  });
  it('a Cholesky factor of what is not positive definite is NaN, not a throw', () => {
    const indefinite = x.at(0).mul([
      [1, 2],
      [2, 1],
    ]);
    expect(run(cholesky(indefinite), logDeterminant(indefinite))).toEqual([Array(4).fill(Number.NaN), [Number.NaN]]);
  });
  it('Expression is the class of all of them', () => expect(x).toBeInstanceOf(Expression));
});
