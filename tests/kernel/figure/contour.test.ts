import { describe, expect, it } from 'vitest';
import { contourLines } from '#kernel/figure/contour';

const grid = (columns: number, rows: number, height: (x: number, y: number) => number) =>
  Float64Array.from({ length: columns * rows }, (_, k) => height(k % columns, Math.floor(k / columns)));

describe('lines of equal height', () => {
  it('close around a peak as a diamond', () => {
    const [line, ...others] = contourLines([0, 0, 0, 0, 2, 0, 0, 0, 0], 3, 3, 1);
    expect(others).toEqual([]);
    expect(line!.closed).toBe(true);
    const points = line!.x.map((x, i) => `${x} ${line!.y[i]}`);
    expect(new Set(points)).toEqual(new Set(['0.5 1', '1 0.5', '1.5 1', '1 1.5']));
    expect(points[0]).toBe(points.at(-1));
  });

  it('lie on the circle of a cone to within the grid', () => {
    const z = grid(41, 41, (x, y) => Math.hypot(x - 20, y - 20));
    const lines = contourLines(z, 41, 41, 10);
    expect(lines).toHaveLength(1);
    lines[0]!.x.forEach((x, i) => {
      expect(Math.hypot(x - 20, lines[0]!.y[i]! - 20)).toBeCloseTo(10, 1);
    });
  });

  it('end at the border of the grid', () => {
    const [line] = contourLines(
      grid(3, 4, (x) => x),
      3,
      4,
      0.5,
    );
    expect(line!.closed).toBe(false);
    expect(line!.x).toEqual([0.5, 0.5, 0.5, 0.5]);
    expect([...line!.y].sort()).toEqual([0, 1, 2, 3]);
  });

  it('split a saddle by its middle', () => {
    const joined = contourLines([1, 0.4, 0.4, 1], 2, 2, 0.5);
    const parted = contourLines([1, -0.4, -0.4, 1], 2, 2, 0.5);
    // Bottom left and top right are high. Joined through the middle, each line cuts off a low corner.
    const cutsBottomRight = (line: { x: readonly number[]; y: readonly number[] }) =>
      line.x.includes(1) && line.y.includes(0);
    expect(joined.some(cutsBottomRight)).toBe(true);
    expect(parted.some(cutsBottomRight)).toBe(false);
  });

  it('skip cells that touch what is not finite', () => {
    const z = [0, Number.NaN, 0, 0, 2, 0, 0, 0, 0];
    for (const line of contourLines(z, 3, 3, 1)) expect(line.x.every(Number.isFinite)).toBe(true);
    expect(contourLines([0, 0, 0, 0], 2, 2, 1)).toEqual([]);
  });
});
