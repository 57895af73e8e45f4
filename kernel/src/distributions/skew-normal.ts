/** Skew normal distribution (Azzalini 1985, Scandinavian Journal of Statistics 12, 171–178). */
import { atan, cos, exp, sin } from '../numeric/elementary.ts';
import { integrate } from '../numeric/quadrature.ts';
import { normalCdf } from '../numeric/special/index.ts';
import type { Arg, Broadcast, ShapeOfArg } from '../program/types.ts';
import { positive, real } from './constraints.ts';
import { continuousQuantile } from './continuous-quantile.ts';
import { HALF_LOG_TWO_PI } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

/**
 * P(Z ≤ z) for z ≤ 0: 1/π ∫ e^(−z² / (2 sin²φ)) dφ from 0 to the angle whose cotangent is the slant, Owen's (1956) T
 * function with its cancelling part taken out, so that the far tail keeps its digits.
 */
function lowerHalf(z: number, slant: number): number {
  const h = 0.5 * z * z;
  if (slant > 0) return integrate((phi) => exp(-h / sin(phi) ** 2), 0, atan(1 / slant)) / Math.PI;
  return normalCdf(z) + integrate((phi) => exp(-h / cos(phi) ** 2), 0, atan(-slant)) / Math.PI;
}

/** P(Z ≤ z) of the standard skew normal; the smaller half is computed. */
function standardCdf(z: number, slant: number): number {
  if (Number.isNaN(z)) return z;
  return z <= 0 ? lowerHalf(z, slant) : 1 - lowerHalf(-z, -slant);
}

/** How far the slant moves the mean: δ = α / √(1 + α²). */
const deltaOf = (slant: number): number => slant / Math.sqrt(1 + slant * slant);

const family = defineDistribution({
  name: 'skewNormal',
  summary: 'skew normal with location, scale and slant',
  kind: 'real',
  parameters: { location: real, scale: positive, slant: real },
  support: {},
  logDensity: (x, { location, scale, slant }) => {
    const z = x.sub(location).div(scale);
    return z
      .square()
      .mul(-0.5)
      .add(slant.mul(z).normalLogCdf())
      .sub(scale.log())
      .add(Math.LN2 - HALF_LOG_TWO_PI);
  },
  cdf: (x, { location, scale, slant }) => standardCdf((x - location) / scale, slant),
  upperCdf: (x, { location, scale, slant }) => standardCdf((location - x) / scale, -slant),
  quantile: (p, { location, scale, slant }) => {
    const z = continuousQuantile(p, {
      cdf: (x) => standardCdf(x, slant),
      upperCdf: (x) => standardCdf(-x, -slant),
      start: deltaOf(slant),
      scale: 1,
    });
    return location + scale * z;
  },
  mean: ({ location, scale, slant }) => location + scale * deltaOf(slant) * Math.sqrt(2 / Math.PI),
  variance: ({ scale, slant }) => scale ** 2 * (1 - (2 * deltaOf(slant) ** 2) / Math.PI),
  sample: (stream, { location, scale, slant }) => {
    const z = deltaOf(slant) * Math.abs(stream.normal()) + stream.normal() / Math.sqrt(1 + slant * slant);
    return location + scale * z;
  },
});

/**
 * Skew normal with density 2 φ(z) Φ(slant z) / scale, z = (x − location) / scale; slant 0 is the normal.
 *
 * @param location ξ: scalar or array; all three arguments broadcast. Not the mean, unless slant is 0
 * @param scale ω > 0, in units of x
 * @param slant α, any number: above 0 the upper tail is the longer one
 * @throws RangeError when `scale` is known at definition and not positive, or the lengths do not fit
 * @example model().parameters({ effect: skewNormal(0, 1, 4) })
 */
export function skewNormal<A extends Arg, B extends Arg, C extends Arg>(
  location: A,
  scale: B,
  slant: C,
): Distribution<Broadcast<ShapeOfArg<A>, Broadcast<ShapeOfArg<B>, ShapeOfArg<C>>>, 'real'> {
  return family.of(location, scale, slant);
}
