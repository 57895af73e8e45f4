/** Beta distribution by its mean and precision. */
import { betaQuantile, betaRegularised, betaRegularisedUpper } from '../numeric/special/index.ts';
import { betaVariate } from '../numeric/variates/index.ts';
import type { Arg, Broadcast, ShapeOfArg } from '../program/types.ts';
import { openUnitInterval, positive } from './constraints.ts';
import { betaLower, logBeta, logBetaUpper, xlog1py, xlogy } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

const clamp = (x: number): number => (Number.isNaN(x) ? x : Math.min(Math.max(x, 0), 1));

const family = defineDistribution({
  name: 'betaProportion',
  summary: 'beta by its mean and precision',
  kind: 'real',
  parameters: { mean: openUnitInterval, precision: positive },
  support: { lower: 0, upper: 1 },
  logDensity: (x, { mean, precision }) => {
    const alpha = mean.mul(precision);
    const beta = mean.neg().add(1).mul(precision);
    return xlogy(alpha.sub(1), x)
      .add(xlog1py(beta.sub(1), x.neg()))
      .sub(logBeta(alpha, beta));
  },
  cdf: (x, { mean, precision }) => betaRegularised(mean * precision, (1 - mean) * precision, clamp(x)),
  upperCdf: (x, { mean, precision }) => betaRegularisedUpper(mean * precision, (1 - mean) * precision, clamp(x)),
  tracedLogCdf: (x, { mean, precision }) => betaLower(mean.mul(precision), mean.neg().add(1).mul(precision), x).log(),
  tracedLogUpperCdf: (x, { mean, precision }) => logBetaUpper(mean.mul(precision), mean.neg().add(1).mul(precision), x),
  quantile: (p, { mean, precision }) => betaQuantile(p, mean * precision, (1 - mean) * precision),
  mean: ({ mean }) => mean,
  variance: ({ mean, precision }) => (mean * (1 - mean)) / (precision + 1),
  sample: (stream, { mean, precision }) => betaVariate(stream, mean * precision, (1 - mean) * precision),
});

/**
 * Beta by its mean μ and precision κ: beta(μ κ, (1 − μ) κ). What beta regression is made of.
 *
 * @param mean μ, between 0 and 1 without the ends: scalar or array, broadcast with `precision`
 * @param precision κ > 0: the variance is μ (1 − μ) / (κ + 1)
 * @throws RangeError when a parameter known at definition is out of range, or the lengths do not fit
 * @example model().data({ share }).parameters({ mu: beta(1, 1), kappa: gamma(2, 0.1) }).observe(({ mu, kappa }) => ({ share: betaProportion(mu, kappa) }))
 */
export function betaProportion<A extends Arg, B extends Arg>(
  mean: A,
  precision: B,
): Distribution<Broadcast<ShapeOfArg<A>, ShapeOfArg<B>>, 'real'> {
  return family.of(mean, precision);
}
