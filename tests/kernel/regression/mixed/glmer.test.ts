import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { factor } from '#kernel/data/factor';
import { mle } from '#kernel/estimate/index';
import { anova } from '#kernel/regression/anova';
import { formulaModel } from '#kernel/regression/formula-model';
import { glm } from '#kernel/regression/glm';
import { type GeneralisedMixedOptions, glmer } from '#kernel/regression/mixed/glmer';
import { expectClose } from '../reference.ts';

const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
interface Case {
  readonly id: string;
  readonly names: string[];
  readonly theta: number | number[];
  readonly fixef: number[];
  readonly vcov: number[];
  readonly logLik: number;
  readonly aic: number;
  readonly ranef: { grp: string[]; term: string[]; level: string[]; mode: number[]; sd: number[] };
  readonly fitted: number[];
}
type Columns = Record<string, (number | string)[]>;
// R 4.2.2, lme4 1.1-31: glmer, polished by Newton's steps on its deviance function; the calls stand in r-glmer.R beside.
const r = read('../fixtures/r-glmer.json') as {
  data: Record<string, Columns>;
  cases: Case[];
  singular: { fixef: number[]; se: number[]; logLik: number };
  nb: { theta: number; fixef: number[]; se: number[]; sd: number; logLik: number };
  predict: { link: number[]; response: number[]; population: number[] };
};
const mixed = read('../../estimate/fixtures/r-mixed.json').data;
const herds = (() => {
  const { period, herd, incidence, size } = mixed.cbpp;
  const healthy = size.map((all: number, i: number) => all - incidence[i]);
  return { period: period.values, herd: herd.values, incidence, size, healthy };
})();
const { epil, slopes, none, ticks } = r.data as Record<string, Columns>;
const bacteria = {
  ...r.data.bacteria,
  trt: factor(r.data.bacteria!.trt as string[], { levels: ['placebo', 'drug', 'drug+'] }),
};
const caseOf = (id: string) => r.cases.find((each) => each.id === id)!;
const binomial = { family: 'binomial' } as const;
const poisson = { family: 'poisson' } as const;

describe('glmer agrees with lme4 to 1e-5', () => {
  it.each<[string, string, object, GeneralisedMixedOptions]>([
    ['cbpp-1', 'cbind(incidence, healthy) ~ period + (1 | herd)', herds, binomial],
    ['cbpp-7', 'cbind(incidence, healthy) ~ period + (1 | herd)', herds, { ...binomial, quadrature: 7 }],
    ['cbpp-25', 'cbind(incidence, healthy) ~ period + (1 | herd)', herds, { ...binomial, quadrature: 25 }],
    ['bacteria-1', 'y ~ trt + late + (1 | ID)', bacteria, binomial],
    ['bacteria-7', 'y ~ trt + late + (1 | ID)', bacteria, { ...binomial, quadrature: 7 }],
    ['bacteria-25', 'y ~ trt + late + (1 | ID)', bacteria, { ...binomial, quadrature: 25 }],
    ['epil-1', 'y ~ trt + lbase + visit + (1 | subject)', epil!, poisson],
    ['epil-7', 'y ~ trt + lbase + visit + (1 | subject)', epil!, { ...poisson, quadrature: 7 }],
    ['epil-25', 'y ~ trt + lbase + visit + (1 | subject)', epil!, { ...poisson, quadrature: 25 }],
    ['slope-binomial', 'cbind(s, f) ~ x + (x | g)', slopes!, binomial],
    ['slope-poisson', 'count ~ x + (x | g)', slopes!, poisson],
    ['independent', 'count ~ x + (x || g)', slopes!, poisson],
    ['offset', 'count ~ x + offset(log(expo)) + (1 | g)', slopes!, poisson],
    ['offset', 'count ~ x + (1 | g)', slopes!, { ...poisson, offset: 'log(expo)' }],
    ['proportions', 'I(s / m) ~ x + (1 | g)', slopes!, { ...binomial, weights: 'm' }],
  ])('%s: %s', async (id, formula, data, options) => {
    const want = caseOf(id);
    const fit = await glmer(formula, data, options);
    expect(fit.names).toEqual(want.names);
    expectClose(fit.theta, [want.theta].flat(), 1e-5);
    fit.values.forEach((value, j) => {
      expect(Math.abs(value - want.fixef[j]!), fit.names[j]).toBeLessThan(1e-5);
    });
    const p = fit.names.length;
    want.vcov.forEach((value, at) => {
      const size = Math.sqrt(want.vcov[Math.floor(at / p) * (p + 1)]! * want.vcov[(at % p) * (p + 1)]!);
      expect(Math.abs(fit.covariance[at]! - value) / size, `covariance ${at}`).toBeLessThan(1e-5);
    });
    // lme4's log likelihood by quadrature lacks what does not depend on the parameters; so do differences of two.
    const laplace = caseOf(id.replace(/-\d+$/, '-1')) ?? want;
    if (fit.quadrature === 1) {
      expect(Math.abs(fit.logLikelihood - laplace.logLik)).toBeLessThan(1e-7);
      expect(Math.abs(fit.aic - laplace.aic)).toBeLessThan(1e-6);
    }
    want.ranef.grp.forEach((group, i) => {
      const row = fit.effects(group).row(`${want.ranef.level[i]} ${want.ranef.term[i]}`);
      expect(Math.abs(row.mode - want.ranef.mode[i]!)).toBeLessThan(1e-5);
      expect(Math.abs(row.standardDeviation - want.ranef.sd[i]!)).toBeLessThan(1e-5);
    });
    want.fitted.forEach((mean, i) => {
      expect(Math.abs(fit.fitted[i]! - mean)).toBeLessThan(1e-5 * Math.max(1, mean));
    });
    expect(fit.warnings).toEqual([]);
  });

  it.each(['cbpp', 'epil'])('%s: more points move the log likelihood as in lme4', async (id) => {
    const [formula, data, options] =
      id === 'cbpp'
        ? (['cbind(incidence, healthy) ~ period + (1 | herd)', herds, binomial] as const)
        : (['y ~ trt + lbase + visit + (1 | subject)', epil!, poisson] as const);
    const seven = await glmer(formula, data, { ...options, quadrature: 7 });
    const more = await glmer(formula, data, { ...options, quadrature: 25 });
    const wanted = caseOf(`${id}-25`).logLik - caseOf(`${id}-7`).logLik;
    expect(Math.abs(more.logLikelihood - seven.logLikelihood - wanted)).toBeLessThan(1e-8);
  });

  it('two coefficients a group by quadrature: more points agree with each other, and Laplace is near', async () => {
    // lme4 has quadrature for single coefficients alone; here the integral is over two, by 7 × 7 and 15 × 15 nodes.
    const laplace = await glmer('cbind(s, f) ~ x + (x | g)', slopes!, binomial);
    const seven = await glmer('cbind(s, f) ~ x + (x | g)', slopes!, { ...binomial, quadrature: 7 });
    const more = await glmer('cbind(s, f) ~ x + (x | g)', slopes!, { ...binomial, quadrature: 11 });
    expect(Math.abs(seven.logLikelihood - more.logLikelihood)).toBeLessThan(1e-4);
    expectClose(seven.theta, [...more.theta], 1e-3);
    expect(Math.abs(laplace.logLikelihood - more.logLikelihood)).toBeLessThan(0.5);
    expect(Math.abs(laplace.logLikelihood - more.logLikelihood)).toBeGreaterThan(1e-3);
    expect(seven.quadrature).toBe(7);
  });

  it('terms that cross, one of them without variance: 0 to the last digit, the rest as without it', async () => {
    const want = caseOf('ticks');
    const fit = await glmer('TICKS ~ YEAR + h + (1 | BROOD) + (1 | LOCATION)', ticks!, poisson);
    expect(fit.theta[1]).toBe(0);
    expect(Math.abs(fit.theta[0]! - (want.theta as number[])[0]!)).toBeLessThan(1e-5);
    fit.values.forEach((value, j) => {
      expect(Math.abs(value - want.fixef[j]!)).toBeLessThan(1e-5);
    });
    expect(Math.abs(fit.logLikelihood - want.logLik)).toBeLessThan(1e-5);
    expect(fit.warnings[0]).toContain("boundary (singular) fit: a variance of 'LOCATION' is estimated as 0");
    const without = await glmer('TICKS ~ YEAR + h + (1 | BROOD)', ticks!, poisson);
    expectClose(fit.values, [...without.values], 1e-6);
    for (const name of fit.names) expect(fit.standardErrors[name]! / without.standardErrors[name]!).toBeCloseTo(1, 6);
  });

  it('no variance at all: the fit of glm', async () => {
    const fit = await glmer('y ~ x + (1 | g)', none!, poisson);
    const plain = glm('y ~ x', none!, poisson);
    expectClose(fit.values, r.singular.fixef, 1e-7);
    expectClose(Object.values(fit.standardErrors), r.singular.se, 1e-6);
    expectClose(fit.values, [...plain.values], 1e-8);
    expect(fit.logLikelihood).toBeCloseTo(r.singular.logLik, 8);
    expect(fit.logLikelihood).toBeCloseTo(plain.logLikelihood, 8);
    expect(fit.variances[0]!.variance).toBe(0);
  });

  it('negative binomial counts: near lme4, which takes the expected curvature, and nearer the truth', async () => {
    const fit = await glmer('y ~ trt + lbase + (1 | subject)', epil!, { family: 'negativeBinomial' });
    expect(Math.abs(fit.others.phi! / r.nb.theta - 1)).toBeLessThan(2e-3);
    // glmer.nb has this contrast in 2e-3 of a standard error; the intercepts of the two approximations are 0.12 apart.
    expect(Math.abs(fit.estimates.lbase! - r.nb.fixef[2]!) / r.nb.se[2]!).toBeLessThan(0.05);
    expect(Math.abs(fit.logLikelihood - r.nb.logLik)).toBeLessThan(0.1);
    const exact = await glmer('y ~ trt + lbase + (1 | subject)', epil!, { family: 'negativeBinomial', quadrature: 11 });
    const points = await glmer('y ~ trt + lbase + (1 | subject)', epil!, {
      family: 'negativeBinomial',
      quadrature: 15,
    });
    expect(exact.logLikelihood).toBeCloseTo(points.logLikelihood, 4);
    expect(Math.abs(exact.estimates['(Intercept)']! - fit.estimates['(Intercept)']!)).toBeLessThan(1e-4);
  });
});

describe('glmer and mle of the same formula are one estimate', () => {
  it.each<[string, string, object, GeneralisedMixedOptions]>([
    ['gamma', 'I(count + 1) ~ x + (1 | g)', slopes!, { family: 'gamma' }],
    ['probit', 'cbind(s, f) ~ x + (1 | g)', slopes!, { family: 'binomial', link: 'probit' }],
    ['cloglog', 'cbind(s, f) ~ x + (1 | g)', slopes!, { family: 'binomial', link: 'cloglog', quadrature: 5 }],
    ['beta', 'I((s + 0.5) / (m + 1)) ~ x + (1 | g)', slopes!, { family: 'beta' }],
    ['negativeBinomial', 'count ~ x + (1 | g)', slopes!, { family: 'negativeBinomial', offset: 'log(expo)' }],
  ])('%s', async (_, formula, data, options) => {
    const fit = await glmer(formula, data, options);
    const { quadrature, ...rest } = options;
    const other = await mle(formulaModel(formula, data, rest), { starts: 2, ...(quadrature ? { quadrature } : {}) });
    expect(fit.logLikelihood).toBeCloseTo(other.logLikelihood, 7);
    for (const name of fit.names) {
      expect(Math.abs(fit.estimates[name]! - (other.estimates[name] as number))).toBeLessThan(1e-5);
      expect(fit.standardErrors[name]! / (other.standardErrors[name] as number)).toBeCloseTo(1, 4);
    }
    expect(fit.theta[0]).toBeCloseTo(other.estimates['1|g sd'] as number, 5);
    for (const [name, value] of Object.entries(fit.others))
      expect(value / (other.estimates[name] as number)).toBeCloseTo(1, 4);
    expect(fit.freeParameters).toBe(other.freeParameters);
  });
});

describe('what a fit gives', () => {
  it('predictions with groups, of unknown groups, and of the population', async () => {
    const fit = await glmer('cbind(s, f) ~ x + (x | g)', slopes!, binomial);
    const people = { x: [0, 1, -1], g: ['1', '7', '99'] };
    expectClose(fit.predict(people, { scale: 'link' }), r.predict.link, 1e-5);
    expectClose(fit.predict(people), r.predict.response, 1e-5);
    expectClose(fit.predict(people, { groups: false }), r.predict.population, 1e-5);
    expect(() => fit.predict(people, { scale: 'mean' as never })).toThrow("scale is 'response' or 'link'");
    const [row] = fit.summary().rows;
    expect(row!.p).toBeCloseTo(fit.twoSided(row!.statistic), 12);
  });

  it('Pearson residuals whose variance is near 1', async () => {
    const fit = await glmer('cbind(s, f) ~ x + (1 | g)', slopes!, binomial);
    const variance = fit.scaledResiduals.reduce((sum, v) => sum + v ** 2, 0) / fit.observations;
    expect(variance).toBeGreaterThan(0.7);
    expect(variance).toBeLessThan(1.3);
    // residuals(glmer(…), 'pearson') of the first row by hand.
    const [mean, m, s] = [fit.fitted[0]!, slopes!.m![0] as number, slopes!.s![0] as number];
    expect(fit.scaledResiduals[0]).toBeCloseTo((s / m - mean) / Math.sqrt((mean * (1 - mean)) / m), 12);
  });

  it('a likelihood-ratio test of nested fits in the layout of lme4', async () => {
    const small = await glmer('cbind(incidence, healthy) ~ 1 + (1 | herd)', herds, binomial);
    const large = await glmer('cbind(incidence, healthy) ~ period + (1 | herd)', herds, binomial);
    const table = anova(small, large);
    expect(table.rows[1]!.statistic).toBeCloseTo(2 * (large.logLikelihood - small.logLikelihood), 10);
    expect(table.rows[1]!.degreesOfFreedom).toBe(3);
    expect(String(table)).toMatch(/npar +AIC +BIC +logLik +−2 log L +Chisq +Df +Pr\(>Chisq\)/);
    expect(() => anova(small, glm('incidence ~ 1', herds, poisson))).toThrow('fits of one kind expected');
  });

  it('a summary with the method, the family and the tests of the fixed effects', async () => {
    const text = String(
      await glmer('cbind(incidence, healthy) ~ period + (1 | herd)', herds, { ...binomial, quadrature: 9 }),
    );
    expect(text).toMatch(
      /^Generalised linear mixed model fit by maximum likelihood \(adaptive Gauss–Hermite quadrature, 9 points\)/,
    );
    expect(text).toMatch(/Family: binomial \(logit\)\nFormula: cbind/);
    expect(text).toMatch(/herd +\(Intercept\) +0\.4192\d +0\.6475\d/);
    expect(text).toMatch(/period2 +-0\.9914\d? +0\.3067\d? +-3\.23\d +0\.0012\d? +\*\*/);
    expect(text).toMatch(/Correlation of Fixed Effects:/);
    expect(String(await glmer('count ~ x + (1 | g)', slopes!, { family: 'negativeBinomial' }))).toMatch(
      /\(log\), phi \d/,
    );
  });

  it('stops on a signal with what it has', async () => {
    const controller = new AbortController();
    controller.abort();
    const fit = await glmer('count ~ x + (x | g)', slopes!, { ...poisson, signal: controller.signal });
    expect(fit.warnings[0]).toContain('Interrupted');
  });
});

describe('glmer refuses', () => {
  it.each<[string, object, string]>([
    ['count ~ x', poisson, 'expected a grouped term such as (1 | g); without one use glm'],
    ['count ~ x + (1 | g)', { family: 'gaussian' }, 'a gaussian one is fitted by lmer'],
    ['count ~ x + (1 | g)', {}, 'family is one of binomial, poisson'],
    ['count ~ x + (1 | g)', { family: 'poisson', link: 'probit' }, "of the family 'binomial' alone"],
    ['count ~ x + (1 | g)', { family: 'poisson', quadrature: 51 }, 'quadrature must be a whole number from 2 to 50'],
    [
      'count ~ x + (1 | g) + (1 | m)',
      { family: 'poisson', quadrature: 5 },
      'here 27 of them do. Take fewer points, or leave',
    ],
    ['count ~ x + (1 | g)', { family: 'poisson', nAGQ: 5 }, "no option called 'nAGQ'"],
    ['x ~ m + (1 | g)', poisson, "takes as response a whole number from 0; 'x' is"],
    ['I(s / (m + 1)) ~ x + (1 | g)', { family: 'binomial', weights: 'm' }, 'whole numbers of successes expected'],
    ['count ~ x + I(2 * x) + (1 | g)', poisson, "is a combination of 'x'"],
  ])('%s %o', async (formula, options, message) => {
    await expect(glmer(formula, slopes!, options as never)).rejects.toThrow(message);
  });
});
