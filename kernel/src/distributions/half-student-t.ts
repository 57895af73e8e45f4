/** Half Student's t distribution: the upper half of a Student's t. */
import { exp } from '../numeric/elementary.ts';
import { lgamma, studentTQuantileAbsolute, studentTTwoSided } from '../numeric/special/index.ts';
import { gammaVariate } from '../numeric/variates/index.ts';
import type { Arg, Broadcast, ShapeOfArg } from '../program/types.ts';
import { positive, real } from './constraints.ts';
import { defineDistribution } from './registry.ts';
import { studentTLogDensity } from './student-t.ts';
import type { Distribution } from './types.ts';

/** E|T| for ν > 1. */
const meanAbsolute = (nu: number): number =>
  (2 * Math.sqrt(nu / Math.PI) * exp(lgamma((nu + 1) / 2) - lgamma(nu / 2))) / (nu - 1);

const family = defineDistribution({
  name: 'halfStudentT',
  summary: "Student's t above its location, the density doubled",
  kind: 'real',
  parameters: { nu: positive, location: real, scale: positive },
  support: { lower: 'location' },
  logDensity: (x, { nu, location, scale }) => studentTLogDensity(x, nu, location, scale).add(Math.LN2),
  cdf: (x, { nu, location, scale }) => studentTTwoSided(Math.max(x - location, 0) / scale, nu)[1],
  upperCdf: (x, { nu, location, scale }) => studentTTwoSided(Math.max(x - location, 0) / scale, nu)[0],
  quantile: (p, { nu, location, scale }) => location + scale * studentTQuantileAbsolute(p, nu),
  mean: ({ nu, location, scale }) => (nu > 1 ? location + scale * meanAbsolute(nu) : Infinity),
  variance: ({ nu, scale }) => (nu > 2 ? scale ** 2 * (nu / (nu - 2) - meanAbsolute(nu) ** 2) : Infinity),
  sample: (stream, { nu, location, scale }) =>
    location + (scale * Math.abs(stream.normal())) / Math.sqrt(gammaVariate(stream, nu / 2) / (nu / 2)),
});

/**
 * Half Student's t: studentT(nu, location, scale) restricted to x ≥ location, the density doubled. A prior for scales
 * between half-normal (ν → ∞) and half-Cauchy (ν = 1).
 *
 * @param nu degrees of freedom ν > 0: scalar or array; all three arguments broadcast
 * @param location where the support begins, usually 0
 * @param scale > 0, in units of x
 * @throws RangeError when `nu` or `scale` is known at definition and not positive, or the lengths do not fit
 * @example model().parameters({ mu: normal(0, 5), sigma: halfStudentT(3, 0, 2.5) })
 */
export function halfStudentT<A extends Arg, B extends Arg, C extends Arg>(
  nu: A,
  location: B,
  scale: C,
): Distribution<Broadcast<ShapeOfArg<A>, Broadcast<ShapeOfArg<B>, ShapeOfArg<C>>>, 'real'> {
  return family.of(nu, location, scale);
}
