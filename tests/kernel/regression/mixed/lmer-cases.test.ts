import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lmer, type MixedOptions } from '#kernel/regression/mixed/lmer';
import { expectClose } from '../reference.ts';

type Columns = Record<string, (number | string | null)[]>;
interface Case {
  readonly id: string;
  readonly fixef: number[];
  readonly vcov: number[];
  readonly groups: string[];
  readonly var1: (string | null)[];
  readonly var2: (string | null)[];
  readonly sdcor: number[];
  readonly criterion: number;
  readonly aic: number;
  readonly bic: number;
  readonly dfresid: number;
  readonly fitted: number[];
  readonly residuals: number[];
  readonly scaled: number[];
  readonly ranef: { grp: string[]; term: string[]; level: string[]; mode: number[]; sd: number[] };
  readonly singular: boolean;
}
// R 4.2.2, lme4 1.1-31 (bobyqa with rhoend 1e-10); the calls stand in r-lmer-more.R beside the figures.
const r = JSON.parse(readFileSync(new URL('../fixtures/r-lmer-more.json', import.meta.url), 'utf8')) as {
  data: Record<string, Columns>;
  cases: Case[];
  predictions: Record<string, number[]>;
};
const sleep = (() => {
  const { Reaction, Days, Subject } = JSON.parse(
    readFileSync(new URL('../../estimate/fixtures/r-mixed.json', import.meta.url), 'utf8'),
  ).data.sleepstudy;
  return { Reaction, Days, Subject: Subject.values };
})();
const { wide, flat, dyestuff2 } = r.data;
const holes = {
  ...sleep,
  Reaction: sleep.Reaction.with(4, Number.NaN),
  Days: sleep.Days.with(16, Number.NaN),
};
/** Our name of a factor of groups: lme4 writes b within a as b:a, and gives terms of one factor numbers. */
const ours = (name: string) => (/^b[:.]a/.test(name) ? 'a:b' : name.replace(/\.\d$/, ''));
const levelOf = (name: string, level: string) => (name === 'b:a' ? level.split(':').reverse().join(':') : level);

describe('lmer agrees with lme4 to 1e-5', () => {
  it.each<[string, string, object, MixedOptions]>([
    ['weights-REML', 'y ~ x + z + (x | g)', wide!, { weights: 'w' }],
    ['weights-ML', 'y ~ x + z + (x | g)', wide!, { weights: wide!.w as number[], reml: false }],
    ['offset', 'y ~ x + offset(o) + (1 | g)', wide!, { weights: 'w' }],
    ['offset', 'y ~ x + (1 | g)', wide!, { weights: 'w', offset: 'o' }],
    ['two-slopes-REML', 'y ~ x + z + (x + z | g)', wide!, {}],
    ['two-slopes-ML', 'y ~ x + z + (x + z | g)', wide!, { reml: false }],
    ['nested-crossed', 'y ~ x + (1 | a/b) + (x || c)', wide!, {}],
    ['crossed-slopes', 'y ~ x + z + (x | g) + (x | c)', wide!, { reml: false }],
    ['correlation-1', 'y ~ x + (x | g)', flat!, {}],
    ['dyestuff2', 'Yield ~ 1 + (1 | Batch)', dyestuff2!, {}],
    ['missing', 'Reaction ~ Days + (1 | Subject)', holes, {}],
  ])('%s: %s', (id, formula, data, options) => {
    const want = r.cases.find((each) => each.id === id)!;
    const fit = lmer(formula, data, options);
    expectClose(fit.values, want.fixef, 1e-6);
    expectClose(fit.covariance, want.vcov, 1e-5);
    expect(Math.abs(fit.criterion - want.criterion)).toBeLessThan(1e-7);
    expect(Math.abs(fit.aic - want.aic)).toBeLessThan(1e-7);
    expect(Math.abs(fit.bic - want.bic)).toBeLessThan(1e-7);
    expect(fit.observations - fit.freeParameters).toBe(want.dfresid);
    expectClose(fit.fitted.slice(0, 8), want.fitted, 1e-5);
    want.residuals.forEach((residual, i) => {
      expect(Math.abs(fit.residuals[i]! - residual)).toBeLessThan(1e-5 * fit.sigma);
    });
    // Variances and correlations, found by name: lme4 orders terms by their numbers of groups.
    want.sdcor.forEach((value, i) => {
      const name = want.var1[i] ?? '';
      const other = want.var2[i];
      const group = ours(want.groups[i]!);
      const rows = fit.variances.filter((row) => row.group === group);
      const row = rows.find((each) => each.name === (other ?? name))!;
      const got = other ? row.correlations[rows.findIndex((each) => each.name === name)]! : row.standardDeviation;
      if (value === null) expect(got).toBeNaN();
      else
        expect(Math.abs(got - value), `${group} ${name} ${other ?? ''}`).toBeLessThan(
          1e-5 * Math.max(fit.sigma, Math.abs(value)),
        );
    });
    want.ranef.grp.forEach((group, i) => {
      const level = levelOf(group, want.ranef.level[i]!);
      const row = fit.effects(ours(group)).row(`${level} ${want.ranef.term[i]}`);
      expect(Math.abs(row.mode - want.ranef.mode[i]!), `${group} ${level}`).toBeLessThan(1e-5 * fit.sigma);
      expect(Math.abs(row.standardDeviation - want.ranef.sd[i]!), `${group} ${level}`).toBeLessThan(1e-5 * fit.sigma);
    });
    expect(fit.warnings.some((warning) => warning.startsWith('boundary (singular) fit'))).toBe(want.singular);
  });

  it('a variance at 0 is 0 to the last digit, and so are what the groups deviate by', () => {
    const fit = lmer('Yield ~ 1 + (1 | Batch)', dyestuff2!);
    expect([...fit.theta]).toEqual([0]);
    expect(fit.effects().rows.every(({ mode, standardDeviation }) => mode === 0 && standardDeviation === 0)).toBe(true);
    expect(fit.warnings).toHaveLength(1);
    expect(fit.variances[0]!.variance).toBe(0);
  });

  it('predictions: all groups, none, or those of the factors named (re.form)', () => {
    const fit = lmer('y ~ x + (1 | a/b) + (x || c)', wide!);
    const people = { x: [0.5, -1, 2], a: ['1', '3', '9'], b: ['2', '1', '1'], c: ['1', '5', '4'] };
    expectClose(fit.predict(people), r.predictions.all!, 1e-6);
    expectClose(fit.predict(people, { groups: false }), r.predictions.none!, 1e-6);
    expectClose(fit.predict(people, { groups: ['c'] }), r.predictions.c!, 1e-6);
    expectClose(fit.predict(people, { groups: ['a', 'a:b'] }), r.predictions.ab!, 1e-6);
    expectClose(fit.predict(people, { groups: [] }), r.predictions.none!, 1e-6);
    expect(() => fit.predict(people, { groups: ['d'] })).toThrow(
      "predict: the model does not group by 'd'; there are: a, a:b, c",
    );
    expect(() => fit.predict(people, { group: 'c' } as never)).toThrow("no option called 'group'");
  });

  it('coefficients of a group are the fixed ones and its own', () => {
    const fit = lmer('Reaction ~ Days + (Days | Subject)', sleep);
    // coef(lmer(Reaction ~ Days + (Days | Subject), sleepstudy))$Subject["308", ]
    const { '308': first } = fit.coefficients();
    expect(first!['(Intercept)']).toBeCloseTo(253.6637, 3);
    expect(first!.Days).toBeCloseTo(19.66626, 4);
    expect(() => fit.coefficients('Days')).toThrow("does not group by 'Days'");
  });

  it('a weight on every row is a unit of the variance, and rows of weight two are not two rows', () => {
    const plain = lmer('y ~ x + (1 | g)', wide!);
    const scaled = lmer('y ~ x + (1 | g)', wide!, { weights: wide!.y!.map(() => 4) });
    expect(scaled.sigma).toBeCloseTo(2 * plain.sigma, 6);
    expect(scaled.logLikelihood).toBeCloseTo(plain.logLikelihood, 7);
    expectClose(scaled.values, [...plain.values], 1e-6);
    expectClose(scaled.scaledResiduals, [...plain.scaledResiduals], 1e-5);
  });

  it('a missing weight or offset drops the row from all parts', () => {
    const w = (wide!.w as number[]).with(3, Number.NaN);
    const fit = lmer('y ~ x + (x | g)', { ...wide, w }, { weights: 'w' });
    expect(fit.observations).toBe(159);
    expect(fit.design.note).toBe('1 of 160 rows dropped: a value is missing');
  });
});

describe('the summary has the layout of lme4', () => {
  it('by REML', () => {
    // summary(lmer(Reaction ~ Days + (Days | Subject), sleepstudy))
    expect(String(lmer('Reaction ~ Days + (Days | Subject)', sleep))).toBe(`Linear mixed model fit by REML
Formula: Reaction ~ Days + (Days | Subject)

REML criterion at convergence: 1743.628

Scaled residuals:
Min           1Q  Median      3Q     Max
-3.9536  -0.4634  0.0231  0.4634  5.1793

Random effects:
Groups           Name  Variance  Std.Dev.  Corr
Subject   (Intercept)    612.09    24.740
                 Days    35.072    5.9221  0.07
Residual                 654.94    25.592
Number of obs: 180, groups: Subject, 18

Fixed effects:
             Estimate  Std. Error  t value
(Intercept)    251.41      6.8246    36.84
Days           10.467      1.5458    6.771

Correlation of Fixed Effects:
      (Intr)
Days  -0.138`);
  });

  it('by maximum likelihood, singular', () => {
    const text = String(lmer('Yield ~ 1 + (1 | Batch)', dyestuff2!, { reml: false }));
    expect(text).toMatch(/Linear mixed model fit by maximum likelihood\n/);
    expect(text).toMatch(/\nAIC +BIC +logLik +deviance +df.resid\n/);
    expect(text).toMatch(/\n⚠ boundary \(singular\) fit: a variance of 'Batch' is estimated as 0/);
    expect(text).not.toContain('Correlation of Fixed Effects');
  });
});
