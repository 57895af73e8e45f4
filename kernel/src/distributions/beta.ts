/** Beta distribution. */
import { betaQuantile, betaRegularised, betaRegularisedUpper } from '../numeric/special/index.ts';
import { betaVariate } from '../numeric/variates/index.ts';
import type { Arg, Broadcast, ShapeOfArg } from '../program/types.ts';
import { positive } from './constraints.ts';
import { betaLower, logBeta, logBetaUpper, xlog1py, xlogy } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

const clamp = (x: number): number => (Number.isNaN(x) ? x : Math.min(Math.max(x, 0), 1));

const family = defineDistribution({
  name: 'beta',
  summary: 'beta on the unit interval',
  kind: 'real',
  parameters: { alpha: positive, beta: positive },
  support: { lower: 0, upper: 1 },
  logDensity: (x, { alpha, beta }) =>
    xlogy(alpha.sub(1), x)
      .add(xlog1py(beta.sub(1), x.neg()))
      .sub(logBeta(alpha, beta)),
  cdf: (x, { alpha, beta }) => betaRegularised(alpha, beta, clamp(x)),
  upperCdf: (x, { alpha, beta }) => betaRegularisedUpper(alpha, beta, clamp(x)),
  tracedLogCdf: (x, { alpha, beta }) => betaLower(alpha, beta, x).log(),
  tracedLogUpperCdf: (x, { alpha, beta }) => logBetaUpper(alpha, beta, x),
  quantile: (p, { alpha, beta }) => betaQuantile(p, alpha, beta),
  mean: ({ alpha, beta }) => alpha / (alpha + beta),
  variance: ({ alpha, beta }) => ((alpha / (alpha + beta)) * (beta / (alpha + beta))) / (alpha + beta + 1),
  sample: (stream, { alpha, beta }) => betaVariate(stream, alpha, beta),
});

/**
 * Beta with density x^(α−1) (1 − x)^(β−1) / B(α, β) on 0 ≤ x ≤ 1; beta(1, 1) is uniform.
 *
 * @param alpha α > 0: scalar or array, broadcast with `beta`. As a prior: α − 1 earlier successes
 * @param beta  β > 0: β − 1 earlier failures
 * @throws RangeError when a parameter known at definition is not positive, or the lengths do not fit
 * @example model().data({ y: [1, 0, 1] }).parameters({ p: beta(2, 2) }).observe(({ p }) => ({ y: bernoulli(p) }))
 */
export function beta<A extends Arg, B extends Arg>(
  alpha: A,
  beta: B,
): Distribution<Broadcast<ShapeOfArg<A>, ShapeOfArg<B>>, 'real'> {
  return family.of(alpha, beta);
}
