import { describe, expect, it } from 'vitest';
import { key, normalVector, split } from '#kernel/numeric/random';
import { descend, gradient, objective } from '#kernel/regression/descent';
import { glm } from '#kernel/regression/glm';
import { lm } from '#kernel/regression/lm';
import { crossValidate, type PenalisedPath, penalised } from '#kernel/regression/penalised';
import { expectClose } from './reference.ts';

const n = 80;
const [noise, ...draws] = split(key(11), 7).map((k) => normalVector(k, n));
const x = Object.fromEntries(draws.map((values, j) => [`x${j}`, values]));
const signal = Float64Array.from({ length: n }, (_, i) => 2 * draws[0]![i]! - 1.5 * draws[1]![i]! + 0.5);
const data = {
  ...x,
  y: signal.map((value, i) => value + noise![i]!),
  hit: signal.map((value, i) => Number(value + 2 * noise![i]! > 0)),
  count: signal.map((value, i) => Math.max(0, Math.round(value + noise![i]! + 1))),
};
const formula = (response: string) => `${response} ~ ${Object.keys(x).join(' + ')}`;

/** Karush, Kuhn and Tucker: the gradient is the subgradient of the penalty, at every penalty of the path. */
function expectOptimal(path: PenalisedPath) {
  path.points.forEach((point, k) => {
    const { slopes, intercept } = gradient(path.problem, point);
    expect(Math.abs(intercept)).toBeLessThan(1e-9);
    const lambda = path.lambda[k]!;
    slopes.forEach((slope, j) => {
      const b = point.coefficients[j]!;
      if (b === 0) expect(Math.abs(slope)).toBeLessThanOrEqual(lambda * path.mix + 1e-9);
      else expect(Math.abs(slope - lambda * (path.mix * Math.sign(b) + (1 - path.mix) * b))).toBeLessThan(1e-9);
    });
  });
}

describe('penalised', () => {
  it.each([
    ['gaussian', 'y', 1],
    ['gaussian', 'y', 0.4],
    ['gaussian', 'y', 0],
    ['binomial', 'hit', 1],
    ['poisson', 'count', 0.5],
  ] as const)('meets the conditions of the optimum: %s of %s with mix %d', (family, response, mix) => {
    expectOptimal(penalised(formula(response), data, { family, mix }));
  });

  it('starts with no slope and takes in the strongest first', () => {
    const path = penalised(formula('y'), data);
    expect(path.nonzero[0]).toBe(0);
    const first = path.nonzero.indexOf(1);
    expect(path.points[first]!.coefficients[0]).not.toBe(0);
    expect(path.nonzero.at(-1)).toBe(6);
    expect(path.lambda[99]! / path.lambda[0]!).toBeCloseTo(1e-4, 10);
  });

  it('without penalty is least squares and maximum likelihood', () => {
    const free = penalised(formula('y'), data, { lambda: [0] });
    expectClose(free.coefficients[0]!, [...lm(formula('y'), data).values], 1e-8);
    const logistic = penalised(formula('hit'), data, { family: 'binomial', lambda: [0] });
    expectClose(logistic.coefficients[0]!, [...glm(formula('hit'), data, { family: 'binomial' }).values], 1e-7);
  });

  it('is ridge in closed form when the mix is 0', () => {
    // One column: b = Σ x (y − ȳ) / (Σ x² + n λ) with x centred.
    const path = penalised('y ~ x0', data, { mix: 0, lambda: [0.7], standardise: false });
    const mean = (values: Float64Array) => values.reduce((a, b) => a + b, 0) / n;
    const centred = draws[0]!.map((value) => value - mean(draws[0]!));
    const [xy, xx] = [0, 1].map((square) =>
      centred.reduce((sum, value, i) => sum + value * (square ? value : data.y[i]! - mean(data.y)), 0),
    );
    expect(path.at(0.7).x0).toBeCloseTo(xy! / (xx! + n * 0.7), 10);
  });

  it('cannot be bettered by steps in any direction', () => {
    const path = penalised(formula('hit'), data, { family: 'binomial', mix: 0.7, lambda: [0.05] });
    const point = path.points[0]!;
    const least = objective(path.problem, point, 0.05);
    for (let j = 0; j < 6; j++) {
      for (const step of [-1e-3, 1e-3]) {
        const coefficients = point.coefficients.map((b, k) => (k === j ? b + step : b));
        expect(objective(path.problem, { ...point, coefficients }, 0.05)).toBeGreaterThan(least);
      }
    }
    expectClose(descend(path.problem, 0.05, point).coefficients, [...point.coefficients], 1e-10);
  });

  it('predicts the response on new data', () => {
    const path = penalised(formula('y'), data, { lambda: [0.1] });
    const fresh = Object.fromEntries(Object.entries(x).map(([name, values]) => [name, values.slice(0, 3)]));
    expectClose(path.predict(0.1, fresh), [...path.predict(0.1).slice(0, 3)], 1e-12);
    expect(String(path)).toContain('Elastic net path, mix 1');
  });

  it('takes the nearest penalty by its ratio, the least one for anything below, 0 as well', () => {
    const path = penalised('y ~ x0', data, { mix: 0, lambda: [10, 1, 0.1] });
    const slopes = path.coefficients.map((row) => row[1]);
    expect([100, 4, 2, 0.4, 0.2, 0.01, 0].map((lambda) => slopes.indexOf(path.at(lambda).x0))).toEqual([
      0, 0, 1, 1, 2, 2, 2,
    ]);
    const { x0 } = penalised('y ~ x0', data, { mix: 0, lambda: [1, 0] }).at(0);
    expect(x0).toBe(penalised('y ~ x0', data, { mix: 0, lambda: [0] }).at(0).x0);
    for (const wrong of [-1, Number.NaN]) expect(() => path.at(wrong)).toThrow(/a penalty is a number from 0 on/);
  });

  it('refuses what is no penalty', () => {
    expect(() => penalised('y ~ x0', data, { mix: 2 })).toThrow(/mix must lie in \[0, 1\], got 2/);
    expect(() => penalised('y ~ x0', data, { lambda: [-1] })).toThrow(/penalties from 0 expected, got -1/);
    // @ts-expect-error paths have three families
    expect(() => penalised('y ~ x0', data, { family: 'gamma' })).toThrow(/'binomial' or 'poisson', got 'gamma'/);
    expect(() => penalised('y ~ 1', data)).toThrow(/no term to penalise/);
  });
});

describe('crossValidate', () => {
  it('finds a penalty that keeps the signal, and a larger one within a standard error', () => {
    const { best, simplest, path, deviance } = crossValidate(formula('y'), data, { seed: 3 });
    expect(simplest).toBeGreaterThanOrEqual(best);
    const chosen = path.at(simplest);
    expect(chosen.x0).toBeGreaterThan(1);
    expect(chosen.x1).toBeLessThan(-0.8);
    expect(deviance[0]).toBeGreaterThan(3 * Math.min(...deviance));
    expect(crossValidate(formula('y'), data, { seed: 3 }).best).toBe(best);
    expect(() => crossValidate(formula('y'), data, { folds: 1 })).toThrow(/folds must be a whole number from 2/);
  });
});
