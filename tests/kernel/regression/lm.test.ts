import { describe, expect, it } from 'vitest';
import { anova, dropTerms } from '#kernel/regression/anova';
import type { Contrast } from '#kernel/regression/formula/contrasts';
import { type LinearOptions, lm } from '#kernel/regression/lm';
import { type Case, casesOf, columnOf, columnsOf, expectClose } from './reference.ts';

// R 4.2.2, stats::lm and what it offers; each call stands in its case.
const cases = casesOf(new URL('./fixtures/r-lm.json', import.meta.url));

function fitOf({ call, data }: Case) {
  const { columns, contrasts } = columnsOf(data);
  const named = [...call.matchAll(/(\w+) = "contr\.(\w+)"/g)].map((match) => [match[1]!, match[2]! as Contrast]);
  const weights = /weights = (\w+)/.exec(call)?.[1];
  const options: LinearOptions = {
    collinear: 'drop',
    contrasts: { ...contrasts, ...Object.fromEntries(named) },
    ...(weights && { weights }),
  };
  return lm(/lm\((.*?), data = d/.exec(call)![1]!, columns, options);
}

describe('lm', () => {
  it.each(cases)('$call as R has it', (reference) => {
    const fit = fitOf(reference);
    const want = reference.results;
    const close = (got: ArrayLike<number>, wanted: readonly (number | null)[], what: string, rtol = 1e-8) =>
      expectClose(got, wanted, rtol, what);
    expect(fit.names).toEqual(Object.keys(want.coef_all));
    close(fit.values, Object.values(want.coef_all), 'coefficients');
    const rows = fit.summary().rows.filter(({ estimate }) => !Number.isNaN(estimate));
    const column = (key: 'estimate' | 'standardError' | 'statistic' | 'p') => rows.map((row) => row[key]);
    close(column('standardError'), columnOf(want.coefficients, 'Std. Error'), 'standard errors');
    close(column('statistic'), columnOf(want.coefficients, 't value'), 't', 1e-7);
    columnOf(want.coefficients, 'Pr(>|t|)').forEach((p, i) => {
      expect(Math.abs(column('p')[i]! / p! - 1), 'p').toBeLessThan(1e-6);
    });
    expect(fit.names.filter((_, j) => Number.isNaN(fit.values[j]!))).toEqual(want.aliased ?? []);
    close(
      [fit.sigma, fit.rSquared, fit.adjustedRSquared, fit.deviance],
      [want.sigma, want.r_squared, want.adj_r_squared, want.deviance],
      'figures',
    );
    close([fit.logLikelihood, fit.aic, fit.bic], [want.logLik, want.AIC, want.BIC], 'log likelihood');
    expect([fit.observations, fit.rank, fit.degreesOfFreedom]).toEqual([want.n, want.rank, want.df_residual]);
    if (want.F?.value !== undefined) close([fit.overall!.f, fit.overall!.p], [want.F.value, want.F.p], 'F', 1e-7);
    const interval = fit.interval();
    close(
      interval.flatMap(({ lower, upper }) => [lower, upper]),
      want.confint95.values.flat(),
      'interval',
    );
    close(fit.fitted, want.fitted, 'fitted');
    close(fit.residuals, want.residuals, 'residuals');
    close(fit.leverage, want.hatvalues, 'leverage');
    close(fit.cooksDistance, want.cooks_distance, 'Cook', 1e-7);
    close(fit.standardisedResiduals, want.rstandard, 'standardised');
    close(fit.studentisedResiduals, want.rstudent, 'studentised');
    if (want.predict_confidence) {
      const { columns } = columnsOf(want.newdata_rows);
      const confidence = fit.predict(columns);
      const bounds = (prediction: typeof confidence) =>
        [...prediction.fit].flatMap((value, i) => [value, prediction.lower[i]!, prediction.upper[i]!]);
      close(bounds(confidence), want.predict_confidence.values.flat(), 'confidence');
      close(confidence.standardError, want.predict_se, 'error of the prediction');
      // The reference's prediction intervals are those of 90 %.
      const prediction = fit.predict(columns, { interval: 'prediction', level: 0.9 });
      close(bounds(prediction), want.predict_prediction.values.flat(), 'prediction');
    }
    const table = anova(fit);
    expect(table.rows.map(({ name }) => name)).toEqual(want.anova.rows);
    close(
      table.rows.map(({ sumOfSquares }) => sumOfSquares),
      columnOf(want.anova, 'Sum Sq'),
      'anova',
    );
    close(
      table.rows.map(({ p }) => p),
      columnOf(want.anova, 'Pr(>F)'),
      'anova p',
      1e-6,
    );
    if (want.drop1_F) {
      const drops = dropTerms(fit);
      expect(['<none>', ...drops.map(({ name }) => name)]).toEqual(want.drop1_F.rows);
      close(
        drops.map(({ residualSumOfSquares }) => residualSumOfSquares),
        columnOf(want.drop1_F, 'RSS').slice(1),
        'drop',
      );
      close(
        drops.map(({ aic }) => aic),
        columnOf(want.drop1_F, 'AIC').slice(1),
        'drop AIC',
      );
      drops.forEach(({ degreesOfFreedom, p }, i) => {
        if (degreesOfFreedom > 0) close([p], [columnOf(want.drop1_F, 'Pr(>F)')[i + 1]!], 'drop p', 1e-6);
      });
    }
    if (want.gvif)
      close(
        fit.varianceInflation().map(({ factor }) => factor),
        columnOf(want.gvif, 'GVIF'),
        'inflation',
      );
  });

  const cars = { speed: Float64Array.of(4, 4, 7, 7, 8, 9, 10), dist: Float64Array.of(2, 10, 4, 22, 16, 10, 18) };

  it('is laid out as the summary of R', () => {
    const text = String(lm('dist ~ speed', cars));
    expect(text).toMatchInlineSnapshot(`
      "Call: lm(dist ~ speed)

      Residuals:
         Min     1Q Median    3Q   Max
      -7.714 -4.871  1.223 2.973 10.29

      Coefficients:
                    Estimate  Std. Error   t value  Pr(>|t|)
      (Intercept)  -0.098214      8.8193  -0.01114     0.992
      speed           1.6875      1.2049     1.400      0.22
      ---
      Signif. codes:  0 '***' 0.001 '**' 0.01 '*' 0.05 '.' 0.1 ' ' 1

      Residual standard error: 6.816 on 5 degrees of freedom
      Multiple R-squared:  0.2817,	Adjusted R-squared:  0.1381
      F-statistic: 1.961 on 1 and 5 DF,  p-value: 0.22"
    `);
  });

  it('refuses columns that depend on others, and says on which', () => {
    const data = { ...cars, double: cars.speed.map((x) => 2 * x + 1), zero: new Float64Array(7) };
    expect(() => lm('dist ~ speed + double', data)).toThrow(/'double' is a combination of '\(Intercept\)', 'speed'/);
    expect(() => lm('dist ~ speed + zero', data)).toThrow(/'zero' is 0 everywhere/);
    const fit = lm('dist ~ speed + double', data, { collinear: 'drop' });
    expect(fit.estimates.double).toBeNaN();
    expect(fit.estimates.speed).toBeCloseTo(lm('dist ~ speed', cars).estimates.speed!, 12);
    expect(String(fit)).toContain('(left out, for they depend on others: double)');
  });

  it('counts a row of weight 0 as not there', () => {
    const weights = [1, 1, 1, 0, 1, 1, 1];
    const without = {
      speed: cars.speed.filter((_, i) => i !== 3),
      dist: cars.dist.filter((_, i) => i !== 3),
    };
    const [a, b] = [lm('dist ~ speed', cars, { weights }), lm('dist ~ speed', without)];
    expectClose(a.values, [...b.values], 1e-12);
    expect(a.sigma).toBeCloseTo(b.sigma, 12);
    expect(a.aic).toBeCloseTo(b.aic, 10);
    expect(a.residuals[3]).toBeCloseTo(cars.dist[3]! - b.predict({ speed: [7] }).fit[0]!, 12);
  });

  it('says what it cannot fit', () => {
    expect(() => lm('~ speed', cars)).toThrow(/no response/);
    expect(() => lm('g ~ speed', { ...cars, g: ['a', 'b', 'a', 'b', 'a', 'b', 'a'] })).toThrow(
      /must be numbers, got a factor/,
    );
    expect(() => lm('dist ~ speed', cars).interval(1)).toThrow(/level must lie between 0 and 1, got 1/);
    // @ts-expect-error no such interval
    expect(() => lm('dist ~ speed', cars).predict(undefined, { interval: 'predict' })).toThrow(
      /interval is 'confidence' or 'prediction', got 'predict'/,
    );
    // @ts-expect-error no such way
    expect(() => lm('dist ~ speed', cars, { collinear: 'keep' })).toThrow(/collinear is 'error' or 'drop', got 'keep'/);
    expect(() => lm('dist ~ factor(speed) * other', { ...cars, other: [3, 1, 2, 5, 4, 7, 6] })).toThrow(
      /not determined, 10 of them for 7 rows: /,
    );
    expect(() => lm('dist ~ bs(speed, df = 30)', cars)).toThrow(/and so on: \d+ more\. Leave such columns out/);
    // @ts-expect-error a misspelt option
    expect(() => lm('dist ~ speed', cars, { weight: 'speed' })).toThrow(/no option called 'weight'/);
    expect(lm('dist ~ factor(speed) - 1', { speed: [1, 2], dist: [3, 4] }).warnings[0]).toMatch(/nothing is left/);
  });
});
