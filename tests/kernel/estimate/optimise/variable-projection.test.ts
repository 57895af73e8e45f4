import { describe, expect, it } from 'vitest';
import { levenbergMarquardt, type Residuals, sumOfSquares } from '#kernel/estimate/optimise/levenberg-marquardt';
import { minimise } from '#kernel/estimate/optimise/shared';
import { linearCoordinates, project } from '#kernel/estimate/optimise/variable-projection';

const x = [0, 0.5, 1, 1.5, 2, 3, 4, 5];
const y = [5.1, 3.9, 3.2, 2.5, 2.2, 1.6, 1.3, 1.2];

/** a + b e^(−k x) − y, in the order k, a, b. */
const decay: Residuals = {
  dimension: 3,
  count: x.length,
  evaluate([k = 0, a = 0, b = 0], r, jacobian) {
    x.forEach((v, i) => {
      const e = Math.exp(-k * v);
      r[i] = a + b * e - y[i]!;
      jacobian?.set([-b * v * e, 1, e], 3 * i);
    });
  },
};

/** u v + w: linear in each of u and v, but not in both. */
const product: Residuals = {
  dimension: 3,
  count: 4,
  evaluate([u = 0, v = 0, w = 0], r, jacobian) {
    for (let i = 0; i < 4; i++) {
      r[i] = u * v * (i + 1) + w - i;
      jacobian?.set([v * (i + 1), u * (i + 1), 1], 3 * i);
    }
  },
};

describe('the coordinates in which residuals are linear', () => {
  it('are found, those of a product one at a time', () => {
    expect(linearCoordinates(decay, Float64Array.of(0.7, 2, 3))).toEqual([1, 2]);
    expect(linearCoordinates(product, Float64Array.of(1, 2, 3))).toEqual([0, 2]);
  });

  it('are none where a step leaves the domain', () => {
    const root: Residuals = {
      dimension: 1,
      count: 1,
      evaluate([v = 0], r, jacobian) {
        r[0] = v < 1 ? v : Number.NaN;
        jacobian?.set([v < 1 ? 1 : Number.NaN]);
      },
    };
    expect(linearCoordinates(root, Float64Array.of(0.9))).toEqual([]);
  });
});

describe('variable projection', () => {
  const { residuals, rest, complete } = project(decay, [1, 2]);

  it('leaves the other coordinates, and gives back all with the linear ones at their best', () => {
    expect([...rest(Float64Array.of(0.7, 2, 3))]).toEqual([0.7]);
    const whole = complete(Float64Array.of(0.7));
    expect(whole[0]).toBe(0.7);
    // Best: the residuals are orthogonal to the columns of a and b.
    const gradient = new Float64Array(3);
    sumOfSquares(decay).valueAndGradient(whole, gradient);
    expect(Math.abs(gradient[1]!)).toBeLessThan(1e-12);
    expect(Math.abs(gradient[2]!)).toBeLessThan(1e-12);
  });

  it('has the exact gradient of the best sum of squares', () => {
    const best = sumOfSquares(residuals);
    const gradient = new Float64Array(1);
    for (const k of [0.2, 0.7, 2]) {
      best.valueAndGradient(Float64Array.of(k), gradient);
      const h = 1e-5;
      const difference = (best.value(Float64Array.of(k + h)) - best.value(Float64Array.of(k - h))) / (2 * h);
      expect(gradient[0]).toBeCloseTo(difference, 7);
    }
  });

  it('ends at the minimum of the whole problem', () => {
    const whole = minimise(levenbergMarquardt(decay), Float64Array.of(5, 0, 50));
    const fewer = minimise(levenbergMarquardt(residuals), Float64Array.of(5));
    expect(fewer.ending).toBe('converged');
    complete(fewer.state.position).forEach((v, j) => {
      expect(Math.abs(v / whole.state.position[j]! - 1)).toBeLessThan(1e-9);
    });
  });

  it('is not finite where the columns depend on each other', () => {
    const r = new Float64Array(x.length);
    const jacobian = new Float64Array(x.length);
    residuals.evaluate(Float64Array.of(0), r, jacobian); // e⁰ = 1: both columns are ones
    expect(r.every(Number.isNaN)).toBe(true);
    expect(jacobian.every(Number.isNaN)).toBe(true);
    expect(complete(Float64Array.of(0)).every(Number.isNaN)).toBe(true);
  });
});
