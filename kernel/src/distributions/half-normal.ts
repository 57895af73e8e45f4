/** Half-normal distribution: the upper half of a normal. */
import { erf, erfc, normalQuantileAbsolute } from '../numeric/special/index.ts';
import type { Arg, Broadcast, ShapeOfArg } from '../program/types.ts';
import { positive, real } from './constraints.ts';
import { HALF_LOG_TWO_PI } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

const LOG_DENSITY_CONSTANT = Math.LN2 - HALF_LOG_TWO_PI; // the density is doubled
const ROOT_TWO_OVER_PI = Math.sqrt(2 / Math.PI);

const family = defineDistribution({
  name: 'halfNormal',
  summary: 'normal above its location, the density doubled',
  kind: 'real',
  parameters: { location: real, scale: positive },
  support: { lower: 'location' },
  logDensity: (x, { location, scale }) =>
    x.sub(location).div(scale).square().mul(-0.5).sub(scale.log()).add(LOG_DENSITY_CONSTANT),
  cdf: (x, { location, scale }) => erf((Math.max(x - location, 0) / scale) * Math.SQRT1_2),
  upperCdf: (x, { location, scale }) => erfc((Math.max(x - location, 0) / scale) * Math.SQRT1_2),
  tracedLogCdf: (x, { location, scale }) => x.sub(location).div(scale).mul(Math.SQRT1_2).erf().log(),
  tracedLogUpperCdf: (x, { location, scale }) => location.sub(x).div(scale).normalLogCdf().add(Math.LN2),
  quantile: (p, { location, scale }) => location + scale * normalQuantileAbsolute(p),
  mean: ({ location, scale }) => location + scale * ROOT_TWO_OVER_PI,
  variance: ({ scale }) => scale ** 2 * (1 - 2 / Math.PI),
  sample: (stream, { location, scale }) => location + scale * Math.abs(stream.normal()),
});

/**
 * Half-normal with density 2 / (√(2π) scale) · e^(−(x − location)² / (2 scale²)) on x ≥ location.
 *
 * @param location where the support begins, usually 0: scalar or array, broadcast with `scale`
 * @param scale > 0, in units of x; the standard deviation of the whole normal
 * @throws RangeError when `scale` is known at definition and not positive, or the lengths do not fit
 * @example model().parameters({ tau: halfNormal(0, 5) })
 */
export function halfNormal<A extends Arg, B extends Arg>(
  location: A,
  scale: B,
): Distribution<Broadcast<ShapeOfArg<A>, ShapeOfArg<B>>, 'real'> {
  return family.of(location, scale);
}
