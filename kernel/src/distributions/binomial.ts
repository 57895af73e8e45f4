/** Binomial distribution, by probability and by logit. */
import { sigmoid } from '../numeric/elementary.ts';
import { betaRegularised, betaRegularisedUpper, normalQuantile } from '../numeric/special/index.ts';
import { binomialVariate } from '../numeric/variates/index.ts';
import type { Arg, Broadcast, ShapeOfArg } from '../program/types.ts';
import { count, real, unitInterval } from './constraints.ts';
import { discreteQuantile } from './discrete-quantile.ts';
import { betaLower, logChoose, xlog1py, xlogy } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

/** P(X ≤ x), with q = 1 − p known to its own precision. */
function cdf(x: number, n: number, p: number, q: number): number {
  const k = Math.floor(x);
  if (!(k >= 0)) return Number.isNaN(x) ? x : 0;
  if (k >= n) return 1;
  return p < q ? betaRegularisedUpper(k + 1, n - k, p) : betaRegularised(n - k, k + 1, q);
}

/** P(X > x). */
function upperCdf(x: number, n: number, p: number, q: number): number {
  const k = Math.floor(x);
  if (!(k >= 0)) return Number.isNaN(x) ? x : 1;
  if (k >= n) return 0;
  return p < q ? betaRegularised(k + 1, n - k, p) : betaRegularisedUpper(n - k, k + 1, q);
}

function quantile(u: number, n: number, p: number, q: number): number {
  const start = n * p + Math.sqrt(n * p * q) * Math.min(Math.max(normalQuantile(u), -40), 40);
  return discreteQuantile(u, (k) => cdf(k, n, p, q), start, n);
}

const probabilityFamily = defineDistribution({
  name: 'binomial',
  summary: 'binomial: successes in a number of trials',
  kind: 'int',
  parameters: { trials: count, probability: unitInterval },
  support: { lower: 0, upper: 'trials', integer: true },
  logDensity: (x, { trials, probability }) =>
    logChoose(trials, x)
      .add(xlogy(x, probability))
      .add(xlog1py(trials.sub(x), probability.neg())),
  cdf: (x, { trials, probability: p }) => cdf(x, trials, p, 1 - p),
  upperCdf: (x, { trials, probability: p }) => upperCdf(x, trials, p, 1 - p),
  tracedLogCdf: (x, { trials, probability: p }) =>
    betaLower(trials.sub(x.floor()), x.floor().add(1), p.neg().add(1)).log(),
  tracedLogUpperCdf: (x, { trials, probability: p }) => betaLower(x.floor().add(1), trials.sub(x.floor()), p).log(),
  quantile: (u, { trials, probability: p }) => quantile(u, trials, p, 1 - p),
  mean: ({ trials, probability: p }) => trials * p,
  variance: ({ trials, probability: p }) => trials * p * (1 - p),
  sample: (stream, { trials, probability }) => binomialVariate(stream, trials, probability),
});

const logitFamily = defineDistribution({
  name: 'binomialLogit',
  summary: 'binomial by the log odds of a success',
  kind: 'int',
  parameters: { trials: count, logit: real },
  support: { lower: 0, upper: 'trials', integer: true },
  logDensity: (x, { trials, logit }) =>
    logChoose(trials, x).sub(x.mul(logit.neg().softplus())).sub(trials.sub(x).mul(logit.softplus())),
  cdf: (x, { trials, logit }) => cdf(x, trials, sigmoid(logit), sigmoid(-logit)),
  upperCdf: (x, { trials, logit }) => upperCdf(x, trials, sigmoid(logit), sigmoid(-logit)),
  tracedLogCdf: (x, { trials, logit }) =>
    betaLower(trials.sub(x.floor()), x.floor().add(1), logit.neg().sigmoid()).log(),
  tracedLogUpperCdf: (x, { trials, logit }) =>
    betaLower(x.floor().add(1), trials.sub(x.floor()), logit.sigmoid()).log(),
  quantile: (u, { trials, logit }) => quantile(u, trials, sigmoid(logit), sigmoid(-logit)),
  mean: ({ trials, logit }) => trials * sigmoid(logit),
  variance: ({ trials, logit }) => trials * sigmoid(logit) * sigmoid(-logit),
  sample: (stream, { trials, logit }) =>
    logit > 0
      ? trials - binomialVariate(stream, trials, sigmoid(-logit))
      : binomialVariate(stream, trials, sigmoid(logit)),
});

/**
 * Binomial: the number of successes in `trials` independent trials.
 *
 * @param trials n, a whole number of at least 0: scalar or array, broadcast with `probability`
 * @param probability of a success, between 0 and 1
 * @throws RangeError when an argument known at definition is out of range or the lengths do not fit; data that are not
 * whole numbers from 0 to n are refused
 * @example model().data({ y: [7, 4] }).parameters({ p: beta(1, 1) }).observe(({ p }) => ({ y: binomial(10, p) }))
 */
export function binomial<A extends Arg, B extends Arg>(
  trials: A,
  probability: B,
): Distribution<Broadcast<ShapeOfArg<A>, ShapeOfArg<B>>, 'int'> {
  return probabilityFamily.of(trials, probability);
}

/**
 * Binomial by the log odds of a success, without overflow at any logit.
 *
 * @param trials n, a whole number of at least 0: scalar or array, broadcast with `logit`
 * @param logit log(p / (1 − p)), any number
 * @throws RangeError as `binomial`
 * @example
 * const frogs = model()
 *   .data({ n: [10, 35], survived: [9, 30] })
 *   .parameters({ alpha: normal(0, 1.5) })
 *   .observe(({ alpha, n }) => ({ survived: binomialLogit(n, alpha) }));
 */
export function binomialLogit<A extends Arg, B extends Arg>(
  trials: A,
  logit: B,
): Distribution<Broadcast<ShapeOfArg<A>, ShapeOfArg<B>>, 'int'> {
  return logitFamily.of(trials, logit);
}
