/** Uniform distribution on an interval. */
import type { Arg, Broadcast, ShapeOfArg } from '../program/types.ts';
import { real } from './constraints.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

/** How far x is along the interval, 0 … 1. */
function share(x: number, lower: number, upper: number): number {
  return Number.isNaN(x) ? x : Math.min(Math.max((x - lower) / (upper - lower), 0), 1);
}

const family = defineDistribution({
  name: 'uniform',
  summary: 'uniform between two bounds',
  kind: 'real',
  parameters: { lower: real, upper: real },
  support: { lower: 'lower', upper: 'upper' },
  validate: ({ lower, upper }) =>
    lower < upper ? undefined : `lower must be below upper, got ${lower} and ${upper}; give the smaller one first`,
  logDensity: (_, { lower, upper }) => upper.sub(lower).log().neg(),
  cdf: (x, { lower, upper }) => share(x, lower, upper),
  upperCdf: (x, { lower, upper }) => share(-x, -upper, -lower),
  tracedLogCdf: (x, { lower, upper }) => x.sub(lower).div(upper.sub(lower)).log(),
  tracedLogUpperCdf: (x, { lower, upper }) => upper.sub(x).div(upper.sub(lower)).log(),
  quantile: (p, { lower, upper }) => lower + (upper - lower) * p,
  mean: ({ lower, upper }) => lower / 2 + upper / 2,
  variance: ({ lower, upper }) => (upper - lower) ** 2 / 12,
  sample: (stream, { lower, upper }) => Math.min(lower + (upper - lower) * stream.uniform(), upper),
});

/**
 * Uniform with density 1 / (upper − lower) on lower ≤ x ≤ upper. The bounds may be expressions of other parameters.
 *
 * @param lower scalar or array, broadcast with `upper`
 * @param upper above `lower`
 * @throws RangeError when both are known at definition and not in order, or the lengths do not fit
 * @example model().parameters({ alpha: uniform(0, 1) }).parameters(({ alpha }) => ({ beta: uniform(0, alpha) }))
 */
export function uniform<A extends Arg, B extends Arg>(
  lower: A,
  upper: B,
): Distribution<Broadcast<ShapeOfArg<A>, ShapeOfArg<B>>, 'real'> {
  return family.of(lower, upper);
}
