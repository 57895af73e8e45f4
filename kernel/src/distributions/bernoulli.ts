/** Bernoulli distribution, by probability and by logit. */
import { sigmoid } from '../numeric/elementary.ts';
import { where } from '../program/index.ts';
import type { Arg, ShapeOfArg } from '../program/types.ts';
import { real, unitInterval } from './constraints.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

/** P(X ≤ x), given P(X = 0). */
function step(x: number, zero: number): number {
  if (Number.isNaN(x)) return x;
  return x < 0 ? 0 : x < 1 ? zero : 1;
}

const probabilityFamily = defineDistribution({
  name: 'bernoulli',
  summary: 'Bernoulli: 1 with a probability, else 0',
  kind: 'int',
  parameters: { probability: unitInterval },
  support: { lower: 0, upper: 1, integer: true },
  logDensity: (x, { probability }) => where(x.eq(1), probability.log(), probability.neg().log1p()),
  cdf: (x, { probability }) => step(x, 1 - probability),
  quantile: (p, { probability }) => (p <= 1 - probability ? 0 : 1),
  mean: ({ probability }) => probability,
  variance: ({ probability }) => probability * (1 - probability),
  sample: (stream, { probability }) => (stream.uniform() < probability ? 1 : 0),
});

const logitFamily = defineDistribution({
  name: 'bernoulliLogit',
  summary: 'Bernoulli by the log odds of 1',
  kind: 'int',
  parameters: { logit: real },
  support: { lower: 0, upper: 1, integer: true },
  // log sigmoid(±logit): the sign that x asks for
  logDensity: (x, { logit }) => logit.mul(x.mul(-2).add(1)).softplus().neg(),
  cdf: (x, { logit }) => step(x, sigmoid(-logit)),
  quantile: (p, { logit }) => (p <= sigmoid(-logit) ? 0 : 1),
  mean: ({ logit }) => sigmoid(logit),
  variance: ({ logit }) => sigmoid(logit) * sigmoid(-logit),
  sample: (stream, { logit }) => (stream.uniform() < sigmoid(logit) ? 1 : 0),
});

/**
 * Bernoulli: 1 with probability p, 0 with 1 − p.
 *
 * @param probability between 0 and 1: scalar or array
 * @throws RangeError when it is known at definition and outside 0 … 1; data other than 0 and 1 are refused
 * @example model().data({ y: [1, 0, 1] }).parameters({ p: beta(1, 1) }).observe(({ p }) => ({ y: bernoulli(p) }))
 */
export function bernoulli<A extends Arg>(probability: A): Distribution<ShapeOfArg<A>, 'int'> {
  return probabilityFamily.of(probability);
}

/**
 * Bernoulli by its log odds: 1 with probability 1 / (1 + e^−logit). What logistic regression is made of; without
 * overflow at any logit.
 *
 * @param logit any number: scalar or array
 * @throws RangeError for data other than 0 and 1
 * @example
 * const switching = model()
 *   .data({ distance: [0.5, 1.2, 2.1], switched: [1, 1, 0] })
 *   .parameters({ alpha: normal(0, 2), beta: normal(0, 2) })
 *   .observe(({ alpha, beta, distance }) => ({ switched: bernoulliLogit(alpha.add(beta.mul(distance))) }));
 */
export function bernoulliLogit<A extends Arg>(logit: A): Distribution<ShapeOfArg<A>, 'int'> {
  return logitFamily.of(logit);
}
