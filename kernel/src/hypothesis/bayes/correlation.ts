/**
 * The Bayesian test of a correlation: Jeffreys' reduced likelihood and a beta prior stretched over (−1, 1) (Jeffreys
 * 1961, section 5.7; Ly, Verhagen & Wagenmakers 2016, J. Math. Psychol. 72, 19–32).
 */
import { mean as meanOf } from '../../data/moments.ts';
import { checkNames } from '../../estimate/options.ts';
import { log, log1p } from '../../numeric/elementary.ts';
import { logBeta } from '../../numeric/special/log-beta.ts';
import { type Alternative, commonOptions, sampleOf } from '../test.ts';
import { summariseDensity } from './density.ts';
import { logIntegral } from './log-integral.ts';
import { oneSided } from './one-sided.ts';
import { BayesianTest } from './result.ts';

export interface BayesianCorrelationOptions {
  /** Whether correlations of either sign are plausible (default), or those below or above 0 alone. */
  readonly alternative?: Alternative;
  /** Width of the prior: (ρ + 1) / 2 ~ beta(1/scale, 1/scale). 1 is uniform; default ⅓, R's "medium". */
  readonly scale?: number;
  /** Of the interval, in (0, 1), default 0.95. */
  readonly level?: number;
}

/** ₂F₁(½, ½; c; z) for 0 ≤ z < 1 and c > 1, by its series. */
function hypergeometric(c: number, z: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 0; k < 100_000 && term > 1e-17 * sum; k++) {
    term *= (((k + 0.5) * (k + 0.5)) / ((c + k) * (k + 1))) * z;
    sum += term;
  }
  return sum;
}

/**
 * Test whether two measures are correlated.
 *
 * @throws RangeError for fewer than three pairs, or values that do not vary
 * @example bayesianCorrelationTest([1, 2, 3, 4], [2, 1, 4, 3]).interval
 */
export function bayesianCorrelationTest(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  options: BayesianCorrelationOptions = {},
): BayesianTest {
  checkNames('bayesianCorrelationTest', options, ['alternative', 'scale', 'level']);
  const { alternative } = commonOptions('bayesianCorrelationTest', options);
  const { scale = 1 / 3, level = 0.95 } = options;
  if (!(scale > 0 && scale < Infinity)) {
    throw new RangeError(`bayesianCorrelationTest: scale must be positive, got ${scale}`);
  }
  if (x.length !== y.length) {
    throw new RangeError(`bayesianCorrelationTest: samples are equally long; got ${x.length} and ${y.length}`);
  }
  const pairs = Array.from(x, (value, i) => [value, y[i]!] as const).filter(([a, b]) => !Number.isNaN(a + b));
  const first = sampleOf(
    'bayesianCorrelationTest',
    'x',
    pairs.map(([a]) => a),
    3,
  );
  const second = sampleOf(
    'bayesianCorrelationTest',
    'y',
    pairs.map(([, b]) => b),
    3,
  );
  const n = first.length;
  const [meanX, meanY] = [meanOf(first), meanOf(second)];
  let [xx, xy, yy] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    xx += (first[i]! - meanX) ** 2;
    yy += (second[i]! - meanY) ** 2;
    xy += (first[i]! - meanX) * (second[i]! - meanY);
  }
  if (!(xx > 0 && yy > 0)) throw new RangeError('bayesianCorrelationTest: values that do not vary have no correlation');
  const r = xy / Math.sqrt(xx * yy);
  /** log of the likelihood of ρ with means and variances integrated out, relative to ρ = 0 but for the last factor. */
  const likelihood = (rho: number) =>
    0.5 * (n - 1) * log1p(-rho * rho) + (1.5 - n) * log1p(-rho * r) + log(hypergeometric(n - 0.5, (1 + rho * r) / 2));
  const shape = 1 / scale;
  const constant = (1 - 2 * shape) * log(2) - logBeta(shape, shape);
  const posterior = (rho: number) => likelihood(rho) + (shape - 1) * log1p(-rho * rho) + constant;
  const edge = 1 - 1e-12;
  const one = oneSided(posterior, [-edge, edge], alternative);
  const summary = summariseDensity(posterior, ...one.range);
  return new BayesianTest({
    method: 'Bayesian test of a correlation',
    hypothesis: 'the correlation is 0',
    prior: `(correlation + 1) / 2 ~ beta(${Number(shape.toPrecision(3))}, ${Number(shape.toPrecision(3))})${one.text}`,
    logBayesFactor: logIntegral(posterior, -edge, edge) - likelihood(0) + one.logFactor,
    parameter: 'the correlation',
    posterior: {
      "Pearson's r": r,
      'mean of the correlation': summary.mean,
      'standard deviation': summary.sd,
      ...(alternative === 'two-sided' && { 'P(correlation > 0)': 1 - summary.below(0) }),
    },
    interval: [summary.quantile((1 - level) / 2), summary.quantile((1 + level) / 2)],
    level,
  });
}
