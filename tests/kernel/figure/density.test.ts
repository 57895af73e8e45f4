import { describe, expect, it } from 'vitest';
import { density, densityGrid, silvermanBandwidth } from '#kernel/figure/density';
import { sortedQuantile } from '#kernel/numeric/quantile';
import { normals } from './sample.ts';

const sorted = (values: ArrayLike<number>) => Float64Array.from(values).sort();
const area = (values: Float64Array, grid: { start: number; end: number; points: number }) =>
  (values.reduce((sum, y) => sum + y, 0) * (grid.end - grid.start)) / (grid.points - 1);

describe('kernel density on a grid', () => {
  // 20,000 draws: the bias h²/2 · φ''(0) is −0.005 at the top and the standard deviation 0.006; 0.02 is over 2.5 of both.
  it('comes near the normal density', () => {
    const values = sorted(Float64Array.from({ length: 20_000 }, normals(1)));
    const grid = densityGrid(values, 128);
    const estimate = density(values, grid);
    estimate.forEach((y, i) => {
      const x = grid.start + (i * (grid.end - grid.start)) / (grid.points - 1);
      expect(Math.abs(y - Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI))).toBeLessThan(0.02);
    });
    expect(area(estimate, grid)).toBeCloseTo(1, 2);
  });

  it('equals the plain sum of kernels', () => {
    const values = sorted([0, 0.3, 1, 1.1, 2.5]);
    const grid = { start: -3, end: 6, points: 181 };
    const h = silvermanBandwidth(values);
    density(values, grid).forEach((y, i) => {
      const x = grid.start + i * 0.05;
      const direct =
        values.reduce((sum, v) => sum + Math.exp(-0.5 * ((x - v) / h) ** 2), 0) / (5 * h * Math.sqrt(2 * Math.PI));
      expect(Math.abs(y - direct)).toBeLessThan(1e-3);
    });
  });

  it('does not leak below a hard bound and keeps the mass above it', () => {
    const normal = normals(2);
    const values = sorted(Float64Array.from({ length: 20_000 }, () => Math.abs(normal())));
    const grid = densityGrid(values, 128, { lower: 0 });
    const estimate = density(values, grid, { lower: 0 });
    expect(grid.start).toBe(0);
    expect(area(estimate, grid) - (estimate[0]! * (grid.end - grid.start)) / 127 / 2).toBeCloseTo(1, 2);
    // The half-normal density at 0 is 0.798; without reflection the estimate would be half of it.
    expect(estimate[0]!).toBeGreaterThan(0.72);
  });

  it('stays readable for a Cauchy sample: the far tails are outside the grid', () => {
    const normal = normals(4);
    const values = sorted(Float64Array.from({ length: 4000 }, () => normal() / normal()));
    const grid = densityGrid(values, 128);
    expect(grid.end - grid.start).toBeLessThan(200);
    expect(values.at(-1)! - values[0]!).toBeGreaterThan(500);
  });

  it('draws a constant, two values and nothing without a NaN', () => {
    for (const values of [[2, 2, 2], [1, 2], [0], [1e300, 1e300], []]) {
      const ordered = sorted(values);
      const grid = densityGrid(ordered, 64);
      expect([...density(ordered, grid)].every((y) => y >= 0)).toBe(true);
    }
  });
});

describe('quantiles', () => {
  it('interpolate linearly, as numpy and R type 7', () => {
    expect(sortedQuantile(Float64Array.of(1, 2, 3, 4), 0.25)).toBe(1.75);
    expect(sortedQuantile(Float64Array.of(), 0.5)).toBeNaN();
  });
});
