import { describe, expect, it } from 'vitest';
import type { Factor } from '#kernel/data/factor';
import { coxRegression } from '#kernel/hypothesis/cox/regression';
import { logRankTest } from '#kernel/hypothesis/log-rank';
import { kaplanMeier } from '#kernel/hypothesis/survival';
import { casesOf, columnOf, columnsOf, expectClose } from '../regression/reference.ts';

// R 4.2.2, survival 3.5-3: survfit, survdiff, coxph (eps 1e-11); each call stands in its case.
const cases = casesOf(new URL('./fixtures/r-survival.json', import.meta.url));
const of = (kind: string) => cases.filter((found) => found.kind === kind);

describe('kaplanMeier', () => {
  it.each(of('survfit'))('$id', ({ id, data, results }) => {
    const { columns } = columnsOf(data);
    const by = id === 'lung-sex' ? 'sex' : id === 'aml-plain' ? undefined : 'x';
    const interval = id === 'aml-loglog' ? 'log-log' : id === 'aml-plain' ? 'plain' : 'log';
    const group = by === undefined ? undefined : columns[by]!;
    const codes = group === undefined ? undefined : Array.from((group as Factor).codes ?? (group as Float64Array));
    const [time, status] = [columns.time as Float64Array, columns.status as Float64Array];
    const seen = status.map((value) => (Math.max(...status) === 2 ? value - 1 : value));
    const strata = codes ? [...new Set(codes)].sort((a, b) => a - b) : [undefined];
    const curves = strata.map((code) => {
      const mine = (_: number, i: number) => code === undefined || codes![i] === code;
      return kaplanMeier(time.filter(mine), seen.filter(mine), { interval });
    });
    const all = (pick: (curve: (typeof curves)[number]) => Float64Array) => curves.flatMap((curve) => [...pick(curve)]);
    expectClose(
      all((c) => c.time),
      results.time,
      0,
    );
    expectClose(
      all((c) => c.atRisk),
      results.n_risk,
      0,
    );
    expectClose(
      all((c) => c.events),
      results.n_event,
      0,
    );
    expectClose(
      all((c) => c.censored),
      results.n_censor,
      0,
    );
    expectClose(
      all((c) => c.survival),
      results.surv,
      1e-12,
    );
    expectClose(
      all((c) => c.cumulativeHazard),
      results.cumhaz,
      1e-12,
    );
    const positive = (_: unknown, i: number) => results.surv[i] > 0;
    expectClose(all((c) => c.standardError).filter(positive), results.std_err.filter(positive), 1e-12);
    expectClose(all((c) => c.lower).filter(positive), results.lower.filter(positive), 1e-11);
    expectClose(all((c) => c.upper).filter(positive), results.upper.filter(positive), 1e-11);
    const rows = (table: { values: (number | null)[][] } | Record<string, number | null>) =>
      'values' in table ? (table.values as (number | null)[][]) : [Object.values(table) as (number | null)[]];
    curves.forEach((curve, k) => {
      const quartiles = [0.25, 0.5, 0.75].map((p) => curve.quantile(p));
      expectClose(
        quartiles.map(({ time: t }) => t),
        rows(results.quantiles.quantile)[k]!,
        1e-12,
        'quartiles',
      );
      expectClose(
        quartiles.map(({ lower }) => lower),
        rows(results.quantiles.lower)[k]!,
        1e-12,
        'lower',
      );
      expectClose(
        quartiles.map(({ upper }) => upper),
        rows(results.quantiles.upper)[k]!,
        1e-12,
        'upper',
      );
    });
    if (curves.length === 1) {
      const { mean, standardError } = curves[0]!.restrictedMean();
      expectClose([mean, standardError], [results.table.rmean, results.table['se(rmean)']], 1e-12, 'mean');
    }
  });

  it('is read off at any time', () => {
    // R 4.2.2, survival 3.5-3: summary(survfit(Surv(time, status) ~ 1, aml), times = c(1, 13, 25, 100))
    const time = [9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161, 5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45];
    const event = [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1];
    const curve = kaplanMeier(time, event);
    for (const [t, atRisk, ...figures] of [
      [1, 23, 1, 0, 1, 1],
      [13, 17, 0.695652173913, 0.0959438755422, 0.5308783416282, 0.9115684501],
      [25, 11, 0.5465838509317, 0.1072506417401, 0.3720780872492, 0.802933352802],
      [100, 1, 0.0828157349896, 0.0726618005035, 0.0148346082548, 0.462327406565],
    ] as const) {
      const { survival, standardError, lower, upper, atRisk: left } = curve.at(t);
      expect(left).toBe(atRisk);
      expectClose([survival, standardError, lower, upper], [...figures], 1e-9);
    }
    expect(curve.at(500).atRisk).toBe(0);
    expect(() => curve.at(Number.NaN)).toThrow(/finite and not negative, got NaN/);
  });

  it('says what it cannot follow', () => {
    expect(() => kaplanMeier([1, -2], [1, 1])).toThrow(/must not be negative, got -2 in row 1/);
    expect(() => kaplanMeier([1, 2], [1, 2])).toThrow(/1 \(seen\) or 0 \(censored\), got 2 in row 1/);
    expect(() => kaplanMeier([1, 2], [1])).toThrow(/got 2 times and 1 events/);
    expect(() => kaplanMeier([Number.NaN], [1])).toThrow(/no unit has both/);
    expect(kaplanMeier([1, 2, 3], [true, false, true]).survival[2]).toBe(0);
    expect(String(kaplanMeier([5, 8, 12, 16], [1, 1, 0, 1]))).toContain('median 12');
  });
});

describe('logRankTest', () => {
  it.each(of('survdiff'))('$id', ({ id, data, results }) => {
    const { columns } = columnsOf(data);
    const status = columns.status as Float64Array;
    const seen = status.map((value) => (Math.max(...status) === 2 ? value - 1 : value));
    const group = (columns.x ?? columns.sex) as Factor | Float64Array;
    const test = logRankTest(columns.time as Float64Array, seen, group, id === 'lung-peto' ? { rho: 1 } : {});
    expectClose([test.statistic, test.p], [results.chisq, results.p_value], 1e-10);
    expectClose(Object.values(test.estimates), [...results.observed, ...results.expected], 1e-12);
  });

  it('needs two groups', () => {
    expect(() => logRankTest([1, 2], [1, 1], ['a', 'a'])).toThrow(/two or more groups/);
    expect(() => logRankTest([1, 2], [1, 1], ['a'])).toThrow(/got 2 units and 1 groups/);
  });
});

describe('coxRegression', () => {
  it.each(of('coxph'))('$call', ({ call, data, results }) => {
    const { columns } = columnsOf(data);
    const status = columns.status as Float64Array;
    const seen = status.map((value) => (Math.max(...status) === 2 ? value - 1 : value));
    const strata = /strata\((\w+)\)/.exec(call)?.[1];
    const terms = /~ (.*?), data/.exec(call)![1]!.replace(/ \+ strata\(\w+\)/, '');
    const fit = coxRegression(`time ~ ${terms}`, columns, {
      event: seen,
      ties: call.includes('breslow') ? 'breslow' : 'efron',
      ...(strata && { strata }),
    });
    expect(fit.names).toEqual(results.coefficients.rows);
    expectClose(fit.values, columnOf(results.coefficients, 'coef'), 1e-9);
    expectClose(Object.values(fit.standardErrors), columnOf(results.coefficients, 'se(coef)'), 1e-9);
    expectClose(fit.covariance, results.vcov.values.flat(), 1e-8);
    expectClose(
      [fit.logLikelihood, fit.nullLogLikelihood, fit.aic],
      [results.loglik, results.loglik_null, results.AIC],
      1e-11,
    );
    expect([fit.observations, fit.events]).toEqual([results.n, results.n_event]);
    expectClose(
      [fit.likelihoodRatio.statistic, fit.score.statistic],
      [results.likelihood_ratio.test, results.score.test],
      1e-9,
    );
    expectClose([fit.wald.p], [results.wald.pvalue], 1e-2); // R rounds the statistic to two places
    expectClose([fit.concordance], [results.concordance.C], 1e-12);
    expectClose(
      fit.interval().flatMap(({ lower, upper }) => [lower, upper]),
      results.confint.values.flat(),
      1e-8,
    );
    expect(fit.warnings).toEqual([]);
    expect(String(fit)).toContain('Likelihood ratio test');
  });

  it('says what it cannot fit', () => {
    const data = { time: [1, 2, 3, 4], seen: [1, 0, 1, 1], x: [1, 3, 2, 5] };
    expect(() => coxRegression('time ~ 1', data, { event: 'seen' })).toThrow(/no term/);
    expect(() => coxRegression('time ~ x', data, { event: 'status' })).toThrow(/no column 'status' of events/);
    expect(() => coxRegression('time ~ x', { ...data, seen: [0, 0, 0, 0] }, { event: 'seen' })).toThrow(
      /no event was seen/,
    );
    expect(() => coxRegression('time ~ x + I(2 * x)', data, { event: 'seen' })).toThrow(/is a combination of 'x'/);
    const apart = { time: [1, 2, 3, 4, 5, 6], seen: [1, 1, 1, 1, 1, 1], x: [1, 1, 1, 0, 0, 0] };
    expect(coxRegression('time ~ x', apart, { event: 'seen' }).warnings[0]).toMatch(/runs off/);
  });
});
