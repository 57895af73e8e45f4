/** Optimisers made of more than an objective: Fisher scoring and EM. */
import { describe, expect, it } from 'vitest';
import { em } from '#kernel/estimate/optimise/em';
import { fisherScoring } from '#kernel/estimate/optimise/fisher-scoring';
import { hessian } from '#kernel/estimate/optimise/hessian';
import type { Objective } from '#kernel/estimate/optimise/objective';
import { minimise } from '#kernel/estimate/optimise/shared';

/** −log likelihood of Cauchy(θ, 1) data; the expected information is n/2 whatever θ. */
const y = [-1.2, 0.3, 0.9, 1.1, 7.5];
const cauchy: Objective = {
  dimension: 1,
  value: (x) => y.reduce((sum, v) => sum + Math.log1p((v - x[0]!) ** 2), 0),
  valueAndGradient(x, gradient) {
    gradient[0] = y.reduce((sum, v) => sum - (2 * (v - x[0]!)) / (1 + (v - x[0]!) ** 2), 0);
    return this.value(x);
  },
};

describe('Fisher scoring', () => {
  it('finds the maximum of a Cauchy likelihood from a start where it is not concave', () => {
    const start = Float64Array.of(4);
    expect(hessian(cauchy, start)[0]).toBeLessThan(0); // Newton would go uphill here
    const { state, ending } = minimise(
      fisherScoring(cauchy, () => Float64Array.of(y.length / 2)),
      start,
    );
    expect(ending).toBe('converged');
    expect(Math.abs(state.gradient[0]!)).toBeLessThan(1e-9);
    expect(state.position[0]).toBeGreaterThan(0);
    expect(state.position[0]).toBeLessThan(1.2);
  });

  it('goes on where the information is singular', () => {
    const flat: Objective = {
      dimension: 2,
      value: (x) => (x[0]! + x[1]! - 1) ** 2,
      valueAndGradient(x, gradient) {
        gradient.fill(2 * (x[0]! + x[1]! - 1));
        return (x[0]! + x[1]! - 1) ** 2;
      },
    };
    const { state } = minimise(
      fisherScoring(flat, () => Float64Array.of(2, 2, 2, 2)),
      Float64Array.of(5, 1),
    );
    expect(state.position[0]! + state.position[1]!).toBeCloseTo(1, 8);
  });
});

describe('EM', () => {
  // Dempster, Laird & Rubin (1977), §1: 197 animals in four cells of probabilities ½ + π/4, (1 − π)/4 twice, π/4.
  // Observed 125, 18, 20, 34; they print π = 0.626821497 and the iterates 0.5, 0.608247423, 0.624321051, …
  const counts = [125, 18, 20, 34] as const;
  const linkage: Objective = {
    dimension: 1,
    value([p = 0]) {
      return -(counts[0] * Math.log(2 + p) + (counts[1] + counts[2]) * Math.log(1 - p) + counts[3] * Math.log(p));
    },
    valueAndGradient(x, gradient) {
      const p = x[0]!;
      gradient[0] = -(counts[0] / (2 + p) - (counts[1] + counts[2]) / (1 - p) + counts[3] / p);
      return this.value(x);
    },
  };
  const halves = {
    expect: ([p = 0]: Float64Array) => (counts[0] * p) / (2 + p), // animals of the first cell that belong to its π/4
    maximise: (hidden: number) => Float64Array.of((hidden + counts[3]) / (hidden + counts[1] + counts[2] + counts[3])),
  };

  it('makes the published iterates and ends at the published estimate', () => {
    const optimiser = em(linkage, halves);
    let state = optimiser.init(Float64Array.of(0.5));
    for (const published of [0.608247423, 0.624321051, 0.626488879, 0.626777323]) {
      [state] = optimiser.step(state);
      expect(state.position[0]).toBeCloseTo(published, 8);
    }
    expect(minimise(optimiser, Float64Array.of(0.5)).state.position[0]).toBeCloseTo(0.626821497, 8);
  });

  it('never lets the objective rise, and says when the halves do not fit it', () => {
    const optimiser = em(linkage, halves);
    let state = optimiser.init(Float64Array.of(0.05));
    for (let i = 0; i < 10; i++) {
      const [next] = optimiser.step(state);
      expect(next.value).toBeLessThanOrEqual(state.value);
      state = next;
    }
    const wrong = em(linkage, { ...halves, maximise: () => Float64Array.of(0.01) });
    expect(minimise(wrong, Float64Array.of(0.5)).ending).toBe('line search failed');
  });
});
