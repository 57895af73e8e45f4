import { describe, expect, it } from 'vitest';
import { glm } from '#kernel/regression/glm';
import { multinomialRegression } from '#kernel/regression/multinomial';
import { casesOf, columnsOf, expectClose } from './reference.ts';

// R 4.2.2, nnet 7.3-18: multinom, polished by Newton steps; each call stands in its case.
const cases = casesOf(new URL('./fixtures/r-multinom.json', import.meta.url));

describe('multinomialRegression', () => {
  it.each(cases)('$call as nnet has it', ({ call, data, results }) => {
    const { columns } = columnsOf(data);
    const formula = /multinom\((.*?), (?:weights|data) =/.exec(call)![1]!;
    const fit = multinomialRegression(formula, columns, call.includes('weights') ? { weights: 'Freq' } : {});
    expect(fit.levels.slice(1)).toEqual(results.coefficients.rows);
    expectClose(fit.values, results.coefficients.values.flat(), 1e-8, 'coefficients');
    expectClose(Object.values(fit.standardErrors), results.se.values.flat(), 1e-8, 'standard errors');
    expectClose([fit.logLikelihood, fit.deviance, fit.aic], [results.logLik, results.deviance, results.AIC], 1e-11);
    expect(fit.rank).toBe(results.edf);
    const six = results.fitted_first6.values.flat() as number[];
    expectClose(fit.fitted.slice(0, six.length), six, 1e-9, 'fitted');
    expect(String(fit)).toContain('Residual deviance');
  });

  const data = { x: [1, 2, 3, 4, 5, 6, 7, 8], y: ['a', 'b', 'a', 'a', 'b', 'a', 'b', 'b'] };

  it('is logistic regression when there are two levels', () => {
    const [many, two] = [multinomialRegression('y ~ x', data), glm('y ~ x', data, { family: 'binomial' })];
    expectClose(many.values, [...two.values], 1e-9);
    expect(many.names).toEqual(['b:(Intercept)', 'b:x']);
  });

  it('refuses what is no factor, and warns of separation', () => {
    expect(() => multinomialRegression('x ~ y', data)).toThrow(/'x' must be a factor, got numbers; write factor\(x\)/);
    const alone = { ...data, y: data.y.map(() => 'a') };
    expect(() => multinomialRegression('y ~ x', alone)).toThrow(/'y' must have two or more levels, got 'a' alone/);
    expect(() => multinomialRegression('~ x', data)).toThrow(/no response/);
    const apart = multinomialRegression('y ~ x', { x: [1, 2, 3, 4], y: ['a', 'a', 'b', 'b'] });
    expect(apart.warnings[0]).toMatch(/^separation: .*as b:\(Intercept\), b:x run off to infinity/);
    expect(() => apart.varianceInflation()).toThrow(/two or more terms/);
  });

  it('predicts probabilities at new data, which are those of the fit at its own', () => {
    const rows = { x: [1, 2, 3, 4, 5, 6, 7, 8, 9], y: ['a', 'b', 'c', 'b', 'a', 'c', 'c', 'a', 'b'] };
    const fit = multinomialRegression('y ~ poly(x, 2)', rows);
    expectClose(fit.predict(), [...fit.fitted], 1e-15);
    expectClose(fit.predict({ x: rows.x.slice(2, 5) }), [...fit.fitted.slice(6, 15)], 1e-12);
    const far = fit.predict({ x: [1e6] });
    expect(far.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 14);
    const binary = glm('y ~ x', data, { family: 'binomial' }).predict({ x: [2.5, 9] }).fit;
    expectClose(
      multinomialRegression('y ~ x', data).predict({ x: [2.5, 9] }),
      [...binary].flatMap((b) => [1 - b, b]),
      1e-8,
    );
  });
});
