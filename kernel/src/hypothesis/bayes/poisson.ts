/**
 * Bayesian inference on Poisson rates: one with a gamma prior (closed form), and the ratio of two given the sum of their
 * counts, which is binomial (as in the exact test of Przyborowski & Wilenski 1940).
 */
import { checkNames, checkShare } from '../../estimate/options.ts';
import { exp, log, log1p } from '../../numeric/elementary.ts';
import { lgamma } from '../../numeric/special/gamma.ts';
import { gammaQuantile } from '../../numeric/special/gamma-quantile.ts';
import { gammaRegularisedUpper } from '../../numeric/special/incomplete-gamma.ts';
import { poissonTest } from '../poisson.ts';
import { summariseDensity } from './density.ts';
import { logIntegral } from './log-integral.ts';
import { BayesianTest } from './result.ts';

export interface BayesianPoissonOptions {
  /** The time or area the events were counted in, in the form of the counts; default 1. */
  readonly exposure?: number | readonly [number, number];
  /** Of one rate under the null hypothesis, or the ratio of two; default 1. */
  readonly rate?: number;
  /** Events and exposure the prior of one rate is worth; default [1, 1 / rate]: exponential, its mean the rate tested. */
  readonly prior?: readonly [events: number, exposure: number];
  /** Of two rates: the logarithm of their ratio ~ logistic(0, scale); default 1, so that a ratio of 3 is a quartile. */
  readonly scale?: number;
  /** Of the interval, in (0, 1), default 0.95. */
  readonly level?: number;
}

const short = (value: number) => Number(value.toPrecision(3));

/**
 * Test a rate of events, or the ratio of two rates, by a Bayes factor.
 *
 * @param counts events: one whole number, or two
 * @throws RangeError for counts that are no whole numbers from 0, exposures, rates and priors that are not positive
 * @example
 * bayesianPoissonTest(137, { exposure: 24.2, rate: 5 }).interval;
 * bayesianPoissonTest([11, 23], { exposure: [800, 3000] }).bayesFactor;
 */
export function bayesianPoissonTest(
  counts: number | readonly [number, number],
  options: BayesianPoissonOptions = {},
): BayesianTest {
  checkNames('bayesianPoissonTest', options, ['exposure', 'rate', 'prior', 'scale', 'level']);
  const { rate = 1, level = 0.95, scale = 1 } = options;
  checkShare('bayesianPoissonTest', 'level', level);
  poissonTest(counts, { rate, ...(options.exposure !== undefined && { exposure: options.exposure }) }); // checks
  const exposure = options.exposure ?? (typeof counts === 'number' ? 1 : ([1, 1] as const));
  const ends = [(1 - level) / 2, (1 + level) / 2] as const;
  if (typeof counts === 'number') {
    if (options.scale !== undefined) throw new TypeError('bayesianPoissonTest: scale is for two rates; see prior');
    const [a, b] = options.prior ?? [1, 1 / rate];
    if (!(a > 0 && b > 0 && a + b < Infinity)) {
      throw new RangeError(`bayesianPoissonTest: prior must be two positive numbers, got ${a}, ${b}`);
    }
    const time = exposure as number;
    const [shape, inverse] = [a + counts, b + time];
    const marginal = lgamma(shape) - lgamma(a) + a * log(b) - shape * log(inverse);
    return new BayesianTest({
      method: 'Bayesian test of a Poisson rate',
      hypothesis: `the rate is ${rate}`,
      prior: `rate ~ gamma(${short(a)}, ${short(b)})`,
      logBayesFactor: marginal - counts * log(rate) + rate * time,
      parameter: 'the rate',
      posterior: {
        'mean of the rate': shape / inverse,
        'standard deviation': Math.sqrt(shape) / inverse,
        [`P(rate > ${rate})`]: gammaRegularisedUpper(shape, rate * inverse),
      },
      interval: [gammaQuantile(ends[0], shape) / inverse, gammaQuantile(ends[1], shape) / inverse],
      level,
    });
  }
  if (options.prior !== undefined) throw new TypeError('bayesianPoissonTest: prior is for one rate; see scale');
  if (!(scale > 0 && scale < Infinity)) {
    throw new RangeError(`bayesianPoissonTest: scale must be positive, got ${scale}`);
  }
  const [x, y] = counts;
  const offset = log((exposure as readonly [number, number])[0] / (exposure as readonly [number, number])[1]);
  const softplus = (u: number) => (u > 0 ? u + log1p(exp(-u)) : log1p(exp(u)));
  // The first count is binomial with log odds u + offset, u the log of the ratio.
  const likelihood = (u: number) => x * (u + offset) - (x + y) * softplus(u + offset);
  const prior = (u: number) => (u - log(rate)) / scale - 2 * softplus((u - log(rate)) / scale) - log(scale);
  const posterior = (u: number) => likelihood(u) + prior(u);
  const centre = log((x + 0.5) / (y + 0.5)) - offset;
  const reach = 14 * Math.sqrt(1 / (x + 0.5) + 1 / (y + 0.5)) + (Math.min(x, y) === 0 ? 30 * scale : 0);
  const [low, high] = [Math.min(centre, log(rate)) - reach, Math.max(centre, log(rate)) + reach];
  const summary = summariseDensity(posterior, low, high);
  return new BayesianTest({
    method: 'Bayesian test of two Poisson rates',
    hypothesis: `the ratio of the rates is ${rate}`,
    prior: `log ratio ~ logistic(${short(log(rate))}, ${short(scale)})`,
    logBayesFactor: logIntegral(posterior, low, high) - likelihood(log(rate)),
    parameter: 'the ratio of the rates',
    posterior: {
      'median of the ratio': exp(summary.quantile(0.5)),
      [`P(ratio > ${rate})`]: 1 - summary.below(log(rate)),
    },
    interval: [exp(summary.quantile(ends[0])), exp(summary.quantile(ends[1]))],
    level,
  });
}
