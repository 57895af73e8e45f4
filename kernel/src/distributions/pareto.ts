/** Pareto distribution. */
import { exp, expm1, log1p } from '../numeric/elementary.ts';
import type { Arg, Broadcast, ShapeOfArg } from '../program/types.ts';
import { positive } from './constraints.ts';
import { log1mExp } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

/** log(x / minimum), 0 below. */
const logRatio = (x: number, minimum: number): number => log1p(Math.max(x - minimum, 0) / minimum);

const family = defineDistribution({
  name: 'pareto',
  summary: 'Pareto above a minimum',
  kind: 'real',
  parameters: { minimum: positive, shape: positive },
  support: { lower: 'minimum' },
  logDensity: (x, { minimum, shape }) =>
    shape
      .log()
      .sub(minimum.log())
      .sub(shape.add(1).mul(x.sub(minimum).div(minimum).log1p())),
  cdf: (x, { minimum, shape }) => -expm1(-shape * logRatio(x, minimum)),
  upperCdf: (x, { minimum, shape }) => exp(-shape * logRatio(x, minimum)),
  tracedLogCdf: (x, { minimum, shape }) => log1mExp(x.div(minimum).log().mul(shape).neg()),
  tracedLogUpperCdf: (x, { minimum, shape }) => x.div(minimum).log().mul(shape).neg(),
  quantile: (p, { minimum, shape }) => minimum * exp(-log1p(-p) / shape),
  mean: ({ minimum, shape }) => (shape > 1 ? (minimum * shape) / (shape - 1) : Infinity),
  variance: ({ minimum, shape }) => (shape > 2 ? ((minimum / (shape - 1)) ** 2 * shape) / (shape - 2) : Infinity),
  sample: (stream, { minimum, shape }) => minimum * exp(stream.exponential() / shape),
});

/**
 * Pareto with density α m^α / x^(α+1) on x ≥ m.
 *
 * @param minimum m > 0, in units of x: scalar or array, broadcast with `shape`
 * @param shape α > 0: the smaller, the heavier the tail; the mean is there for α > 1
 * @throws RangeError when a parameter known at definition is not positive, or the lengths do not fit
 * @example model().data({ wealth }).parameters({ alpha: gamma(2, 1) }).observe(({ alpha }) => ({ wealth: pareto(1, alpha) }))
 */
export function pareto<A extends Arg, B extends Arg>(
  minimum: A,
  shape: B,
): Distribution<Broadcast<ShapeOfArg<A>, ShapeOfArg<B>>, 'real'> {
  return family.of(minimum, shape);
}
