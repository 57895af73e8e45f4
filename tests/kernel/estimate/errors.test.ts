import { describe, expect, it } from 'vitest';
import {
  bernoulli,
  bernoulliLogit,
  beta,
  binomial,
  binomialLogit,
  cauchy,
  type Distribution,
  exponential,
  flat,
  gamma,
  laplace,
  logistic,
  logNormal,
  normal,
  poisson,
  poissonLog,
  studentT,
} from '#kernel/distributions/index';
import { expectedInformation } from '#kernel/estimate/expected';
import { mle } from '#kernel/estimate/index';
import { fisherScoring } from '#kernel/estimate/optimise/fisher-scoring';
import { negative } from '#kernel/estimate/optimise/objective';
import { minimise } from '#kernel/estimate/optimise/shared';
import { scores } from '#kernel/estimate/sandwich';
import { compileModel, model } from '#kernel/model/index';
import type { Expr } from '#kernel/program/index';
import r from './fixtures/r-inference.json' with { type: 'json' };

const positive = () => flat().bounded({ lower: 0 });

/** The leading k × k block of a covariance against R's matrix, relative to the standard errors. */
function expectBlock(covariance: Float64Array, n: number, reference: readonly (readonly number[])[], tolerance = 1e-8) {
  reference.forEach((row, i) => {
    row.forEach((v, j) => {
      const size = Math.sqrt(reference[i]![i]! * reference[j]![j]!);
      expect(Math.abs(covariance[i * n + j]! - v) / size, `[${i},${j}]`).toBeLessThan(tolerance);
    });
  });
}

const { am, wt } = r.probit.data;
const probit = model()
  .data({ am, wt })
  .parameters({ alpha: flat(), beta: flat() })
  .observe(({ alpha, beta, wt }) => ({ am: bernoulli(alpha.add(beta.mul(wt)).normalCdf()) }));
const { mpg, wt: weight, hp, cyl } = r.linear.data;
const linear = model()
  .data({ mpg, weight, hp })
  .parameters({ a: flat(), b: flat(), c: flat(), sigma: positive() })
  .observe(({ a, b, c, sigma, weight, hp }) => ({ mpg: normal(a.add(b.mul(weight)).add(c.mul(hp)), sigma) }));
const infert = model()
  .data({ case: r.infert.data.case, spontaneous: r.infert.data.spontaneous, induced: r.infert.data.induced })
  .parameters({ b: flat().size(3) })
  .observe(({ b, spontaneous, induced }) => ({
    case: bernoulliLogit(b.at(0).add(b.at(1).mul(spontaneous)).add(b.at(2).mul(induced))),
  }));

describe('expected information', () => {
  it("gives R's standard errors of a probit regression, whose observed ones differ", async () => {
    const expected = await mle(probit, { errors: 'expected' });
    // R's vcov has the working weights of the last iteration but one, so it is itself off by some 1e-8.
    expectBlock(expected.covariance, 2, r.probit.vcov.values, 1e-7);
    expect(expected.values[0]).toBeCloseTo(r.probit.coefficients.values[0]![0]!, 8);
    const observed = await mle(probit);
    expect(Math.abs(observed.covariance[0]! / expected.covariance[0]! - 1)).toBeGreaterThan(0.01);
  });

  it("makes Fisher scoring R's glm: the same estimates", () => {
    const compiled = compileModel(probit);
    const objective = negative(compiled.density({ prior: false, jacobian: false }));
    const { state, ending } = minimise(fisherScoring(objective, expectedInformation(compiled)), new Float64Array(2));
    expect(ending).toBe('converged');
    r.probit.coefficients.values.forEach((row, i) => {
      expect(Math.abs(state.position[i]! / row[0]! - 1)).toBeLessThan(1e-8);
    });
  });

  // Each family's matrix against E[−∂²log p] over draws of its own sampler, in Monte Carlo standard errors. The false
  // alarm of one of the 44 comparisons at 5 standard errors is about 3e-5.
  const families: [string, number[], (...p: Expr[]) => Distribution][] = [
    ['normal', [1, 2], (m, s) => normal(m!, s!)],
    ['logNormal', [0.2, 0.5], (m, s) => logNormal(m!, s!)],
    ['cauchy', [1, 2], (m, s) => cauchy(m!, s!)],
    ['laplace', [1, 2], (m, s) => laplace(m!, s!)],
    ['logistic', [1, 2], (m, s) => logistic(m!, s!)],
    ['bernoulli', [0.3], (p) => bernoulli(p!)],
    ['bernoulliLogit', [0.7], (p) => bernoulliLogit(p!)],
    ['binomial', [0.3], (p) => binomial(7, p!)],
    ['binomialLogit', [-0.4], (p) => binomialLogit(7, p!)],
    ['poisson', [3], (m) => poisson(m!)],
    ['poissonLog', [0.8], (m) => poissonLog(m!)],
    ['exponential', [2], (m) => exponential(m!)],
    ['gamma', [3, 2], (a, b) => gamma(a!, b!)],
    ['beta', [2, 3], (a, b) => beta(a!, b!)],
    ['studentT', [4, 1, 2], (nu, m, s) => studentT(nu!, m!, s!)],
  ];
  it.each(families)('of %s is the variance of its scores', async (_, at, make) => {
    const { Stream, key } = await import('#kernel/numeric/random');
    const n = 40_000;
    const d = at.length;
    const told = (y: Float64Array) =>
      model()
        .data({ y })
        .parameters({ theta: flat().size(d) })
        .observe(({ theta }) => ({ y: make(...at.map((_, k) => theta.at(k) as Expr)) as never }));
    const position = Float64Array.from(at);
    const y = compileModel(told(new Float64Array(n).fill(1 / 2).map(Math.round))).predictive(
      position,
      new Stream(key(5)),
    ).y!;
    const compiled = compileModel(told(y));
    const information = expectedInformation(compiled)(position);
    const rows = scores(compiled, position); // (n, d)
    for (let i = 0; i < d; i++) {
      for (let j = 0; j <= i; j++) {
        let [sum, squares] = [0, 0];
        for (let k = 0; k < n; k++) {
          const v = rows[k * d + i]! * rows[k * d + j]!;
          sum += v;
          squares += v * v;
        }
        const error = Math.sqrt(squares / n - (sum / n) ** 2) / Math.sqrt(n);
        expect(Math.abs(sum / n - information[i * d + j]! / n), `[${i},${j}]`).toBeLessThan(5 * error + 1e-12);
      }
    }
  });

  it('is refused, by name, where none is known', async () => {
    const custom = model()
      .data({ y: [1, 2] })
      .parameters({ m: flat() })
      .logDensity(({ m, y }) => y.sub(m).square().neg().sum());
    await expect(mle(custom, { errors: 'expected' })).rejects.toThrow('none is known for logDensity');
  });
});

describe('sandwich standard errors', () => {
  it('are HC0 of a linear regression', async () => {
    const fit = await mle(linear, { errors: 'sandwich' });
    expectBlock(fit.covariance, 4, r.linear.vcov.HC0.values, 1e-7);
  });

  it('are HC0 of a logistic regression', async () => {
    const fit = await mle(infert, { errors: 'sandwich' });
    expectBlock(fit.covariance, 3, r.infert.vcov.HC0.values, 1e-8);
  });

  it('by cluster are those of vcovCL: numbers, text or a factor as labels', async () => {
    const fit = await mle(linear, { errors: { cluster: cyl } });
    expectBlock(fit.covariance, 4, r.linear.vcovCL.HC0.values, 1e-7);
    const labels = r.infert.data.education.values;
    const byText = await mle(infert, { errors: { cluster: labels } });
    expectBlock(byText.covariance, 3, r.infert.vcovCL.HC0.values, 1e-7);
    const codes = Int32Array.from(labels, (label) => r.infert.data.education.levels.indexOf(label));
    const byFactor = await mle(infert, { errors: { cluster: { codes } } });
    expect(byFactor.covariance).toEqual(byText.covariance);
  });

  it('leave the estimates alone', async () => {
    expect((await mle(linear, { errors: 'sandwich' })).values).toEqual((await mle(linear)).values);
  });

  it('refuse labels that do not fit, one cluster, and a term that is one number', async () => {
    await expect(mle(linear, { errors: { cluster: [1, 2] } })).rejects.toThrow(
      'one label for each of the 32 observations',
    );
    await expect(mle(linear, { errors: { cluster: cyl.map(() => 1) } })).rejects.toThrow('at least two clusters');
    await expect(mle(linear, { errors: 'robust' as never })).rejects.toThrow("errors must be 'observed', 'expected'");
    const custom = model()
      .data({ y: [1, 2] })
      .parameters({ m: flat() })
      .logDensity(({ m, y }) => y.sub(m).square().neg().sum());
    await expect(mle(custom, { errors: 'sandwich' })).rejects.toThrow('the term logDensity is one number');
  });

  it('sum the scores of observed names of one length, row by row', () => {
    const told = model()
      .data({ y: [1, 2, 3], z: [0, 1, 1] })
      .parameters({ m: flat() })
      .observe(({ m }) => ({ y: normal(m, 1), z: normal(m, 1) }));
    expect([...scores(compileModel(told), Float64Array.of(0.5))]).toEqual([0, 2, 3]);
  });
});

it('AICc is AIC + 2k(k + 1)/(n − k − 1), and missing where n is too small', async () => {
  const fit = await mle(linear);
  expect(fit.aicc).toBeCloseTo(fit.aic + (2 * 4 * 5) / (32 - 5), 12);
  const tiny = await mle(
    model()
      .data({ y: [1, 2] })
      .parameters({ m: flat() })
      .observe(({ m }) => ({ y: normal(m, 1) })),
  );
  expect(tiny.aicc).toBeNaN();
});
