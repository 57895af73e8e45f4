/**
 * Data made from a seed.
 */
import { describe, expect, it } from 'vitest';
import { addingProblem, type PlanePoints, spirals, twoMoons } from '#kernel/nets/data/index';

const points = ({ x, y }: PlanePoints) => [...y].map((label, i) => ({ label, a: x[2 * i]!, b: x[2 * i + 1]! }));

describe('two moons', () => {
  it('without noise lie on their half circles', () => {
    for (const { label, a, b } of points(twoMoons(100, { noise: 0 }))) {
      const [u, v] = label === 0 ? [a, b] : [1 - a, 0.5 - b];
      expect(u * u + v * v).toBeCloseTo(1, 12);
      expect(v).toBeGreaterThanOrEqual(0);
    }
  });
  it('have as many points of either class', () => {
    const counts = [0, 0];
    for (const label of twoMoons(101).y) counts[label]!++;
    expect(counts).toEqual([51, 50]);
  });
  it('have noise of the standard deviation given', () => {
    const clean = twoMoons(4000, { noise: 0, seed: 3 });
    const noisy = twoMoons(4000, { noise: 0.2, seed: 3 });
    // The angle is drawn before the noise, so the first point of both is the same but for it.
    expect(noisy.x[0]).not.toBe(clean.x[0]);
    const radii = points(noisy).map(
      ({ label, a, b }) => (label === 0 ? Math.hypot(a, b) : Math.hypot(1 - a, 0.5 - b)) - 1,
    );
    const sd = Math.sqrt(radii.reduce((sum, r) => sum + r * r, 0) / 4000);
    // About the radius the noise is normal with sd 0.2, and a little more for the curvature; 5 standard errors.
    expect(Math.abs(sd - 0.2)).toBeLessThan(0.01 + (5 * 0.2) / Math.sqrt(8000));
  });
});

describe('spirals', () => {
  it('without noise: the angle tells the arm, given the radius', () => {
    for (const arms of [2, 3]) {
      for (const { label, a, b } of points(spirals(90, { arms, noise: 0, turns: 2 }))) {
        const radius = Math.hypot(a, b);
        const turn = Math.atan2(b, a) / (2 * Math.PI) - 2 * radius - label / arms;
        expect(Math.abs(turn - Math.round(turn))).toBeLessThan(1e-9);
        expect(radius).toBeLessThanOrEqual(1);
      }
    }
  });
});

describe('the adding problem', () => {
  const { x, y } = addingProblem(500, 20, { seed: 2 });
  it('marks one number in each half, and asks for their sum', () => {
    for (let i = 0; i < 500; i++) {
      const rows = Array.from({ length: 20 }, (_, t) => [x[2 * (20 * i + t)]!, x[2 * (20 * i + t) + 1]!]);
      const marked = rows.flatMap(([, mark], t) => (mark === 1 ? [t] : []));
      expect(marked).toHaveLength(2);
      expect([marked[0]! < 10, marked[1]! >= 10]).toEqual([true, true]);
      expect(y[i]).toBeCloseTo(rows[marked[0]!]![0]! + rows[marked[1]!]![0]!, 12);
    }
  });
  it('has the mean squared error 1/6 for the answer 1', () => {
    const errors = [...y].map((sum) => (sum - 1) ** 2);
    const mean = errors.reduce((sum, e) => sum + e, 0) / 500;
    const sd = Math.sqrt(errors.reduce((sum, e) => sum + (e - mean) ** 2, 0) / 499);
    expect(Math.abs(mean - 1 / 6)).toBeLessThan((4 * sd) / Math.sqrt(500)); // false alarm 6e-5
  });
});

describe('seeds', () => {
  it.each([
    ['twoMoons', (seed: number) => twoMoons(10, { seed }).x],
    ['spirals', (seed: number) => spirals(10, { seed }).x],
    ['addingProblem', (seed: number) => addingProblem(3, 4, { seed }).x],
  ] as const)('%s: the same seed gives the same, another something else', (_, make) => {
    expect(make(1)).toEqual(make(1));
    expect(make(2)).not.toEqual(make(1));
  });
});

describe('options out of range are refused', () => {
  it.each([
    [() => twoMoons(1), 'twoMoons: the number of examples must be whole and at least 2, got 1'],
    [() => twoMoons(10.5), 'must be whole'],
    [() => twoMoons(10, { noise: -1 }), 'twoMoons: noise must be a number ≥ 0, got -1'],
    [() => spirals(10, { arms: 1 }), 'at least 2, got 1'],
    [() => spirals(10, { turns: Number.NaN }), 'spirals: turns must be a number > 0, got NaN'],
    [() => addingProblem(0, 5), 'addingProblem: the number of examples'],
    [() => addingProblem(5, 1), 'addingProblem: the length must be whole and at least 2, got 1'],
    [() => twoMoons(10, { seed: -1 }), 'seed'],
  ])('%#', (make, message) => {
    expect(make).toThrow(RangeError);
    expect(make).toThrow(message);
  });
});
