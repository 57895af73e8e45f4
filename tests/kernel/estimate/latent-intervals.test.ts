/** Intervals of models whose latent parameters are integrated out: the profile of the integral, and the bootstrap of groups. */
import { describe, expect, it } from 'vitest';
import { binomialLogit, flat, halfCauchy, normal } from '#kernel/distributions/index';
import { bootstrap, mle, profile } from '#kernel/estimate/index';
import { compileModel, model } from '#kernel/model/index';
import { key, Stream } from '#kernel/numeric/random';
import { gammaQuantile } from '#kernel/numeric/special/index';
import r from './fixtures/r-mixed.json' with { type: 'json' };

const positive = () => flat().bounded({ lower: 0 });
const chiSquared95 = 2 * gammaQuantile(0.95, 0.5);
const factor = ({ levels, values }: { levels: string[]; values: string[] }) => ({
  codes: Int32Array.from(values, (value) => levels.indexOf(value)),
  levels,
});

const { Yield, Batch } = r.data.Dyestuff;
const batches = model().data({ Yield, batch: factor(Batch) });
const dyestuff = batches
  .parameters({ a: flat(), tau: positive(), sigma: positive() })
  .parameters(({ tau }) => ({ u: normal(0, tau).size(6) }))
  .derived(({ tau, sigma }) => ({ share: tau.square().div(tau.square().add(sigma.square())) }))
  .observe(({ a, u, sigma, batch }) => ({ Yield: normal(a.add(u.at(batch)), sigma) }));
const init = { a: 1500, tau: 40, sigma: 50 };

const { cbpp } = r.data;
const herd = factor(cbpp.herd);
const herds = model()
  .data({ incidence: cbpp.incidence, size: cbpp.size, herd })
  .parameters({ b: flat(), tau: positive() })
  .parameters(({ tau }) => ({ u: normal(0, tau).size(15) }))
  .observe(({ b, u, herd, size }) => ({ incidence: binomialLogit(size, b.add(u.at(herd))) }));

const schools = model()
  .data({ effect: [28, 8, -3, 7, -1, 1, 18, 12], se: [15, 10, 16, 11, 9, 11, 10, 18] })
  .parameters({ mu: normal(0, 5), tau: halfCauchy(0, 5) })
  .parameters(({ mu, tau }) => ({ theta: normal(mu, tau).size(8) }))
  .observe(({ theta, se }) => ({ effect: normal(theta, se) }));

describe('profile intervals of an integrated likelihood', () => {
  // R 4.2.2, lme4 1.1-31: confint(lmer(Yield ~ 1 + (1 | Batch), Dyestuff, REML = FALSE)), which interpolates by splines.
  it.each([
    ['a', 1486.4515, 1568.5485],
    ['tau', 12.19754, 84.06289],
    ['sigma', 38.22998, 67.6577],
  ])('of %s are those of lme4, and end where the likelihood ratio is χ²', async (name, from, to) => {
    const fit = await mle(dyestuff, { init, starts: 1 });
    const { lower, upper, warnings } = await profile(fit, name, { points: 0 });
    const error = fit.standardErrors[name as 'a'];
    expect(Math.abs(lower.value - from) / error).toBeLessThan(0.01);
    expect(Math.abs(upper.value - to) / error).toBeLessThan(0.01);
    expect(warnings).toEqual([]);
    for (const end of [lower, upper]) {
      expect(Math.abs(end.deviance - chiSquared95)).toBeLessThan(1e-8);
      // Fitted anew with the parameter held at the end.
      const held = (each: string) => (each === name ? end.value : undefined);
      const { a, tau, sigma } = { a: held('a'), tau: held('tau'), sigma: held('sigma') };
      const rest = {
        ...(a === undefined ? { a: flat() } : {}),
        ...(tau === undefined ? { tau: positive() } : {}),
        ...(sigma === undefined ? { sigma: positive() } : {}),
      } as { a: ReturnType<typeof flat>; tau: ReturnType<typeof flat>; sigma: ReturnType<typeof flat> };
      const constrained = await mle(
        batches
          .parameters(rest)
          // Of something that is a parameter, so that u is latent also where tau is held.
          .parameters((at) => ({ u: normal((a === undefined ? at.a : at.tau).mul(0), tau ?? at.tau).size(6) }))
          .observe((at) => ({
            Yield: normal(
              (a === undefined ? at.a : at.u.mul(0).at(0).add(a)).add(at.u.at(at.batch)),
              sigma ?? at.sigma,
            ),
          })),
        { init: Object.fromEntries(Object.entries(init).filter(([each]) => each !== name)), starts: 1 },
      );
      expect(Math.abs(2 * (fit.logLikelihood - constrained.logLikelihood) - chiSquared95)).toBeLessThan(1e-8);
    }
  });

  it.each([
    ['Laplace', {}],
    ['quadrature', { quadrature: 9 }],
  ])('by %s are of the likelihood that was maximised', async (_, how) => {
    const fit = await mle(herds, { ...how, starts: 1 });
    expect(fit.quadrature).toBe('quadrature' in how ? 9 : 1);
    for (const name of ['b', 'tau']) {
      const { lower, upper } = await profile(fit, name, { points: 0 });
      for (const end of [lower, upper]) expect(Math.abs(end.deviance - chiSquared95)).toBeLessThan(1e-8);
      expect(lower.value).toBeLessThan(fit.estimates[name as 'b']);
      expect(upper.value).toBeGreaterThan(fit.estimates[name as 'b']);
    }
    const [laplace, points] = await Promise.all([
      profile(await mle(herds, { starts: 1 }), 'tau', { points: 0 }),
      profile(await mle(herds, { starts: 1, quadrature: 15 }), 'tau', { points: 0 }),
    ]);
    expect(laplace.upper.value).not.toBeCloseTo(points.upper.value, 3);
    expect(laplace.upper.value).toBeCloseTo(points.upper.value, 1);
  });

  it('of REML are of the restricted likelihood: wider, and of variances alone', async () => {
    const { tau, sigma } = init;
    const fit = await mle(dyestuff, { reml: ['a'], init: { tau, sigma }, starts: 1 });
    const restricted = await profile(fit, 'tau', { points: 0 });
    const plain = await profile(await mle(dyestuff, { init, starts: 1 }), 'tau', { points: 0 });
    expect(restricted.upper.value).toBeGreaterThan(plain.upper.value);
    await expect(profile(fit, 'a')).rejects.toThrow("'a' is integrated out of the likelihood");
  });

  it('of the eight schools begin at τ = 0, where the estimate is', async () => {
    const fit = await mle(schools);
    const tau = await profile(fit, 'tau', { points: 6 });
    expect(tau.lower).toMatchObject({ ending: 'open', value: 0 });
    expect(Math.abs(tau.upper.deviance - chiSquared95)).toBeLessThan(1e-8);
    // The marginal likelihood: effect ~ normal(mu, √(τ² + se²)), with mu at its weighted mean.
    const effect = [28, 8, -3, 7, -1, 1, 18, 12];
    const se = [15, 10, 16, 11, 9, 11, 10, 18];
    const best = (t: number) => {
      const w = se.map((s) => 1 / (s * s + t * t));
      const mu = effect.reduce((sum, y, i) => sum + w[i]! * y, 0) / w.reduce((a, b) => a + b);
      return effect.reduce((sum, y, i) => sum + Math.log(w[i]!) / 2 - (w[i]! * (y - mu) ** 2) / 2, 0);
    };
    expect(Math.abs(2 * (best(0) - best(tau.upper.value)) - chiSquared95)).toBeLessThan(1e-8);
    const mu = await profile(fit, 'mu', { points: 0 });
    expect(mu.lower.ending).toBe('crossed');
    expect(Math.abs(mu.upper.deviance - chiSquared95)).toBeLessThan(1e-8);
    // With τ free the interval is wider than the one given τ = 0.
    expect(mu.upper.value - fit.estimates.mu).toBeGreaterThan(1.959964 * fit.standardErrors.mu);
  });

  it('are not there for what is integrated out, derived or unknown', async () => {
    const fit = await mle(dyestuff, { init, starts: 1 });
    await expect(profile(fit, 'u[2]')).rejects.toThrow(
      "'u[2]' is integrated out of the likelihood, which is no function of it; profile one of a, tau, sigma",
    );
    await expect(profile(fit, 'share')).rejects.toThrow("'share' is not a function of one coordinate");
    await expect(profile(fit, 'taw')).rejects.toThrow("no scalar called 'taw'");
  });
});

describe('the bootstrap of groups', () => {
  const replicates = 400;
  /** Four standard errors of a standard deviation from so many replicates: a false alarm in 16,000. */
  const within = 4 / Math.sqrt(2 * replicates);

  it('parametric draws groups and data: the mean of balanced data has the standard error of the formula', async () => {
    const fit = await mle(dyestuff, { init, starts: 1 });
    const boot = await bootstrap(fit, { kind: 'parametric', replicates, seed: 2 });
    const { tau, sigma } = fit.estimates;
    const exact = Math.sqrt(tau ** 2 / 6 + sigma ** 2 / 30);
    expect(Math.abs(boot.standardErrors[0]! / exact - 1)).toBeLessThan(within);
    expect(boot.names).toEqual(['a', 'tau', 'sigma', 'share']); // no latent values: the groups are others each time
    // tau² is biased downwards: the mean squares between, 5 degrees of freedom, are divided by 6.
    expect(boot.bias[1]!).toBeLessThan(0);
    // Five tau at 0 are no failures.
    expect(boot.of('tau').some((value) => value < 1e-3)).toBe(true);
    expect(boot.warnings).toEqual([]);
    const again = await bootstrap(fit, { kind: 'parametric', replicates: 5, seed: 2 });
    expect([...again.of('sigma')]).toEqual([...boot.of('sigma').slice(0, 5)]);
  });

  it('nonparametric draws whole clusters: the mean has the spread of the means of groups', async () => {
    const fit = await mle(dyestuff, { init, starts: 1 });
    const boot = await bootstrap(fit, { clusters: 'batch', replicates, seed: 4 });
    const means = Array.from({ length: 6 }, (_, g) => Yield.slice(5 * g, 5 * g + 5).reduce((sum, y) => sum + y / 5, 0));
    const centre = means.reduce((sum, mean) => sum + mean / 6, 0);
    const exact = Math.sqrt(means.reduce((sum, mean) => sum + (mean - centre) ** 2, 0) / 36);
    expect(Math.abs(boot.standardErrors[0]! / exact - 1)).toBeLessThan(within);
    expect(boot.jackknife).toHaveLength(6 * 4);
    means.forEach((mean, g) => {
      expect(boot.jackknife![4 * g]).toBeCloseTo((6 * centre - mean) / 5, 6);
    });
    expect(boot.interval(0.95, 'bca')[0]!.lower).toBeLessThan(fit.estimates.a);
  });

  it('clusters of other sizes and without a latent parameter: columns of clusters go with them', async () => {
    const told = model()
      .data({ y: [1, 2, 3, 10, 11, 30], g: [0, 0, 0, 1, 1, 2], weight: [1, 2, 4] })
      .parameters({ m: flat() })
      .observe(({ m, g, weight }) => ({ y: normal(m, weight.at(g).pow(-0.5)) }));
    const boot = await bootstrap(told, { clusters: 'g', replicates: 60, seed: 1 });
    const [sums, sizes] = [
      [6, 42, 120],
      [3, 4, 4],
    ];
    const possible = new Set<string>();
    for (let a = 0; a < 3; a++) {
      for (let b = 0; b < 3; b++) {
        for (let c = 0; c < 3; c++) {
          const drawn = [a, b, c];
          const total = (of: readonly number[]) => drawn.reduce((sum, k) => sum + of[k]!, 0);
          possible.add((total(sums!) / total(sizes!)).toFixed(8));
        }
      }
    }
    for (const value of boot.of('m')) expect(possible).toContain(value.toFixed(8));
    expect(boot.jackknife).toHaveLength(3);
    expect(boot.jackknife![0]).toBeCloseTo(162 / 8, 9);
  });

  it('of a boundary optimum finds the optima of others inside', async () => {
    const boot = await bootstrap(schools, { kind: 'parametric', replicates: 60, seed: 3 });
    const tau = boot.of('tau');
    // Data drawn with τ = 0 have their optimum at 0 in more than half of the cases, and inside in the rest.
    expect(tau.filter((value) => value < 1e-3).length).toBeGreaterThan(20);
    expect(tau.filter((value) => value > 1).length).toBeGreaterThan(5);
  });

  it('refuses rows of groups one by one, and clusters that are none', async () => {
    const fit = await mle(dyestuff, { init, starts: 1 });
    await expect(bootstrap(fit)).rejects.toThrow(
      "would tear the groups of u apart; name the column of the groups, clusters: 'group'",
    );
    await expect(bootstrap(fit, { clusters: 'herd' })).rejects.toThrow("got 'herd'; there are: Yield, batch");
    await expect(bootstrap(fit, { clusters: 'batch', kind: 'parametric' })).rejects.toThrow('leave one of them out');
    const nested = model()
      .data({
        y: [1, 2, 3, 4, 5, 7, 6, 9],
        school: { codes: Int32Array.of(0, 0, 0, 0, 1, 1, 1, 1), levels: ['a', 'b'] },
        room: { codes: Int32Array.of(0, 0, 1, 1, 2, 2, 3, 3), levels: ['1', '2', '3', '4'] },
      })
      .parameters({ m: flat().size(4) })
      .observe(({ m, room }) => ({ y: normal(m.at(room), 1) }));
    await expect(bootstrap(nested, { clusters: 'school' })).rejects.toThrow("'room' lies within the clusters 'school'");
    const own = model()
      .data({ y: [1, 2, 3] })
      .parameters({ m: flat() })
      .observe(({ m }) => ({ y: normal(m, 1) }))
      .logDensity(({ m }) => m.square().neg());
    await expect(bootstrap(own, { kind: 'parametric' })).rejects.toThrow('terms of its own (.logDensity)');
  });
});

describe('latent values drawn anew', () => {
  it('are from their distribution given the others, which stay', () => {
    const told = model()
      .data({ y: [1, 2] })
      .parameters({ m: flat(), s: positive() })
      .parameters(({ m, s }) => ({ u: normal(m, s).size(2) }))
      .parameters(({ u }) => ({ v: normal(u.mul(10), 0.001) }))
      .observe(({ v }) => ({ y: normal(v, 1) }));
    const compiled = compileModel(told);
    const position = compiled.unconstrain(Float64Array.of(5, 2, 0, 0, 0, 0));
    const stream = new Stream(key(1));
    const draws = Array.from({ length: 500 }, () => compiled.constrain(compiled.latentDraw(position, stream)));
    const u = draws.flatMap((values) => [values[2]!, values[3]!]);
    const mean = u.reduce((sum, v) => sum + v, 0) / u.length;
    const sd = Math.sqrt(u.reduce((sum, v) => sum + (v - mean) ** 2, 0) / u.length);
    // Four standard errors of 1000 draws.
    expect(Math.abs(mean - 5)).toBeLessThan((4 * 2) / Math.sqrt(1000));
    expect(Math.abs(sd / 2 - 1)).toBeLessThan(4 / Math.sqrt(2000));
    for (const values of draws) {
      expect([values[0], values[1]]).toEqual([5, 2]);
      expect(Math.abs(values[4]! - 10 * values[2]!)).toBeLessThan(0.006); // v is drawn from the u of its own draw
    }
  });
});
