import { describe, expect, it } from 'vitest';
import { differentialEvolution } from '#kernel/estimate/optimise/differential-evolution';
import { nelderMead } from '#kernel/estimate/optimise/nelder-mead';
import type { Objective } from '#kernel/estimate/optimise/objective';
import { minimise } from '#kernel/estimate/optimise/shared';
import { key } from '#kernel/numeric/random';
import { barrier, rosenbrock } from './problems.ts';

const noGradient = (): never => {
  throw new Error('no gradient here');
};

/** Rastrigin (1974): 10 d + Σ x² − 10 cos 2πx, some 10^d local minima around the one at 0. */
const rastrigin = (dimension: number): Objective => ({
  dimension,
  value: (x) => x.reduce((sum, v) => sum + 10 + v * v - 10 * Math.cos(2 * Math.PI * v), 0),
  valueAndGradient: noGradient,
});

describe('Nelder–Mead', () => {
  it.each([rosenbrock, barrier])('finds the minimum of $name from values alone', ({ objective, start, minimum }) => {
    const { state, ending } = minimise(
      nelderMead({ ...objective, valueAndGradient: noGradient }),
      Float64Array.from(start),
      5000,
    );
    expect(ending).toBe('converged');
    minimum.forEach((x, i) => {
      expect(state.position[i]).toBeCloseTo(x, 5);
    });
  });

  it('minimises a kinked function: the median', () => {
    const y = [1, 2, 7, 11, 50];
    const absolute: Objective = {
      dimension: 1,
      value: (x) => y.reduce((sum, v) => sum + Math.abs(v - x[0]!), 0),
      valueAndGradient: noGradient,
    };
    expect(minimise(nelderMead(absolute), Float64Array.of(30), 2000).state.position[0]).toBeCloseTo(7, 6);
  });

  it('refuses a size that is not positive', () => {
    expect(() => nelderMead(rosenbrock.objective, { size: 0 })).toThrow('size must be a number > 0, got 0');
  });
});

describe('differential evolution', () => {
  it('finds the lowest of many minima', () => {
    const optimiser = differentialEvolution(rastrigin(3), { key: key(4), crossover: 0.3 });
    const { state, ending } = minimise(optimiser, Float64Array.of(3, -4, 2), 3000);
    expect(ending).toBe('converged');
    expect(state.value).toBeLessThan(1e-9);
  });

  it('gives the same bits for the same key, others for another', () => {
    const run = (seed: number) =>
      minimise(differentialEvolution(rastrigin(2), { key: key(seed) }), Float64Array.of(3, 3), 30).state.position;
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
  });

  it('refuses options out of range', () => {
    expect(() => differentialEvolution(rastrigin(1), { members: 3 })).toThrow('members must be a whole number ≥ 4');
    expect(() => differentialEvolution(rastrigin(1), { crossover: 2 })).toThrow('crossover in [0, 1], got 0.7 and 2');
    expect(() => differentialEvolution(rastrigin(1), { spread: 0 })).toThrow('spread must be a number > 0');
  });
});
