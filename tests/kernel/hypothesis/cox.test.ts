import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { factor } from '#kernel/data/factor';
import type { CoxFit } from '#kernel/hypothesis/cox/fit';
import type { TimeScale } from '#kernel/hypothesis/cox/proportional';
import { type CoxOptions, coxRegression } from '#kernel/hypothesis/cox/regression';
import { logRankTest } from '#kernel/hypothesis/log-rank';
import { kaplanMeier } from '#kernel/hypothesis/survival';
import { expectClose } from '../regression/reference.ts';

// R 4.2.2, survival 3.5-3; what was called stands in fixtures/r-cox.R. R's rows are in the order of the data.
interface Case {
  readonly data: Record<string, number[]>;
  readonly formula: string;
  readonly options: CoxOptions;
  readonly robust?: string;
  readonly new?: Record<string, number[]>;
  // biome-ignore lint/suspicious/noExplicitAny: figures as R wrote them
  readonly want: any;
}
const figures = JSON.parse(readFileSync(new URL('./fixtures/r-cox.json', import.meta.url), 'utf8')) as {
  readonly cases: Record<string, Case>;
  readonly late: Record<'start' | 'stop' | 'event' | 'time' | 'risk' | 'survival' | 'se' | 'lower' | 'upper', number[]>;
  readonly stratified: Record<
    'plain' | 'peto',
    { statistic: number; p: number; observed: number[]; expected: number[] }
  >;
};
const fits = Object.fromEntries(
  Object.entries(figures.cases).map(([id, { formula, data, options }]) => [id, coxRegression(formula, data, options)]),
) as Record<string, CoxFit>;
const having = (key: string) => Object.entries(figures.cases).filter(([, { want }]) => want[key] !== undefined);

describe('a Cox fit has what R has', () => {
  it.each(Object.entries(figures.cases))('%s: coefficients, covariance, concordance', (id, { want }) => {
    expectClose(fits[id]!.values, want.coef, 1e-8);
    if (want.naive) expectClose(fits[id]!.covariance, want.naive.flat(), 1e-8);
    if (want.concordance) expectClose([fits[id]!.concordance], [want.concordance], 1e-12);
    if (want.loglik) expectClose([fits[id]!.nullLogLikelihood, fits[id]!.logLikelihood], want.loglik, 1e-11);
  });

  it.each(having('martingale'))('%s: martingale and deviance residuals', (id, { want }) => {
    const martingale = fits[id]!.residuals();
    expectClose(martingale, want.martingale, 1e-8, 'martingale');
    expect(Math.abs(martingale.reduce((sum, value) => sum + value, 0))).toBeLessThan(1e-8);
    if (want.deviance) expectClose(fits[id]!.residuals('deviance'), want.deviance, 1e-7, 'deviance');
  });

  it.each(having('score'))('%s: score residuals, which add to 0 column by column', (id, { want }) => {
    const score = fits[id]!.scoreResiduals();
    const p = fits[id]!.names.length;
    expectClose(score, want.score.flat(), 1e-7, 'score');
    for (let j = 0; j < p; j++) {
      expect(Math.abs(score.reduce((sum, value, at) => (at % p === j ? sum + value : sum), 0))).toBeLessThan(1e-7);
    }
  });

  it.each(having('schoenfeld'))("%s: Schoenfeld's residuals", (id, { want }) => {
    const found = fits[id]!.schoenfeldResiduals();
    expect(found.time).toHaveLength(want.schoenfeld.length);
    // Rows of one time come in R in the order of its sort: sums over tied events are compared.
    const byTime = (values: ArrayLike<number>, p: number) => {
      const sums = new Map<number, number[]>();
      found.time.forEach((time, i) => {
        const sum = sums.get(time) ?? new Array<number>(p).fill(0);
        sums.set(
          time,
          sum.map((value, j) => value + values[i * p + j]!),
        );
      });
      return [...sums.values()].flat();
    };
    const p = fits[id]!.names.length;
    expectClose(byTime(found.values, p), byTime(want.schoenfeld.flat(), p), 1e-8);
  });

  it.each(having('zph'))('%s: tests of proportional hazards on four scales of time', (id, { want }) => {
    for (const scale of ['km', 'rank', 'identity', 'log'] as const) {
      const { rows } = fits[id]!.proportionalHazards({ scale });
      expect(rows.map(({ name }) => name)).toEqual([...fits[id]!.design.terms, 'GLOBAL']);
      expectClose(
        rows.flatMap(({ statistic, degreesOfFreedom, p }) => [statistic, degreesOfFreedom, p]),
        want.zph[scale].flat(),
        1e-7,
        scale,
      );
    }
  });

  it.each(having('robust'))('%s: standard errors that hold where the model does not', (id, given) => {
    const fit = coxRegression(given.formula, given.data, { ...given.options, robust: given.robust ?? true });
    expectClose(fit.values, [...fits[id]!.values], 0);
    expectClose(fit.covariance, given.want.robust.flat(), 1e-7);
    if (given.want.wald) expectClose([fit.wald.statistic], [given.want.wald], 1e-8);
  });

  it.each(having('base'))('%s: the baseline hazard, at predictors of 0', (id, { want }) => {
    const { time, hazard } = fits[id]!.baselineHazard()[0]!;
    const at = (t: number) => hazard[time.findLastIndex((each) => each <= t)] ?? 0;
    expectClose(want.base.time.map(at), want.base.hazard, 1e-8);
  });

  it.each(having('curve'))('%s: survival of new units, with errors and intervals', (id, given) => {
    const { want } = given;
    const curves = fits[id]!.survival(given.new!);
    curves.forEach((curve, row) => {
      const place = [...curve.time].map((t) => want.curve.time.indexOf(t));
      const column = (name: string) => place.map((k) => want.curve[name][k][row]);
      expectClose(curve.survival, column('surv'), 1e-8, 'survival');
      expectClose(
        curve.standardError.map((se, k) => se / curve.survival[k]!),
        column('se'),
        1e-7,
        'standard error of the hazard',
      );
      expectClose(curve.lower, column('lower'), 1e-8, 'lower');
      expectClose(curve.upper, column('upper'), 1e-8, 'upper');
    });
  });
});

describe('units that come late', () => {
  const { late } = figures;

  it('are at risk from then on in the curve of Kaplan and Meier', () => {
    const curve = kaplanMeier(late.stop, late.event, { entry: late.start });
    const place = late.time.map((t) => curve.time.indexOf(t));
    const at = (values: Float64Array) => place.map((k) => values[k]!);
    expectClose(at(curve.atRisk), late.risk, 0);
    for (const [got, want] of [
      [curve.survival, late.survival],
      [curve.standardError, late.se],
      [curve.lower, late.lower],
      [curve.upper, late.upper],
    ] as const) {
      expectClose(at(got), want, 1e-11);
    }
  });

  it('change nothing where all came before the first event', () => {
    const [time, event] = [
      [5, 8, 12, 16],
      [1, 1, 0, 1],
    ] as const;
    expect([...kaplanMeier(time, event, { entry: [0, 1, 2, 3] }).survival]).toEqual([
      ...kaplanMeier(time, event).survival,
    ]);
  });

  it('cannot come after they leave', () => {
    expect(() => kaplanMeier([5, 8], [1, 1], { entry: [1, 8] })).toThrow(
      /enter before they leave, got 8 and 8 in row 1/,
    );
    expect(() => kaplanMeier([5, 8], [1, 1], { entry: [1] })).toThrow(/got 2 times and 1 entries/);
  });
});

describe('a stratified log-rank test', () => {
  const { time, status, sex, 'ph.ecog': ecog } = figures.cases['lung-efron']!.data as Record<string, number[]>;

  it.each(['plain', 'peto'] as const)('%s, as survdiff', (kind) => {
    const test = logRankTest(time!, status!, sex!, { strata: ecog!, rho: kind === 'peto' ? 1 : 0 });
    const want = figures.stratified[kind];
    expectClose([test.statistic, test.p], [want.statistic, want.p], 1e-10);
    expectClose(Object.values(test.estimates), [...want.observed, ...want.expected], 1e-12);
    expect(test.method).toMatch(/^Stratified log-rank/);
  });

  it('is the plain one with one stratum', () => {
    const one = logRankTest(time!, status!, sex!, { strata: time!.map(() => 'a') });
    expect(one.statistic).toBeCloseTo(logRankTest(time!, status!, sex!).statistic, 12);
  });

  it('leaves out units without a label, and groups that nobody was left of at any event', () => {
    const all = logRankTest([1, 5, 6, 7, 9], [1, 1, 1, 0, 1], ['a', 'b', 'a', 'b', null]);
    expect(Object.keys(all.estimates)).toEqual(['observed a', 'observed b', 'expected a', 'expected b']);
    expect(all.p).toBe(logRankTest([1, 5, 6, 7], [1, 1, 1, 0], ['a', 'b', 'a', 'b']).p);
    // survdiff(Surv(c(1, 5, 6, 7), c(0, 1, 1, 1)) ~ c(1, 2, 3, 3)): 2 on 1 degree of freedom, p = 0.157299207
    const test = logRankTest([1, 5, 6, 7], [0, 1, 1, 1], [1, 2, 3, 3]);
    expectClose([test.statistic, test.p, test.parameters['degrees of freedom']!], [2, 0.157299207, 1], 1e-8);
  });

  it('says what it cannot compare', () => {
    expect(() => logRankTest([1, 2, 3], [1, 0, 0], ['a', 'b', 'b'], { strata: [1, 2] })).toThrow(
      /3 units and 2 strata/,
    );
    expect(() => logRankTest([1, 2], [0, 0], ['a', 'b'])).toThrow(/at no event were units of two groups at risk/);
    expect(() => logRankTest([1, 2], [1, 1], ['a', 'b'], { rho: Number.NaN })).toThrow(/rho must be a finite number/);
  });
});

describe('coxRegression', () => {
  const data = {
    time: [1, 2, 3, 4, 5, 6],
    seen: [1, 0, 1, 1, 1, 1],
    x: [1, 3, 2, 5, 2, 4],
    g: factor(['a', 'a', 'b', 'b', 'a', null]),
  };

  it('leaves out rows whose stratum is missing, and names strata by their labels', () => {
    const fit = coxRegression('time ~ x', data, { event: 'seen', strata: 'g' });
    expect(fit.rows).toEqual([0, 1, 2, 3, 4]);
    expect(fit.baselineHazard().map(({ stratum }) => stratum)).toEqual(['a', 'b'].reverse().sort());
    expect(fit.survival({ x: [2], g: ['b'] })[0]!.stratum).toBe('b');
    expect(() => fit.survival({ x: [2], g: ['c'] })).toThrow(/no event in stratum 'c'/);
    expect(() => fit.survival({ x: [2] })).toThrow(/need the column 'g' of strata/);
  });

  it('has a baseline of Nelson and Aalen where the predictor says nothing', () => {
    // Each value comes once a time with and once without an event, so the coefficient is 0.
    const even = { time: [1, 1, 2, 2, 3, 3], seen: [1, 1, 1, 1, 1, 1], x: [0, 1, 0, 1, 0, 1] };
    const fit = coxRegression('time ~ x', even, { event: 'seen', ties: 'breslow' });
    expect(fit.values[0]).toBeCloseTo(0, 12);
    const { hazard } = fit.baselineHazard()[0]!;
    expectClose(hazard, [2 / 6, 2 / 6 + 2 / 4, 2 / 6 + 2 / 4 + 1], 1e-12);
    expectClose(hazard, [...kaplanMeier(even.time, even.seen).cumulativeHazard], 1e-12);
  });

  it.each<[string, () => unknown, RegExp]>([
    [
      'an unknown column of events',
      () => coxRegression('time ~ x', data, { event: 'sen' }),
      /no column 'sen' of events; did you mean 'seen'/,
    ],
    [
      'an unknown column of strata',
      () => coxRegression('time ~ x', data, { event: 'seen', strata: 'h' }),
      /no column 'h' of strata/,
    ],
    [
      'an unknown column of entries',
      () => coxRegression('time ~ x', data, { event: 'seen', entry: 'from' }),
      /no column 'from' of entries/,
    ],
    [
      'an unknown way with ties',
      () => coxRegression('time ~ x', data, { event: 'seen', ties: 'exact' as never }),
      /'efron' or 'breslow', got 'exact'/,
    ],
    [
      'an entry after the end',
      () => coxRegression('time ~ x', { ...data, from: [0, 0, 3, 0, 0, 0] }, { event: 'seen', entry: 'from' }),
      /enter before they leave, got 3 and 3 in row 2/,
    ],
    [
      'an unknown scale of time',
      () => coxRegression('time ~ x', data, { event: 'seen' }).proportionalHazards({ scale: 'sqrt' as TimeScale }),
      /got 'sqrt'/,
    ],
    [
      'an unknown kind of residual',
      () => coxRegression('time ~ x', data, { event: 'seen' }).residuals('raw' as 'deviance'),
      /got 'raw'/,
    ],
  ])('refuses %s', (_, call, message) => {
    expect(call).toThrow(message);
  });
});
