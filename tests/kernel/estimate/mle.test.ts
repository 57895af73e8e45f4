import { describe, expect, it } from 'vitest';
import { bernoulliLogit, flat, gamma, normal, poissonLog, studentT } from '#kernel/distributions/index';
import { map, mle } from '#kernel/estimate/index';
import { model } from '#kernel/model/index';
import type { Expr } from '#kernel/program/index';
import classical from './fixtures/classical.json' with { type: 'json' };

// Reference figures: statsmodels 0.15.0 and mpmath, made by fixtures/classical.py (command and versions there).

/** |a/b − 1| below `tolerance`. */
function close(values: ArrayLike<number> | number, reference: readonly number[] | number, tolerance = 1e-8): void {
  const a = typeof values === 'number' ? [values] : Array.from(values);
  const b = typeof reference === 'number' ? [reference] : reference;
  expect(a).toHaveLength(b.length);
  a.forEach((v, i) => {
    expect(Math.abs(v / b[i]! - 1), `${v} against ${b[i]}`).toBeLessThan(tolerance);
  });
}

const positive = () => flat().bounded({ lower: 0 });

describe('maximum likelihood against statsmodels and mpmath', () => {
  it('linear regression: ordinary least squares, with σ divided by n', async () => {
    const { x, y, ...reference } = classical.ols;
    const line = model()
      .data({ x, y })
      .parameters({ alpha: flat(), beta: flat(), sigma: positive() })
      .observe(({ alpha, beta, sigma, x }) => ({ y: normal(alpha.add(beta.mul(x)), sigma) }));
    const fit = await mle(line, { seed: 1 });
    expect(fit.ending).toBe('converged');
    close([fit.estimates.alpha, fit.estimates.beta], reference.coefficients, 1e-9);
    close([fit.standardErrors.alpha, fit.standardErrors.beta], reference.standardErrors);
    close(fit.estimates.sigma, reference.sigma, 1e-10);
    close(fit.standardErrors.sigma, reference.sigmaStandardError);
    close(fit.logLikelihood, reference.logLikelihood, 1e-13);
    expect(fit.gradientNorm).toBeLessThan(1e-8);
    expect(fit.warnings).toEqual([]);
    expect(fit.optima).toHaveLength(1);
    expect(fit.optima[0]!.starts).toBe(4);
  });

  const twoPredictors = ({ alpha, beta1, beta2, x1, x2 }: Record<'alpha' | 'beta1' | 'beta2' | 'x1' | 'x2', Expr>) =>
    alpha.add(beta1.mul(x1)).add(beta2.mul(x2));

  it('logistic regression, with AIC and BIC', async () => {
    const { x1, x2, y, ...reference } = classical.logistic;
    const fit = await mle(
      model()
        .data({ x1, x2, y })
        .parameters({ alpha: flat(), beta1: flat(), beta2: flat() })
        .observe((s) => ({ y: bernoulliLogit(twoPredictors(s)) })),
    );
    close(fit.values, reference.coefficients);
    close(
      [0, 1, 2].map((i) => Math.sqrt(fit.covariance[4 * i]!)),
      reference.standardErrors,
    );
    close([fit.logLikelihood, fit.aic, fit.bic], [reference.logLikelihood, reference.aic, reference.bic], 1e-12);
  });

  it('Poisson regression', async () => {
    const { x1, x2, y, ...reference } = classical.poisson;
    const fit = await mle(
      model()
        .data({ x1, x2, y })
        .parameters({ alpha: flat(), beta1: flat(), beta2: flat() })
        .observe((s) => ({ y: poissonLog(twoPredictors(s)) })),
    );
    close(fit.values, reference.coefficients);
    close(
      [0, 1, 2].map((i) => Math.sqrt(fit.covariance[4 * i]!)),
      reference.standardErrors,
    );
    close(fit.logLikelihood, reference.logLikelihood, 1e-12);
  });

  it('gamma: shape and rate', async () => {
    const { y, ...reference } = classical.gamma;
    const fit = await mle(
      model()
        .data({ y })
        .parameters({ shape: positive(), rate: positive() })
        .observe(({ shape, rate }) => ({ y: gamma(shape, rate) })),
    );
    close(fit.values, reference.estimates);
    close([fit.standardErrors.shape, fit.standardErrors.rate], reference.standardErrors);
    close(fit.logLikelihood, reference.logLikelihood, 1e-12);
  });

  it('Student t with unknown degrees of freedom', async () => {
    const { y, ...reference } = classical.student;
    const fit = await mle(
      model()
        .data({ y })
        .parameters({ nu: positive(), mu: flat(), sigma: positive() })
        .observe(({ nu, mu, sigma }) => ({ y: studentT(nu, mu, sigma) })),
    );
    close(fit.values, reference.estimates);
    close([fit.standardErrors.nu, fit.standardErrors.mu, fit.standardErrors.sigma], reference.standardErrors);
    close(fit.logLikelihood, reference.logLikelihood, 1e-12);
  });
});

const y = [3.1, 4.7, 2.2, 5.9, 4.4, 3.8];
const n = y.length;
const mean = y.reduce((a, b) => a + b) / n;
const sd = Math.sqrt(y.reduce((a, b) => a + (b - mean) ** 2, 0) / n);
const sample = model()
  .data({ y })
  .parameters({ mu: flat(), sigma: positive() })
  .derived(({ mu, sigma }) => ({ variance: sigma.square(), both: mu.add(sigma) }))
  .observe(({ mu, sigma }) => ({ y: normal(mu, sigma) }));

describe('what an estimate carries', () => {
  it('derived quantities with standard errors by the delta method', async () => {
    const fit = await mle(sample);
    close(fit.derived.variance, sd ** 2, 1e-9);
    // se(σ) = σ/√(2n); se(σ²) = 2σ se(σ); mean and σ are independent.
    close(fit.derivedStandardErrors.variance, (2 * sd * sd) / Math.sqrt(2 * n));
    close(fit.derivedStandardErrors.both, Math.sqrt(sd ** 2 / n + sd ** 2 / (2 * n)));
    expect(fit.names).toEqual(['mu', 'sigma', 'variance', 'both']);
  });

  it('Wald intervals on the natural scale, at any level', async () => {
    const fit = await mle(sample);
    const [mu] = fit.interval(0.9);
    // 1.6448536269514722 = Φ⁻¹(0.95)
    close(
      [mu!.lower, mu!.upper],
      [mean - (1.6448536269514722 * sd) / Math.sqrt(n), mean + (1.6448536269514722 * sd) / Math.sqrt(n)],
    );
    expect(() => fit.interval(1)).toThrow('estimate.interval: level must lie between 0 and 1, got 1');
    expect(() => fit.interval(Number.NaN)).toThrow('got NaN');
  });

  it('a table a person can read', async () => {
    const text = String(await mle(sample));
    expect(text).toContain('Maximum likelihood estimate');
    expect(text).toMatch(/estimate\s+std\. error\s+2\.5 %\s+97\.5 %/);
    expect(text).toMatch(/mu\s+4\.0167/);
    expect(text).toContain('converged after');
  });

  it('rows to compute with', async () => {
    const fit = await mle(sample);
    expect(fit.summary(0.5).row('mu').estimate).toBe(fit.estimates.mu);
    expect(() => fit.summary().row('nu')).toThrow("no row called 'nu'; there are: mu, sigma, variance, both");
  });

  it('arrays for parameters that are arrays', async () => {
    const fit = await mle(
      model()
        .data({ y })
        .parameters({ theta: flat().size(6) })
        .observe(({ theta }) => ({ y: normal(theta, 2) })),
    );
    close(fit.estimates.theta, y, 1e-9);
    close(
      fit.standardErrors.theta,
      y.map(() => 2),
    );
    expect(fit.names[5]).toBe('theta[5]');
  });

  it('the same bits for the same seed, and the same optimum for another', async () => {
    const [a, b, c] = [await mle(sample, { seed: 3 }), await mle(sample, { seed: 3 }), await mle(sample, { seed: 4 })];
    expect(b.values).toEqual(a.values);
    expect(b.covariance).toEqual(a.covariance);
    close(c.values, [...a.values], 1e-10);
  });

  it('is the MAP under flat priors', async () => {
    const [byMle, byMap] = [await mle(sample), await map(sample)];
    byMap.values.forEach((v, i) => {
      expect(Math.abs(v - byMle.values[i]!)).toBeLessThan(1e-8 * Math.sqrt(byMle.covariance[i * 5]!));
    });
    expect(byMap.logPosterior).toBeCloseTo(byMle.logLikelihood, 10);
    expect(byMle.logPosterior).toBeUndefined();
  });

  it('drops a prior that mentions no other parameter', async () => {
    const prior = model()
      .data({ y })
      .parameters({ mu: normal(0, 0.1) })
      .observe(({ mu }) => ({ y: normal(mu, 1) }));
    close((await mle(prior)).estimates.mu, mean, 1e-10);
    expect((await map(prior)).estimates.mu).toBeLessThan(mean / 2);
  });
});

describe('what an estimate says of its doubts', () => {
  it('names the direction along which two parameters cannot be told apart, and gives them no standard error', async () => {
    const fit = await mle(
      model()
        .data({ y })
        .parameters({ alpha: flat(), beta: flat(), sigma: positive() })
        .derived(({ alpha, beta }) => ({ total: alpha.add(beta) }))
        .observe(({ alpha, beta, sigma }) => ({ y: normal(alpha.add(beta), sigma) })),
    );
    expect(fit.warnings.join()).toContain('Not identified: along alpha − beta');
    expect(fit.standardErrors.alpha).toBeNaN();
    expect(fit.standardErrors.beta).toBeNaN();
    // Their sum is determined, and so is σ.
    close(fit.derived.total, mean, 1e-9);
    close(fit.derivedStandardErrors.total, sd / Math.sqrt(n), 1e-6);
    close(fit.standardErrors.sigma, sd / Math.sqrt(2 * n), 1e-6);
    expect(fit.optima).toHaveLength(1);
  });

  it('names a parameter at the edge of its support', async () => {
    // Counts with less spread than a binomial would have no such trouble; here the excess variance is best at 0.
    const fit = await mle(
      model()
        .data({ y: [-1, 1, -1, 1, 0, 0] })
        .parameters({ tau: positive() })
        .observe(({ tau }) => ({ y: normal(0, tau.square().add(4).sqrt()) })),
    );
    expect(fit.estimates.tau).toBeLessThan(0.1);
    expect(fit.warnings.join()).toContain('tau is at the edge of its support');
    expect(fit.standardErrors.tau).toBeNaN();
    expect(fit.warnings.join()).not.toContain('Not identified');
  });

  it('reports the second-best optimum', async () => {
    // A Cauchy location with two clusters has two maxima (Barnett 1966).
    const fit = await mle(
      model()
        .data({ y: [-1.4, -1.2, 1.1, 1.4, 1.5] })
        .parameters({ mu: flat() })
        .observe(({ mu }) => ({ y: studentT(1, mu, 0.2) })),
      { starts: 12 },
    );
    expect(fit.optima.length).toBeGreaterThan(1);
    expect(fit.optima[0]!.logDensity).toBeGreaterThan(fit.optima[1]!.logDensity);
    expect(fit.optima.reduce((k, o) => k + o.starts, 0)).toBe(12);
    expect(fit.warnings.join()).toMatch(/optima were found; the second \(mu .*\) has a log density lower by/);
    expect(fit.estimates.mu).toBeGreaterThan(1);
  });

  it('says when it ran out of iterations', async () => {
    const fit = await mle(sample, { iterations: 1, starts: 1 });
    expect(fit.ending).toBe('iterations');
    expect(fit.warnings.join()).toContain('Not converged: the iterations ran out');
  });
});

describe('what mle refuses', () => {
  it('a parameter without likelihood', async () => {
    const unused = model()
      .data({ y })
      .parameters({ mu: flat(), nu: normal(0, 1) })
      .observe(({ mu }) => ({ y: normal(mu, 1) }));
    await expect(mle(unused)).rejects.toThrow("no likelihood depends on 'nu'");
  });

  it('a log density that is finite nowhere: it names the term and the values', async () => {
    const impossible = model()
      .data({ y: [1, 2] })
      .parameters({ mu: flat() })
      .observe(({ mu }) => ({ y: normal(mu, mu.square().neg().sub(1)) }));
    await expect(mle(impossible)).rejects.toThrow(/not finite at any start.*y ~ normal/s);
  });

  it('misspelt options and values out of range', async () => {
    await expect(mle(sample, { start: 4 } as never)).rejects.toThrow(
      "mle: no option called 'start'; there are: errors, quadrature, reml, init, starts",
    );
    await expect(mle(sample, { starts: 0 })).rejects.toThrow('starts must be a whole number from 1');
    await expect(mle(sample, { iterations: Number.NaN })).rejects.toThrow('got NaN');
    await expect(mle(sample, { seed: -1 })).rejects.toThrow('seed');
    await expect(mle(sample, { init: { nu: 1 } })).rejects.toThrow("init has 'nu', which is no parameter");
    await expect(mle(sample, { init: { mu: [1, 2] } })).rejects.toThrow('init.mu must be 1 finite number, got [1,2]');
    await expect(mle(sample, { init: { sigma: -1 } })).rejects.toThrow('sigma');
    await expect(map(sample, { jacobian: 1 as never })).rejects.toThrow(
      'jacobian must be true or false, or names of parameters, got 1',
    );
  });

  it('a model without parameters', async () => {
    const empty = model()
      .data({ y })
      .observe(() => ({ y: normal(0, 1) }));
    await expect(mle(empty)).rejects.toThrow('the model has no parameter');
  });
});

describe('an interrupted estimate', () => {
  it('is the best point so far, without standard errors', async () => {
    const controller = new AbortController();
    controller.abort();
    const fit = await mle(sample, { signal: controller.signal });
    expect(fit.ending).toBe('interrupted');
    expect(fit.standardErrors.mu).toBeNaN();
    expect(fit.warnings[0]).toContain('Interrupted');
  });
});
