/** Inverse chi-squared distribution: 1 / X is chi-squared. */
import { gammaVariate } from '../numeric/variates/index.ts';
import { constant } from '../program/index.ts';
import type { Arg, ShapeOfArg } from '../program/types.ts';
import { positive } from './constraints.ts';
import { gammaLower, gammaUpper } from './formulas.ts';
import { inverseGammaLogDensity, inverseGammaNumbers as numbers } from './inverse-gamma.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

const family = defineDistribution({
  name: 'inverseChiSquared',
  summary: 'inverse chi-squared with degrees of freedom',
  kind: 'real',
  parameters: { nu: positive },
  support: { lower: 0, open: true },
  logDensity: (x, { nu }) => inverseGammaLogDensity(x, nu.mul(0.5), constant(0.5)),
  cdf: (x, { nu }) => numbers.cdf(x, nu / 2, 0.5),
  upperCdf: (x, { nu }) => numbers.upperCdf(x, nu / 2, 0.5),
  tracedLogCdf: (x, { nu }) => gammaUpper(nu.mul(0.5), x.reciprocal().mul(0.5)).log(),
  tracedLogUpperCdf: (x, { nu }) => gammaLower(nu.mul(0.5), x.reciprocal().mul(0.5)).log(),
  quantile: (p, { nu }) => numbers.quantile(p, nu / 2, 0.5),
  mean: ({ nu }) => numbers.mean(nu / 2, 0.5),
  variance: ({ nu }) => numbers.variance(nu / 2, 0.5),
  sample: (stream, { nu }) => 0.5 / gammaVariate(stream, nu / 2),
});

/**
 * Inverse chi-squared: the reciprocal of a chi-squared variable, inverseGamma(ν / 2, 1 / 2).
 *
 * @param nu degrees of freedom ν > 0: scalar or array; the mean 1 / (ν − 2) is there for ν > 2
 * @throws RangeError when it is known at definition and not positive
 * @example model().parameters({ variance: inverseChiSquared(5) })
 */
export function inverseChiSquared<A extends Arg>(nu: A): Distribution<ShapeOfArg<A>, 'real'> {
  return family.of(nu);
}
