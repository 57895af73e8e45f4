import { describe, expect, it } from 'vitest';
import { bernoulli, bernoulliLogit, binomial, flat, normal, simplex, uniform } from '#kernel/distributions/index';
import { map, mle, profile } from '#kernel/estimate/index';
import { model } from '#kernel/model/index';
import { gammaQuantile } from '#kernel/numeric/special/index';
import r from './fixtures/r-inference.json' with { type: 'json' };

const positive = () => flat().bounded({ lower: 0 });
const { am, wt } = r.logit.data;
const data = model().data({ am, wt });
const logit = data
  .parameters({ alpha: flat(), beta: flat() })
  .observe(({ alpha, beta, wt }) => ({ am: bernoulliLogit(alpha.add(beta.mul(wt))) }));
const probit = data
  .parameters({ alpha: flat(), beta: flat() })
  .observe(({ alpha, beta, wt }) => ({ am: bernoulli(alpha.add(beta.mul(wt)).normalCdf()) }));
const chiSquared95 = 2 * gammaQuantile(0.95, 0.5);

describe('profile likelihood intervals', () => {
  it.each([
    ['logit', logit, r.logit],
    ['probit', probit, r.probit],
  ] as const)('of a %s regression are those of R, found by refitting', async (_, told, reference) => {
    const fit = await mle(told as typeof logit);
    for (const [i, name] of ['alpha', 'beta'].entries()) {
      const { lower, upper } = await profile(fit, name, { points: 0 });
      const [from, to] = reference.confint_profile_exact.values[i] as [number, number];
      const error = fit.standardErrors[name as 'alpha'];
      expect(Math.abs(lower.value - from) / error).toBeLessThan(1e-6);
      expect(Math.abs(upper.value - to) / error).toBeLessThan(1e-6);
      for (const end of [lower, upper]) {
        expect(end.ending).toBe('crossed');
        expect(Math.abs(end.deviance - chiSquared95)).toBeLessThan(1e-8);
      }
    }
  });

  it('of a standard deviation is that of the formula: n log(σ²/σ̂²) + n(σ̂²/σ² − 1) = χ²', async () => {
    const y = [3.1, 4.7, 2.2, 5.9, 4.4, 3.8];
    const sample = model()
      .data({ y })
      .parameters({ mu: flat(), sigma: positive() })
      .observe(({ mu, sigma }) => ({ y: normal(mu, sigma) }));
    const fit = await mle(sample);
    const { lower, upper } = await profile(sample, 'sigma', { level: 0.9 });
    const n = y.length;
    for (const { value } of [lower, upper]) {
      const ratio = (fit.estimates.sigma / value) ** 2;
      expect(Math.abs(n * (ratio - 1 - Math.log(ratio)) - 2 * gammaQuantile(0.9, 0.5))).toBeLessThan(1e-8);
    }
    const wald = fit.interval(0.9)[1]!;
    expect(upper.value - fit.estimates.sigma).toBeGreaterThan(wald.upper - fit.estimates.sigma); // skewed to the right
  });

  it('does not depend on the scale of the parameter, and stays within its bounds', async () => {
    const told = model().data({ y: 1, n: 12 });
    const byProbability = await profile(
      told.parameters({ p: uniform(0, 1) }).observe(({ p, n }) => ({ y: binomial(n, p) })),
      'p',
    );
    const byLogit = await profile(
      told.parameters({ eta: flat() }).observe(({ eta, n }) => ({ y: binomial(n, eta.sigmoid()) })),
      'eta',
    );
    for (const side of ['lower', 'upper'] as const) {
      expect(1 / (1 + Math.exp(-byLogit[side].value))).toBeCloseTo(byProbability[side].value, 9);
    }
    expect(byProbability.lower.value).toBeGreaterThan(0);
  });

  it('is open on the side where the likelihood never falls enough: no successes', async () => {
    const told = model()
      .data({ y: 0, n: 12 })
      .parameters({ p: uniform(0, 1) })
      .observe(({ p, n }) => ({ y: binomial(n, p) }));
    const { lower, upper } = await profile(told, 'p');
    expect(lower.ending).toBe('open');
    expect(lower.value).toBeLessThan(1e-6);
    expect(upper.ending).toBe('crossed');
    // 2 · 12 · log(1/(1 − p)) = χ²
    expect(upper.value).toBeCloseTo(1 - Math.exp(-chiSquared95 / 24), 7);
  });

  it('gives the curve: rising values, deviances that are 0 at the estimate and grow away from it', async () => {
    const curve = await profile(logit, 'beta', { points: 20 });
    expect(curve.values.length).toBeGreaterThanOrEqual(20);
    const best = curve.deviances.indexOf(Math.min(...curve.deviances));
    curve.values.forEach((v, i) => {
      if (i > 0) expect(v).toBeGreaterThanOrEqual(curve.values[i - 1]!);
      if (i > best) expect(curve.deviances[i]).toBeGreaterThanOrEqual(curve.deviances[i - 1]! - 1e-9);
    });
    expect(curve.deviances[best]).toBeLessThan(1e-12);
    expect(String(curve)).toMatch(/^beta: -4\.0240, 95 % profile interval -7\.6987 to -1\.8333/);
  });

  it('says when it found something better than the estimate', async () => {
    const poor = await mle(logit, { iterations: 1, starts: 1 });
    const { warnings } = await profile(poor, 'beta');
    expect(warnings.join()).toContain('higher by');
  });

  it('refuses names that are not there, and quantities that are not one coordinate', async () => {
    await expect(profile(logit, 'gamma')).rejects.toThrow("no scalar called 'gamma'");
    await expect(profile(logit, 'beta', { level: 1 })).rejects.toThrow('level must lie between 0 and 1');
    const shares = model()
      .parameters({ p: simplex(3) })
      .logDensity(({ p }) => p.at(0).log().mul(5).add(p.at(1).log().mul(3)).add(p.at(2).log().mul(2)));
    await expect(profile(shares, 'p[0]')).rejects.toThrow("'p[0]' is not a function of one coordinate");
    const mode = await map(logit);
    await expect(profile(mode, 'beta')).rejects.toThrow('got one of map');
  });
});
