/** Log-normal distribution. */
import { exp, expm1, log } from '../numeric/elementary.ts';
import { normalCdf, normalLogCdf, normalQuantile } from '../numeric/special/index.ts';
import type { Arg, Broadcast, ShapeOfArg } from '../program/types.ts';
import { positive, real } from './constraints.ts';
import { HALF_LOG_TWO_PI } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

/** (log x − mu) / sigma, −∞ for x ≤ 0. */
function standardise(x: number, mu: number, sigma: number): number {
  return x > 0 ? (log(x) - mu) / sigma : Number.isNaN(x) ? x : -Infinity;
}

const family = defineDistribution({
  name: 'logNormal',
  summary: 'log-normal: its logarithm is normal',
  kind: 'real',
  parameters: { mu: real, sigma: positive },
  support: { lower: 0, open: true },
  logDensity: (x, { mu, sigma }) => {
    const logX = x.log();
    return logX.sub(mu).div(sigma).square().mul(-0.5).sub(logX).sub(sigma.log()).sub(HALF_LOG_TWO_PI);
  },
  cdf: (x, { mu, sigma }) => normalCdf(standardise(x, mu, sigma)),
  upperCdf: (x, { mu, sigma }) => normalCdf(-standardise(x, mu, sigma)),
  logCdf: (x, { mu, sigma }) => normalLogCdf(standardise(x, mu, sigma)),
  tracedLogCdf: (x, { mu, sigma }) => x.log().sub(mu).div(sigma).normalLogCdf(),
  tracedLogUpperCdf: (x, { mu, sigma }) => mu.sub(x.log()).div(sigma).normalLogCdf(),
  quantile: (p, { mu, sigma }) => exp(mu + sigma * normalQuantile(p)),
  mean: ({ mu, sigma }) => exp(mu + sigma ** 2 / 2),
  variance: ({ mu, sigma }) => expm1(sigma ** 2) * exp(2 * mu + sigma ** 2),
  sample: (stream, { mu, sigma }) => exp(mu + sigma * stream.normal()),
});

/**
 * Log-normal with density 1 / (√(2π) σ x) · e^(−(log x − μ)² / (2σ²)) on x > 0.
 *
 * @param mu mean of log x: scalar or array, broadcast with `sigma`
 * @param sigma standard deviation of log x, > 0
 * @throws RangeError when `sigma` is known at definition and not positive, or the lengths do not fit
 * @example model().parameters({ dose: logNormal(0, 1) })
 */
export function logNormal<A extends Arg, B extends Arg>(
  mu: A,
  sigma: B,
): Distribution<Broadcast<ShapeOfArg<A>, ShapeOfArg<B>>, 'real'> {
  return family.of(mu, sigma);
}
