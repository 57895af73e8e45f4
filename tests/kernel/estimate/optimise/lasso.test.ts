import { describe, expect, it } from 'vitest';
import { type Composite, softThreshold } from '#kernel/estimate/optimise/composite';
import { coordinateDescent } from '#kernel/estimate/optimise/coordinate-descent';
import type { Objective, Optimiser } from '#kernel/estimate/optimise/objective';
import { proximalGradient } from '#kernel/estimate/optimise/proximal-gradient';
import { minimise } from '#kernel/estimate/optimise/shared';
import { key, Stream } from '#kernel/numeric/random';

const n = 40;
const d = 8;
const stream = new Stream(key(11));
const x = Float64Array.from({ length: n * d }, () => stream.normal()); // (n, d)
const truth = [3, 0, 0, -2, 0, 0.5, 0, 0];
const y = Float64Array.from({ length: n }, (_, i) =>
  truth.reduce((sum, b, j) => sum + b * x[i * d + j]!, 0.3 * stream.normal()),
); // (n,)

/** ½‖y − Xβ‖². */
const squares: Objective = {
  dimension: d,
  value: (beta) => squares.valueAndGradient(beta, new Float64Array(d)),
  valueAndGradient(beta, gradient) {
    gradient.fill(0);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      let r = -y[i]!;
      for (let j = 0; j < d; j++) r += x[i * d + j]! * beta[j]!;
      for (let j = 0; j < d; j++) gradient[j]! += r * x[i * d + j]!;
      sum += (r * r) / 2;
    }
    return sum;
  },
};

/** −log likelihood of a logistic regression of y > 0. */
const logistic: Objective = {
  dimension: d,
  value: (beta) => logistic.valueAndGradient(beta, new Float64Array(d)),
  valueAndGradient(beta, gradient) {
    gradient.fill(0);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      let eta = 0;
      for (let j = 0; j < d; j++) eta += x[i * d + j]! * beta[j]!;
      const success = y[i]! > 0 ? 1 : 0;
      sum += Math.log1p(Math.exp(-Math.abs(eta))) + Math.max(eta, 0) - success * eta;
      const p = 1 / (1 + Math.exp(-eta));
      for (let j = 0; j < d; j++) gradient[j]! += (p - success) * x[i * d + j]!;
    }
    return sum;
  },
};

const methods: Record<string, (composite: Composite) => Optimiser> = {
  'coordinate descent': (composite) => coordinateDescent(composite) as Optimiser,
  'proximal gradient': (composite) => proximalGradient(composite) as Optimiser,
};

/** The Karush–Kuhn–Tucker conditions of f + λ‖β‖₁, which hold at the minimum and nowhere else (f convex). */
function expectKkt(smooth: Objective, beta: Float64Array, lambda: number): void {
  const gradient = new Float64Array(d);
  smooth.valueAndGradient(beta, gradient);
  beta.forEach((b, j) => {
    if (b === 0) expect(Math.abs(gradient[j]!)).toBeLessThanOrEqual(lambda);
    else expect(gradient[j]! + lambda * Math.sign(b)).toBeCloseTo(0, 7);
  });
}

describe.each(Object.entries(methods))('%s', (_, make) => {
  it.each([1, 5, 20])('solves the lasso: KKT conditions and exact zeros at λ = %d', (lambda) => {
    const { state, ending } = minimise(
      make({ smooth: squares, penalty: new Float64Array(d).fill(lambda) }),
      new Float64Array(d),
      20_000,
    );
    expect(ending).toBe('converged');
    expectKkt(squares, state.position, lambda);
    if (lambda > 1) expect(state.position.filter((b) => b === 0).length).toBeGreaterThan(2);
  });

  it('solves an l1-penalised logistic regression', () => {
    const { state, ending } = minimise(
      make({ smooth: logistic, penalty: new Float64Array(d).fill(1.5) }),
      new Float64Array(d).fill(1),
      20_000,
    );
    expect(ending).toBe('converged');
    expectKkt(logistic, state.position, 1.5);
    expect(state.position.filter((b) => b === 0).length).toBeGreaterThan(0);
  });

  it('is all zero from λ = max |Xᵀy| on', () => {
    const gradient = new Float64Array(d);
    squares.valueAndGradient(new Float64Array(d), gradient);
    const lambda = Math.max(...gradient.map(Math.abs));
    const at = (weight: number) =>
      minimise(
        make({ smooth: squares, penalty: new Float64Array(d).fill(weight) }),
        new Float64Array(d).fill(0.1),
        20_000,
      ).state.position;
    expect(at(1.001 * lambda).every((b) => b === 0)).toBe(true);
    expect(at(0.99 * lambda).some((b) => b !== 0)).toBe(true);
  });

  it('leaves a coordinate of weight 0 unpenalised', () => {
    const penalty = new Float64Array(d).fill(1e6);
    penalty[0] = 0;
    const { state } = minimise(make({ smooth: squares, penalty }), new Float64Array(d), 20_000);
    let [xy, xx] = [0, 0];
    for (let i = 0; i < n; i++) [xy, xx] = [xy + x[i * d]! * y[i]!, xx + x[i * d]! ** 2];
    expect(state.position[0]).toBeCloseTo(xy / xx, 9);
    expect(state.position.subarray(1).every((b) => b === 0)).toBe(true);
  });

  it('refuses a penalty that does not fit', () => {
    expect(() => make({ smooth: squares, penalty: Float64Array.of(1) })).toThrow('must be 8 numbers ≥ 0');
    expect(() => make({ smooth: squares, penalty: new Float64Array(d).fill(-1) })).toThrow('must be 8 numbers ≥ 0');
  });
});

it('soft thresholding pulls towards 0 and stops there', () => {
  expect([3, -3, 0.5, -0.5].map((v) => softThreshold(v, 1))).toEqual([2, -2, 0, 0]);
});
