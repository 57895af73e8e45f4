/** Fréchet distribution of maxima with heavy tails. */
import { exp, expm1, log, log1p, pow } from '../numeric/elementary.ts';
import { lgamma } from '../numeric/special/index.ts';
import type { Arg, Broadcast, ShapeOfArg } from '../program/types.ts';
import { positive } from './constraints.ts';
import { log1mExp } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

/** −log P(X ≤ x) = (x / scale)^−shape. */
const exponent = (x: number, shape: number, scale: number): number =>
  x > 0 ? pow(x / scale, -shape) : Number.isNaN(x) ? x : Infinity;

const minusLog = (p: number): number => (p > 0.5 ? -log1p(p - 1) : -log(p));

const family = defineDistribution({
  name: 'frechet',
  summary: 'Fréchet (extreme values, type II) with shape and scale',
  kind: 'real',
  parameters: { shape: positive, scale: positive },
  support: { lower: 0, open: true },
  logDensity: (x, { shape, scale }) => {
    const logRatio = x.div(scale).log();
    const tail = shape.mul(logRatio).neg();
    return shape.log().sub(scale.log()).add(tail).sub(logRatio).sub(tail.exp());
  },
  cdf: (x, { shape, scale }) => exp(-exponent(x, shape, scale)),
  upperCdf: (x, { shape, scale }) => -expm1(-exponent(x, shape, scale)),
  logCdf: (x, { shape, scale }) => -exponent(x, shape, scale),
  tracedLogCdf: (x, { shape, scale }) => x.div(scale).log().mul(shape).neg().exp().neg(),
  tracedLogUpperCdf: (x, { shape, scale }) => log1mExp(x.div(scale).log().mul(shape).neg().exp().neg()),
  quantile: (p, { shape, scale }) => scale * pow(minusLog(p), -1 / shape),
  mean: ({ shape, scale }) => (shape > 1 ? scale * exp(lgamma(1 - 1 / shape)) : Infinity),
  variance: ({ shape, scale }) => {
    if (shape <= 2) return Infinity;
    const first = lgamma(1 - 1 / shape);
    return scale ** 2 * exp(2 * first) * expm1(lgamma(1 - 2 / shape) - 2 * first);
  },
  sample: (stream, { shape, scale }) => scale * pow(stream.exponential(), -1 / shape),
});

/**
 * Fréchet with distribution function e^(−(x / scale)^−shape) on x > 0.
 *
 * @param shape α > 0: scalar or array, broadcast with `scale`; the mean is there for α > 1
 * @param scale > 0, in units of x
 * @throws RangeError when a parameter known at definition is not positive, or the lengths do not fit
 * @example model().data({ flood }).parameters({ alpha: gamma(3, 1), s: halfNormal(0, 10) }).observe(({ alpha, s }) => ({ flood: frechet(alpha, s) }))
 */
export function frechet<A extends Arg, B extends Arg>(
  shape: A,
  scale: B,
): Distribution<Broadcast<ShapeOfArg<A>, ShapeOfArg<B>>, 'real'> {
  return family.of(shape, scale);
}
