/** Laplace distribution (Stan: double exponential). */
import { exp, expm1, log } from '../numeric/elementary.ts';
import { where } from '../program/index.ts';
import type { Arg, Broadcast, Expr, ShapeOfArg } from '../program/types.ts';
import { positive, real } from './constraints.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

/** P(Z ≤ z) of the standard Laplace. */
const standardCdf = (z: number): number => (z < 0 ? 0.5 * exp(z) : 0.5 - 0.5 * expm1(-z));

/** log P(Z ≤ z) as an expression. */
function standardLogCdf(z: Expr): Expr {
  const tail = z.abs().neg();
  return where(z.lt(0), tail.sub(Math.LN2), tail.exp().mul(-0.5).log1p());
}

const family = defineDistribution({
  name: 'laplace',
  summary: 'Laplace (double exponential) with location and scale',
  kind: 'real',
  parameters: { location: real, scale: positive },
  support: {},
  logDensity: (x, { location, scale }) => x.sub(location).abs().div(scale).add(scale.log()).add(Math.LN2).neg(),
  cdf: (x, { location, scale }) => standardCdf((x - location) / scale),
  upperCdf: (x, { location, scale }) => standardCdf((location - x) / scale),
  tracedLogCdf: (x, { location, scale }) => standardLogCdf(x.sub(location).div(scale)),
  tracedLogUpperCdf: (x, { location, scale }) => standardLogCdf(location.sub(x).div(scale)),
  quantile: (p, { location, scale }) => location + scale * (p < 0.5 ? log(2 * p) : -log(2 * (1 - p))),
  mean: ({ location }) => location,
  variance: ({ scale }) => 2 * scale ** 2,
  sample: (stream, { location, scale }) => location + scale * (stream.exponential() - stream.exponential()),
});

/**
 * Laplace with density e^(−|x − location| / scale) / (2 scale); Stan calls it double exponential.
 *
 * @param location the mean and median: scalar or array, broadcast with `scale`
 * @param scale > 0, in units of x: the mean distance from `location`
 * @throws RangeError when `scale` is known at definition and not positive, or the lengths do not fit
 * @example model().parameters({ beta: laplace(0, 1).size(5) }) // the prior of the lasso
 */
export function laplace<A extends Arg, B extends Arg>(
  location: A,
  scale: B,
): Distribution<Broadcast<ShapeOfArg<A>, ShapeOfArg<B>>, 'real'> {
  return family.of(location, scale);
}
