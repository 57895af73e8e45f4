/** Discrete uniform distribution. */
import type { Arg, Broadcast, ShapeOfArg } from '../program/types.ts';
import { integer } from './constraints.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

/** The share of values up to x. */
function share(x: number, lower: number, upper: number): number {
  if (Number.isNaN(x)) return x;
  return Math.min(Math.max((Math.floor(x) - lower + 1) / (upper - lower + 1), 0), 1);
}

const family = defineDistribution({
  name: 'discreteUniform',
  summary: 'whole numbers between two bounds, all equally likely',
  kind: 'int',
  parameters: { lower: integer, upper: integer },
  support: { lower: 'lower', upper: 'upper', integer: true },
  validate: ({ lower, upper }) =>
    lower <= upper ? undefined : `lower must be at most upper, got ${lower} and ${upper}; give the smaller one first`,
  logDensity: (_, { lower, upper }) => upper.sub(lower).add(1).log().neg(),
  cdf: (x, { lower, upper }) => share(x, lower, upper),
  upperCdf: (x, { lower, upper }) =>
    Number.isNaN(x) ? x : Math.min(Math.max((upper - Math.floor(x)) / (upper - lower + 1), 0), 1),
  quantile: (p, { lower, upper }) => {
    const near = Math.min(Math.max(lower + Math.ceil(p * (upper - lower + 1)) - 1, lower), upper);
    return near > lower && share(near - 1, lower, upper) >= p ? near - 1 : near;
  },
  mean: ({ lower, upper }) => lower / 2 + upper / 2,
  variance: ({ lower, upper }) => ((upper - lower + 1) ** 2 - 1) / 12,
  sample: (stream, { lower, upper }) => lower + stream.integer(upper - lower + 1),
});

/**
 * Discrete uniform: each whole number from lower to upper with the same probability.
 *
 * @param lower a whole number: scalar or array, broadcast with `upper`
 * @param upper a whole number, not below `lower`
 * @throws RangeError when the bounds known at definition are not whole or not in order, or the lengths do not fit
 * @example model().data({ die: [3, 6, 1] }).observe(() => ({ die: discreteUniform(1, 6) }))
 */
export function discreteUniform<A extends Arg, B extends Arg>(
  lower: A,
  upper: B,
): Distribution<Broadcast<ShapeOfArg<A>, ShapeOfArg<B>>, 'int'> {
  return family.of(lower, upper);
}
