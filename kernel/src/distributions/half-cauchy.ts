/** Half-Cauchy distribution: the upper half of a Cauchy. */
import { atan, tan } from '../numeric/elementary.ts';
import type { Arg, Broadcast, ShapeOfArg } from '../program/types.ts';
import { positive, real } from './constraints.ts';
import { LOG_PI } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

/** P(Z > z) of the standard half-Cauchy. */
function standardUpper(z: number): number {
  if (z <= 0) return 1;
  return z > 1 ? (2 / Math.PI) * atan(1 / z) : 1 - (2 / Math.PI) * atan(z);
}

function standardQuantile(p: number): number {
  if (p === 1) return Infinity;
  return p < 0.5 ? tan((Math.PI / 2) * p) : 1 / tan((Math.PI / 2) * (1 - p));
}

const family = defineDistribution({
  name: 'halfCauchy',
  summary: 'Cauchy above its location, the density doubled',
  kind: 'real',
  parameters: { location: real, scale: positive },
  support: { lower: 'location' },
  logDensity: (x, { location, scale }) =>
    x
      .sub(location)
      .div(scale)
      .square()
      .log1p()
      .neg()
      .sub(scale.log())
      .add(Math.LN2 - LOG_PI),
  cdf: (x, { location, scale }) => {
    const z = Math.max(x - location, 0) / scale;
    return z > 1 ? 1 - standardUpper(z) : (2 / Math.PI) * atan(z);
  },
  upperCdf: (x, { location, scale }) => standardUpper((x - location) / scale),
  quantile: (p, { location, scale }) => location + scale * standardQuantile(p),
  mean: () => Infinity,
  variance: () => Infinity,
  sample: (stream, { location, scale }) => location + scale * Math.abs(stream.normal() / stream.normal()),
});

/**
 * Half-Cauchy with density 2 / (π scale (1 + ((x − location) / scale)²)) on x ≥ location. A usual prior for a scale
 * in a hierarchy (Gelman 2006).
 *
 * @param location where the support begins, usually 0: scalar or array, broadcast with `scale`
 * @param scale > 0, the median's distance from `location`, in units of x
 * @throws RangeError when `scale` is known at definition and not positive, or the lengths do not fit
 * @example model().parameters({ mu: normal(0, 5), tau: halfCauchy(0, 5) })
 */
export function halfCauchy<A extends Arg, B extends Arg>(
  location: A,
  scale: B,
): Distribution<Broadcast<ShapeOfArg<A>, ShapeOfArg<B>>, 'real'> {
  return family.of(location, scale);
}
