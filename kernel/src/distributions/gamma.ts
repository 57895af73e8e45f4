/** Gamma distribution, shape–rate form (as in Stan and BUGS; scipy's `scale` is 1 / rate). */
import { gammaQuantile, gammaRegularisedLower, gammaRegularisedUpper } from '../numeric/special/index.ts';
import { gammaVariate } from '../numeric/variates/index.ts';
import type { Arg, Broadcast, ShapeOfArg } from '../program/types.ts';
import { positive } from './constraints.ts';
import { gammaLower, gammaUpper, logGamma, xlogy } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

const family = defineDistribution({
  name: 'gamma',
  summary: 'gamma with shape and rate',
  kind: 'real',
  parameters: { shape: positive, rate: positive },
  support: { lower: 0 },
  logDensity: (x, { shape, rate }) =>
    xlogy(shape.sub(1), x).sub(rate.mul(x)).add(shape.mul(rate.log())).sub(logGamma(shape)),
  cdf: (x, { shape, rate }) => gammaRegularisedLower(shape, rate * Math.max(x, 0)),
  upperCdf: (x, { shape, rate }) => gammaRegularisedUpper(shape, rate * Math.max(x, 0)),
  tracedLogCdf: (x, { shape, rate }) => gammaLower(shape, rate.mul(x)).log(),
  tracedLogUpperCdf: (x, { shape, rate }) => gammaUpper(shape, rate.mul(x)).log(),
  quantile: (p, { shape, rate }) => gammaQuantile(p, shape) / rate,
  mean: ({ shape, rate }) => shape / rate,
  variance: ({ shape, rate }) => shape / rate ** 2,
  sample: (stream, { shape, rate }) => gammaVariate(stream, shape) / rate, // Marsaglia & Tsang 2000
});

/**
 * Gamma with density β^α / Γ(α) · x^(α−1) · e^(−βx) on x ≥ 0.
 *
 * @param shape α > 0: scalar or array, broadcast with `rate`
 * @param rate  β > 0: inverse scale, in units of 1/x; the mean is α / β
 * @throws RangeError when a parameter known at definition is not positive, or the lengths do not fit
 * @example
 * const counts = model()
 *   .data({ y: [3, 1, 4] })
 *   .parameters({ rate: gamma(2, 0.1) })
 *   .observe(({ rate }) => ({ y: poisson(rate) }));
 */
export function gamma<A extends Arg, B extends Arg>(
  shape: A,
  rate: B,
): Distribution<Broadcast<ShapeOfArg<A>, ShapeOfArg<B>>, 'real'> {
  return family.of(shape, rate);
}
