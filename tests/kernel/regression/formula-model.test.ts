import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { factor } from '#kernel/data/factor';
import { normal } from '#kernel/distributions/index';
import { map, mle, sample } from '#kernel/estimate/index';
import { type FormulaModelOptions, formulaModel } from '#kernel/regression/formula-model';
import { glm } from '#kernel/regression/glm';
import { lm } from '#kernel/regression/lm';
import '#kernel/diagnose/index';
import { casesOf, columnsOf, expectClose } from './reference.ts';

const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
interface Figures {
  readonly par: number[];
  readonly logLik: number;
  readonly se: number[];
}
// R 4.2.2: densities of stats, climbed by nlm and Nelder–Mead in turn; the script stands beside the figures.
const r = read('fixtures/r-formula-model.json') as { data: Record<string, number[]> } & Record<string, Figures>;
// R 4.2.2, lme4 1.1-31, polished by Newton on an independent Laplace likelihood.
const mixed = read('../estimate/fixtures/r-mixed.json');
const columns = (name: string): Record<string, number[] | string[]> =>
  Object.fromEntries(
    Object.entries(mixed.data[name] as Record<string, number[] | { values: string[] }>).map(([key, column]) => [
      key,
      Array.isArray(column) ? column : column.values,
    ]),
  );
const { stack: stackloss, ...cars32 } = r.data;
const cars = { ...cars32, gear: factor(r.data.gear!.map(String)) };
const stack = Object.fromEntries(
  ['air', 'water', 'acid', 'loss'].map((name, j) => [name, stackloss!.filter((_, at) => at % 4 === j)]),
);

describe('the maximum likelihood of a formula', () => {
  it.each<[string, string, object, FormulaModelOptions, (values: Record<string, number>) => number[]]>([
    ['beta', 'share ~ wt + hp', cars, { family: 'beta' }, (v) => [v['(Intercept)']!, v.wt!, v.hp!, Math.log(v.kappa!)]],
    ['gamma', 'mpg ~ wt + hp', cars, { family: 'gamma' }, (v) => [v['(Intercept)']!, v.wt!, v.hp!, Math.log(v.shape!)]],
    [
      'negativeBinomial',
      'I(3 * carb) ~ wt + hp',
      cars,
      { family: 'negativeBinomial' },
      (v) => [v['(Intercept)']!, v.wt!, v.hp!, Math.log(v.phi!)],
    ],
    ['probit', 'am ~ wt', cars, { family: 'binomial', link: 'probit' }, (v) => [v['(Intercept)']!, v.wt!]],
    ['cloglog', 'am ~ wt', cars, { family: 'binomial', link: 'cloglog' }, (v) => [v['(Intercept)']!, v.wt!]],
    [
      'stackT',
      'loss ~ air + water + acid',
      stack,
      { family: 'studentT' },
      (v) => [v['(Intercept)']!, v.air!, v.water!, v.acid!, Math.log(v.sigma!), Math.log(v.nu!)],
    ],
  ])('of %s is what R finds', async (id, formula, data, options, place) => {
    const want = r[id]!;
    // R's glm has its standard errors from the expected information, which for these links is another.
    const errors = options.link ? 'expected' : 'observed';
    const fit = await mle(formulaModel(formula, data, options), { starts: 8, errors });
    expect(fit.logLikelihood).toBeGreaterThan(want.logLik - 1e-9); // never below what R reached
    expect(fit.logLikelihood).toBeLessThan(want.logLik + 1e-5);
    place(fit.estimates as never).forEach((value, j) => {
      expect(Math.abs(value - want.par[j]!) / want.se[j]!, `parameter ${j}`).toBeLessThan(2e-3);
    });
    const wt = fit.standardErrors.wt as number | undefined;
    if (wt !== undefined) expect(wt / want.se[1]!).toBeCloseTo(1, 2);
  });

  it('of an ordered response has cutpoints, and no intercept', async () => {
    const want = r.ordinal!;
    const fit = await mle(formulaModel('gear ~ wt + hp', cars, { family: 'ordinal' }), { starts: 8 });
    const [wt, hp, first, gap] = want.par as [number, number, number, number];
    expect(fit.names).toEqual(['wt', 'hp', 'cutpoints[0]', 'cutpoints[1]']);
    expect(fit.logLikelihood).toBeCloseTo(want.logLik, 6);
    expect(Math.abs((fit.estimates.wt as number) - wt) / want.se[0]!).toBeLessThan(2e-3);
    expect(Math.abs((fit.estimates.hp as number) - hp) / want.se[1]!).toBeLessThan(2e-3);
    const cutpoints = fit.estimates.cutpoints as Float64Array;
    expect(Math.abs(cutpoints[0]! - first) / want.se[2]!).toBeLessThan(2e-3);
    expect(cutpoints[1]! - cutpoints[0]!).toBeCloseTo(Math.exp(gap), 2);
  });

  it('of proportional odds is that of polr, polished by Newton', async () => {
    const { data, results } = casesOf(new URL('fixtures/r-polr.json', import.meta.url)).find(
      (each) => each.id === 'infert-logistic',
    )!;
    const fit = await mle(formulaModel('education ~ age + parity', columnsOf(data).columns, { family: 'ordinal' }), {
      starts: 6,
    });
    const cutpoints = fit.estimates.cutpoints as Float64Array;
    const got = [fit.estimates.age as number, fit.estimates.parity as number, cutpoints[0]!, cutpoints[1]!];
    expectClose(got, Object.values(results.coefficients as Record<string, number>), 1e-8);
    const [first, second] = fit.standardErrors.cutpoints as Float64Array;
    const errors = [fit.standardErrors.age as number, fit.standardErrors.parity as number, first!, second!];
    expectClose(errors, Object.values(results.se as Record<string, number>), 1e-7);
    expect(fit.logLikelihood).toBeCloseTo(results.logLik, 9);
  });

  it('of the gaussian is least squares, with n in the denominator of sigma²', async () => {
    const fit = await mle(formulaModel('mpg ~ wt * hp', cars), { starts: 2 });
    const squares = lm('mpg ~ wt * hp', cars);
    for (const name of squares.names) {
      const se = squares.standardErrors[name]!;
      expect(Math.abs((fit.estimates[name] as number) - squares.estimates[name]!) / se).toBeLessThan(1e-8);
    }
    expect(fit.estimates.sigma).toBeCloseTo(Math.sqrt(squares.deviance / 32), 9);
    expect(fit.logLikelihood).toBeCloseTo(squares.logLikelihood, 9);
  });

  it.each([
    ['gaussian', 'mpg ~ wt'],
    ['poisson', 'carb ~ wt'],
    ['gamma', 'mpg ~ wt'],
    ['gaussian', 'mpg ~ wt + (1 | cyl)'],
  ] as const)('counts a row of weight two twice: %s, %s', async (family, formula) => {
    const table = { ...cars, cyl: r.data.hp!.map((hp) => Math.round(hp / 60)) };
    const weights = table.cyl.map((_, i) => (i < 5 ? 2 : 1));
    const twice = Object.fromEntries(
      ['mpg', 'carb', 'wt', 'cyl'].map((name) => {
        const values = (table as unknown as Record<string, number[]>)[name]!;
        return [name, [...values, ...values.slice(0, 5)]];
      }),
    );
    const [a, b] = [
      await mle(formulaModel(formula, table, { family, weights }), { starts: 1 }),
      await mle(formulaModel(formula, twice, { family }), { starts: 1 }),
    ];
    expect(a.logLikelihood).toBeCloseTo(b.logLikelihood, 8);
    a.names.forEach((name, j) => {
      if (name.includes('|cyl[')) return;
      expect(Math.abs(a.values[j]! - b.values[j]!), name).toBeLessThan(1e-6 * (1 + Math.abs(b.values[j]!)));
    });
  });

  it('of counts agrees with glm, offset included', async () => {
    const data = { ...cars, exposure: r.data.hp!.map((hp) => hp / 100) };
    const fit = await mle(formulaModel('carb ~ wt + offset(log(exposure))', data, { family: 'poisson' }), {
      starts: 2,
    });
    const scored = glm('carb ~ wt + offset(log(exposure))', data, { family: 'poisson' });
    expect(fit.estimates.wt as number).toBeCloseTo(scored.estimates.wt!, 9);
    expect(fit.standardErrors.wt as number).toBeCloseTo(scored.standardErrors.wt!, 8);
  });
});

describe('grouped terms', () => {
  const sleep = columns('sleepstudy');
  it('are integrated out: intercepts as lme4 by maximum likelihood', async () => {
    const want = mixed.cases['sleepstudy-intercept-ML'];
    const fit = await mle(formulaModel('Reaction ~ Days + (1 | Subject)', sleep));
    expect(fit.integrated).toEqual(['1|Subject']);
    expect(fit.logLikelihood).toBeCloseTo(want.logLik, 8);
    expect((fit.estimates['1|Subject sd'] as number) / want.sdcor[0]).toBeCloseTo(1, 5);
    expect((fit.standardErrors.Days as number) / want.fixef[1][1]).toBeCloseTo(1, 5);
  });

  it('correlated intercepts and slopes, as lme4 by maximum likelihood', async () => {
    const want = mixed.cases['sleepstudy-slope-ML'];
    const fit = await mle(formulaModel('Reaction ~ Days + (Days | Subject)', sleep));
    expect(fit.logLikelihood).toBeCloseTo(want.logLik, 8);
    const deviations = fit.estimates['Days|Subject sd'] as Float64Array;
    expect(deviations[0]! / want.sdcor[0]).toBeCloseTo(1, 5);
    expect(deviations[1]! / want.sdcor[1]).toBeCloseTo(1, 5);
    const factorOfCorrelation = fit.estimates['Days|Subject correlation'] as Float64Array; // (2, 2), lower
    expect(factorOfCorrelation[2]).toBeCloseTo(want.sdcor[2], 5);
  });

  it.each([
    ['Laplace', 'cbpp-laplace', {}],
    ['nine points of quadrature', 'cbpp-agq9', { quadrature: 9 }],
  ] as const)('of a binomial by %s, as glmer polished', async (_, id, options) => {
    const want = mixed.cases[id].refined;
    const cbpp = columns('cbpp');
    const healthy = (cbpp.size as number[]).map((size, i) => size - (cbpp.incidence as number[])[i]!);
    const herds = formulaModel(
      'cbind(incidence, healthy) ~ period + (1 | herd)',
      { ...cbpp, healthy },
      {
        family: 'binomial',
      },
    );
    const fit = await mle(herds, { ...options, starts: 2 });
    expect(fit.logLikelihood).toBeCloseTo(want.logLik_full_constants, 6);
    for (const [name, value] of Object.entries(want.fixef as Record<string, number>)) {
      expect(Math.abs((fit.estimates[name] as number) - value), name).toBeLessThan(1e-5);
      expect((fit.standardErrors[name] as number) / want.se_fixef[name], name).toBeCloseTo(1, 4);
    }
    expect(fit.estimates['1|herd sd'] as number).toBeCloseTo(want.random_sd, 5);
  });

  it('told around their mean or by standard normal ones have the same posterior', async () => {
    const of = (centred: boolean) =>
      sample(formulaModel('Reaction ~ Days + (1 | Subject)', sleep, { centred, priors: 'weak' }), {
        chains: 2,
        seed: 4,
      });
    const [a, b] = [(await of(true)).summary(), (await of(false)).summary()];
    for (const name of ['Days', 'sigma', '1|Subject sd']) {
      const [x, y] = [a.rows.find((row) => row.name === name)!, b.rows.find((row) => row.name === name)!];
      expect(Math.min(x.essBulk, y.essBulk), name).toBeGreaterThan(200);
      // A false alarm in one of 16,000 comparisons.
      expect(Math.abs(x.mean - y.mean) / Math.hypot(x.mcseMean, y.mcseMean), name).toBeLessThan(4);
    }
  });
});

describe('priors', () => {
  it('that are flat leave the MAP at the MLE; a normal one on a slope is ridge regression', async () => {
    const likeliest = await mle(formulaModel('mpg ~ wt', cars), { starts: 2 });
    const flat = await map(formulaModel('mpg ~ wt', cars), { starts: 2 });
    expect(flat.estimates.wt as number).toBeCloseTo(likeliest.estimates.wt as number, 8);
    const tau = 0.5;
    const shrunk = await map(formulaModel('mpg ~ wt', cars, { priors: { coefficients: { wt: normal(0, tau) } } }), {
      starts: 2,
    });
    const lambda = (shrunk.estimates.sigma as number) ** 2 / tau ** 2;
    const { wt, mpg } = r.data as { wt: number[]; mpg: number[] };
    const mean = (x: number[]) => x.reduce((sum, value) => sum + value, 0) / x.length;
    const [centre, middle] = [mean(wt), mean(mpg)];
    const xy = wt.reduce((sum, x, i) => sum + (x - centre) * (mpg[i]! - middle), 0);
    const xx = wt.reduce((sum, x) => sum + (x - centre) ** 2, 0);
    expect(shrunk.estimates.wt as number).toBeCloseTo(xy / (xx + lambda), 8);
  });

  it('that are weak are wide on the scale of the data, and the intercept is as wide as the slopes carry it', () => {
    const text = String(formulaModel('mpg ~ wt', { mpg: [10, 20, 30], wt: [1, 2, 3] }, { priors: 'weak' }));
    // sd(mpg) = 10, sd(wt) = 1: slope 25; intercept √(25² + (25 · 2)²).
    expect(text).toContain('wt ~ normal(0, 25)');
    expect(text).toMatch(/\(Intercept\) ~ normal\(20, 55\.9/);
    expect(text).toContain('sigma ~ exponential(0.1)');
  });

  it.each([
    [{ coefficients: { wtt: normal(0, 1) } }, "a prior for 'wtt', which is not there"],
    [{ others: { nu: normal(0, 1) } }, "a prior for 'nu', which is not there"],
    [{ slopes: normal(0, 1) }, 'slopes'],
    ['strong', "priors is 'flat', 'weak' or"],
    [normal(0, 1), "priors is 'flat', 'weak' or"],
  ])('%o are refused', (priors, message) => {
    expect(() => formulaModel('mpg ~ wt', cars, { priors: priors as never })).toThrow(message);
  });
});

describe('formulaModel refuses', () => {
  it.each<[string, FormulaModelOptions, string]>([
    ['mpg ~ wt', { family: 'normal' as never }, "no family 'normal'; there are: gaussian"],
    ['mpg ~ wt', { link: 'probit' }, "of the family 'binomial' alone"],
    ['am ~ wt', { family: 'binomial', link: 'log' as never }, "'logit', 'probit' or 'cloglog'"],
    ['mpg ~ wt', { family: 'poisson' }, "takes as response a whole number from 0; 'mpg' is 22.8 in row 2"],
    ['mpg ~ wt', { family: 'beta' }, 'a number between 0 and 1'],
    ['mpg ~ wt', { family: 'binomial' }, '0 or 1, a factor, or cbind'],
    ['I(-mpg) ~ wt', { family: 'gamma' }, 'a positive number'],
    ['mpg ~ wt', { family: 'ordinal' }, 'a factor of three levels or more'],
    ['gear ~ wt', {}, "'gear' must be numbers, got a factor"],
    ['mpg ~ wt + I(2 * wt)', {}, "is a combination of 'wt'"],
    ['~ wt', {}, 'the formula has no response'],
    ['mpg ~ wt + (1 | one)', {}, "the factor 'one' has one group"],
  ])('%s %o', (formula, options, message) => {
    expect(() => formulaModel(formula, { ...cars, one: r.data.mpg!.map(() => 'a') }, options)).toThrow(message);
  });
});
