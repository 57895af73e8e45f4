/** Chi-squared distribution. */
import { gammaQuantile, gammaRegularisedLower, gammaRegularisedUpper } from '../numeric/special/index.ts';
import { gammaVariate } from '../numeric/variates/index.ts';
import type { Arg, ShapeOfArg } from '../program/types.ts';
import { positive } from './constraints.ts';
import { gammaLower, gammaUpper, logGamma, xlogy } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

const family = defineDistribution({
  name: 'chiSquared',
  summary: 'chi-squared with degrees of freedom',
  kind: 'real',
  parameters: { nu: positive },
  support: { lower: 0 },
  logDensity: (x, { nu }) => {
    const half = nu.mul(0.5);
    return xlogy(half.sub(1), x).sub(x.mul(0.5)).sub(half.mul(Math.LN2)).sub(logGamma(half));
  },
  cdf: (x, { nu }) => gammaRegularisedLower(nu / 2, Math.max(x, 0) / 2),
  upperCdf: (x, { nu }) => gammaRegularisedUpper(nu / 2, Math.max(x, 0) / 2),
  tracedLogCdf: (x, { nu }) => gammaLower(nu.mul(0.5), x.mul(0.5)).log(),
  tracedLogUpperCdf: (x, { nu }) => gammaUpper(nu.mul(0.5), x.mul(0.5)).log(),
  quantile: (p, { nu }) => 2 * gammaQuantile(p, nu / 2),
  mean: ({ nu }) => nu,
  variance: ({ nu }) => 2 * nu,
  sample: (stream, { nu }) => 2 * gammaVariate(stream, nu / 2),
});

/**
 * Chi-squared: the sum of ν squared standard normals, gamma(ν / 2, 1 / 2).
 *
 * @param nu degrees of freedom ν > 0, the mean: scalar or array
 * @throws RangeError when it is known at definition and not positive
 * @example model().parameters({ q: chiSquared(5) })
 */
export function chiSquared<A extends Arg>(nu: A): Distribution<ShapeOfArg<A>, 'real'> {
  return family.of(nu);
}
