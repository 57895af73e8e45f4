import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  broadcastShapes,
  broadcastStrides,
  formatShape,
  indexMap,
  normaliseAxis,
  sameShape,
  sizeOf,
  stridesOf,
} from '#kernel/program/shape';

fc.configureGlobal({ seed: 20261122 });

const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 });

describe('shapes', () => {
  it('have a size, and row-major strides', () => {
    expect([sizeOf([]), sizeOf([3]), sizeOf([2, 3, 4]), sizeOf([2, 0])]).toEqual([1, 3, 24, 0]);
    expect(stridesOf([2, 3, 4])).toEqual([12, 4, 1]);
    expect(stridesOf([])).toEqual([]);
  });
  it('are written as a person reads them', () => {
    expect([formatShape([]), formatShape([3]), formatShape([8, 2])]).toEqual(['[] (a scalar)', '[3]', '[8, 2]']);
  });
  it('are the same with the same rank and sizes', () => {
    expect([sameShape([1], []), sameShape([2, 3], [2, 3]), sameShape([2, 3], [3, 2])]).toEqual([false, true, false]);
  });
});

describe('broadcasting', () => {
  it('aligns at the last dimension; sizes are equal or 1', () => {
    expect(broadcastShapes('add', [[8, 1], [3]])).toEqual([8, 3]);
    expect(broadcastShapes('add', [[], [5, 1, 2], [4, 1]])).toEqual([5, 4, 2]);
    expect(broadcastShapes('add', [[0], [1]])).toEqual([0]);
    expect(broadcastShapes('add', [])).toEqual([]);
  });
  it('names operation, shapes and the sizes that clash', () => {
    expect(() => broadcastShapes('where', [[3], [3], [4]])).toThrow(
      /where: shapes \[3\] and \[3\] and \[4\].*3 meets 4/,
    );
    expect(() =>
      broadcastShapes('add', [
        [2, 3],
        [3, 2],
      ]),
    ).toThrow(RangeError);
    expect(() => broadcastShapes('add', [[0], [2]])).toThrow(RangeError);
  });
  it('does not care for order, and a shape with itself or a scalar is itself', () => {
    fc.assert(
      fc.property(shapes, shapes, (a, b) => {
        expect(broadcastShapes('op', [a, a])).toEqual(a);
        expect(broadcastShapes('op', [a, []])).toEqual(a);
        let forward: number[] | undefined;
        try {
          forward = broadcastShapes('op', [a, b]);
        } catch {
          expect(() => broadcastShapes('op', [b, a])).toThrow(RangeError);
          return;
        }
        expect(broadcastShapes('op', [b, a])).toEqual(forward);
      }),
    );
  });
  it('reads stretched dimensions with stride 0', () => {
    expect(broadcastStrides([8, 1], [5, 8, 3])).toEqual([0, 1, 0]);
    expect(broadcastStrides([3], [2, 3])).toEqual([0, 1]);
    expect(broadcastStrides([], [2, 3])).toEqual([0, 0]);
  });
});

describe('index maps', () => {
  it('walk in row-major order', () => {
    expect(Array.from(indexMap([2, 3], [1, 2]))).toEqual([0, 2, 4, 1, 3, 5]); // the transpose of (3, 2)
    expect(Array.from(indexMap([2, 3], [0, 1]))).toEqual([0, 1, 2, 0, 1, 2]);
    expect(Array.from(indexMap([], []))).toEqual([0]);
    expect(Array.from(indexMap([0, 3], [3, 1]))).toEqual([]);
  });
  it('of the strides of a shape are 0, 1, 2 …', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        expect(Array.from(indexMap(shape, stridesOf(shape)))).toEqual(
          Array.from({ length: sizeOf(shape) }, (_, i) => i),
        );
      }),
    );
  });
});

describe('axes', () => {
  it('count from 0, or from the end below', () => {
    expect([
      normaliseAxis('sum', 1, [2, 3]),
      normaliseAxis('sum', -1, [2, 3]),
      normaliseAxis('sum', -2, [2, 3]),
    ]).toEqual([1, 1, 0]);
  });
  it('outside are refused, NaN and fractions too', () => {
    for (const axis of [2, -3, 0.5, Number.NaN]) expect(() => normaliseAxis('sum', axis, [2, 3])).toThrow(/0 to 1/);
    expect(() => normaliseAxis('sum', 0, [])).toThrow(/leave the axis out/);
  });
});
