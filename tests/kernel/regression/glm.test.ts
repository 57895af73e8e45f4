import { describe, expect, it } from 'vitest';
import { devianceTable, dropDeviance } from '#kernel/regression/deviance-table';
import type { LinkName } from '#kernel/regression/families/links';
import { type FamilyName, type GeneralisedOptions, glm } from '#kernel/regression/glm';
import { lm } from '#kernel/regression/lm';
import { type Case, casesOf, columnOf, columnsOf, expectClose } from './reference.ts';

// R 4.2.2: stats::glm with epsilon 1e-14, MASS 7.3-58.2: glm.nb; each call stands in its case. R stops by the deviance,
// which leaves 1e-7 or so in what depends on the coefficients to first order; that ours is the maximum is tested below.
const cases = casesOf(new URL('./fixtures/r-glm.json', import.meta.url));

const NAMES: Record<string, FamilyName> = {
  binomial: 'binomial',
  poisson: 'poisson',
  Gamma: 'gamma',
  gaussian: 'gaussian',
};

function fitOf({ kind, call, data }: Case) {
  const { columns, contrasts } = columnsOf(data);
  const [, family, link] = /family = (\w+)(?:\("(\w+)"\))?/.exec(call) ?? [];
  const options: GeneralisedOptions = {
    contrasts,
    family: kind === 'glm.nb' ? 'negativeBinomial' : NAMES[family!]!,
    ...(link && { link: link as LinkName }),
  };
  return glm(/glm(?:\.nb)?\((.*?), (?:family|data) =/.exec(call)![1]!, columns, options);
}

describe('glm', () => {
  it.each(cases)('$call as R has it', (reference) => {
    const fit = fitOf(reference);
    const want = reference.results;
    const close = (got: ArrayLike<number>, wanted: readonly (number | null)[], what: string, rtol = 1e-7) =>
      expectClose(got, wanted, rtol, what);
    expect(fit.ending).toBe('converged');
    expect(fit.names).toEqual(want.coefficients.rows);
    const { rows } = fit.summary();
    close(fit.values, columnOf(want.coefficients, 'Estimate'), 'coefficients');
    close(
      rows.map(({ standardError }) => standardError),
      columnOf(want.coefficients, 'Std. Error'),
      'standard errors',
    );
    const p = want.coefficients.cols.at(-1);
    rows.forEach((row, i) => {
      expect(Math.abs(row.p - columnOf(want.coefficients, p)[i]!), 'p').toBeLessThanOrEqual(1e-5 * row.p + 1e-300);
    });
    // The maximum: the derivative of the log likelihood is 0, in units of what it is made of.
    const { columns: x, y, weights, family } = fit.problem;
    for (const column of x) {
      let [sum, size] = [0, 0];
      for (let i = 0; i < y.length; i++) {
        const slope = family.link.slope(fit.predictors[i]!) / family.variance(fit.fitted[i]!);
        const part = weights[i]! * column[i]! * slope * (y[i]! - fit.fitted[i]!);
        sum += part;
        size += Math.abs(part);
      }
      expect(Math.abs(sum) / size).toBeLessThan(1e-9);
    }
    close(fit.covariance, want.vcov.values.flat(), 'covariance', 1e-6);
    close([fit.deviance, fit.nullDeviance], [want.deviance, want.null_deviance], 'deviance');
    close([fit.logLikelihood, fit.aic, fit.bic], [want.logLik, want.AIC, want.BIC], 'criteria');
    expect([fit.degreesOfFreedom, fit.nullDegreesOfFreedom]).toEqual([want.df_residual, want.df_null]);
    close(fit.fitted, want.fitted, 'fitted');
    close(fit.residuals(), want.resid_deviance, 'deviance residuals', 3e-6);
    close(fit.residuals('pearson'), want.resid_pearson, 'Pearson residuals', 3e-6);
    if (reference.kind === 'glm.nb') {
      close([fit.theta!.theta], [want.theta], 'theta');
      close([fit.theta!.standardError], [want.se_theta], 'error of theta', 1e-5); // R's is that before its last step
      return;
    }
    close([fit.dispersion], [want.dispersion], 'dispersion', 1e-7);
    close(fit.residuals('working'), want.resid_working, 'working residuals', 3e-6);
    close(fit.leverage, want.hatvalues, 'leverage', 2e-6);
    close(fit.cooksDistance, want.cooks_distance, 'Cook', 3e-6);
    close(fit.standardisedResiduals, want.rstandard, 'standardised', 3e-6);
    const fresh = columnsOf(want.newdata_rows).columns;
    const [onLink, onResponse] = [fit.predict(fresh, { scale: 'link' }), fit.predict(fresh)];
    close(onLink.fit, want.predict_link, 'link');
    close(onLink.standardError, want.predict_link_se, 'link error');
    close(onResponse.fit, want.predict_response, 'response');
    close(onResponse.standardError, want.predict_response_se, 'response error');
    const table = devianceTable(fit, { test: 'chi-squared' });
    expect(table.rows.map(({ name }) => name)).toEqual(want.anova_LRT.rows);
    close(
      table.rows.map(({ residualDeviance }) => residualDeviance),
      columnOf(want.anova_LRT, 'Resid. Dev'),
      'anova',
    );
    close(
      table.rows.slice(1).map((row) => row.p),
      columnOf(want.anova_LRT, 'Pr(>Chi)').slice(1),
      'anova p',
      1e-6,
    );
    if (want.anova_F) {
      const byF = devianceTable(fit);
      expect(byF.test).toBe('F');
      close(
        byF.rows.slice(1).map((row) => row.p),
        columnOf(want.anova_F, 'Pr(>F)').slice(1),
        'anova F',
        1e-6,
      );
    }
    const drops = dropDeviance(fit);
    expect(drops.map(({ name }) => name)).toEqual(want.drop1_LRT.rows.slice(1));
    close(
      drops.map(({ deviance }) => deviance),
      columnOf(want.drop1_LRT, 'Deviance').slice(1),
      'drop',
    );
    close(
      drops.map((row) => row.p),
      columnOf(want.drop1_LRT, 'Pr(>Chi)').slice(1),
      'drop p',
      1e-6,
    );
    const wald = fit.interval().flatMap(({ lower, upper }) => [lower, upper]);
    if (fit.reference === 'z') close(wald, want.confint_wald.values.flat(), 'Wald interval');
    const profile = fit.profileInterval().flatMap(({ lower, upper }) => [lower, upper]);
    close(profile, want.confint_profile_exact.values.flat(), 'profile interval', 1e-7);
  });

  const trial = {
    dose: Float64Array.of(1, 2, 3, 4, 5, 6),
    cured: Float64Array.of(0, 0, 1, 0, 1, 1),
    count: Float64Array.of(1, 0, 3, 4, 9, 11),
  };

  it('is the linear model when the family is gaussian', () => {
    const [a, b] = [glm('count ~ dose', trial), lm('count ~ dose', trial)];
    expectClose(a.values, [...b.values], 1e-12);
    expectClose(a.covariance, [...b.covariance], 1e-12);
    expect(a.aic).toBeCloseTo(b.aic, 10);
  });

  it('takes successes as numbers, logicals, factors, counts and weighted proportions alike', () => {
    const words = { ...trial, cured: [...trial.cured].map((value) => (value ? 'yes' : 'no')) };
    const truth = { ...trial, cured: [...trial.cured].map(Boolean) };
    const pairs = { ...trial, failed: trial.cured.map((value) => 1 - value) };
    const fits = [
      glm('cured ~ dose', trial, { family: 'binomial' }),
      glm('cured ~ dose', words, { family: 'binomial' }),
      glm('cured ~ dose', truth, { family: 'binomial' }),
      glm('cbind(cured, failed) ~ dose', pairs, { family: 'binomial' }),
    ];
    for (const fit of fits) expectClose(fit.values, [...fits[0]!.values], 1e-12);
    const grouped = { x: [0, 1, 2], share: [0.1, 0.5, 0.75], n: [10, 8, 4] };
    const counted = { x: [0, 1, 2], s: [1, 4, 3], f: [9, 4, 1] };
    const [a, b] = [
      glm('share ~ x', grouped, { family: 'binomial', weights: 'n' }),
      glm('cbind(s, f) ~ x', counted, { family: 'binomial' }),
    ];
    expectClose(a.values, [...b.values], 1e-12);
    expect(a.logLikelihood).toBeCloseTo(b.logLikelihood, 12);
  });

  it('names the coefficients that run off when the data are separated', () => {
    const data = { x: [1, 2, 3, 4, 5, 6], z: [1, -1, 2, 0, 1, 3], y: [0, 0, 0, 1, 1, 1] };
    const fit = glm('y ~ x', data, { family: 'binomial' });
    expect(fit.ending).toBe('separated');
    expect(fit.warnings[0]).toMatch(/as \(Intercept\), x run off to infinity/);
    expect(fit.standardErrors.x).toBeNaN();
    // Quasi-separated: the level c has successes alone, the others are estimated all the same.
    const quasi = { g: ['a', 'a', 'a', 'b', 'b', 'b', 'c', 'c'], y: [0, 1, 1, 0, 0, 1, 1, 1] };
    const part = glm('y ~ g', quasi, { family: 'binomial' });
    expect(part.ending).toBe('separated');
    expect(part.warnings[0]).toMatch(/as gc run off/);
    expect(part.standardErrors.gb).toBeCloseTo(Math.sqrt(1 / 1 + 1 / 2 + 1 / 2 + 1 / 1), 6);
    expect(String(part)).toContain('⚠ separation');
    const counts = glm('y ~ g', { g: ['a', 'a', 'b', 'b'], y: [3, 4, 0, 0] }, { family: 'poisson' });
    expect(counts.warnings[0]).toMatch(/as gb run off/);
  });

  it('has profile ends at which twice the log likelihood has fallen by the quantile', () => {
    const fit = glm('count ~ dose', trial, { family: 'poisson' });
    const [, { lower, upper }] = fit.profileInterval(0.9) as [unknown, { lower: number; upper: number }];
    for (const end of [lower, upper]) {
      const fixed = glm('count ~ 1', trial, { family: 'poisson', offset: trial.dose.map((x) => end * x) });
      expect(2 * (fit.logLikelihood - fixed.logLikelihood)).toBeCloseTo(1.6448536269514722 ** 2, 9);
    }
  });

  it('is laid out as the summary of R', () => {
    expect(String(glm('count ~ dose', trial, { family: 'poisson' }))).toMatchInlineSnapshot(`
      "Call: glm(count ~ dose), family poisson, link log

      Coefficients:
                   Estimate  Std. Error  z value  Pr(>|z|)
      (Intercept)  -0.86450     0.72399   -1.194     0.232
      dose          0.56517     0.14284    3.957   7.60e-5  ***
      ---
      Signif. codes:  0 '***' 0.001 '**' 0.01 '*' 0.05 '.' 0.1 ' ' 1

      (Dispersion parameter for poisson family taken to be 1.0000)

          Null deviance: 23.721  on 5  degrees of freedom
      Residual deviance: 3.5412  on 4  degrees of freedom
      AIC: 24.103

      Number of Fisher Scoring iterations: 6"
    `);
    expect(String(devianceTable(glm('count ~ dose', trial, { family: 'poisson' })))).toMatchInlineSnapshot(`
      "Analysis of deviance, terms added in order
            Df  Deviance  Resid. Df  Resid. Dev    Chi²  Pr(>Chi)
      NULL                        5      23.721
      dose   1    20.180          4      3.5412  20.180   7.05e-6"
    `);
  });

  it('refuses responses outside the family, and unknown families and links', () => {
    const half = { y: [0.5, 2], x: [1, 2] };
    expect(() => glm('y ~ x', half, { family: 'poisson' })).toThrow(
      /a count: a whole number from 0; 'y' is 0.5 in row 0/,
    );
    expect(() => glm('y ~ x', half, { family: 'binomial' })).toThrow(/a proportion between 0 and 1.*'y' is 2 in row 1/);
    expect(() => glm('y ~ x', { y: [0, 2], x: [1, 2] }, { family: 'gamma' })).toThrow(/a positive number; 'y' is 0/);
    expect(() => glm('cbind(a, b) ~ 1', { a: [1], b: [-1] }, { family: 'binomial' })).toThrow(
      /counts: whole numbers from 0; 'b' is -1 in row 0/,
    );
    expect(() => glm('g ~ 1', { g: ['a', 'b'] }, { family: 'poisson' })).toThrow(/must be numbers, got a factor/);
    // @ts-expect-error no such family
    expect(() => glm('y ~ x', half, { family: 'binom' })).toThrow(/no family 'binom'; There are: gaussian/);
    expect(() => glm('y ~ x', half, { family: 'poisson', link: 'logit' })).toThrow(/has the links log, identity, sqrt/);
    expect(() => glm('y ~ x', half, { theta: 2 })).toThrow(/theta is a positive number of the family/);
    const twice = { ...trial, also: trial.dose.map((x) => -x) };
    expect(() => glm('count ~ dose + also', twice, { family: 'poisson' })).toThrow(/'also' is a combination of 'dose'/);
    const even = { y: [2, 3, 2, 3, 2, 3], x: [1, 2, 3, 4, 5, 6] };
    expect(() => glm('y ~ x', even, { family: 'negativeBinomial' })).toThrow(/vary no more than Poisson counts/);
  });

  it('warns of successes that are not whole numbers', () => {
    const fit = glm('y ~ 1', { y: [0.5, 0.25, 0.75] }, { family: 'binomial' });
    expect(fit.warnings[0]).toMatch(/successes are not whole numbers/);
  });
});
