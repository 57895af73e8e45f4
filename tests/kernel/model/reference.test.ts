/**
 * Whole models against the same models written again with scipy: fixtures/reference.py, run with Python 3.11.7,
 * numpy 2.4.6, scipy 1.17.1, `python reference.py > reference.json`.
 */
import { describe, expect, it } from 'vitest';
import {
  bernoulliLogit,
  beta,
  binomial,
  cauchy,
  exponential,
  flat,
  gamma,
  halfCauchy,
  halfNormal,
  logNormal,
  normal,
  ordered,
  poisson,
  poissonLog,
  positiveOrdered,
  simplex,
  studentT,
  uniform,
} from '#kernel/distributions/index';
import { compileModel, model } from '#kernel/model/index';
import type { AnyModel } from '#kernel/model/types';
import { cholesky, concatenate, constant, logMix, matmul, scan, stack } from '#kernel/program/index';
import reference from './fixtures/reference.json' with { type: 'json' };

interface Point {
  readonly position: readonly number[];
  readonly values: readonly number[];
  readonly likelihood: number;
  readonly prior: number;
  readonly jacobian: number;
  readonly gradient: readonly number[];
}

const schools = reference['eight schools, centred'].data;
const { data: kid } = reference['kid score regression'];
const { data: returns } = reference['GARCH(1,1)'];
const { data: two } = reference['mixture of two normals'];
const { data: states } = reference['hidden Markov chain'];
const { data: process } = reference['Gaussian process, Poisson counts'];
const { data: logistic } = reference['logistic regression'];
const { data: zoo } = reference['every other family'];

const squaredDistance = process.x.map((a) => process.x.map((b) => (a - b) ** 2));
const jitter = process.x.map((_, i) => process.x.map((__, j) => (i === j ? 1e-8 : 0)));

const models: Readonly<Record<keyof typeof reference, AnyModel>> = {
  'eight schools, centred': model()
    .data(schools)
    .parameters({ mu: normal(0, 5), tau: halfCauchy(0, 5) })
    .parameters(({ mu, tau }) => ({ theta: normal(mu, tau).size(8) }))
    .observe(({ theta, se }) => ({ effect: normal(theta, se) })),

  'eight schools, not centred': model()
    .data(schools)
    .parameters({ mu: normal(0, 5), tau: halfCauchy(0, 5), z: normal(0, 1).size(8) })
    .derived(({ mu, tau, z }) => ({ theta: mu.add(tau.mul(z)) }))
    .observe(({ theta, se }) => ({ effect: normal(theta, se) })),

  'kid score regression': model()
    .data(kid)
    .parameters({ alpha: flat(), beta: flat(), sigma: halfCauchy(0, 2.5) })
    .observe(({ alpha, beta, sigma, iq }) => ({ score: normal(alpha.add(beta.mul(iq)), sigma) })),

  'GARCH(1,1)': model()
    .data(returns)
    .parameters({ mu: flat(), alpha0: flat().bounded({ lower: 0 }), alpha1: uniform(0, 1) })
    .parameters(({ alpha1 }) => ({ beta1: uniform(0, constant(1).sub(alpha1)) }))
    .derived(({ y, mu, alpha0, alpha1, beta1, sigma1 }) => {
      const first = sigma1.square();
      const rest = scan(
        (variance, residual) => alpha0.add(alpha1.mul(residual.square())).add(beta1.mul(variance)),
        first,
        y.sub(mu).slice(0, -1),
      );
      return { sigma: concatenate([first.reshape(1), rest]).sqrt() };
    })
    .observe(({ mu, sigma }) => ({ y: normal(mu, sigma) })),

  'mixture of two normals': model()
    .data(two)
    .parameters({ mu: ordered(normal(0, 2).size(2)), sigma: halfNormal(0, 2).size(2), theta: beta(5, 5) })
    .logDensity(({ y, mu, sigma, theta }) =>
      logMix(theta, normal(mu.at(0), sigma.at(0)).logDensity(y), normal(mu.at(1), sigma.at(1)).logDensity(y)),
    ),

  'hidden Markov chain': model()
    .data(states)
    .parameters({
      theta0: simplex(2),
      theta1: simplex(2),
      mu: positiveOrdered(normal([3, 10], 1)),
    })
    .logDensity(({ y, theta0, theta1, mu }) => {
      const transition = stack([theta0, theta1]).log(); // (from, to)
      const emission = normal(mu, 1).logDensity(y.reshape(y.size, 1)); // (time, state)
      const first = emission.at(0).sub(Math.log(2));
      const forward = scan(
        (before, now) => before.reshape(2, 1).add(transition).logSumExp(0).add(now),
        first,
        emission.slice(1),
      );
      return forward.at(-1).logSumExp();
    }),

  'Gaussian process, Poisson counts': model()
    .data({ k: process.k, squaredDistance, jitter })
    .parameters({ rho: gamma(25, 4), alpha: normal(0, 2).bounded({ lower: 0 }), z: normal(0, 1).size(11) })
    .derived(({ rho, alpha, z, squaredDistance, jitter }) => {
      const covariance = squaredDistance.div(rho.square().mul(-2)).exp().mul(alpha.square()).add(jitter);
      return { f: matmul(cholesky(covariance), z) };
    })
    .observe(({ f }) => ({ k: poissonLog(f) })),

  'logistic regression': model()
    .data(logistic)
    .parameters({ beta: normal(0, 2.5).size(3) })
    .observe(({ X, beta }) => ({ y: bernoulliLogit(X.matmul(beta)) })),

  'every other family': model()
    .data(zoo)
    .parameters({
      location: cauchy(0, 1).bounded({ upper: 2 }),
      scale: logNormal(0, 1),
      rate: gamma(2, 1),
      a: exponential(1).bounded({ lower: 1 }),
      p: uniform(0.1, 0.9),
      weights: simplex(4),
    })
    .observe(({ location, scale, rate, a, p }) => ({
      t: studentT(4, location, scale),
      wait: exponential(rate),
      share: beta(a, 2),
      hits: binomial(10, p),
      size: logNormal(location, scale),
      count: poisson(rate),
    })),
};

describe.each(Object.entries(models))('%s', (name, told) => {
  const compiled = compileModel(told);
  const points = reference[name as keyof typeof reference].points as readonly Point[];
  const likelihood = compiled.density({ prior: false, jacobian: false });
  const posterior = compiled.density({ prior: true, jacobian: false });
  const unconstrained = compiled.density({ prior: true, jacobian: true });

  it.each(points.map((point, i) => [i, point] as const))('agrees with scipy at point %i', (_, point) => {
    const position = Float64Array.from(point.position);
    const close = (found: number, expected: number) => {
      expect(Math.abs(found - expected)).toBeLessThan(1e-9 * Math.max(1, Math.abs(expected)));
    };
    compiled.constrain(position).forEach((value, i) => void close(value, point.values[i]!));
    compiled.unconstrain(Float64Array.from(point.values)).forEach((u, i) => void close(u, point.position[i]!));
    close(likelihood.value(position), point.likelihood);
    close(posterior.value(position), point.likelihood + point.prior);
    close(unconstrained.value(position), point.likelihood + point.prior + point.jacobian);
    const sum = compiled.terms(position).reduce((total, { value }) => total + value, 0);
    close(sum, unconstrained.value(position));
  });

  it.each(points.map((point, i) => [i, point] as const))('its gradient agrees at point %i', (_, point) => {
    const position = Float64Array.from(point.position);
    const gradient = new Float64Array(compiled.dimension);
    const value = unconstrained.valueAndGradient(position, gradient);
    expect(value).toBe(unconstrained.value(position));
    gradient.forEach((slope, i) => {
      const expected = point.gradient[i]!;
      expect(Math.abs(slope - expected)).toBeLessThan(1e-6 * Math.max(1, Math.abs(expected)));
      const [up, down] = [position.slice(), position.slice()];
      up[i]! += 1e-5;
      down[i]! -= 1e-5;
      const difference = (unconstrained.value(up) - unconstrained.value(down)) / 2e-5;
      expect(Math.abs(slope - difference)).toBeLessThan(1e-5 * Math.max(1, Math.abs(slope), Math.abs(value) / 100));
    });
  });
});
