/** Exponential distribution by its rate (as in Stan; scipy's `scale` is 1 / rate). */
import { exp, expm1, log1p } from '../numeric/elementary.ts';
import type { Arg, ShapeOfArg } from '../program/types.ts';
import { positive } from './constraints.ts';
import { log1mExp } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

const family = defineDistribution({
  name: 'exponential',
  summary: 'exponential with a rate: waiting times without memory',
  kind: 'real',
  parameters: { rate: positive },
  support: { lower: 0 },
  logDensity: (x, { rate }) => rate.log().sub(rate.mul(x)),
  cdf: (x, { rate }) => -expm1(-rate * Math.max(x, 0)),
  upperCdf: (x, { rate }) => exp(-rate * Math.max(x, 0)),
  tracedLogCdf: (x, { rate }) => log1mExp(x.mul(rate).neg()),
  tracedLogUpperCdf: (x, { rate }) => x.mul(rate).neg(),
  quantile: (p, { rate }) => -log1p(-p) / rate,
  mean: ({ rate }) => 1 / rate,
  variance: ({ rate }) => 1 / rate ** 2,
  sample: (stream, { rate }) => stream.exponential() / rate,
});

/**
 * Exponential with density rate · e^(−rate x) on x ≥ 0.
 *
 * @param rate > 0, in units of 1/x; the mean is 1 / rate: scalar or array
 * @throws RangeError when `rate` is known at definition and not positive
 * @example model().parameters({ sigma: exponential(1) })
 */
export function exponential<A extends Arg>(rate: A): Distribution<ShapeOfArg<A>, 'real'> {
  return family.of(rate);
}
