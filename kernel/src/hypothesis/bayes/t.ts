/**
 * The Bayesian t-test: a Cauchy prior on the size of the effect in standard deviations, Jeffreys' on the rest (Rouder,
 * Speckman, Sun, Morey & Iverson 2009, Psychon. Bull. Rev. 16, 225–237).
 */
import { mean as meanOf, variance as varianceOf } from '../../data/moments.ts';
import { checkNames } from '../../estimate/options.ts';
import { exp, log, log1p } from '../../numeric/elementary.ts';
import { integrate } from '../../numeric/quadrature.ts';
import { type Alternative, commonOptions, sampleOf } from '../test.ts';
import { summariseDensity } from './density.ts';
import { logIntegral } from './log-integral.ts';
import { oneSided } from './one-sided.ts';
import { BayesianTest } from './result.ts';

export interface BayesianTOptions {
  /** The mean, or the difference of means, under the null hypothesis; default 0. */
  readonly mean?: number;
  /** Whether x and y are measured on the same units; default false. */
  readonly paired?: boolean;
  /**
   * Whether effects of either sign are plausible (default), or those below or above 0 alone (Morey & Rouder 2011, Psychol.
   * Methods 16, 406–419); the posterior is then that of such effects.
   */
  readonly alternative?: Alternative;
  /** Half width of the Cauchy prior of the effect size; default √½, R's "medium". */
  readonly scale?: number;
  /** Of the interval, in (0, 1), default 0.95. */
  readonly level?: number;
}

/** log g is integrated over this range on both sides: e^±40. */
const widest = 40;

/** log of the Bayes factor of t on ν degrees of freedom, n the effective sample size (their equation 1). */
function logBayesFactorOfT(t: number, degrees: number, n: number, scale: number): number {
  const power = -(degrees + 1) / 2;
  const alternative = logIntegral(
    (u) => {
      const g = exp(u); // u = log g
      const widened = 1 + n * g * scale * scale;
      return (
        -0.5 * log(widened) +
        power * log1p((t * t) / (widened * degrees)) -
        0.5 * log(2 * Math.PI) -
        0.5 * u - // g^−3/2 dg = g^−1/2 du
        0.5 / g
      );
    },
    -widest,
    widest,
  );
  return alternative - power * log1p((t * t) / degrees);
}

/** log density of t given the effect size: noncentral Student's t, up to a constant of ν (Johnson, Kotz & Balakrishnan). */
function logNoncentral(t: number, degrees: number, shift: number): number {
  // t = (Z + shift) / S with S² ~ χ²/ν: integrate over S around its mode, where d/ds of the exponent is 0.
  const exponent = (s: number) => degrees * (log(s) - 0.5 * (s * s - 1)) - 0.5 * (t * s - shift) ** 2;
  const both = degrees + t * t;
  const mode = (t * shift + Math.sqrt((t * shift) ** 2 + 4 * both * degrees)) / (2 * both);
  const spread = 12 / Math.sqrt(degrees / (mode * mode) + both);
  const top = exponent(mode);
  const height = (s: number) => exp(exponent(s) - top);
  const low = Math.max(1e-9 * mode, mode - spread);
  return top + log(integrate(height, low, mode) + integrate(height, mode, mode + spread));
}

/**
 * Test a mean, or the difference of two with one variance, by a Bayes factor.
 *
 * @param x a sample; missing values (NaN) are left out
 * @param y a second one; without it, the mean of x is tested
 * @throws RangeError when a sample has fewer than two values, or values that do not vary
 * @example bayesianTTest([0.7, -1.6, -0.2, -1.2], [1.9, 0.8, 1.1, 0.1]).bayesFactor
 */
export function bayesianTTest(
  x: ArrayLike<number>,
  y?: ArrayLike<number>,
  options: BayesianTOptions = {},
): BayesianTest {
  checkNames('bayesianTTest', options, ['mean', 'paired', 'alternative', 'scale', 'level']);
  const { alternative } = commonOptions('bayesianTTest', options);
  const { mean: nullValue = 0, paired = false, scale = Math.SQRT1_2, level = 0.95 } = options;
  if (!(scale > 0 && scale < Infinity)) throw new RangeError(`bayesianTTest: scale must be positive, got ${scale}`);
  if (paired && y === undefined) throw new TypeError('bayesianTTest: a paired test needs two samples, got one');
  if (paired && y!.length !== x.length) {
    throw new RangeError(`bayesianTTest: paired samples are equally long; got ${x.length} and ${y!.length}`);
  }
  const first = sampleOf('bayesianTTest', 'x', paired ? Array.from(x, (value, i) => value - y![i]!) : x, 2);
  let estimate = meanOf(first);
  let spread = Math.sqrt(varianceOf(first));
  let degrees = first.length - 1;
  let n = first.length;
  if (y !== undefined && !paired) {
    const second = sampleOf('bayesianTTest', 'y', y, 2);
    degrees = first.length + second.length - 2;
    const pooled = (first.length - 1) * varianceOf(first) + (second.length - 1) * varianceOf(second);
    spread = Math.sqrt(pooled / degrees);
    estimate -= meanOf(second);
    n = (first.length * second.length) / (first.length + second.length);
  }
  if (!Number.isFinite(spread)) {
    throw new RangeError('bayesianTTest: finite values expected, got some that are infinite');
  }
  if (!(spread > 1e-15 * Math.abs(estimate))) {
    throw new RangeError('bayesianTTest: the values do not vary, so there is nothing to measure the difference by');
  }
  const root = Math.sqrt(n);
  const effect = (estimate - nullValue) / spread;
  const t = effect * root;
  const reach = 12 * (1 / root + Math.abs(effect) / Math.sqrt(2 * degrees));
  const density = (delta: number) => logNoncentral(t, degrees, delta * root) - log1p((delta / scale) ** 2);
  const one = oneSided(density, [effect - reach, effect + reach], alternative);
  const posterior = summariseDensity(density, ...one.range);
  const what = y === undefined || paired ? `the mean${paired ? ' difference' : ''}` : 'the difference of the means';
  return new BayesianTest({
    method: `Bayesian ${paired ? 'paired ' : y === undefined ? 'one sample ' : 'two sample '}t-test`,
    hypothesis: `${what} is ${nullValue}`,
    prior: `effect size ~ cauchy(0, ${Number(scale.toPrecision(3))})${one.text}`,
    logBayesFactor: logBayesFactorOfT(t, degrees, n, scale) + one.logFactor,
    parameter: 'the effect size',
    posterior: {
      'effect size': posterior.mean,
      'standard deviation': posterior.sd,
      ...(alternative === 'two-sided' && { 'P(effect > 0)': 1 - posterior.below(0) }),
    },
    interval: [posterior.quantile((1 - level) / 2), posterior.quantile((1 + level) / 2)],
    level,
  });
}
