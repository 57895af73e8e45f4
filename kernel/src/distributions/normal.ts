/** Normal distribution. */
import { normalCdf, normalLogCdf, normalQuantile } from '../numeric/special/index.ts';
import type { Arg, Broadcast, ShapeOfArg } from '../program/types.ts';
import { positive, real } from './constraints.ts';
import { HALF_LOG_TWO_PI } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

const family = defineDistribution({
  name: 'normal',
  summary: 'normal (Gaussian) with mean and standard deviation',
  kind: 'real',
  parameters: { mean: real, sd: positive },
  support: {},
  logDensity: (x, { mean, sd }) => x.sub(mean).div(sd).square().mul(-0.5).sub(sd.log()).sub(HALF_LOG_TWO_PI),
  cdf: (x, { mean, sd }) => normalCdf((x - mean) / sd),
  upperCdf: (x, { mean, sd }) => normalCdf((mean - x) / sd),
  logCdf: (x, { mean, sd }) => normalLogCdf((x - mean) / sd),
  tracedLogCdf: (x, { mean, sd }) => x.sub(mean).div(sd).normalLogCdf(),
  tracedLogUpperCdf: (x, { mean, sd }) => mean.sub(x).div(sd).normalLogCdf(),
  quantile: (p, { mean, sd }) => mean + sd * normalQuantile(p),
  mean: ({ mean }) => mean,
  variance: ({ sd }) => sd ** 2,
  sample: (stream, { mean, sd }) => mean + sd * stream.normal(),
});

/**
 * Normal with density 1 / (√(2π) sd) · e^(−(x − mean)² / (2 sd²)).
 *
 * @param mean any number: scalar or array, broadcast with `sd`
 * @param sd standard deviation > 0, in units of x
 * @throws RangeError when `sd` is known at definition and not positive, or the lengths do not fit
 * @example
 * const schools = model()
 *   .data({ effect: [28, 8, -3], se: [15, 10, 16] })
 *   .parameters({ mu: normal(0, 5) })
 *   .observe(({ mu, se }) => ({ effect: normal(mu, se) }));
 */
export function normal<A extends Arg, B extends Arg>(
  mean: A,
  sd: B,
): Distribution<Broadcast<ShapeOfArg<A>, ShapeOfArg<B>>, 'real'> {
  return family.of(mean, sd);
}
