import { describe, expect, it } from 'vitest';
import { lm } from '#kernel/regression/lm';
import { type RobustOptions, rlm } from '#kernel/regression/rlm';
import { casesOf, columnsOf, expectClose } from './reference.ts';

const cases = casesOf(new URL('fixtures/r-rlm.json', import.meta.url));
const options: Record<string, [formula: string, options: RobustOptions]> = {
  'stackloss-huber': ['stack.loss ~ .', {}],
  'stackloss-bisquare': ['stack.loss ~ .', { psi: 'bisquare' }],
  'stackloss-hampel': ['stack.loss ~ .', { psi: 'hampel' }],
  'cars-huber-prop2': ['dist ~ speed', { scale: 'proposal 2' }],
  'mtcars-huber-k2': ['mpg ~ wt + hp', { tuning: 2 }],
};

describe('rlm agrees with MASS', () => {
  it.each(cases)('$id', ({ id, data, results, rtol }) => {
    const [formula, given] = options[id]!;
    const fit = rlm(formula, columnsOf(data).columns, given);
    const table = results.coefficients.values as number[][];
    expectClose(
      fit.values,
      table.map((row) => row[0]!),
      rtol,
    );
    expectClose(
      fit.names.map((name) => fit.standardErrors[name]!),
      table.map((row) => row[1]!),
      rtol,
    );
    expect(fit.scale / results.scale).toBeCloseTo(1, 6);
    expectClose(fit.weights, results.weights, rtol);
    expectClose(fit.residuals, results.residuals, rtol);
    expectClose(fit.fitted, results.fitted, rtol);
    expectClose(fit.covariance, (results.vcov.values as number[][]).flat(), 2 * rtol);
    expect(fit.names).toEqual(results.coefficients.rows);
    expect(fit.warnings).toEqual([]);
  });
});

describe('rlm', () => {
  const x = Array.from({ length: 20 }, (_, i) => i);
  const line = x.map((value, i) => 3 + 2 * value + 0.1 * Math.cos(7 * i));

  it('is moved little by an outlier that carries least squares away, and says which row it was', () => {
    const y = line.with(19, 500);
    const fit = rlm('y ~ x', { x, y }, { psi: 'bisquare' });
    expect(Math.abs(fit.estimates.x! - 2)).toBeLessThan(0.02);
    expect(Math.abs(lm('y ~ x', { x, y }).estimates.x! - 2)).toBeGreaterThan(4);
    expect(fit.weights[19]).toBe(0);
    expect(String(fit)).toMatch(
      /Robust linear model \(bisquare\): y ~ x[\s\S]*rows have a weight below 1, the least 0/,
    );
  });

  it('is least squares where no residual is beyond the bound', () => {
    const fit = rlm('y ~ x', { x, y: line }, { tuning: 10 });
    expectClose(fit.values, [...lm('y ~ x', { x, y: line }).values], 1e-12);
    expect([...fit.weights].every((weight) => weight === 1)).toBe(true);
  });

  it('predicts with an interval around the fit', () => {
    const fit = rlm('y ~ x', { x, y: line });
    const { fit: value, lower, upper, standardError } = fit.predict({ x: [30] });
    expect(value[0]).toBeCloseTo(fit.estimates['(Intercept)']! + 30 * fit.estimates.x!, 12);
    expect(upper[0]! - lower[0]!).toBeCloseTo(2 * 1.959963984540054 * standardError[0]!, 10);
  });

  it.each<[string, RobustOptions, string]>([
    ['y ~ x', { psi: 'cauchy' as never }, "psi is 'huber', 'hampel' or 'bisquare', got 'cauchy'"],
    ['y ~ x', { scale: 'sd' as never }, "scale is 'mad' or 'proposal 2', got 'sd'"],
    ['y ~ x', { tuning: 0 }, 'tuning must be a positive number, got 0'],
    ['y ~ x + I(2 * x)', {}, 'is a combination of'],
    ['g ~ x', {}, 'a numeric response expected'],
    ['I(2 * x) ~ x', {}, 'the scale of the residuals is 0'],
    ['y ~ x', { weights: 'x' } as never, 'weights'],
  ])('refuses %s %o', (formula, given, message) => {
    expect(() => rlm(formula, { x, y: line, g: x.map(String) }, given)).toThrow(message);
  });
});
