import { describe, expect, it } from 'vitest';
import { gradientDescent } from '#kernel/estimate/optimise/gradient-descent';
import type { Objective, Optimiser } from '#kernel/estimate/optimise/objective';
import { minimise } from '#kernel/estimate/optimise/shared';
import { rosenbrock } from './problems.ts';

/** ½ Σ cᵢ xᵢ². */
function quadratic(...curvatures: number[]): Objective {
  const value = (x: Float64Array) => x.reduce((sum, v, i) => sum + 0.5 * curvatures[i]! * v * v, 0);
  return {
    dimension: curvatures.length,
    value,
    valueAndGradient(x, gradient) {
      for (let i = 0; i < x.length; i++) gradient[i] = curvatures[i]! * x[i]!;
      return value(x);
    },
  };
}

describe('gradient descent', () => {
  it('with a fixed rate on a quadratic shrinks each coordinate by 1 − rate · curvature a step', () => {
    const optimiser = gradientDescent(quadratic(1, 10), { rate: 0.05 });
    const { state } = minimise(optimiser, Float64Array.of(1, 1), 20);
    expect(state.position[0]).toBeCloseTo(0.95 ** 20, 12);
    expect(state.position[1]).toBeCloseTo(0.5 ** 20, 12);
  });

  it('with momentum follows xₖ₊₁ = xₖ − r g + m (xₖ − xₖ₋₁)', () => {
    const optimiser = gradientDescent(quadratic(2), { rate: 0.1, momentum: 0.5 });
    let [before, x] = [1, 1];
    let state = optimiser.init(Float64Array.of(1));
    for (let k = 0; k < 8; k++) {
      [state] = optimiser.step(state);
      [before, x] = [x, x - 0.1 * 2 * x + 0.5 * (x - before)];
      expect(state.position[0]).toBeCloseTo(x, 13);
    }
  });

  it("with Nesterov's momentum takes the gradient ahead", () => {
    const optimiser = gradientDescent(quadratic(2), { rate: 0.1, momentum: 0.5, nesterov: true });
    let [before, x] = [1, 1];
    let state = optimiser.init(Float64Array.of(1));
    for (let k = 0; k < 8; k++) {
      [state] = optimiser.step(state);
      const ahead = x + 0.5 * (x - before);
      [before, x] = [x, ahead - 0.1 * 2 * ahead];
      expect(state.position[0]).toBeCloseTo(x, 13);
    }
  });

  it('needs fewer steps on a narrow valley with momentum than without', () => {
    const steps = (optimiser: Optimiser) => minimise(optimiser, Float64Array.of(1, 1), 100_000).state.iteration;
    const narrow = quadratic(1, 100);
    const plain = steps(gradientDescent(narrow, { rate: 0.01 }) as Optimiser);
    const heavy = steps(gradientDescent(narrow, { rate: 0.01, momentum: 0.8 }) as Optimiser);
    const nesterov = steps(gradientDescent(narrow, { rate: 0.01, momentum: 0.8, nesterov: true }) as Optimiser);
    expect(heavy).toBeLessThan(plain / 3);
    expect(nesterov).toBeLessThan(plain / 3);
  });

  it('without a rate searches along the gradient, and gets down the valley of Rosenbrock slowly', () => {
    const { state, ending } = minimise(
      gradientDescent(rosenbrock.objective),
      Float64Array.from(rosenbrock.start),
      50_000,
    );
    expect(ending).toBe('converged');
    expect(state.iteration).toBeGreaterThan(200);
    expect(state.position[0]).toBeCloseTo(1, 5);
  });

  it('says that a rate too large makes it run off', () => {
    expect(minimise(gradientDescent(quadratic(10), { rate: 1 }), Float64Array.of(1), 1000).ending).toBe('not finite');
  });

  it('refuses options out of range', () => {
    expect(() => gradientDescent(quadratic(1), { rate: 0 })).toThrow('rate must be a number > 0, got 0');
    expect(() => gradientDescent(quadratic(1), { rate: 1, momentum: 1 })).toThrow('momentum must lie in [0, 1), got 1');
    expect(() => gradientDescent(quadratic(1), { momentum: 0.5 })).toThrow('momentum needs a fixed rate');
  });
});
