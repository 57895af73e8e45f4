import { describe, expect, it } from 'vitest';
import type { Objective } from '#kernel/estimate/optimise/objective';
import { minimise } from '#kernel/estimate/optimise/shared';
import { trustRegion } from '#kernel/estimate/optimise/trust-region';

/** x⁴/4 − x²/2 + y²/2: minima at (±1, 0), a saddle at 0. */
const doubleWell: Objective = {
  dimension: 2,
  value: ([x = 0, y = 0]) => x ** 4 / 4 - x ** 2 / 2 + y ** 2 / 2,
  valueAndGradient([x = 0, y = 0], gradient) {
    gradient[0] = x ** 3 - x;
    gradient[1] = y;
    return x ** 4 / 4 - x ** 2 / 2 + y ** 2 / 2;
  },
};

describe('trust region', () => {
  it('leaves a saddle, also where the gradient is exactly 0 there (the hard case)', () => {
    for (const start of [
      [0, 0],
      [0, 3],
      [1e-12, 1],
    ]) {
      const { state, ending } = minimise(trustRegion(doubleWell), Float64Array.from(start));
      expect(ending).toBe('converged');
      expect(Math.abs(state.position[0]!)).toBeCloseTo(1, 12);
      expect(state.position[1]).toBeCloseTo(0, 12);
    }
  });

  it('takes no step longer than its radius, in units of the curvature', () => {
    const optimiser = trustRegion(doubleWell, { radius: 0.1 });
    const [next] = optimiser.step(optimiser.init(Float64Array.of(2, 3)));
    // ∂²f/∂x² = 3·4 − 1 = 11 and ∂²f/∂y² = 1 at the start
    const length = Math.sqrt(11 * (next.position[0]! - 2) ** 2 + (next.position[1]! - 3) ** 2);
    expect(length).toBeCloseTo(0.1, 6);
  });

  it('refuses a radius that is not positive', () => {
    expect(() => trustRegion(doubleWell, { radius: Number.NaN })).toThrow('radius must be a number > 0, got NaN');
  });
});
