/** Cauchy distribution. */
import { atan, tan } from '../numeric/elementary.ts';
import { where } from '../program/index.ts';
import type { Arg, Broadcast, Expr, ShapeOfArg } from '../program/types.ts';
import { positive, real } from './constraints.ts';
import { LOG_PI } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

/** P(Z ≤ z) of the standard Cauchy; the tails without subtracting from ½. */
function standardCdf(z: number): number {
  if (z < -1) return atan(-1 / z) / Math.PI;
  return z > 1 ? 1 - atan(1 / z) / Math.PI : 0.5 + atan(z) / Math.PI;
}

/** The tails without tan near its pole. */
function standardQuantile(p: number): number {
  if (p === 0 || p === 1) return p === 0 ? -Infinity : Infinity;
  if (p < 0.25) return -1 / tan(Math.PI * p);
  return p > 0.75 ? 1 / tan(Math.PI * (1 - p)) : tan(Math.PI * (p - 0.5));
}

/** log P(Z ≤ z) as an expression, with the lower tail's digits. */
function tracedLogCdf(z: Expr): Expr {
  const tail = z.abs().maximum(1).reciprocal().atan().div(Math.PI); // P(Z > |z|) for |z| ≥ 1
  const centre = z.atan().div(Math.PI).add(0.5);
  return where(z.lt(-1), tail.log(), where(z.gt(1), tail.neg().log1p(), centre.log()));
}

const family = defineDistribution({
  name: 'cauchy',
  summary: 'Cauchy: tails so heavy that there is no mean',
  kind: 'real',
  parameters: { location: real, scale: positive },
  support: {},
  logDensity: (x, { location, scale }) =>
    x.sub(location).div(scale).square().log1p().neg().sub(scale.log()).sub(LOG_PI),
  cdf: (x, { location, scale }) => standardCdf((x - location) / scale),
  upperCdf: (x, { location, scale }) => standardCdf((location - x) / scale),
  tracedLogCdf: (x, { location, scale }) => tracedLogCdf(x.sub(location).div(scale)),
  tracedLogUpperCdf: (x, { location, scale }) => tracedLogCdf(location.sub(x).div(scale)),
  quantile: (p, { location, scale }) => location + scale * standardQuantile(p),
  mean: () => Number.NaN,
  variance: () => Number.NaN,
  sample: (stream, { location, scale }) => location + scale * (stream.normal() / stream.normal()),
});

/**
 * Cauchy with density 1 / (π scale (1 + ((x − location) / scale)²)).
 *
 * @param location the median: scalar or array, broadcast with `scale`
 * @param scale > 0, half the interquartile range, in units of x
 * @throws RangeError when `scale` is known at definition and not positive, or the lengths do not fit
 * @example model().parameters({ slope: cauchy(0, 2.5) })
 */
export function cauchy<A extends Arg, B extends Arg>(
  location: A,
  scale: B,
): Distribution<Broadcast<ShapeOfArg<A>, ShapeOfArg<B>>, 'real'> {
  return family.of(location, scale);
}
