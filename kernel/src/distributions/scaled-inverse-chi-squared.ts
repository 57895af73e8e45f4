/** Scaled inverse chi-squared distribution: the prior of a normal variance in two numbers one can think of. */
import { gammaVariate } from '../numeric/variates/index.ts';
import type { Arg, Broadcast, ShapeOfArg } from '../program/types.ts';
import { positive } from './constraints.ts';
import { gammaLower, gammaUpper } from './formulas.ts';
import { inverseGammaLogDensity, inverseGammaNumbers as numbers } from './inverse-gamma.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

/** The scale of the inverse gamma it is. */
const rate = (nu: number, scale: number): number => 0.5 * nu * scale ** 2;

const family = defineDistribution({
  name: 'scaledInverseChiSquared',
  summary: 'scaled inverse chi-squared with degrees of freedom and scale',
  kind: 'real',
  parameters: { nu: positive, scale: positive },
  support: { lower: 0, open: true },
  logDensity: (x, { nu, scale }) => inverseGammaLogDensity(x, nu.mul(0.5), nu.mul(0.5).mul(scale.square())),
  cdf: (x, { nu, scale }) => numbers.cdf(x, nu / 2, rate(nu, scale)),
  upperCdf: (x, { nu, scale }) => numbers.upperCdf(x, nu / 2, rate(nu, scale)),
  tracedLogCdf: (x, { nu, scale }) => gammaUpper(nu.mul(0.5), nu.mul(0.5).mul(scale.square()).div(x)).log(),
  tracedLogUpperCdf: (x, { nu, scale }) => gammaLower(nu.mul(0.5), nu.mul(0.5).mul(scale.square()).div(x)).log(),
  quantile: (p, { nu, scale }) => numbers.quantile(p, nu / 2, rate(nu, scale)),
  mean: ({ nu, scale }) => numbers.mean(nu / 2, rate(nu, scale)),
  variance: ({ nu, scale }) => numbers.variance(nu / 2, rate(nu, scale)),
  sample: (stream, { nu, scale }) => rate(nu, scale) / gammaVariate(stream, nu / 2),
});

/**
 * Scaled inverse chi-squared: inverseGamma(ν / 2, ν scale² / 2). As the prior of a variance: ν earlier observations of
 * mean square scale².
 *
 * @param nu degrees of freedom ν > 0: scalar or array, broadcast with `scale`
 * @param scale > 0, in units of the square root of x
 * @throws RangeError when a parameter known at definition is not positive, or the lengths do not fit
 * @example model().parameters({ variance: scaledInverseChiSquared(5, 2) })
 */
export function scaledInverseChiSquared<A extends Arg, B extends Arg>(
  nu: A,
  scale: B,
): Distribution<Broadcast<ShapeOfArg<A>, ShapeOfArg<B>>, 'real'> {
  return family.of(nu, scale);
}
