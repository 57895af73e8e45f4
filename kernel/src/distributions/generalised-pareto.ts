/** Generalised Pareto distribution of excesses over a threshold. */
import { exp, expm1, log1p } from '../numeric/elementary.ts';
import { where } from '../program/index.ts';
import type { Arg, Broadcast, Expr, ShapeOfArg } from '../program/types.ts';
import { positive, real } from './constraints.ts';
import { log1mExp } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

/** log(1 + k z) / k, and z where k is 0: minus the log of P(Z > z). */
function hazard(z: number, k: number): number {
  if (!(z > 0)) return Number.isNaN(z) ? z : 0;
  if (k * z <= -1) return Infinity;
  return k === 0 ? z : k * z === 0 ? z : log1p(k * z) / k;
}

/** The same of expressions; for small |k z| by its series, of which differences in k keep their digits. */
function tracedHazard(z: Expr, k: Expr): Expr {
  const u = k.mul(z);
  const small = u.abs().lt(1e-3);
  const series = [-1 / 6, 1 / 5, -1 / 4, 1 / 3, -1 / 2, 1].reduce<Expr>((sum, c) => sum.mul(u).add(c), u.mul(1 / 7));
  return where(small, z.mul(series), u.log1p().div(where(small, 1, k)));
}

/** (e^(k v) − 1) / k: what has cumulative hazard v. */
const inverse = (v: number, k: number): number => (k * v === 0 ? v : expm1(k * v) / k);

const family = defineDistribution({
  name: 'generalisedPareto',
  summary: 'generalised Pareto: excesses over a threshold',
  kind: 'real',
  parameters: { location: real, scale: positive, shape: real },
  support: { lower: 'location' },
  logDensity: (x, { location, scale, shape }) => {
    const z = x.sub(location).div(scale);
    const u = shape.mul(z);
    const density = tracedHazard(z, shape).add(u.log1p()).add(scale.log()).neg();
    return where(u.gt(-1), density, -Infinity);
  },
  cdf: (x, { location, scale, shape }) => -expm1(-hazard((x - location) / scale, shape)),
  upperCdf: (x, { location, scale, shape }) => exp(-hazard((x - location) / scale, shape)),
  tracedLogCdf: (x, { location, scale, shape }) => log1mExp(tracedHazard(x.sub(location).div(scale), shape).neg()),
  tracedLogUpperCdf: (x, { location, scale, shape }) => tracedHazard(x.sub(location).div(scale), shape).neg(),
  quantile: (p, { location, scale, shape }) => location + scale * inverse(-log1p(-p), shape),
  mean: ({ location, scale, shape }) => (shape < 1 ? location + scale / (1 - shape) : Infinity),
  variance: ({ scale, shape }) => (shape < 0.5 ? (scale / (1 - shape)) ** 2 / (1 - 2 * shape) : Infinity),
  sample: (stream, { location, scale, shape }) => location + scale * inverse(stream.exponential(), shape),
});

/**
 * Generalised Pareto with P(X > x) = (1 + k z)^(−1/k), z = (x − location) / scale ≥ 0; k = 0 is exponential, k < 0
 * ends at location − scale / k.
 *
 * @param location the threshold: scalar or array; all three arguments broadcast
 * @param scale σ > 0, in units of x
 * @param shape k, any number: the larger, the heavier the tail; the mean is there for k < 1
 * @throws RangeError when `scale` is known at definition and not positive, or the lengths do not fit
 * @example model().data({ rain }).parameters({ sigma: halfNormal(0, 20), k: normal(0, 0.3) }).observe(({ sigma, k }) => ({ rain: generalisedPareto(30, sigma, k) }))
 */
export function generalisedPareto<A extends Arg, B extends Arg, C extends Arg>(
  location: A,
  scale: B,
  shape: C,
): Distribution<Broadcast<ShapeOfArg<A>, Broadcast<ShapeOfArg<B>, ShapeOfArg<C>>>, 'real'> {
  return family.of(location, scale, shape);
}
