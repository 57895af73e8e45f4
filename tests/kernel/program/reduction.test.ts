import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile, Program } from '#kernel/program/compile';
import { variable } from '#kernel/program/expression';
import type { Expr } from '#kernel/program/types';

fc.configureGlobal({ seed: 20261122 });

/** The result on both back ends, which must be the same. */
function reduce(shape: readonly number[], values: readonly number[], build: (x: Expr) => Expr): number[] {
  const inputs = [{ name: 'x', shape }];
  const program = compile({ inputs, outputs: [build(variable('x', shape))] });
  const [a, b] = (['javascript', 'interpreter'] as const).map(
    (backEnd) => new Program(program.graph, backEnd).run({ x: Float64Array.from(values) })[0]!,
  );
  expect(a).toEqual(b);
  return Array.from(a!);
}

/** −0 apart: the sum of it alone is itself, not 0 + −0. */
const numbers = fc.array(
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((x) => x + 0),
  { minLength: 1, maxLength: 40 },
);

describe('sums', () => {
  it('run in order from the first to the last: the rounding is part of the program', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        let sum = 0;
        for (const x of values) sum += x;
        expect(reduce([values.length], values, (x) => x.sum())).toEqual([sum]);
      }),
    );
  });
  it('over an axis likewise', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 }), (rows, columns) => {
        const values = Array.from({ length: rows * columns }, (_, i) => Math.sin(i) * 10 ** (i % 5));
        const down = Array.from({ length: columns }, (_, j) => {
          let sum = 0;
          for (let i = 0; i < rows; i++) sum += values[i * columns + j]!;
          return sum;
        });
        if (rows > 1) expect(reduce([rows, columns], values, (x) => x.sum(0))).toEqual(down);
      }),
    );
  });
  it('carry NaN and infinities', () => {
    expect(reduce([3], [1, Number.NaN, 2], (x) => x.sum())).toEqual([Number.NaN]);
    expect(reduce([3], [1, Infinity, 2], (x) => x.sum())).toEqual([Infinity]);
    expect(reduce([20], [Infinity, -Infinity, ...Array(18).fill(1)], (x) => x.sum())).toEqual([Number.NaN]);
  });
});

describe('extrema', () => {
  it('are those of Math, NaN included', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        expect(reduce([values.length], values, (x) => x.max())).toEqual([Math.max(...values)]);
        expect(reduce([values.length], values, (x) => x.min())).toEqual([Math.min(...values)]);
      }),
    );
    expect(reduce([20], [Number.NaN, ...Array(19).fill(1)], (x) => x.max())).toEqual([Number.NaN]);
  });
});

describe('log Σ exp', () => {
  it('does not overflow, nor lose what is small', () => {
    expect(reduce([3], [1000, 1000, 1000], (x) => x.logSumExp())[0]).toBeCloseTo(1000 + Math.log(3), 12);
    expect(reduce([3], [-1000, -1000, -1000], (x) => x.logSumExp())[0]).toBeCloseTo(-1000 + Math.log(3), 12);
    expect(
      reduce(
        [20],
        Array.from({ length: 20 }, (_, i) => 700 + i),
        (x) => x.logSumExp(),
      )[0],
    ).toBeCloseTo(719 + Math.log((1 - Math.exp(-20)) / (1 - Math.exp(-1))), 12);
  });
  it('moves with a shift of all its arguments', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -30, max: 30, noNaN: true }), { minLength: 2, maxLength: 30 }),
        (values) => {
          const [plain] = reduce([values.length], values, (x) => x.logSumExp());
          const [moved] = reduce([values.length], values, (x) => x.add(500).logSumExp());
          expect(Math.abs(moved! - plain! - 500)).toBeLessThan(1e-11);
        },
      ),
    );
  });
  it('of infinities is their limit', () => {
    expect(reduce([3], [-Infinity, -Infinity, -Infinity], (x) => x.logSumExp())).toEqual([-Infinity]);
    expect(reduce([3], [-Infinity, 2, -Infinity], (x) => x.logSumExp())).toEqual([2]);
    expect(reduce([3], [Infinity, 2, Infinity], (x) => x.logSumExp())).toEqual([Infinity]);
    expect(reduce([3], [Number.NaN, 2, 1], (x) => x.logSumExp())).toEqual([Number.NaN]);
    expect(reduce([2], [-Infinity, -Infinity], (x) => x.logSumExp())).toEqual([-Infinity]);
  });
});

describe('cumulative sums and products', () => {
  it('cumsum adds in order', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        let sum = 0;
        const expected = values.map((x) => {
          sum += x;
          return sum;
        });
        expect(reduce([values.length], values, (x) => x.cumsum())).toEqual(expected);
      }),
    );
  });
  it('prod multiplies in order', () => {
    const values = Array.from({ length: 30 }, (_, i) => 1 + Math.sin(i) / 3);
    expect(reduce([30], values, (x) => x.prod())).toEqual([values.reduce((a, x) => a * x, 1)]);
  });
});
