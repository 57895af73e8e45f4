/** What priors do to an estimate: exact zeros, shifts, and what a change of scale moves. */
import { describe, expect, it } from 'vitest';
import { binomial, exponential, flat, gamma, halfNormal, laplace, normal, uniform } from '#kernel/distributions/index';
import { map, mapShift, mle } from '#kernel/estimate/index';
import { model } from '#kernel/model/index';
import { key, Stream } from '#kernel/numeric/random';
import { gammaRegularisedLower } from '#kernel/numeric/special/index';

const stream = new Stream(key(21));
const n = 60;
const d = 6;
const x = Array.from({ length: n }, () => Array.from({ length: d }, () => stream.normal()));
const truth = [2, 0, -1, 0, 0.15, 0];
const y = x.map((row) => row.reduce((sum, v, j) => sum + v * truth[j]!, 0) + stream.normal());
const sigma = 1.3;
const told = model().data({ x, y });
const lasso = (scale: number) =>
  told.parameters({ beta: laplace(0, scale).size(d) }).observe(({ beta, x }) => ({ y: normal(x.matmul(beta), sigma) }));

describe('the MAP under Laplace priors with scale b is the lasso ½‖y − Xβ‖² + (σ²/b)‖β‖₁', () => {
  it.each([0.3, 0.05, 0.02])('KKT conditions and exact zeros at b = %d', async (scale) => {
    const fit = await map(lasso(scale));
    const lambda = sigma ** 2 / scale;
    const residual = y.map((v, i) => v - x[i]!.reduce((sum, c, j) => sum + c * fit.estimates.beta[j]!, 0));
    let zeros = 0;
    for (let j = 0; j < d; j++) {
      const correlation = residual.reduce((sum, r, i) => sum + r * x[i]![j]!, 0);
      const b = fit.estimates.beta[j]!;
      if (b === 0) {
        zeros++;
        expect(Math.abs(correlation)).toBeLessThanOrEqual(lambda);
      } else {
        expect(Math.abs(correlation - lambda * Math.sign(b)) / lambda).toBeLessThan(1e-9);
      }
    }
    if (scale < 0.1) expect(zeros).toBeGreaterThanOrEqual(2);
    expect(fit.ending).toBe('converged');
  });

  it('a zero has no standard error and says why; the others have those of least squares among themselves', async () => {
    const fit = await map(lasso(0.02));
    const zero = fit.estimates.beta.indexOf(0);
    expect(zero).toBeGreaterThanOrEqual(0);
    expect(fit.standardErrors.beta[zero]).toBeNaN();
    expect(fit.warnings.join()).toContain(`beta[${zero}] is exactly 0, where its Laplace prior has its kink`);
    const kept = [...fit.estimates.beta.keys()].filter((j) => fit.estimates.beta[j] !== 0);
    const alone = await mle(
      model()
        .data({ z: x.map((row) => kept.map((j) => row[j]!)), y })
        .parameters({ b: flat().size(kept.length) })
        .observe(({ b, z }) => ({ y: normal(z.matmul(b), sigma) })),
    );
    kept.forEach((j, k) => {
      expect(fit.standardErrors.beta[j]! / alone.standardErrors.b[k]!).toBeCloseTo(1, 7);
    });
  });

  it('is all zero under a prior narrow enough, and the kink may lie elsewhere than at 0', async () => {
    expect((await map(lasso(1e-4))).estimates.beta.every((b) => b === 0)).toBe(true);
    const away = await map(
      told
        .parameters({ beta: laplace(1, 1e-4).size(d) })
        .observe(({ beta, x }) => ({ y: normal(x.matmul(beta), sigma) })),
    );
    expect(away.estimates.beta.every((b) => b === 1)).toBe(true);
  });

  it('holds with an unknown σ as well', async () => {
    const fit = await map(
      told
        .parameters({ beta: laplace(0, 0.02).size(d), s: halfNormal(0, 5) })
        .observe(({ beta, s, x }) => ({ y: normal(x.matmul(beta), s) })),
    );
    const lambda = fit.estimates.s ** 2 / 0.02;
    const residual = y.map((v, i) => v - x[i]!.reduce((sum, c, j) => sum + c * fit.estimates.beta[j]!, 0));
    fit.estimates.beta.forEach((b, j) => {
      const correlation = residual.reduce((sum, r, i) => sum + r * x[i]![j]!, 0);
      if (b === 0) expect(Math.abs(correlation)).toBeLessThanOrEqual(lambda);
      else expect(Math.abs(correlation - lambda * Math.sign(b)) / lambda).toBeLessThan(1e-7);
    });
    expect(fit.ending).toBe('converged');
  });
});

describe('the shift from the MLE to the MAP', () => {
  it('of a normal mean under a normal prior is that of the conjugate formula, and wholly predicted', async () => {
    const sample = model()
      .data({ y: [1.2, 0.4, 2.1, -0.3, 1.7] })
      .parameters({ m: normal(5, 2) })
      .observe(({ m }) => ({ y: normal(m, 1) }));
    const row = mapShift(await mle(sample), await map(sample)).row('m');
    const mean = 5.1 / 5;
    const expected = (5 * mean + 5 / 4) / (5 + 1 / 4);
    expect(row.map).toBeCloseTo(expected, 9);
    expect(row.shift).toBeCloseTo((expected - mean) * Math.sqrt(5), 8);
    expect(row.predicted).toBeCloseTo(row.shift, 7);
    expect(row.priorShare).toBeCloseTo(1 / 4 / (5 + 1 / 4), 9);
    expect(row.priorSlope).toBeCloseTo((5 - mean) / 4 / Math.sqrt(5), 9);
    // At the mode the two slopes cancel: that of the likelihood is minus the prior's there.
    expect(row.likelihoodSlope).toBeCloseTo(-(5 - expected) / 4 / Math.sqrt(5), 7);
  });

  it('is nothing under a flat prior', async () => {
    const sample = model()
      .data({ k: 3, trials: 10 })
      .parameters({ p: uniform(0, 1) })
      .observe(({ p, trials }) => ({ k: binomial(trials, p) }));
    const table = mapShift(await mle(sample), await map(sample));
    expect(Math.abs(table.row('p').shift)).toBeLessThan(1e-8);
    expect(String(table)).toContain('On the unconstrained scale');
    const other = mapShift(await mle(sample), await map(sample, { jacobian: true }));
    expect(other.row('p').shift).toBeGreaterThan(0.1); // the Jacobian p(1 − p) pulls towards ½
  });

  it('refuses results that do not fit together', async () => {
    const sample = model()
      .data({ y: [1] })
      .parameters({ m: normal(0, 1) })
      .observe(({ m }) => ({ y: normal(m, 1) }));
    const [likeliest, mode] = [await mle(sample), await map(sample)];
    expect(() => mapShift(mode, likeliest)).toThrow('got map and mle');
    const other = await map(sample.with({ y: [2] }));
    expect(() => mapShift(likeliest, other)).toThrow('both results must be of one model');
  });
});

describe('a change of scale', () => {
  // x ~ exponential(rate) four times, Σx = 8, rate ~ gamma(2, 1): the posterior is gamma(6, 9).
  const rates = model()
    .data({ x: [1, 2, 2, 3] })
    .parameters({ rate: gamma(2, 1) })
    .observe(({ rate }) => ({ x: exponential(rate) }));
  const logRates = model()
    .data({ x: [1, 2, 2, 3] })
    .parameters({ eta: flat() })
    .derived(({ eta }) => ({ rate: eta.exp() }))
    .observe(({ eta }) => ({ x: exponential(eta.exp()) }))
    .logDensity(({ eta }) => eta.mul(2).sub(eta.exp())); // gamma(2, 1) as a density of its log

  it('moves the mode: (a − 1)/b on the natural scale, a/b on the log', async () => {
    expect((await map(rates)).estimates.rate).toBeCloseTo(5 / 9, 9);
    expect((await map(rates, { jacobian: ['rate'] })).estimates.rate).toBeCloseTo(6 / 9, 9);
    expect((await map(rates, { jacobian: true })).estimates.rate).toBeCloseTo(6 / 9, 9);
    expect((await map(logRates)).derived.rate).toBeCloseTo(6 / 9, 9);
    expect(String(await map(rates, { jacobian: ['rate'] }))).toContain('on the unconstrained scale of rate');
  });

  it('can be made for some parameters alone', async () => {
    const two = model()
      .parameters({ a: gamma(3, 1), b: gamma(3, 1) })
      .logDensity(() => 0);
    const fit = await map(two, { jacobian: ['b'] });
    expect(fit.estimates.a).toBeCloseTo(2, 9);
    expect(fit.estimates.b).toBeCloseTo(3, 9);
    await expect(map(two, { jacobian: ['c'] })).rejects.toThrow("jacobian names 'c'");
  });

  it('does not move the MLE', async () => {
    const plain = await mle(rates);
    const onLog = await mle(
      model()
        .data({ x: [1, 2, 2, 3] })
        .parameters({ eta: flat() })
        .derived(({ eta }) => ({ rate: eta.exp() }))
        .observe(({ eta }) => ({ x: exponential(eta.exp()) })),
    );
    expect(onLog.derived.rate).toBeCloseTo(plain.estimates.rate, 10);
    expect(onLog.logLikelihood).toBeCloseTo(plain.logLikelihood, 12);
  });

  it('does not move the probability of an event', () => {
    // P(rate < 2/3) by the gamma posterior, and P(η < log 2/3) by the density of η = log rate, integrated by Simpson.
    const byRate = gammaRegularisedLower(6, 9 * (2 / 3));
    const density = (eta: number) => Math.exp(6 * eta - 9 * Math.exp(eta));
    const simpson = (from: number, to: number, steps = 4000) => {
      const h = (to - from) / steps;
      let sum = density(from) + density(to);
      for (let i = 1; i < steps; i++) sum += (i % 2 === 1 ? 4 : 2) * density(from + i * h);
      return (sum * h) / 3;
    };
    expect(simpson(-12, Math.log(2 / 3)) / simpson(-12, 3)).toBeCloseTo(byRate, 9);
  });
});
