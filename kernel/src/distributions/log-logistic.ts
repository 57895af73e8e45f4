/** Log-logistic distribution: its logarithm is logistic. */
import { exp, log, log1p, sigmoid, sin } from '../numeric/elementary.ts';
import type { Arg, Broadcast, ShapeOfArg } from '../program/types.ts';
import { positive } from './constraints.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

/** Log odds of being below x; −∞ for x ≤ 0. */
const logOdds = (x: number, scale: number, shape: number): number =>
  x > 0 ? shape * log(x / scale) : Number.isNaN(x) ? x : -Infinity;

const family = defineDistribution({
  name: 'logLogistic',
  summary: 'log-logistic with scale and shape',
  kind: 'real',
  parameters: { scale: positive, shape: positive },
  support: { lower: 0, open: true },
  logDensity: (x, { scale, shape }) => {
    const odds = shape.mul(x.div(scale).log());
    return shape.log().sub(x.log()).sub(odds.softplus()).sub(odds.neg().softplus());
  },
  cdf: (x, { scale, shape }) => sigmoid(logOdds(x, scale, shape)),
  upperCdf: (x, { scale, shape }) => sigmoid(-logOdds(x, scale, shape)),
  tracedLogCdf: (x, { scale, shape }) => shape.mul(x.div(scale).log()).neg().softplus().neg(),
  tracedLogUpperCdf: (x, { scale, shape }) => shape.mul(x.div(scale).log()).softplus().neg(),
  quantile: (p, { scale, shape }) => scale * exp((log(p) - log1p(-p)) / shape),
  mean: ({ scale, shape }) => {
    const b = Math.PI / shape;
    return shape > 1 ? (scale * b) / sin(b) : Infinity;
  },
  variance: ({ scale, shape }) => {
    const b = Math.PI / shape;
    return shape > 2 ? scale ** 2 * ((2 * b) / sin(2 * b) - (b / sin(b)) ** 2) : Infinity;
  },
  sample: (stream, { scale, shape }) => {
    const u = stream.uniform();
    return scale * exp((log(u) - log1p(-u)) / shape);
  },
});

/**
 * Log-logistic with P(X ≤ x) = 1 / (1 + (x / scale)^−shape) on x > 0: waiting times with a hazard that rises and falls.
 *
 * @param scale > 0, in units of x, the median: scalar or array, broadcast with `shape`
 * @param shape > 0; the mean is there for shapes above 1
 * @throws RangeError when a parameter known at definition is not positive, or the lengths do not fit
 * @example model().data({ days }).parameters({ s: halfNormal(0, 30), k: gamma(4, 2) }).observe(({ s, k }) => ({ days: logLogistic(s, k) }))
 */
export function logLogistic<A extends Arg, B extends Arg>(
  scale: A,
  shape: B,
): Distribution<Broadcast<ShapeOfArg<A>, ShapeOfArg<B>>, 'real'> {
  return family.of(scale, shape);
}
