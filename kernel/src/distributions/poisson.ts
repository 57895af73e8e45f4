/** Poisson distribution, by rate and by log rate. */
import { exp } from '../numeric/elementary.ts';
import { gammaRegularisedLower, gammaRegularisedUpper, normalQuantile } from '../numeric/special/index.ts';
import { poissonVariate } from '../numeric/variates/index.ts';
import type { Arg, ShapeOfArg } from '../program/types.ts';
import { nonNegative, real } from './constraints.ts';
import { discreteQuantile } from './discrete-quantile.ts';
import { gammaLower, gammaUpper, logGamma, xlogy } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

function cdf(x: number, rate: number): number {
  const k = Math.floor(x);
  if (!(k >= 0)) return Number.isNaN(x) ? x : 0;
  return k === Infinity ? 1 : rate === 0 ? 1 : gammaRegularisedUpper(k + 1, rate);
}

function upperCdf(x: number, rate: number): number {
  const k = Math.floor(x);
  if (!(k >= 0)) return Number.isNaN(x) ? x : 1;
  return k === Infinity || rate === 0 ? 0 : gammaRegularisedLower(k + 1, rate);
}

function quantile(p: number, rate: number): number {
  const start = rate + Math.sqrt(rate) * Math.min(Math.max(normalQuantile(p), -40), 40);
  return discreteQuantile(p, (k) => cdf(k, rate), start, Infinity);
}

const rateFamily = defineDistribution({
  name: 'poisson',
  summary: 'Poisson: counts of independent events',
  kind: 'int',
  parameters: { rate: nonNegative },
  support: { lower: 0, integer: true },
  logDensity: (x, { rate }) =>
    xlogy(x, rate)
      .sub(rate)
      .sub(logGamma(x.add(1))),
  cdf: (x, { rate }) => cdf(x, rate),
  upperCdf: (x, { rate }) => upperCdf(x, rate),
  tracedLogCdf: (x, { rate }) => gammaUpper(x.floor().add(1), rate).log(),
  tracedLogUpperCdf: (x, { rate }) => gammaLower(x.floor().add(1), rate).log(),
  quantile: (p, { rate }) => quantile(p, rate),
  mean: ({ rate }) => rate,
  variance: ({ rate }) => rate,
  sample: (stream, { rate }) => poissonVariate(stream, rate),
});

const logRateFamily = defineDistribution({
  name: 'poissonLog',
  summary: 'Poisson by the logarithm of its rate',
  kind: 'int',
  parameters: { logRate: real },
  support: { lower: 0, integer: true },
  logDensity: (x, { logRate }) =>
    x
      .mul(logRate)
      .sub(logRate.exp())
      .sub(logGamma(x.add(1))),
  cdf: (x, { logRate }) => cdf(x, exp(logRate)),
  upperCdf: (x, { logRate }) => upperCdf(x, exp(logRate)),
  tracedLogCdf: (x, { logRate }) => gammaUpper(x.floor().add(1), logRate.exp()).log(),
  tracedLogUpperCdf: (x, { logRate }) => gammaLower(x.floor().add(1), logRate.exp()).log(),
  quantile: (p, { logRate }) => quantile(p, exp(logRate)),
  mean: ({ logRate }) => exp(logRate),
  variance: ({ logRate }) => exp(logRate),
  sample: (stream, { logRate }) => poissonVariate(stream, exp(logRate)),
});

/**
 * Poisson: the number of events when they come independently at a constant rate.
 *
 * @param rate ≥ 0, the mean: scalar or array
 * @throws RangeError when it is known at definition and negative; data that are not counts are refused
 * @example model().data({ y: [3, 1, 4] }).parameters({ rate: gamma(2, 0.1) }).observe(({ rate }) => ({ y: poisson(rate) }))
 */
export function poisson<A extends Arg>(rate: A): Distribution<ShapeOfArg<A>, 'int'> {
  return rateFamily.of(rate);
}

/**
 * Poisson by the logarithm of its rate: what Poisson regression is made of.
 *
 * @param logRate log of the mean, any number: scalar or array
 * @throws RangeError for data that are not counts
 * @example
 * const claims = model()
 *   .data({ x: [0, 1, 2], y: [1, 0, 4] })
 *   .parameters({ alpha: normal(0, 1), beta: normal(0, 1) })
 *   .observe(({ alpha, beta, x }) => ({ y: poissonLog(alpha.add(beta.mul(x))) }));
 */
export function poissonLog<A extends Arg>(logRate: A): Distribution<ShapeOfArg<A>, 'int'> {
  return logRateFamily.of(logRate);
}
