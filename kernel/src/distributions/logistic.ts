/** Logistic distribution. */
import { log, log1p, sigmoid } from '../numeric/elementary.ts';
import type { Arg, Broadcast, ShapeOfArg } from '../program/types.ts';
import { positive, real } from './constraints.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

const family = defineDistribution({
  name: 'logistic',
  summary: 'logistic with location and scale',
  kind: 'real',
  parameters: { location: real, scale: positive },
  support: {},
  logDensity: (x, { location, scale }) => {
    const z = x.sub(location).div(scale);
    return z.add(z.neg().softplus().mul(2)).add(scale.log()).neg();
  },
  cdf: (x, { location, scale }) => sigmoid((x - location) / scale),
  upperCdf: (x, { location, scale }) => sigmoid((location - x) / scale),
  tracedLogCdf: (x, { location, scale }) => location.sub(x).div(scale).softplus().neg(),
  tracedLogUpperCdf: (x, { location, scale }) => x.sub(location).div(scale).softplus().neg(),
  quantile: (p, { location, scale }) => location + scale * (log(p) - log1p(-p)),
  mean: ({ location }) => location,
  variance: ({ scale }) => (Math.PI * scale) ** 2 / 3,
  sample: (stream, { location, scale }) => {
    const u = stream.uniform();
    return location + scale * (log(u) - log1p(-u));
  },
});

/**
 * Logistic with density e^−z / (scale (1 + e^−z)²), z = (x − location) / scale.
 *
 * @param location the mean: scalar or array, broadcast with `scale`
 * @param scale > 0, in units of x; the standard deviation is π scale / √3
 * @throws RangeError when `scale` is known at definition and not positive, or the lengths do not fit
 * @example model().parameters({ alpha: logistic(0, 1) }) // its sigmoid is uniform
 */
export function logistic<A extends Arg, B extends Arg>(
  location: A,
  scale: B,
): Distribution<Broadcast<ShapeOfArg<A>, ShapeOfArg<B>>, 'real'> {
  return family.of(location, scale);
}
