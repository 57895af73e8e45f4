import { describe, expect, it } from 'vitest';
import { hessian } from '#kernel/estimate/optimise/hessian';
import { lineSearch } from '#kernel/estimate/optimise/line-search';
import type { Objective } from '#kernel/estimate/optimise/objective';
import { barrier, normalSample, rosenbrock } from './problems.ts';

describe('hessian by extrapolated differences of gradients', () => {
  it('of Rosenbrock at its minimum is [[802, −400], [−400, 200]] to eleven digits', () => {
    const h = hessian(rosenbrock.objective, Float64Array.of(1, 1));
    [802, -400, -400, 200].forEach((v, i) => {
      expect(Math.abs(h[i]! / v - 1)).toBeLessThan(1e-11);
    });
  });

  it('of a normal sample is n/σ² and 2n in coordinates of very different scale', () => {
    const [mu, s] = normalSample.minimum as [number, number];
    const h = hessian(normalSample.objective, Float64Array.of(mu, s));
    expect(Math.abs(h[0]! / (5 / Math.exp(2 * s)) - 1)).toBeLessThan(1e-9);
    expect(Math.abs(h[3]! / 10 - 1)).toBeLessThan(1e-9);
    expect(Math.abs(h[1]!) / Math.sqrt(h[0]! * h[3]!)).toBeLessThan(1e-9);
  });

  it('is exactly symmetric', () => {
    const h = hessian(rosenbrock.objective, Float64Array.of(0.3, -0.7));
    expect(h[1]).toBe(h[2]);
  });

  it('comes closer when a neighbour is outside the domain', () => {
    const h = hessian(barrier.objective, Float64Array.of(1e-6), Float64Array.of(1e-3));
    expect(Math.abs(h[0]! / 1e12 - 1)).toBeLessThan(0.01);
  });

  it('is NaN where no neighbour is inside the domain', () => {
    const nowhere: Objective = {
      dimension: 1,
      value: () => Number.NaN,
      valueAndGradient(_, gradient) {
        gradient[0] = Number.NaN;
        return Number.NaN;
      },
    };
    expect(hessian(nowhere, Float64Array.of(0))[0]).toBeNaN();
  });
});

describe('line search', () => {
  const along = (objective: Objective, x: number[], direction: number[], initial = 1) => {
    const position = Float64Array.from(x);
    const gradient = new Float64Array(x.length);
    const value = objective.valueAndGradient(position, gradient);
    const options = { initial };
    return {
      value,
      gradient,
      found: lineSearch(objective, position, value, gradient, Float64Array.from(direction), options),
    };
  };

  it.each([1e-8, 1e-3, 1, 10, 1e6])('satisfies both strong Wolfe conditions from a first trial of %d', (initial) => {
    const direction = [215.6, 88]; // steepest descent at (−1.2, 1)
    const { value, gradient, found } = along(rosenbrock.objective, [-1.2, 1], direction, initial);
    const slope = gradient[0]! * direction[0]! + gradient[1]! * direction[1]!;
    const after = found.gradient[0]! * direction[0]! + found.gradient[1]! * direction[1]!;
    expect(found.ending).toBe('wolfe');
    expect(found.value).toBeLessThanOrEqual(value + 1e-4 * found.stepLength * slope);
    expect(Math.abs(after)).toBeLessThanOrEqual(0.9 * Math.abs(slope));
  });

  it('comes back from trial points outside the domain', () => {
    const { found, value } = along(barrier.objective, [5], [-1], 100);
    expect(found.ending).toBe('wolfe');
    expect(found.value).toBeLessThan(value);
    expect(found.position[0]).toBeGreaterThan(0);
  });

  it('gives up on a function without a minimum along the line', () => {
    const linear: Objective = {
      dimension: 1,
      value: (x) => -x[0]!,
      valueAndGradient(x, gradient) {
        gradient[0] = -1;
        return -x[0]!;
      },
    };
    const { found } = along(linear, [0], [1]);
    expect(found.ending).toBe('decrease');
  });

  it('refuses a direction that points uphill, and one that is NaN', () => {
    expect(() => along(rosenbrock.objective, [-1.2, 1], [-1, 0])).toThrow('must point downhill');
    expect(() => along(rosenbrock.objective, [-1.2, 1], [Number.NaN, 0])).toThrow('must point downhill');
  });
});
