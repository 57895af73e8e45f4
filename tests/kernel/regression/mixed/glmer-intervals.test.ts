import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { key } from '#kernel/numeric/random';
import { gammaQuantile } from '#kernel/numeric/special/index';
import { glmer } from '#kernel/regression/mixed/glmer';

const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
// R 4.2.2, lme4 1.1-31: confint of glmer by profile, and bootMer; the calls stand in r-glmer-intervals.R beside.
const r = read('../fixtures/r-glmer-intervals.json') as {
  herd: { names: string[]; lower: number[]; upper: number[] };
  slopes: { names: string[]; lower: number[]; upper: number[] };
  bootMer: { nsim: number; se: number[]; mean: number[] };
};
const { slopes } = read('../fixtures/r-glmer.json').data as Record<string, Record<string, (number | string)[]>>;
const herds = (() => {
  const { period, herd, incidence, size } = read('../../estimate/fixtures/r-mixed.json').data.cbpp;
  const healthy = size.map((all: number, i: number) => all - incidence[i]);
  return { period: period.values, herd: herd.values, incidence, size, healthy };
})();
const binomial = { family: 'binomial' } as const;
const poisson = { family: 'poisson' } as const;
const chiSquared95 = 2 * gammaQuantile(0.95, 0.5);
const herd = () => glmer('cbind(incidence, healthy) ~ period + (1 | herd)', herds, binomial);
const pairs = () => glmer('count ~ x + (x | g)', slopes!, poisson);

describe('profile intervals of glmer', () => {
  it.each([
    ['herd', herd],
    ['slopes', pairs],
  ] as const)(
    '%s: lie within 0.01 standard errors of confint, under its names and in its order',
    async (id, fitted) => {
      const want = r[id];
      const got = await (await fitted()).profileInterval();
      expect(got.map(({ name }) => name)).toEqual(want.names);
      got.forEach(({ name, lower, upper }, i) => {
        const quarter = (want.upper[i]! - want.lower[i]!) / 4; // about one standard error
        expect(Math.abs(lower - want.lower[i]!) / quarter, name).toBeLessThan(0.01);
        expect(Math.abs(upper - want.upper[i]!) / quarter, name).toBeLessThan(0.01);
      });
    },
  );

  it.each([1, 9])(
    'by %i points end where the fit with the coefficient held is as much less likely',
    async (quadrature) => {
      const told = { ...poisson, quadrature };
      const fit = await glmer('count ~ x + (1 | g)', slopes!, told);
      const { lower, upper } = await fit.profile('x', { points: 0 });
      for (const end of [lower, upper]) {
        expect(Math.abs(end.deviance - chiSquared95)).toBeLessThan(1e-8);
        const offset = slopes!.x!.map((x) => end.value * (x as number));
        const held = await glmer('count ~ 1 + (1 | g)', slopes!, { ...told, offset });
        expect(Math.abs(2 * (fit.logLikelihood - held.logLikelihood) - chiSquared95)).toBeLessThan(1e-8);
      }
    },
  );

  it("of a family's own parameter, and of a variance at 0", async () => {
    const fit = await glmer('count ~ x + (1 | g)', slopes!, { family: 'negativeBinomial' });
    expect(fit.profileNames).toEqual(['sd_(Intercept)|g', 'phi', '(Intercept)', 'x']);
    const phi = await fit.profile('phi', { points: 0 });
    expect(phi.estimate).toBeCloseTo(fit.others.phi!, 10);
    expect(phi.lower.ending).toBe('crossed');
    expect(Math.abs(phi.lower.deviance - chiSquared95)).toBeLessThan(1e-8);
    const y = Array.from({ length: 48 }, (_, i) => 2 + ((i * 5) % 3));
    const flat = { y, g: y.map((_, i) => `g${i % 8}`) };
    const none = await glmer('y ~ 1 + (1 | g)', flat, poisson);
    expect(none.variances[0]!.variance).toBe(0);
    const sd = await none.profile('sd_(Intercept)|g', { points: 0 });
    expect(sd.lower).toMatchObject({ value: 0, ending: 'open' });
    expect(sd.upper.ending).toBe('crossed');
    expect(Math.abs(sd.upper.deviance - chiSquared95)).toBeLessThan(1e-8);
  });

  it('refuse other names, correlations of what does not vary, and levels', async () => {
    const fit = await herd();
    await expect(fit.profile('sd_(Intercept)|period')).rejects.toThrow("no parameter called 'sd_(Intercept)|period'");
    await expect(fit.profileInterval(2)).rejects.toThrow('level must lie between 0 and 1');
    const y = Array.from({ length: 48 }, (_, i) => 2 + ((i * 5) % 3));
    const data = { y, x: y.map((_, i) => i % 6), g: y.map((_, i) => `g${Math.floor(i / 6)}`) };
    const flat = await glmer('y ~ x + (x | g)', data, poisson);
    expect(flat.warnings[0]).toContain('boundary (singular) fit');
    await expect(flat.profile('cor_x.(Intercept)|g')).rejects.toThrow('its variance is estimated as 0');
  });
});

describe('the parametric bootstrap of glmer', () => {
  it('has the standard errors of bootMer', async () => {
    const replicates = 60;
    const fit = await herd();
    const boot = await fit.bootstrap({ replicates, seed: 5 });
    expect(boot.names).toEqual(['(Intercept)', 'period2', 'period3', 'period4', 'sd_(Intercept)|herd']);
    // Four standard errors of the logarithm of a ratio; period4, which some draws separate, has no such spread.
    const within = 4 * Math.sqrt(1 / (2 * replicates) + 1 / (2 * r.bootMer.nsim));
    for (const [i, name] of ['(Intercept)', 'period2'].entries()) {
      expect(Math.abs(Math.log(boot.standardErrors[i]! / r.bootMer.se[i]!)), name).toBeLessThan(within);
      const mean = boot.values[i]! + boot.bias[i]!;
      const spread = r.bootMer.se[i]! * Math.sqrt(1 / replicates + 1 / r.bootMer.nsim);
      expect(Math.abs(mean - r.bootMer.mean[i]!), name).toBeLessThan(4 * spread);
    }
    const again = await fit.bootstrap({ replicates: 2, seed: 5 });
    expect([...again.of('period2')]).toEqual([...boot.of('period2').slice(0, 2)]);
  });

  it('simulates counts of the fitted mean and spread, never more successes than trials', async () => {
    const fit = await herd();
    const draws = Array.from({ length: 300 }, (_, i) => fit.simulate(key(i)));
    const within = draws.every((y) => y.every((count, i) => Number.isInteger(count) && count <= herds.size[i]));
    expect(within).toBe(true);
    const counts = await glmer('count ~ x + (1 | g)', slopes!, poisson);
    const first = Array.from({ length: 1500 }, (_, i) => counts.simulate(key(i))[0]!);
    const mean = first.reduce((sum, y) => sum + y / first.length, 0);
    // E exp(η + u) = exp(η + τ²/2); the variance is the mean plus mean² (e^τ² − 1).
    const eta = counts.predict(undefined, { scale: 'link', groups: false })[0]!;
    const tau = counts.theta[0]!;
    const wanted = Math.exp(eta + tau ** 2 / 2);
    const spread = Math.sqrt(wanted + wanted ** 2 * (Math.exp(tau ** 2) - 1));
    expect(Math.abs(mean - wanted)).toBeLessThan((4 * spread) / Math.sqrt(first.length));
  });

  it('refits on other responses of as many rows', async () => {
    const fit = await herd();
    const same = await fit.refit(Float64Array.from(herds.incidence));
    expect(same.logLikelihood).toBeCloseTo(fit.logLikelihood, 8);
    expect(() => fit.refit(Float64Array.of(1))).toThrow('a response of 56 rows expected, got 1');
  });
});
