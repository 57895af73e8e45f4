import { describe, expect, it } from 'vitest';
import { evenGrid, inside, outward, rangeAround, rangeByDepth, rangeOfDraws, union } from '#kernel/landscape/grid';

describe('the window of a landscape', () => {
  it('has even points and exact ends', () => {
    expect([...evenGrid([0, 1], 5)]).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(evenGrid([0, 0.3], 4).at(-1)).toBe(0.3);
  });

  it('reaches some standard errors to both sides', () => {
    expect(rangeAround(10, 2, 4)).toEqual([2, 18]);
  });

  it('goes by depth where the standard error is not known', () => {
    expect(rangeAround(10, Number.NaN, 4)).toBeUndefined();
    expect(rangeAround(10, 0, 4)).toBeUndefined();
    for (const [centre, scale] of [
      [0, 1],
      [5, 1e-6],
      [-3, 1e6],
      [1e8, 2],
    ] as const) {
      const [from, to] = rangeByDepth((value) => -0.5 * ((value - centre) / scale) ** 2, centre);
      // 8 below the top is at 4 scales; the window ends within a factor of two of it.
      for (const reach of [centre - from, to - centre]) {
        expect(reach / scale).toBeGreaterThan(2.9);
        expect(reach / scale).toBeLessThan(6.1);
      }
    }
  });

  it('stays a range where the log density is flat, or nowhere finite', () => {
    const [from, to] = rangeByDepth(() => 0, 2);
    expect(from).toBeLessThan(-1e17);
    expect(to).toBeGreaterThan(1e17);
    expect(rangeByDepth(() => Number.NaN, 2)).toEqual([0, 4]);
  });

  it('holds the draws but not a single one far out', () => {
    const draws = Float64Array.from({ length: 1000 }, (_, i) => i / 1000);
    draws[7] = 1e9;
    draws[8] = Number.NaN;
    const [low, high] = rangeOfDraws(draws)!;
    expect(low).toBeLessThan(0.01);
    expect(high).toBeLessThan(1.2);
    expect(rangeOfDraws(Float64Array.of(3, 3))).toBeUndefined();
    expect(rangeOfDraws(Float64Array.of())).toBeUndefined();
  });

  it('joins two ranges and stops just inside hard bounds', () => {
    expect(union([0, 2], [1, 5])).toEqual([0, 5]);
    expect(union([0, 2], undefined)).toEqual([0, 2]);
    expect(union(undefined, [0, 2])).toEqual([0, 2]);
    expect(union(undefined, undefined)).toBeUndefined();
    const [from, to] = inside([-3, 1], 0);
    expect(from).toBeGreaterThan(0);
    expect(from).toBeLessThan(0.01);
    expect(to).toBe(1);
    expect(inside([2, 3], 0, 10)).toEqual([2, 3]);
  });
});

describe('the order of points', () => {
  it.each([
    [3, 4, 1, 2],
    [1, 1, 0, 0],
    [5, 2, 4, 0],
  ])('visits each of %i × %i once, each after its neighbour', (columns, rows, column, row) => {
    const order = outward(columns, rows, column, row);
    const seen = new Set<number>();
    for (const [point, from] of order) {
      if (from >= 0) {
        expect(seen.has(from)).toBe(true);
        const step =
          Math.abs((point % columns) - (from % columns)) +
          Math.abs(Math.floor(point / columns) - Math.floor(from / columns));
        expect(step).toBe(1);
      }
      seen.add(point);
    }
    expect(order[0]).toEqual([row * columns + column, -1]);
    expect(seen.size).toBe(columns * rows);
  });
});
