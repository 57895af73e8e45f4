import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lm } from '#kernel/regression/lm';
import { rlm } from '#kernel/regression/rlm';
import { sEstimate } from '#kernel/regression/s-estimate';
import { expectClose } from './reference.ts';

// R 4.2.2, robustbase: lmrob with tuning 1.54764 and 4.685, refined to 1e-14, the best of five seeds: Rscript
// fixtures/r-lmrob.R. MASS's rlm(method = "MM") draws subsets anew each time, and differs from itself by 0.04 on stackloss.
interface Case {
  readonly formula: string;
  readonly data: Readonly<Record<string, readonly number[]>>;
  /** The S-estimate. */
  readonly initial: readonly number[];
  readonly coefficients: readonly number[];
  readonly scale: number;
  readonly weights: readonly number[];
}
const { cases } = JSON.parse(readFileSync(new URL('./fixtures/r-lmrob.json', import.meta.url), 'utf8')) as {
  cases: Case[];
};

describe('MM-estimates', () => {
  it.each(cases)('$formula as robustbase has them', ({ formula, data, initial, coefficients, scale, weights }) => {
    const fit = rlm(formula, data, { method: 'MM' });
    expectClose(fit.values, coefficients, 1e-10, 'coefficients');
    expect(fit.scale / scale).toBeCloseTo(1, 11);
    weights.forEach((weight, i) => {
      expect(Math.abs(fit.weights[i]! - weight)).toBeLessThan(1e-9);
    });
    const { design } = fit;
    const first = sEstimate(
      design.byColumn,
      Float64Array.from(fit.fitted, (value, i) => value + fit.residuals[i]!),
    );
    expectClose(first.coefficients, initial, 1e-8, 'S-estimate');
    expect(fit.warnings).toEqual([]);
  });

  it('have standard errors near those of robustbase, which corrects them otherwise', () => {
    // lmrob(mpg ~ wt + hp, mtcars, control = lmrob.control(cov = ".vcov.w", tuning.chi = 1.54764, tuning.psi = 4.685))
    const { formula, data } = cases.find((each) => each.formula === 'mpg ~ wt + hp')!;
    const errors = Object.values(rlm(formula, data, { method: 'MM' }).standardErrors);
    expectClose(errors, [1.614188274, 0.619131787, 0.008605656], 2e-3);
  });

  // A line, and a third of the rows far out in x, where they pull every estimate that starts from least squares.
  const n = 30;
  const x = Float64Array.from({ length: n }, (_, i) => (i < 20 ? i / 2 : 60 + (i % 3)));
  const y = Float64Array.from({ length: n }, (_, i) => (i < 20 ? 1 + 2 * x[i]! + 0.3 * Math.sin(9 * i) : 3 + 0.1 * i));

  it('are not carried away by rows far out in the predictors, unlike those from least squares', () => {
    expect(lm('y ~ x', { x, y }).estimates.x).toBeLessThan(0.1);
    expect(rlm('y ~ x', { x, y }, { psi: 'bisquare' }).estimates.x).toBeLessThan(0.1);
    const fit = rlm('y ~ x', { x, y }, { method: 'MM' });
    expect(fit.estimates.x).toBeCloseTo(2, 1);
    expect([...fit.weights.slice(20)]).toEqual(new Array(10).fill(0));
    const clean = lm('y ~ x', { x: x.slice(0, 20), y: y.slice(0, 20) });
    expect(Math.abs(fit.estimates.x! - clean.estimates.x!)).toBeLessThan(0.02);
    expect(fit.standardErrors.x! / clean.standardErrors.x!).toBeGreaterThan(0.5);
    expect(fit.standardErrors.x! / clean.standardErrors.x!).toBeLessThan(2);
  });

  it('are the same each time, and move with the units of the data', () => {
    const many = {
      x: Float64Array.from({ length: 150 }, (_, i) => Math.sin(i)),
      z: Float64Array.from({ length: 150 }, (_, i) => Math.cos(3 * i)),
    };
    const response = many.x.map((value, i) => value - 2 * many.z[i]! + (i % 10 === 0 ? 30 : 0.2 * Math.sin(5 * i)));
    const a = rlm('y ~ x + z', { ...many, y: response }, { method: 'MM' });
    const b = rlm('y ~ x + z', { ...many, y: response }, { method: 'MM' });
    expect([...a.values]).toEqual([...b.values]);
    expect(Math.abs(a.values[1]! - 1)).toBeLessThan(0.1);
    const scaled = rlm('y ~ x + z', { ...many, y: response.map((value) => 1000 * value) }, { method: 'MM' });
    expectClose(
      scaled.values,
      [...a.values].map((value) => 1000 * value),
      1e-8,
    );
    expect(scaled.scale / a.scale).toBeCloseTo(1000, 6);
  });

  it('say where half of the rows are fitted exactly', () => {
    const exact = { x: [1, 2, 3, 4, 5, 6, 7], y: [2, 4, 6, 8, 10, 0, 1] };
    expect(() => rlm('y ~ x', exact, { method: 'MM' })).toThrow(/scale of the residuals is 0/);
  });

  it('refuse what does not go with them', () => {
    const data = { x, y };
    expect(() => rlm('y ~ x', data, { method: 'S' as never })).toThrow(/rlm: method is 'M' or 'MM', got 'S'/);
    expect(() => rlm('y ~ x', data, { method: 'MM', psi: 'huber' })).toThrow(/goes by the bisquare/);
    expect(() => rlm('y ~ x', data, { method: 'MM', scale: 'mad' })).toThrow(/leave out psi and scale/);
  });
});
