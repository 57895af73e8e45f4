/** Rayleigh distribution. */
import { exp, expm1, log1p } from '../numeric/elementary.ts';
import type { Arg, ShapeOfArg } from '../program/types.ts';
import { positive } from './constraints.ts';
import { log1mExp } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

const exponent = (x: number, scale: number): number => -0.5 * (Math.max(x, 0) / scale) ** 2;

const family = defineDistribution({
  name: 'rayleigh',
  summary: 'Rayleigh: length of a vector of two normals',
  kind: 'real',
  parameters: { scale: positive },
  support: { lower: 0 },
  logDensity: (x, { scale }) => {
    const z = x.div(scale);
    return z.log().sub(z.square().mul(0.5)).sub(scale.log());
  },
  cdf: (x, { scale }) => -expm1(exponent(x, scale)),
  upperCdf: (x, { scale }) => exp(exponent(x, scale)),
  tracedLogCdf: (x, { scale }) => log1mExp(x.div(scale).square().mul(-0.5)),
  tracedLogUpperCdf: (x, { scale }) => x.div(scale).square().mul(-0.5),
  quantile: (p, { scale }) => scale * Math.sqrt(-2 * log1p(-p)),
  mean: ({ scale }) => scale * Math.sqrt(Math.PI / 2),
  variance: ({ scale }) => scale ** 2 * (2 - Math.PI / 2),
  sample: (stream, { scale }) => scale * Math.sqrt(2 * stream.exponential()),
});

/**
 * Rayleigh with density x / scale² · e^(−x² / (2 scale²)) on x ≥ 0.
 *
 * @param scale > 0, in units of x, the mode: scalar or array
 * @throws RangeError when it is known at definition and not positive
 * @example model().data({ speed }).parameters({ sigma: halfNormal(0, 10) }).observe(({ sigma }) => ({ speed: rayleigh(sigma) }))
 */
export function rayleigh<A extends Arg>(scale: A): Distribution<ShapeOfArg<A>, 'real'> {
  return family.of(scale);
}
