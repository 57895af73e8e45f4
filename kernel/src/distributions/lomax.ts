/** Lomax distribution (Stan: Pareto type 2). */
import { exp, expm1, log1p } from '../numeric/elementary.ts';
import type { Arg, Broadcast, ShapeOfArg } from '../program/types.ts';
import { positive, real } from './constraints.ts';
import { log1mExp } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

/** log(1 + (x − location) / scale), 0 below. */
const logRatio = (x: number, location: number, scale: number): number => log1p(Math.max(x - location, 0) / scale);

const family = defineDistribution({
  name: 'lomax',
  summary: 'Lomax (Pareto type 2): a Pareto that begins at its location',
  kind: 'real',
  parameters: { location: real, scale: positive, shape: positive },
  support: { lower: 'location' },
  logDensity: (x, { location, scale, shape }) =>
    shape
      .log()
      .sub(scale.log())
      .sub(shape.add(1).mul(x.sub(location).div(scale).log1p())),
  cdf: (x, { location, scale, shape }) => -expm1(-shape * logRatio(x, location, scale)),
  upperCdf: (x, { location, scale, shape }) => exp(-shape * logRatio(x, location, scale)),
  tracedLogCdf: (x, { location, scale, shape }) => log1mExp(x.sub(location).div(scale).log1p().mul(shape).neg()),
  tracedLogUpperCdf: (x, { location, scale, shape }) => x.sub(location).div(scale).log1p().mul(shape).neg(),
  quantile: (p, { location, scale, shape }) => location + scale * expm1(-log1p(-p) / shape),
  mean: ({ location, scale, shape }) => (shape > 1 ? location + scale / (shape - 1) : Infinity),
  variance: ({ scale, shape }) => (shape > 2 ? ((scale / (shape - 1)) ** 2 * shape) / (shape - 2) : Infinity),
  sample: (stream, { location, scale, shape }) => location + scale * expm1(stream.exponential() / shape),
});

/**
 * Lomax with density α / λ · (1 + (x − location) / λ)^(−α−1) on x ≥ location.
 *
 * @param location where the support begins: scalar or array; all three arguments broadcast
 * @param scale λ > 0, in units of x
 * @param shape α > 0: the smaller, the heavier the tail
 * @throws RangeError when `scale` or `shape` is known at definition and not positive, or the lengths do not fit
 * @example model().parameters({ waiting: lomax(0, 10, 3) })
 */
export function lomax<A extends Arg, B extends Arg, C extends Arg>(
  location: A,
  scale: B,
  shape: C,
): Distribution<Broadcast<ShapeOfArg<A>, Broadcast<ShapeOfArg<B>, ShapeOfArg<C>>>, 'real'> {
  return family.of(location, scale, shape);
}
