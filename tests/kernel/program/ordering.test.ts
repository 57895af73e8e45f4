/**
 * Order and running values: against NumPy, and against plain JavaScript on random arrays.
 *
 * Figures: numpy 2.4.6, python -c "import numpy as np; a=np.array([[3.,1.,2.],[5.,5.,-1.]]);
 * d=np.arange(24.).reshape(2,3,4)%7; print(np.asarray(EXPRESSION).ravel().tolist())", the expressions being the names.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile, Program } from '#kernel/program/compile';
import { variable } from '#kernel/program/expression';
import { grad } from '#kernel/program/gradient';
import {
  all,
  any,
  argsort,
  clip,
  cumulativeLogSumExp,
  cumulativeMaximum,
  cumulativeMinimum,
  cumulativeProduct,
  cumulativeSum,
  difference,
  segmentMean,
  sort,
  takeAlong,
  topK,
} from '#kernel/program/ordering';
import type { Expr } from '#kernel/program/types';

fc.configureGlobal({ seed: 20261122 });

/** On both back ends; they must agree to the bit. */
function run(build: (x: Expr) => Expr, shape: readonly number[], values: readonly number[]): number[] {
  const x = variable('x', shape) as Expr;
  const { graph } = compile({ inputs: [{ name: 'x', shape }], outputs: [build(x)] });
  const [first, second] = (['interpreter', 'javascript'] as const).map((backEnd) =>
    Array.from(new Program(graph, backEnd).run({ x: Float64Array.from(values) })[0]!),
  );
  expect(second).toEqual(first);
  return first!;
}

const a = { shape: [2, 3], values: [3, 1, 2, 5, 5, -1] };
const d = { shape: [2, 3, 4], values: Array.from({ length: 24 }, (_, i) => i % 7) };

describe('against NumPy', () => {
  const figures: readonly [string, (x: Expr) => Expr, typeof a, readonly number[]][] = [
    ['np.sort(a)', (x) => sort(x), a, [1, 2, 3, -1, 5, 5]],
    ['np.sort(a, 0)', (x) => sort(x, { axis: 0 }), a, [3, 1, -1, 5, 5, 2]],
    ["np.argsort(a, kind='stable')", (x) => argsort(x), a, [1, 2, 0, 2, 0, 1]],
    [
      'np.sort(d, 1)',
      (x) => sort(x, { axis: 1 }),
      d,
      [0, 1, 2, 0, 1, 2, 3, 3, 4, 5, 6, 4, 2, 0, 0, 1, 5, 3, 1, 2, 6, 6, 4, 5],
    ],
    [
      '-np.sort(-d, 2)',
      (x) => sort(x, { descending: true }),
      d,
      [3, 2, 1, 0, 6, 5, 4, 0, 4, 3, 2, 1, 6, 5, 1, 0, 5, 4, 3, 2, 6, 2, 1, 0],
    ],
    [
      '-np.sort(-d, 1)[:, :2]',
      (x) => topK(x, 2, { axis: 1 }).values,
      d,
      [4, 5, 6, 4, 1, 2, 3, 3, 6, 6, 4, 5, 5, 3, 1, 2],
    ],
    [
      `np.argsort(-d, 1, kind='stable')[:, :2]`,
      (x) => topK(x, 2, { axis: 1 }).positions,
      d,
      [1, 1, 1, 2, 2, 2, 2, 0, 2, 0, 1, 1, 0, 1, 2, 2],
    ],
    [
      'np.take_along_axis(a, np.array([[2, 0], [1, 1]]), 1)',
      (x) =>
        takeAlong(x, [
          [2, 0],
          [1, 1],
        ]),
      a,
      [2, 3, 5, 5],
    ],
    [
      'np.cumsum(d, 1)',
      (x) => cumulativeSum(x, 1),
      d,
      [0, 1, 2, 3, 4, 6, 8, 3, 5, 8, 11, 7, 5, 6, 0, 1, 7, 9, 4, 6, 13, 9, 5, 8],
    ],
    [
      'np.cumsum(d, 2)',
      (x) => cumulativeSum(x, -1),
      d,
      [0, 1, 3, 6, 4, 9, 15, 15, 1, 3, 6, 10, 5, 11, 11, 12, 2, 5, 9, 14, 6, 6, 7, 9],
    ],
    ['np.cumprod(a, 1)', (x) => cumulativeProduct(x, 1), a, [3, 3, 6, 5, 25, -25]],
    [
      'np.cumprod(a + d[0, :2, :3], 0)',
      (x) =>
        cumulativeProduct(
          x.add([
            [0, 1, 2],
            [4, 5, 6],
          ]),
          0,
        ),
      a,
      [3, 2, 4, 27, 20, 20],
    ],
    [
      'np.logaddexp.accumulate(a, 1)',
      (x) => cumulativeLogSumExp(x, 1),
      a,
      [3, 3.1269280110429727, 3.4076059644443806, 5, 5.693147180559945, 5.694385789255728],
    ],
    [
      'np.maximum.accumulate(d, 1)',
      (x) => cumulativeMaximum(x, 1),
      d,
      [0, 1, 2, 3, 4, 5, 6, 3, 4, 5, 6, 4, 5, 6, 0, 1, 5, 6, 4, 5, 6, 6, 4, 5],
    ],
    ['np.minimum.accumulate(a, 1)', (x) => cumulativeMinimum(x, 1), a, [3, 1, 1, 5, 5, -1]],
    [
      'np.diff(d, axis=1)',
      (x) => difference(x, { axis: 1 }),
      d,
      [4, 4, 4, -3, -3, -3, -3, 4, -3, -3, 4, 4, 4, -3, -3, -3],
    ],
    ['np.diff(d, 2)', (x) => difference(x, { order: 2 }), d, [0, 0, 0, -7, 0, 0, -7, 7, 0, 0, 7, 0]],
    ['np.clip(a, 1.5, 4)', (x) => clip(x, 1.5, 4), a, [3, 1.5, 2, 4, 4, 1.5]],
    ['np.clip(a, 1, [2, 3, 4])', (x) => clip(x, 1, [2, 3, 4]), a, [2, 1, 2, 2, 3, 1]],
  ];
  it.each(figures)('%s', (_, build, { shape, values }, expected) => {
    const found = run(build, shape, values);
    expect(found).toHaveLength(expected.length);
    found.forEach((x, i) => {
      expect(Math.abs(x - expected[i]!)).toBeLessThanOrEqual(1e-14 * Math.abs(expected[i]!));
    });
  });
});

describe('sorting', () => {
  const numbers = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 40 });
  it('sorts as a typed array does, rising and falling', () => {
    fc.assert(
      fc.property(numbers, (x) => {
        const sorted = Array.from(Float64Array.from(x).sort());
        const found = run((e) => sort(e), [x.length], x);
        found.forEach((value, i) => {
          expect(value === sorted[i]).toBe(true);
        });
        const falling = run((e) => sort(e, { descending: true }), [x.length], x);
        falling.forEach((value, i) => {
          expect(value === sorted[x.length - 1 - i]).toBe(true);
        });
      }),
      { numRuns: 50 },
    );
  });
  it('keeps equal elements in their order, and NaN last both ways', () => {
    const x = [2, Number.NaN, 1, 2, Number.NaN, 1];
    expect(run((e) => argsort(e), [6], x)).toEqual([2, 5, 0, 3, 1, 4]);
    expect(run((e) => argsort(e, { descending: true }), [6], x)).toEqual([0, 3, 2, 5, 1, 4]);
    expect(run((e) => argsort(e), [4], [Infinity, -0, 0, -Infinity])).toEqual([3, 1, 2, 0]);
  });
  it('sends the gradient back to where elements came from', () => {
    const slopes = run((e) => grad(sort(e).dot([1, 10, 100]), [e])[0]!, [3], [3, 1, 2]);
    expect(slopes).toEqual([100, 1, 10]);
    const ofTop = run((e) => grad(topK(e, 2).values.dot([1, 10]), [e])[0]!, [4], [3, 1, 9, 2]);
    expect(ofTop).toEqual([10, 0, 1, 0]);
  });
  it('a median is the middle of a sorted array, with its gradient', () => {
    expect(run((e) => grad(sort(e).at(2), [e])[0]!, [5], [9, 1, 4, 7, 2])).toEqual([0, 0, 1, 0, 0]);
  });
});

describe('running values', () => {
  it('have the values of a loop on random arrays, along each dimension', () => {
    const cell = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(fc.array(cell, { minLength: 24, maxLength: 24 }), fc.integer({ min: -3, max: 2 }), (x, axis) => {
        const at = axis < 0 ? axis + 3 : axis;
        const stride = [12, 4, 1][at]!;
        const length = [2, 3, 4][at]!;
        const loop = (combine: (before: number, now: number) => number) => {
          const result = [...x];
          result.forEach((_, i) => {
            if (Math.floor(i / stride) % length > 0) result[i] = combine(result[i - stride]!, x[i]!);
          });
          return result;
        };
        const close = (found: number[], expected: number[]) =>
          found.forEach((value, i) => {
            expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-12 * (1 + Math.abs(expected[i]!)));
          });
        close(
          run((e) => cumulativeSum(e, axis), [2, 3, 4], x),
          loop((p, q) => p + q),
        );
        close(
          run((e) => cumulativeProduct(e, axis), [2, 3, 4], x),
          loop((p, q) => p * q),
        );
        close(
          run((e) => cumulativeMaximum(e, axis), [2, 3, 4], x),
          loop(Math.max),
        );
        close(
          run((e) => cumulativeMinimum(e, axis), [2, 3, 4], x),
          loop(Math.min),
        );
        close(
          run((e) => cumulativeLogSumExp(e, axis), [2, 3, 4], x),
          loop((p, q) => Math.log(Math.exp(p) + Math.exp(q))),
        );
      }),
      { numRuns: 30 },
    );
  });
  it('the last product is the product along that dimension', () => {
    for (const axis of [0, 1, 2, -1]) {
      const last = run((e) => cumulativeProduct(e.add(0.5), axis), d.shape, d.values);
      const whole = run((e) => e.add(0.5).prod(axis), d.shape, d.values);
      const [stride, length] = (
        [
          [12, 2],
          [4, 3],
          [1, 4],
        ] as const
      )[axis < 0 ? 2 : axis]!;
      const ends = last.filter((_, i) => Math.floor(i / stride) % length === length - 1);
      expect(whole).toEqual(ends);
    }
  });
  it('a product with zeros has the right gradient', () => {
    const slopes = run((e) => grad(cumulativeProduct(e).sum(), [e])[0]!, [4], [2, 0, 3, 0]);
    // 1 + x1 + x1 x2 + x1 x2 x3, x0 (1 + x2 + x2 x3), x0 x1 (1 + x3), x0 x1 x2
    expect(slopes).toEqual([1, 2 * (1 + 3), 0, 0]);
  });
  it('log Σ exp begins with nothing: −∞ stays −∞, without a NaN in its gradient', () => {
    expect(run((e) => cumulativeLogSumExp(e.sub(Infinity)), [2], [1, 2])).toEqual([-Infinity, -Infinity]);
    const slopes = run((e) => grad(cumulativeLogSumExp(e).at(-1), [e])[0]!, [3], [0, 0, 0]);
    slopes.forEach((x) => {
      expect(x).toBeCloseTo(1 / 3, 14);
    });
  });
  it('of nothing are nothing', () => {
    expect(run((e) => cumulativeProduct(e), [0], [])).toEqual([]);
    expect(run((e) => cumulativeSum(e), [0], [])).toEqual([]);
  });
});

describe('truths', () => {
  it('all and any, of everything, along a dimension, and of nothing', () => {
    expect(run((e) => all(e.gt(0)), a.shape, a.values)).toEqual([0]);
    expect(run((e) => any(e.gt(4)), a.shape, a.values)).toEqual([1]);
    expect(run((e) => all(e.gt(0), 1), a.shape, a.values)).toEqual([1, 0]);
    expect(run((e) => any(e.lt(0), 0), a.shape, a.values)).toEqual([0, 0, 1]);
    expect(run((e) => all(e), [0], [])).toEqual([1]);
    expect(run((e) => any(e), [0], [])).toEqual([0]);
  });
  it('NaN is not 0, and so is a truth, as in NumPy', () => {
    expect(run((e) => all(e), [1], [Number.NaN])).toEqual([1]);
    expect(run((e) => any(e), [1], [Number.NaN])).toEqual([1]);
  });
});

describe('the rest', () => {
  it('clip: bounds, NaN, and slopes', () => {
    expect(run((e) => clip(e, 0, 1), [4], [-2, 0.3, 4, Number.NaN])).toEqual([0, 0.3, 1, Number.NaN]);
    expect(run((e) => grad(clip(e, 0, 1).sum(), [e])[0]!, [4], [-2, 0.3, 1, 4])).toEqual([0, 1, 0.5, 0]);
  });
  it('takeAlong: a position outside is NaN, and takes no gradient', () => {
    expect(run((e) => takeAlong(e, [0, 3, -1]), [2], [5, 6])).toEqual([5, Number.NaN, Number.NaN]);
    expect(run((e) => grad(takeAlong(e, [1, 1, 7]).sum(), [e])[0]!, [2], [5, 6])).toEqual([0, 2]);
  });
  it('segment means of numbers and of rows, NaN for a segment of nothing', () => {
    expect(run((e) => segmentMean(e, [0, 2, 0, 2, 2], 3), [5], [1, 2, 3, 4, 9])).toEqual([2, Number.NaN, 5]);
    expect(run((e) => segmentMean(e, [1, 1, 0], 2), [3, 2], [1, 2, 3, 4, 5, 6])).toEqual([5, 6, 2, 3]);
    expect(run((e) => grad(segmentMean(e, [1, 1, 0], 2).sum(), [e])[0]!, [3], [1, 2, 3])).toEqual([0.5, 0.5, 1]);
  });
  it('differences of every order', () => {
    expect(run((e) => difference(e, { order: 2 }), [4], [1, 4, 9, 16])).toEqual([2, 2]);
    expect(run((e) => difference(e, { order: 0 }), [2], [1, 4])).toEqual([1, 4]);
  });
});

describe('what does not fit is refused', () => {
  const x = variable('x', [2, 3]) as Expr;
  const scalar = variable('s', []) as Expr;
  it('says the operation, what there is, and what to give', () => {
    expect(() => sort(x, { axis: 2 })).toThrow(
      /argsort: axis 2 does not exist in shape \[2, 3\]; give an axis from 0 to 1/,
    );
    expect(() => argsort(scalar)).toThrow(/argsort: axis -1 does not exist in shape \[\]/);
    expect(() => topK(x, 4)).toThrow(/topK: dimension 1 has 3 elements; give a whole number from 0 to 3, got 4/);
    expect(() => topK(x, 1.5)).toThrow(/got 1.5/);
    expect(() => takeAlong(x, [0, 1])).toThrow(/takeAlong: values of shape \[2, 3\] and positions of shape \[2\]/);
    expect(() => difference(x, { order: 3 })).toThrow(
      /difference: dimension 1 has 3 elements; give an order from 0 to 2, got 3/,
    );
    expect(() => segmentMean([1, 2], [0, 5], 2)).toThrow(/segmentSum: code 5 is not one of 0 … 1/);
    expect(() => cumulativeProduct(x, -3)).toThrow(/cumulativeProduct: axis -3/);
  });
});
