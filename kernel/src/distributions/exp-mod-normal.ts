/** Exponentially modified normal distribution: a normal plus an independent exponential. */
import { exp } from '../numeric/elementary.ts';
import { erfcx, normalCdf, normalLogCdf } from '../numeric/special/index.ts';
import type { Arg, Broadcast, ShapeOfArg } from '../program/types.ts';
import { positive, real } from './constraints.ts';
import { continuousQuantile } from './continuous-quantile.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

/**
 * P(Z ≤ z) and P(Z > z) of a standard normal plus an exponential of rate r: Φ(z) − e and Φ(−z) + e with
 * e = e^(r²/2 − r z) Φ(z − r) = φ(z) times a ratio that does not overflow.
 */
function tails(z: number, r: number): readonly [number, number] {
  if (!Number.isFinite(z)) return z > 0 ? [1, 0] : z < 0 ? [0, 1] : [z, z];
  if (z < r) {
    const shifted = erfcx((r - z) * Math.SQRT1_2);
    const scale = 0.5 * exp(-0.5 * z * z);
    const lower = z < 0 ? scale * (erfcx(-z * Math.SQRT1_2) - shifted) : normalCdf(z) - scale * shifted;
    return [lower, normalCdf(-z) + scale * shifted];
  }
  const joined = exp(0.5 * r * r - r * z + normalLogCdf(z - r));
  return [normalCdf(z) - joined, normalCdf(-z) + joined];
}

const family = defineDistribution({
  name: 'expModNormal',
  summary: 'exponentially modified normal: normal plus exponential',
  kind: 'real',
  parameters: { mean: real, sd: positive, rate: positive },
  support: {},
  logDensity: (x, { mean, sd, rate }) => {
    const z = x.sub(mean).div(sd);
    const r = rate.mul(sd);
    return rate
      .log()
      .add(r.mul(r.mul(0.5).sub(z)))
      .add(z.sub(r).normalLogCdf());
  },
  cdf: (x, { mean, sd, rate }) => tails((x - mean) / sd, rate * sd)[0],
  upperCdf: (x, { mean, sd, rate }) => tails((x - mean) / sd, rate * sd)[1],
  quantile: (p, { mean, sd, rate }) => {
    const r = rate * sd;
    const z = continuousQuantile(p, {
      cdf: (v) => tails(v, r)[0],
      upperCdf: (v) => tails(v, r)[1],
      start: 1 / r,
      scale: 1 + 1 / r,
    });
    return mean + sd * z;
  },
  mean: ({ mean, rate }) => mean + 1 / rate,
  variance: ({ sd, rate }) => sd ** 2 + 1 / rate ** 2,
  sample: (stream, { mean, sd, rate }) => mean + sd * stream.normal() + stream.exponential() / rate,
});

/**
 * Exponentially modified normal: normal(mean, sd) plus exponential(rate), as reaction times are described.
 *
 * @param mean of the normal part: scalar or array; all three arguments broadcast
 * @param sd of the normal part, > 0
 * @param rate of the exponential part, > 0, in units of 1/x; the whole has mean `mean` + 1 / `rate`
 * @throws RangeError when `sd` or `rate` is known at definition and not positive, or the lengths do not fit
 * @example model().data({ rt }).parameters({ mu: normal(0, 1), lambda: gamma(2, 1) }).observe(({ mu, lambda }) => ({ rt: expModNormal(mu, 0.1, lambda) }))
 */
export function expModNormal<A extends Arg, B extends Arg, C extends Arg>(
  mean: A,
  sd: B,
  rate: C,
): Distribution<Broadcast<ShapeOfArg<A>, Broadcast<ShapeOfArg<B>, ShapeOfArg<C>>>, 'real'> {
  return family.of(mean, sd, rate);
}
