/** Profile intervals over many models: by R's confint where it has them, and by fitting anew with the parameter held. */
import { describe, expect, it } from 'vitest';
import { cauchy, flat, negativeBinomialLog, normal, poisson } from '#kernel/distributions/index';
import { type Estimate, mle, profile } from '#kernel/estimate/index';
import { model } from '#kernel/model/index';
import { gammaQuantile } from '#kernel/numeric/special/index';
import { studentTQuantile } from '#kernel/numeric/special/student-t';
import { chiSquaredUpper } from '#kernel/numeric/special/tail';
import { type FormulaModelOptions, formulaModel } from '#kernel/regression/formula-model';
import { type GeneralisedOptions, glm } from '#kernel/regression/glm';
import r from './fixtures/r-confint.json' with { type: 'json' };

const positive = () => flat().bounded({ lower: 0 });
const chiSquared95 = 2 * gammaQuantile(0.95, 0.5);
const { budworm, claims, quine, clotting, puromycin } = r.data;
const caseOf = (id: string) => r.cases.find((each) => each.id === id)!;
type Data = Record<string, number[]>;
/** A line whose every seventh value lies far off. */
const tails = {
  x: Array.from({ length: 42 }, (_, i) => i),
  y: Array.from({ length: 42 }, (_, i) => 2 * i + Math.sin(5 * i) + (i % 7 === 3 ? 8 * Math.cos(i) : 0)),
};

describe("the profile intervals of a generalised linear model lie within 0.01 standard errors of R's confint", () => {
  it.each<[string, string, Data, GeneralisedOptions]>([
    ['binomial counts', 'cbind(dead, alive) ~ male + ldose', budworm, { family: 'binomial' }],
    ['probit counts', 'cbind(dead, alive) ~ male + ldose', budworm, { family: 'binomial', link: 'probit' }],
    ['poisson offset', 'y ~ x + offset(log(hours))', claims, { family: 'poisson' }],
    ['negative binomial', 'days ~ male + slow', quine, { family: 'negativeBinomial' }],
    ['gamma', 'lot ~ log(u)', clotting, { family: 'gamma', link: 'log' }],
  ])('%s: %s', (id, formula, data, options) => {
    const want = caseOf(id);
    const fit = glm(formula, data, options);
    fit.profileInterval(want.level).forEach(({ name, lower, upper }, j) => {
      expect(Math.abs(fit.values[j]! - want.coefficients[j]!) / want.se[j]!, name).toBeLessThan(1e-5);
      expect(Math.abs(lower - want.lower[j]!) / want.se[j]!, name).toBeLessThan(0.01);
      expect(Math.abs(upper - want.upper[j]!) / want.se[j]!, name).toBeLessThan(0.01);
    });
  });

  it.each<[string, string, Data, FormulaModelOptions]>([
    ['binomial counts', 'cbind(dead, alive) ~ male + ldose', budworm, { family: 'binomial' }],
    ['probit counts', 'cbind(dead, alive) ~ male + ldose', budworm, { family: 'binomial', link: 'probit' }],
    ['poisson offset', 'y ~ x + offset(log(hours))', claims, { family: 'poisson' }],
  ])('and so do those of mle: %s', async (id, formula, data, options) => {
    const want = caseOf(id);
    const fit = await mle(formulaModel(formula, data, options), { starts: 2 });
    for (const [j, name] of want.names.entries()) {
      const { lower, upper } = await profile(fit, name, { level: want.level, points: 0 });
      expect(Math.abs(lower.value - want.lower[j]!) / want.se[j]!).toBeLessThan(0.01);
      expect(Math.abs(upper.value - want.upper[j]!) / want.se[j]!).toBeLessThan(0.01);
    }
  });

  it('of a nonlinear regression by t, at the level whose χ² is the same ratio of residual sums', async () => {
    const want = caseOf('nls');
    const { conc, rate } = puromycin;
    const told = model()
      .data({ conc, rate })
      .parameters({ vm: flat(), k: positive(), sigma: positive() })
      .observe(({ vm, k, sigma, conc, rate: _ }) => ({ rate: normal(vm.mul(conc).div(k.add(conc)), sigma) }));
    const fit = await mle(told, { init: { vm: 200, k: 0.06, sigma: 10 }, starts: 1 });
    // confint.nls: RSS(θ)/RSS = 1 + t²/ν; with σ at its best 2(ℓ̂ − ℓₚ) = n log(RSS(θ)/RSS).
    const n = rate.length;
    const t = studentTQuantile(0.975, n - 2);
    const level = 1 - chiSquaredUpper(n * Math.log(1 + t ** 2 / (n - 2)), 1);
    for (const [j, name] of ['vm', 'k'].entries()) {
      const { lower, upper } = await profile(fit, name, { level, points: 0 });
      expect(Math.abs(lower.value - want.lower[j]!) / want.se[j]!, name).toBeLessThan(0.01);
      expect(Math.abs(upper.value - want.upper[j]!) / want.se[j]!, name).toBeLessThan(0.01);
    }
  });
});

describe('twice the log likelihood has fallen by the quantile of χ², to 1e-8, when the coefficient is held at an end', () => {
  it.each<[string, string, string, string, Data, FormulaModelOptions]>([
    ['gamma', 'log(u)', 'lot ~ log(u)', 'lot ~ 1', clotting, { family: 'gamma' }],
    ['negative binomial', 'male', 'days ~ male + slow', 'days ~ slow', quine, { family: 'negativeBinomial' }],
    ['Poisson, offset', 'x', 'y ~ x + offset(log(hours))', 'y ~ 1 + offset(log(hours))', claims, { family: 'poisson' }],
    [
      'binomial counts',
      'ldose',
      'cbind(dead, alive) ~ male + ldose',
      'cbind(dead, alive) ~ male',
      budworm,
      { family: 'binomial' },
    ],
    [
      'complementary log-log',
      'male',
      'cbind(dead, alive) ~ male + ldose',
      'cbind(dead, alive) ~ ldose',
      budworm,
      { family: 'binomial', link: 'cloglog' },
    ],
    [
      'beta',
      'ldose',
      'I((dead + 0.5) / 21) ~ male + ldose',
      'I((dead + 0.5) / 21) ~ male',
      budworm,
      { family: 'beta' },
    ],
    ['gaussian', 'conc', 'rate ~ conc', 'rate ~ 1', puromycin, {}],
    ['Student t', 'x', 'y ~ x', 'y ~ 1', tails, { family: 'studentT' }],
    ['gaussian, weights', 'conc', 'rate ~ conc', 'rate ~ 1', puromycin, { weights: 'conc' }],
  ])('%s: %s', async (_, name, formula, without, data, options) => {
    const fit = await mle(formulaModel(formula, data, options), { starts: 3 });
    const { lower, upper, warnings } = await profile(fit, name, { points: 0 });
    expect(warnings).toEqual([]);
    const x = name === 'log(u)' ? clotting.u.map(Math.log) : data[name]!;
    for (const end of [lower, upper]) {
      expect(end.ending).toBe('crossed');
      expect(Math.abs(end.deviance - chiSquared95)).toBeLessThan(1e-8);
      const offset = x.map((value) => end.value * value);
      const held = await mle(formulaModel(without, data, { ...options, offset }), { starts: 3 });
      expect(Math.abs(2 * (fit.logLikelihood - held.logLikelihood) - chiSquared95)).toBeLessThan(1e-8);
    }
  });

  it.each(['phi', 'shape', 'kappa', 'sigma'])(
    'of %s, a parameter beside the coefficients, over its own likelihood',
    async (name) => {
      const told: Record<string, [string, Data, FormulaModelOptions]> = {
        phi: ['days ~ male', quine, { family: 'negativeBinomial' }],
        shape: ['lot ~ log(u)', clotting, { family: 'gamma' }],
        kappa: ['I((dead + 0.5) / 21) ~ ldose', budworm, { family: 'beta' }],
        sigma: ['rate ~ conc', puromycin, {}],
      };
      const [formula, data, options] = told[name]!;
      const fit = await mle(formulaModel(formula, data, options), { starts: 2 });
      const { lower, upper } = await profile(fit, name, { points: 0 });
      for (const end of [lower, upper]) expect(Math.abs(end.deviance - chiSquared95)).toBeLessThan(1e-8);
      expect(lower.value).toBeGreaterThan(0);
      const at = fit.estimates[name] as number;
      expect(upper.value - at).toBeGreaterThan(at - lower.value); // skewed to the right
    },
  );
});

describe('ends that are not there', () => {
  it('a rate that the data bound from below alone: ∞', async () => {
    // A curve that has risen before its first point may rise at any rate.
    const x = [1, 2, 3, 4, 5];
    const told = model()
      .data({ x, y: [9.6, 10.4, 9.8, 10.3, 10.1] })
      .parameters({ a: flat(), b: positive() })
      .observe(({ a, b, x }) => ({ y: normal(a.mul(b.mul(x).neg().exp().neg().add(1)), 0.5) }));
    const fit = await mle(told, { init: { a: 10, b: 3 }, starts: 1 });
    const { lower, upper } = await profile(fit, 'b', { points: 0 });
    expect(lower.ending).toBe('crossed');
    expect(Math.abs(lower.deviance - chiSquared95)).toBeLessThan(1e-8);
    expect(upper).toMatchObject({ ending: 'open', value: Number.POSITIVE_INFINITY });
    expect(upper.deviance).toBeLessThan(chiSquared95);
  });

  it('one of a coefficient on the scale of the predictor: separation in one direction', async () => {
    // The second group has no failures: its log odds have no upper end, and their estimate is infinite.
    const told = model()
      .data({ y: [3, 10], n: [10, 10] })
      .parameters({ p: flat().bounded({ lower: 0, upper: 1 }), q: flat().bounded({ lower: 0, upper: 1 }) })
      .logDensity(({ p, q }) => p.log().mul(3).add(p.neg().add(1).log().mul(7)).add(q.log().mul(10)));
    const fit = await mle(told);
    expect(fit.warnings[0]).toContain('Boundary optimum: q = 1');
    const q = await profile(fit, 'q', { points: 0 });
    expect(q.upper).toMatchObject({ ending: 'open', value: 1 });
    expect(q.lower.value).toBeCloseTo(Math.exp(-chiSquared95 / 20), 8); // −2 · 10 log q = χ²
    const p = await profile(fit, 'p', { points: 0 });
    expect(p.lower.ending).toBe('crossed');
    const deviance = (v: number) => 2 * (3 * Math.log(0.3 / v) + 7 * Math.log(0.7 / (1 - v)));
    for (const end of [p.lower, p.upper]) expect(Math.abs(deviance(end.value) - chiSquared95)).toBeLessThan(1e-8);
  });

  it('a dispersion at its bound: counts without excess variance', async () => {
    const y = Array.from({ length: 40 }, (_, i) => 3 + (i % 2));
    const fit = (await mle(
      model()
        .data({ y })
        .parameters({ a: flat(), phi: positive() })
        .observe(({ a, phi }) => ({ y: negativeBinomialLog(a, phi) })),
    )) as Estimate;
    const { lower, upper } = await profile(fit, 'phi', { points: 0 });
    expect(lower.ending).toBe('crossed');
    expect(upper).toMatchObject({ ending: 'open', value: Number.POSITIVE_INFINITY });
    // The coefficient's interval is that of the Poisson.
    const a = await profile(fit, 'a', { points: 0 });
    const plain = await profile(
      model()
        .data({ y })
        .parameters({ a: flat() })
        .observe(({ a }) => ({ y: poisson(a.exp()) })),
      'a',
      { points: 0 },
    );
    expect(a.lower.value).toBeCloseTo(plain.lower.value, 6);
    expect(a.upper.value).toBeCloseTo(plain.upper.value, 6);
  });

  it('NaN for a coefficient of glm that runs off, and ends for the others', () => {
    const quasi = { g: ['a', 'a', 'a', 'b', 'b', 'b', 'c', 'c'], y: [0, 1, 1, 0, 0, 1, 1, 1] };
    const ends = glm('y ~ g', quasi, { family: 'binomial' }).profileInterval();
    const [intercept, b, c] = ends as [(typeof ends)[0], (typeof ends)[0], (typeof ends)[0]];
    expect([c.lower, c.upper]).toEqual([Number.NaN, Number.NaN]);
    for (const each of [intercept, b]) expect(each.upper - each.lower).toBeGreaterThan(0);
  });
});

describe('profiles that are not monotone', () => {
  it('two modes: the end is where the near one is left, and a warning says where the other is', async () => {
    const told = model()
      .data({ y: [-4, -3.8, 3.6, 4, 4.3] })
      .parameters({ mu: flat() })
      .observe(({ mu }) => ({ y: cauchy(mu, 0.7) }));
    const fit = await mle(told, { starts: 8 });
    expect(fit.estimates.mu).toBeGreaterThan(3);
    const { lower, upper, warnings } = await profile(fit, 'mu', { level: 0.999, points: 10 });
    const quantile = 2 * gammaQuantile(0.999, 0.5);
    for (const end of [lower, upper]) expect(Math.abs(end.deviance - quantile)).toBeLessThan(1e-8);
    expect(lower.value).toBeGreaterThan(0);
    expect(warnings.join()).toMatch(/not monotone: near -[34]\.\d+ the likelihood crosses the threshold again/);
  });

  it('others that jump from one optimum to another: an end at a jump is said to be one', async () => {
    // With twelve values ν may go where one of them is fitted ever better.
    const fit = await mle(formulaModel('rate ~ conc + I(conc^2)', puromycin, { family: 'studentT' }), { starts: 3 });
    const { lower, upper, warnings } = await profile(fit, 'conc', { points: 0 });
    const off = [lower, upper].filter(({ deviance }) => Math.abs(deviance - chiSquared95) > 1e-6);
    expect(off).toHaveLength(1);
    expect(warnings.join()).toContain('The profile jumps');
  });

  it('one mode: no warning', async () => {
    const fit = await mle(formulaModel('rate ~ conc', puromycin), { starts: 2 });
    expect((await profile(fit, 'conc', { points: 10 })).warnings).toEqual([]);
  });
});
