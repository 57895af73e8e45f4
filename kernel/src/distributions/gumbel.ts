/** Gumbel distribution of maxima. */
import { exp, expm1, log, log1p } from '../numeric/elementary.ts';
import type { Arg, Broadcast, ShapeOfArg } from '../program/types.ts';
import { positive, real } from './constraints.ts';
import { log1mExp } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

const EULER = 0.5772156649015329; // Euler's constant γ

/** −log p, where p is close to 1 too. */
const minusLog = (p: number): number => (p > 0.5 ? -log1p(p - 1) : -log(p));

const family = defineDistribution({
  name: 'gumbel',
  summary: 'Gumbel (extreme values, type I) with location and scale',
  kind: 'real',
  parameters: { location: real, scale: positive },
  support: {},
  logDensity: (x, { location, scale }) => {
    const z = x.sub(location).div(scale);
    return z.add(z.neg().exp()).add(scale.log()).neg();
  },
  cdf: (x, { location, scale }) => exp(-exp((location - x) / scale)),
  upperCdf: (x, { location, scale }) => -expm1(-exp((location - x) / scale)),
  logCdf: (x, { location, scale }) => -exp((location - x) / scale),
  tracedLogCdf: (x, { location, scale }) => location.sub(x).div(scale).exp().neg(),
  tracedLogUpperCdf: (x, { location, scale }) => log1mExp(location.sub(x).div(scale).exp().neg()),
  quantile: (p, { location, scale }) => location - scale * log(minusLog(p)),
  mean: ({ location, scale }) => location + scale * EULER,
  variance: ({ scale }) => (Math.PI * scale) ** 2 / 6,
  sample: (stream, { location, scale }) => location - scale * log(stream.exponential()),
});

/**
 * Gumbel with distribution function e^(−e^−z), z = (x − location) / scale: the largest of many.
 *
 * @param location the mode: scalar or array, broadcast with `scale`
 * @param scale > 0, in units of x; the standard deviation is π scale / √6
 * @throws RangeError when `scale` is known at definition and not positive, or the lengths do not fit
 * @example model().data({ flood }).parameters({ mu: normal(0, 10), beta: halfNormal(0, 5) }).observe(({ mu, beta }) => ({ flood: gumbel(mu, beta) }))
 */
export function gumbel<A extends Arg, B extends Arg>(
  location: A,
  scale: B,
): Distribution<Broadcast<ShapeOfArg<A>, ShapeOfArg<B>>, 'real'> {
  return family.of(location, scale);
}
