import { describe, expect, it } from 'vitest';
import { levenbergMarquardt, type Residuals, sumOfSquares } from '#kernel/estimate/optimise/levenberg-marquardt';
import { minimise } from '#kernel/estimate/optimise/shared';
import { trustRegion } from '#kernel/estimate/optimise/trust-region';

/** Rosenbrock [1] of Moré, Garbow & Hillstrom (1981). */
const rosenbrock: Residuals = {
  dimension: 2,
  count: 2,
  evaluate([x = 0, y = 0], r, jacobian) {
    r.set([10 * (y - x * x), 1 - x]);
    jacobian?.set([-20 * x, 10, -1, 0]);
  },
};

/** Freudenstein & Roth [2]: a minimum of Σr² = 0 at (5, 4), another of 48.9842… at (11.41…, −0.8968…). */
const freudenstein: Residuals = {
  dimension: 2,
  count: 2,
  evaluate([x = 0, y = 0], r, jacobian) {
    r.set([-13 + x + ((5 - y) * y - 2) * y, -29 + x + ((y + 1) * y - 14) * y]);
    jacobian?.set([1, 10 * y - 3 * y * y - 2, 1, 3 * y * y + 2 * y - 14]);
  },
};

describe('Levenberg–Marquardt', () => {
  it('ends at published minima of Moré, Garbow & Hillstrom', () => {
    const first = minimise(levenbergMarquardt(rosenbrock), Float64Array.of(-1.2, 1));
    expect(first.ending).toBe('converged');
    for (const x of first.state.position) expect(x).toBeCloseTo(1, 12);
    const second = minimise(levenbergMarquardt(freudenstein), Float64Array.of(0.5, -2));
    expect(2 * second.state.value).toBeCloseTo(48.98425, 4);
    expect(second.state.position[0]).toBeCloseTo(11.4128, 3);
    expect(second.state.position[1]).toBeCloseTo(-0.8968, 3);
  });

  it('minimises the same function as other optimisers do', () => {
    const [byResiduals, byValue] = [
      minimise(levenbergMarquardt(freudenstein), Float64Array.of(0.5, -2)),
      minimise(trustRegion(sumOfSquares(freudenstein)), Float64Array.of(0.5, -2)),
    ];
    expect(byResiduals.state.value).toBeCloseTo(byValue.state.value, 10);
    expect(sumOfSquares(rosenbrock).value(Float64Array.of(-1.2, 1))).toBeCloseTo(24.2 / 2, 12);
  });

  it('does not mind units', () => {
    const inUnits = (unit: number): Residuals => ({
      ...rosenbrock,
      evaluate(x, r, jacobian) {
        rosenbrock.evaluate(Float64Array.of(x[0]!, x[1]! / unit), r, jacobian);
        if (jacobian) for (const k of [1, 3]) jacobian[k]! /= unit;
      },
    });
    const plain = minimise(levenbergMarquardt(inUnits(1)), Float64Array.of(-1.2, 1));
    const scaled = minimise(levenbergMarquardt(inUnits(2 ** 40)), Float64Array.of(-1.2, 2 ** 40));
    expect(scaled.state.iteration).toBe(plain.state.iteration);
    expect(scaled.state.position[1]! / 2 ** 40).toBeCloseTo(1, 12);
  });

  it('refuses fewer residuals than parameters', () => {
    expect(() => levenbergMarquardt({ ...rosenbrock, count: 1 })).toThrow('got 1 and 2');
  });
});
