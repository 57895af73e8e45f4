/** Inverse gamma distribution: 1 / X is gamma. */
import {
  gammaQuantile,
  gammaRegularisedLower,
  gammaRegularisedUpper,
  gammaUpperQuantile,
} from '../numeric/special/index.ts';
import { gammaVariate } from '../numeric/variates/index.ts';
import type { Arg, Broadcast, Expr, ShapeOfArg } from '../program/types.ts';
import { positive } from './constraints.ts';
import { gammaLower, gammaUpper, logGamma } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

/** Log density of an inverse gamma. */
export function inverseGammaLogDensity(x: Expr, shape: Expr, scale: Expr): Expr {
  const power = shape.mul(scale.log()).sub(shape.add(1).mul(x.log()));
  return power.sub(scale.div(x)).sub(logGamma(shape));
}

/** What inverse gamma variables are, as functions of numbers; x ≤ 0 lies below the support. */
export const inverseGammaNumbers = {
  cdf: (x: number, shape: number, scale: number) => (x <= 0 ? 0 : gammaRegularisedUpper(shape, scale / x)),
  upperCdf: (x: number, shape: number, scale: number) => (x <= 0 ? 1 : gammaRegularisedLower(shape, scale / x)),
  quantile: (p: number, shape: number, scale: number) =>
    scale / (p < 0.5 ? gammaUpperQuantile(p, shape) : gammaQuantile(1 - p, shape)),
  mean: (shape: number, scale: number) => (shape > 1 ? scale / (shape - 1) : Infinity),
  variance: (shape: number, scale: number) => (shape > 2 ? (scale / (shape - 1)) ** 2 / (shape - 2) : Infinity),
};

const family = defineDistribution({
  name: 'inverseGamma',
  summary: 'inverse gamma with shape and scale',
  kind: 'real',
  parameters: { shape: positive, scale: positive },
  support: { lower: 0, open: true },
  logDensity: (x, { shape, scale }) => inverseGammaLogDensity(x, shape, scale),
  cdf: (x, { shape, scale }) => inverseGammaNumbers.cdf(x, shape, scale),
  upperCdf: (x, { shape, scale }) => inverseGammaNumbers.upperCdf(x, shape, scale),
  tracedLogCdf: (x, { shape, scale }) => gammaUpper(shape, scale.div(x)).log(),
  tracedLogUpperCdf: (x, { shape, scale }) => gammaLower(shape, scale.div(x)).log(),
  quantile: (p, { shape, scale }) => inverseGammaNumbers.quantile(p, shape, scale),
  mean: ({ shape, scale }) => inverseGammaNumbers.mean(shape, scale),
  variance: ({ shape, scale }) => inverseGammaNumbers.variance(shape, scale),
  sample: (stream, { shape, scale }) => scale / gammaVariate(stream, shape),
});

/**
 * Inverse gamma with density β^α / Γ(α) · x^(−α−1) · e^(−β/x) on x > 0: the conjugate prior of a normal variance.
 *
 * @param shape α > 0: scalar or array, broadcast with `scale`
 * @param scale β > 0, in units of x; the mean is β / (α − 1)
 * @throws RangeError when a parameter known at definition is not positive, or the lengths do not fit
 * @example model().parameters({ variance: inverseGamma(3, 2) })
 */
export function inverseGamma<A extends Arg, B extends Arg>(
  shape: A,
  scale: B,
): Distribution<Broadcast<ShapeOfArg<A>, ShapeOfArg<B>>, 'real'> {
  return family.of(shape, scale);
}
