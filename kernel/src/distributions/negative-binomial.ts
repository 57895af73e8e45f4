/**
 * Negative binomial distribution: by mean and dispersion, by log mean, as a gamma–Poisson mixture, and by successes
 * and probability. All four are a Poisson whose rate is gamma distributed with some shape.
 */
import { exp } from '../numeric/elementary.ts';
import type { Stream } from '../numeric/random.ts';
import { betaRegularised, betaRegularisedUpper, normalQuantile } from '../numeric/special/index.ts';
import { gammaVariate, poissonVariate } from '../numeric/variates/index.ts';
import type { Arg, Broadcast, Expr, ShapeOfArg } from '../program/types.ts';
import { positive, real, unitIntervalAboveZero } from './constraints.ts';
import { discreteQuantile } from './discrete-quantile.ts';
import { betaLower, logGamma, logRising, xlog1py, xlogy } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

/** P(X ≤ x) with shape a, p = a / (a + mean) and q = 1 − p each known to its own precision. */
function cdf(x: number, a: number, p: number, q: number): number {
  const k = Math.floor(x);
  if (!(k >= 0)) return Number.isNaN(x) ? x : 0;
  if (k === Infinity) return 1;
  return p < q ? betaRegularised(a, k + 1, p) : betaRegularisedUpper(k + 1, a, q);
}

/** P(X > x). */
function upperCdf(x: number, a: number, p: number, q: number): number {
  const k = Math.floor(x);
  if (!(k >= 0)) return Number.isNaN(x) ? x : 1;
  if (k === Infinity) return 0;
  return p < q ? betaRegularisedUpper(a, k + 1, p) : betaRegularised(k + 1, a, q);
}

function quantile(u: number, a: number, p: number, q: number): number {
  const mean = (a * q) / p;
  const start = mean + Math.sqrt(mean / p) * Math.min(Math.max(normalQuantile(u), -40), 40);
  return discreteQuantile(u, (k) => cdf(k, a, p, q), start, Infinity);
}

const variate = (stream: Stream, shape: number, mean: number): number =>
  poissonVariate(stream, (gammaVariate(stream, shape) * mean) / shape);

/** log Γ(a + x) − log Γ(a) − x log a − log x!, which tends to −log x! as a grows. */
const logShape = (a: Expr, x: Expr): Expr => logRising(a, x).sub(logGamma(x.add(1)));

const meanFamily = defineDistribution({
  name: 'negativeBinomial',
  summary: 'negative binomial: counts with more variance than Poisson',
  kind: 'int',
  parameters: { mean: positive, dispersion: positive },
  support: { lower: 0, integer: true },
  logDensity: (x, { mean, dispersion }) =>
    logShape(dispersion, x)
      .add(x.mul(mean.log()))
      .sub(dispersion.add(x).mul(mean.div(dispersion).log1p())),
  cdf: (x, { mean, dispersion }) => cdf(x, dispersion, dispersion / (dispersion + mean), mean / (dispersion + mean)),
  upperCdf: (x, { mean, dispersion }) =>
    upperCdf(x, dispersion, dispersion / (dispersion + mean), mean / (dispersion + mean)),
  tracedLogCdf: (x, { mean, dispersion }) =>
    betaLower(dispersion, x.floor().add(1), dispersion.div(dispersion.add(mean))).log(),
  tracedLogUpperCdf: (x, { mean, dispersion }) =>
    betaLower(x.floor().add(1), dispersion, mean.div(dispersion.add(mean))).log(),
  quantile: (u, { mean, dispersion }) =>
    quantile(u, dispersion, dispersion / (dispersion + mean), mean / (dispersion + mean)),
  mean: ({ mean }) => mean,
  variance: ({ mean, dispersion }) => mean + (mean / dispersion) * mean,
  sample: (stream, { mean, dispersion }) => variate(stream, dispersion, mean),
});

const logFamily = defineDistribution({
  name: 'negativeBinomialLog',
  summary: 'negative binomial by the logarithm of its mean',
  kind: 'int',
  parameters: { logMean: real, dispersion: positive },
  support: { lower: 0, integer: true },
  logDensity: (x, { logMean, dispersion }) =>
    logShape(dispersion, x)
      .add(x.mul(logMean))
      .sub(dispersion.add(x).mul(logMean.sub(dispersion.log()).softplus())),
  cdf: (x, { logMean, dispersion }) => meanFamily.cdf!(x, { mean: exp(logMean), dispersion }),
  upperCdf: (x, { logMean, dispersion }) => meanFamily.upperCdf!(x, { mean: exp(logMean), dispersion }),
  tracedLogCdf: (x, { logMean, dispersion }) => meanFamily.tracedLogCdf!(x, { mean: logMean.exp(), dispersion }),
  tracedLogUpperCdf: (x, { logMean, dispersion }) =>
    meanFamily.tracedLogUpperCdf!(x, { mean: logMean.exp(), dispersion }),
  quantile: (u, { logMean, dispersion }) => meanFamily.quantile!(u, { mean: exp(logMean), dispersion }),
  mean: ({ logMean }) => exp(logMean),
  variance: ({ logMean, dispersion }) => meanFamily.variance!({ mean: exp(logMean), dispersion }),
  sample: (stream, { logMean, dispersion }) => variate(stream, dispersion, exp(logMean)),
});

const mixtureFamily = defineDistribution({
  name: 'gammaPoisson',
  summary: 'negative binomial as a Poisson whose rate is gamma distributed',
  kind: 'int',
  parameters: { shape: positive, rate: positive },
  support: { lower: 0, integer: true },
  logDensity: (x, { shape, rate }) =>
    logShape(shape, x).add(xlogy(x, shape)).sub(shape.mul(rate.reciprocal().log1p())).sub(x.mul(rate.log1p())),
  cdf: (x, { shape, rate }) => cdf(x, shape, rate / (rate + 1), 1 / (rate + 1)),
  upperCdf: (x, { shape, rate }) => upperCdf(x, shape, rate / (rate + 1), 1 / (rate + 1)),
  tracedLogCdf: (x, { shape, rate }) => betaLower(shape, x.floor().add(1), rate.div(rate.add(1))).log(),
  tracedLogUpperCdf: (x, { shape, rate }) => betaLower(x.floor().add(1), shape, rate.add(1).reciprocal()).log(),
  quantile: (u, { shape, rate }) => quantile(u, shape, rate / (rate + 1), 1 / (rate + 1)),
  mean: ({ shape, rate }) => shape / rate,
  variance: ({ shape, rate }) => (shape / rate) * (1 + 1 / rate),
  sample: (stream, { shape, rate }) => variate(stream, shape, shape / rate),
});

const successesFamily = defineDistribution({
  name: 'negativeBinomialSuccesses',
  summary: 'negative binomial: failures before a number of successes',
  kind: 'int',
  parameters: { successes: positive, probability: unitIntervalAboveZero },
  support: { lower: 0, integer: true },
  logDensity: (x, { successes, probability }) =>
    logShape(successes, x)
      .add(xlogy(x, successes))
      .add(successes.mul(probability.log()))
      .add(xlog1py(x, probability.neg())),
  cdf: (x, { successes, probability: p }) => cdf(x, successes, p, 1 - p),
  upperCdf: (x, { successes, probability: p }) => upperCdf(x, successes, p, 1 - p),
  tracedLogCdf: (x, { successes, probability }) => betaLower(successes, x.floor().add(1), probability).log(),
  tracedLogUpperCdf: (x, { successes, probability }) =>
    betaLower(x.floor().add(1), successes, probability.neg().add(1)).log(),
  quantile: (u, { successes, probability: p }) => quantile(u, successes, p, 1 - p),
  mean: ({ successes, probability: p }) => (successes * (1 - p)) / p,
  variance: ({ successes, probability: p }) => (successes * (1 - p)) / p ** 2,
  sample: (stream, { successes, probability: p }) => variate(stream, successes, (successes * (1 - p)) / p),
});

/**
 * Negative binomial by mean μ and dispersion φ, as Stan's neg_binomial_2: variance μ + μ² / φ.
 *
 * @param mean μ > 0: scalar or array, broadcast with `dispersion`
 * @param dispersion φ > 0: the larger, the closer to a Poisson
 * @throws RangeError when a parameter known at definition is not positive or the lengths do not fit; data that are not
 * counts are refused
 * @example model().data({ y: [3, 0, 12] }).parameters({ mu: gamma(2, 0.1), phi: exponential(1) }).observe(({ mu, phi }) => ({ y: negativeBinomial(mu, phi) }))
 */
export function negativeBinomial<A extends Arg, B extends Arg>(
  mean: A,
  dispersion: B,
): Distribution<Broadcast<ShapeOfArg<A>, ShapeOfArg<B>>, 'int'> {
  return meanFamily.of(mean, dispersion);
}

/**
 * Negative binomial by the logarithm of its mean: what negative binomial regression is made of (Stan's
 * neg_binomial_2_log).
 *
 * @param logMean log μ, any number: scalar or array, broadcast with `dispersion`
 * @param dispersion φ > 0: the variance is μ + μ² / φ
 * @throws RangeError as `negativeBinomial`
 * @example
 * const roaches = model()
 *   .data({ x: [0, 1, 2], y: [1, 0, 40] })
 *   .parameters({ alpha: normal(0, 1), beta: normal(0, 1), phi: exponential(1) })
 *   .observe(({ alpha, beta, phi, x }) => ({ y: negativeBinomialLog(alpha.add(beta.mul(x)), phi) }));
 */
export function negativeBinomialLog<A extends Arg, B extends Arg>(
  logMean: A,
  dispersion: B,
): Distribution<Broadcast<ShapeOfArg<A>, ShapeOfArg<B>>, 'int'> {
  return logFamily.of(logMean, dispersion);
}

/**
 * Negative binomial as a mixture: Poisson counts whose rates are gamma(shape, rate), as Stan's neg_binomial.
 *
 * @param shape α > 0: scalar or array, broadcast with `rate`
 * @param rate β > 0: the mean is α / β
 * @throws RangeError as `negativeBinomial`
 * @example model().data({ y: [3, 0, 12] }).parameters({ b: exponential(1) }).observe(({ b }) => ({ y: gammaPoisson(2, b) }))
 */
export function gammaPoisson<A extends Arg, B extends Arg>(
  shape: A,
  rate: B,
): Distribution<Broadcast<ShapeOfArg<A>, ShapeOfArg<B>>, 'int'> {
  return mixtureFamily.of(shape, rate);
}

/**
 * Negative binomial: the number of failures before the r-th success, r not necessarily whole.
 *
 * @param successes r > 0: scalar or array, broadcast with `probability`
 * @param probability of a success, above 0 and at most 1
 * @throws RangeError as `negativeBinomial`
 * @example model().data({ misses: [4, 9] }).parameters({ p: beta(1, 1) }).observe(({ p }) => ({ misses: negativeBinomialSuccesses(3, p) }))
 */
export function negativeBinomialSuccesses<A extends Arg, B extends Arg>(
  successes: A,
  probability: B,
): Distribution<Broadcast<ShapeOfArg<A>, ShapeOfArg<B>>, 'int'> {
  return successesFamily.of(successes, probability);
}
