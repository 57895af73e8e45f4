/** Weibull distribution. */
import { exp, expm1, log, log1p, pow } from '../numeric/elementary.ts';
import { lgamma } from '../numeric/special/index.ts';
import type { Arg, Broadcast, ShapeOfArg } from '../program/types.ts';
import { positive } from './constraints.ts';
import { log1mExp, xlogy } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

/** (x / scale)^shape: the cumulative hazard. */
const hazard = (x: number, shape: number, scale: number): number => pow(Math.max(x, 0) / scale, shape);

const family = defineDistribution({
  name: 'weibull',
  summary: 'Weibull with shape and scale',
  kind: 'real',
  parameters: { shape: positive, scale: positive },
  support: { lower: 0 },
  logDensity: (x, { shape, scale }) => {
    const ratio = x.div(scale);
    return xlogy(shape.sub(1), ratio).sub(ratio.pow(shape)).add(shape.log()).sub(scale.log());
  },
  cdf: (x, { shape, scale }) => -expm1(-hazard(x, shape, scale)),
  upperCdf: (x, { shape, scale }) => exp(-hazard(x, shape, scale)),
  tracedLogCdf: (x, { shape, scale }) => log1mExp(x.div(scale).pow(shape).neg()),
  tracedLogUpperCdf: (x, { shape, scale }) => x.div(scale).pow(shape).neg(),
  quantile: (p, { shape, scale }) => scale * pow(-log1p(-p), 1 / shape),
  mean: ({ shape, scale }) => scale * exp(lgamma(1 + 1 / shape)),
  variance: ({ shape, scale }) => {
    const first = lgamma(1 + 1 / shape);
    // Γ(1 + 2/k) − Γ(1 + 1/k)², without subtracting when k is large
    return scale ** 2 * exp(2 * first) * expm1(lgamma(1 + 2 / shape) - 2 * first);
  },
  sample: (stream, { shape, scale }) => scale * exp(log(stream.exponential()) / shape),
});

/**
 * Weibull with P(X > x) = e^(−(x / scale)^shape) on x ≥ 0: times until something fails.
 *
 * @param shape k > 0: scalar or array, broadcast with `scale`; above 1 the hazard rises with time, at 1 it is constant
 * @param scale > 0, in units of x: by then 1 − 1/e of all have failed
 * @throws RangeError when a parameter known at definition is not positive, or the lengths do not fit
 * @example model().data({ days }).parameters({ k: gamma(4, 2), scale: halfNormal(0, 50) }).observe(({ k, scale }) => ({ days: weibull(k, scale) }))
 */
export function weibull<A extends Arg, B extends Arg>(
  shape: A,
  scale: B,
): Distribution<Broadcast<ShapeOfArg<A>, ShapeOfArg<B>>, 'real'> {
  return family.of(shape, scale);
}
