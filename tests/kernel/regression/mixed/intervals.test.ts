import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { key } from '#kernel/numeric/random';
import { gammaQuantile } from '#kernel/numeric/special/index';
import { lm } from '#kernel/regression/lm';
import { lmer } from '#kernel/regression/mixed/lmer';

const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
type Ends = [number, number];
// R 4.2.2, lme4 1.1-31: confint by profile, whose ends are interpolated; ends found by uniroot on deviances minimised
// anew; bootMer. The calls stand in r-lmer-more.R beside the figures.
const r = read('../fixtures/r-lmer-more.json') as {
  data: Record<string, Record<string, number[]>>;
  exact: Record<string, Record<string, Ends>>;
  confint: Record<string, { rows: string[]; values: Ends[] }>;
  bootMer: Record<string, { se: number[]; mean: number[]; nsim: number }>;
};
const { sleepstudy, Dyestuff } = read('../../estimate/fixtures/r-mixed.json').data;
const sleep = { ...sleepstudy, Subject: sleepstudy.Subject.values };
const dyes = { ...Dyestuff, Batch: Dyestuff.Batch.values };
const chiSquared95 = 2 * gammaQuantile(0.95, 0.5);
const slopes = lmer('Reaction ~ Days + (Days | Subject)', sleep, { reml: false });
const intercepts = lmer('Reaction ~ Days + (1 | Subject)', sleep, { reml: false });
const batches = lmer('Yield ~ 1 + (1 | Batch)', dyes, { reml: false });
/** A standard error to measure distances by: a quarter of the interval. */
const quarter = ([from, to]: Ends) => (to - from) / 4;

describe('profile intervals', () => {
  it.each([
    ['slopes', slopes],
    ['intercept', intercepts],
    ['dyestuff', batches],
  ] as const)('of %s lie within 0.01 standard errors of confint, under its names and in its order', async (id, fit) => {
    const want = r.confint[id]!;
    const got = await fit.profileInterval();
    expect(got.map(({ name }) => name)).toEqual(want.rows);
    got.forEach(({ name, lower, upper }, i) => {
      const [from, to] = want.values[i]!;
      expect(Math.abs(lower - from) / quarter([from, to]), name).toBeLessThan(0.01);
      expect(Math.abs(upper - to) / quarter([from, to]), name).toBeLessThan(0.01);
    });
  });

  it.each([
    ['sd_(Intercept)|Subject', 'sd0'],
    ['cor_Days.(Intercept)|Subject', 'cor'],
    ['sd_Days|Subject', 'sd1'],
    ['sigma', 'sigma'],
    ['(Intercept)', '(Intercept)'],
    ['Days', 'Days'],
  ])('of %s ends where the likelihood ratio is χ², at what R finds by refitting', async (name, id) => {
    const { lower, upper } = await slopes.profile(name, { points: 0 });
    const [from, to] = r.exact.slopes![id]!;
    expect(Math.abs(lower.value - from) / quarter([from, to])).toBeLessThan(1e-5);
    expect(Math.abs(upper.value - to) / quarter([from, to])).toBeLessThan(1e-5);
    for (const end of [lower, upper]) {
      expect(end.ending).toBe('crossed');
      expect(Math.abs(end.deviance - chiSquared95)).toBeLessThan(1e-8);
    }
  });

  it('of a fixed effect ends where the model with it held there is as much less likely', async () => {
    const { upper } = await intercepts.profile('Days', { points: 0, level: 0.9 });
    const offset = sleep.Days.map((day: number) => upper.value * day);
    const held = lmer('Reaction ~ 1 + (1 | Subject)', sleep, { reml: false, offset });
    const chiSquared90 = 2 * gammaQuantile(0.9, 0.5);
    expect(Math.abs(2 * (intercepts.logLikelihood - held.logLikelihood) - chiSquared90)).toBeLessThan(1e-8);
  });

  it('of a REML fit are those of maximum likelihood, as in lme4', async () => {
    const restricted = lmer('Yield ~ 1 + (1 | Batch)', dyes);
    const [a, b] = [await restricted.profile('sigma', { points: 0 }), await batches.profile('sigma', { points: 0 })];
    expect(a.upper.value).toBeCloseTo(b.upper.value, 6);
    expect(a.estimate).toBeCloseTo(batches.sigma, 6);
  });

  it('hold with weights, an offset and three coefficients a group', async () => {
    const wide = r.data.wide!;
    const fit = lmer('y ~ x + z + (x + z | g)', wide, { weights: 'w', offset: 'o', reml: false });
    for (const name of ['sd_z|g', 'cor_z.x|g', 'z']) {
      const { lower, upper, estimate } = await fit.profile(name, { points: 0 });
      for (const end of [lower, upper]) expect(Math.abs(end.deviance - chiSquared95)).toBeLessThan(1e-8);
      expect(lower.value).toBeLessThan(estimate);
      expect(upper.value).toBeGreaterThan(estimate);
    }
    const row = fit.variances[2]!; // z
    expect((await fit.profile('sd_z|g', { points: 0 })).estimate).toBeCloseTo(row.standardDeviation, 6);
    expect((await fit.profile('cor_z.x|g', { points: 0 })).estimate).toBeCloseTo(row.correlations[1]!, 6);
    const { upper } = await fit.profile('z', { points: 0 });
    const offset = wide.o!.map((o, i) => o + upper.value * wide.z![i]!);
    const held = lmer('y ~ x + (x + z | g)', wide, { weights: 'w', offset, reml: false });
    expect(Math.abs(2 * (fit.logLikelihood - held.logLikelihood) - chiSquared95)).toBeLessThan(1e-6);
  });

  it('of a variance estimated as 0 begin at 0', async () => {
    const fit = lmer('Yield ~ 1 + (1 | Batch)', r.data.dyestuff2!, { reml: false });
    const { lower, upper, estimate } = await fit.profile('sd_(Intercept)|Batch', { points: 5 });
    expect(estimate).toBeLessThan(1e-5);
    expect(lower).toMatchObject({ value: 0, ending: 'open' });
    expect(upper.ending).toBe('crossed');
    // confint(lmer(Yield ~ 1 + (1 | Batch), Dyestuff2, REML = FALSE)): 0, 2.084043489
    expect(upper.value).toBeCloseTo(2.084043489, 4);
  });

  it('refuse other names and levels', async () => {
    await expect(slopes.profile('sd_Days|Batch')).rejects.toThrow("no parameter called 'sd_Days|Batch'");
    await expect(slopes.profile('Days', { level: 1 })).rejects.toThrow('level must lie between 0 and 1');
    await expect(slopes.profileInterval(0)).rejects.toThrow('level must lie between 0 and 1');
  });

  it('draw a curve that is 0 at the estimate', async () => {
    const curve = await batches.profile('sd_(Intercept)|Batch', { points: 12 });
    expect(curve.values.length).toBeGreaterThanOrEqual(12);
    expect(Math.min(...curve.deviances)).toBeLessThan(1e-8);
    expect(String(curve)).toMatch(/^sd_\(Intercept\)\|Batch: 37\.260, 95 % profile interval 12\.19\d to 84\.06\d/);
  });
});

describe('the parametric bootstrap', () => {
  const replicates = 150;
  it.each([
    [
      'intercept',
      lmer('Reaction ~ Days + (1 | Subject)', sleep),
      ['(Intercept)', 'Days', 'sd_(Intercept)|Subject', 'sigma'],
    ],
    ['dyestuff', lmer('Yield ~ 1 + (1 | Batch)', dyes), ['(Intercept)', 'sd_(Intercept)|Batch', 'sigma']],
  ] as const)('of %s has the standard errors of bootMer', async (id, fit, names) => {
    const want = r.bootMer[id]!;
    const boot = await fit.bootstrap({ replicates, seed: 7 });
    expect(boot.names).toEqual(names);
    expect(boot.values[0]).toBe(fit.values[0]);
    // Four standard errors of the logarithm of a ratio of two standard deviations: a false alarm in 16,000 each.
    const within = 4 * Math.sqrt(1 / (2 * replicates) + 1 / (2 * want.nsim));
    boot.standardErrors.forEach((error, i) => {
      expect(Math.abs(Math.log(error / want.se[i]!)), names[i]).toBeLessThan(within);
      const mean = boot.values[i]! + boot.bias[i]!;
      expect(Math.abs(mean - want.mean[i]!), names[i]).toBeLessThan(
        4 * want.se[i]! * Math.sqrt(1 / replicates + 1 / want.nsim),
      );
    });
  });

  it('leaves a variance at 0 as often as lme4, not wherever a search came by 0', async () => {
    // bootMer of the same fit: 0.052 of 1000; by F with 5 and 24 degrees of freedom 0.05.
    const fit = lmer('Yield ~ 1 + (1 | Batch)', dyes);
    const sds = (await fit.bootstrap({ replicates, seed: 9 })).of('sd_(Intercept)|Batch');
    const share = sds.filter((sd) => sd === 0).length / replicates;
    expect(Math.abs(share - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / replicates));
    expect(sds.some((sd) => sd > 0 && sd < 0.1)).toBe(false);
  });

  it('is the same for the same seed, holds correlations, and stops on a signal with what it has', async () => {
    const [a, b] = [
      await slopes.bootstrap({ replicates: 8, seed: 3 }),
      await slopes.bootstrap({ replicates: 8, seed: 3 }),
    ];
    expect(a.replicates).toEqual(b.replicates);
    expect(a.names).toEqual([
      '(Intercept)',
      'Days',
      'sd_(Intercept)|Subject',
      'sd_Days|Subject',
      'cor_Days.(Intercept)|Subject',
      'sigma',
    ]);
    expect(a.values[4]).toBeCloseTo(slopes.variances[1]!.correlations[0]!, 12);
    const controller = new AbortController();
    controller.abort();
    const partial = await slopes.bootstrap({ signal: controller.signal });
    expect(partial.ending).toBe('interrupted');
    await expect(slopes.bootstrap({ replicates: 1 })).rejects.toThrow('replicates must be a whole number from 2');
    await expect(slopes.bootstrap({ kind: 'rows' } as never)).rejects.toThrow("no option called 'kind'");
  });

  it('simulates what it says: groups and residuals of the fitted variances', () => {
    const draws = Array.from({ length: 400 }, (_, i) => batches.simulate(key(i)));
    const variance = (values: number[]) => {
      const mean = values.reduce((sum, v) => sum + v / values.length, 0);
      return values.reduce((sum, v) => sum + (v - mean) ** 2 / (values.length - 1), 0);
    };
    const [tau, sigma] = [batches.variances[0]!.standardDeviation, batches.sigma];
    const within = 4 * Math.sqrt(2 / 399);
    expect(Math.abs(variance(draws.map((y) => y[0]!)) / (tau ** 2 + sigma ** 2) - 1)).toBeLessThan(within);
    // Two rows of one batch differ by residuals alone.
    expect(Math.abs(variance(draws.map((y) => y[0]! - y[1]!)) / (2 * sigma ** 2) - 1)).toBeLessThan(within);
    expect(Math.abs(variance(draws.map((y) => y[0]! - y[7]!)) / (2 * sigma ** 2 + 2 * tau ** 2) - 1)).toBeLessThan(
      within,
    );
  });

  it('refits on other responses, of as many rows', () => {
    const twice = batches.refit({ response: Float64Array.from(dyes.Yield as number[], (y) => 2 * y) });
    expect(twice.sigma).toBeCloseTo(2 * batches.sigma, 5);
    expect(batches.refit({ reml: true }).method).toBe('REML');
    expect(batches.refit()).toBe(batches);
    expect(() => batches.refit({ response: Float64Array.of(1) })).toThrow('a response of 30 rows expected, got 1');
  });
});

describe('without variance between groups', () => {
  it('the fit is that of lm, and so is the profile of a coefficient', async () => {
    const data = r.data.dyestuff2!;
    const fit = lmer('Yield ~ 1 + (1 | Batch)', data, { reml: false });
    const plain = lm('Yield ~ 1', data);
    expect(fit.values[0]).toBeCloseTo(plain.values[0]!, 10);
    expect(fit.logLikelihood).toBeCloseTo(plain.logLikelihood, 9);
  });
});
