/**
 * Student's t-tests of means: one sample, paired, two samples with a common variance, and Welch's (1947, Biometrika 34,
 * 28–35) for variances that differ. Effect size: Cohen's d, and Hedges' g without its small-sample bias (Hedges 1981).
 */
import { mean as meanOf, variance as varianceOf } from '../data/moments.ts';
import { checkNames } from '../estimate/options.ts';
import { exp } from '../numeric/elementary.ts';
import { lgamma } from '../numeric/special/gamma.ts';
import { studentTCdf, studentTQuantile } from '../numeric/special/student-t.ts';
import { type Alternative, commonOptions, HypothesisTest, sampleOf, type TestOptions, tailP } from './test.ts';

export interface TOptions extends TestOptions {
  /** The mean, or the difference of means, under the null hypothesis; default 0. */
  readonly mean?: number;
  /** Whether x and y are measured on the same units; default false. */
  readonly paired?: boolean;
  /** Whether both samples have one variance; default false, which is Welch's test. */
  readonly equalVariances?: boolean;
}

/** estimate ± t · se, one-sided where the alternative is. */
function around(
  estimate: number,
  error: number,
  df: number,
  alternative: Alternative,
  level: number,
): [number, number] {
  const reach = error * studentTQuantile(alternative === 'two-sided' ? (1 + level) / 2 : level, df);
  return [
    alternative === 'less' ? -Infinity : estimate - reach,
    alternative === 'greater' ? Infinity : estimate + reach,
  ];
}

/** Hedges' factor Γ(ν/2) / (√(ν/2) Γ((ν − 1)/2)), which takes the bias out of d. */
function hedges(df: number): number {
  return df > 1 ? exp(lgamma(df / 2) - lgamma((df - 1) / 2)) / Math.sqrt(df / 2) : Number.NaN;
}

/**
 * Test a mean, or the difference of two.
 *
 * @param x a sample; missing values (NaN) are left out
 * @param y a second one; without it, the mean of x is tested
 * @throws RangeError when a sample has fewer than two values, or values that do not vary
 * @example
 * tTest([0.7, -1.6, -0.2, -1.2], [1.9, 0.8, 1.1, 0.1]).p;
 */
export function tTest(x: ArrayLike<number>, y?: ArrayLike<number>, options: TOptions = {}): HypothesisTest {
  checkNames('tTest', options, ['alternative', 'level', 'mean', 'paired', 'equalVariances']);
  const { alternative, level } = commonOptions('tTest', options);
  const { mean: nullValue = 0, paired = false, equalVariances = false } = options;
  if (paired && y === undefined) throw new TypeError('tTest: a paired test needs two samples, got one');
  if (paired && y!.length !== x.length) {
    throw new RangeError(`tTest: paired samples are equally long; got ${x.length} and ${y!.length}`);
  }
  if (!Number.isFinite(nullValue)) throw new RangeError(`tTest: mean must be finite, got ${nullValue}`);
  const first = sampleOf('tTest', 'x', paired ? Array.from(x, (value, i) => value - y![i]!) : x, 2);
  const n = first.length;
  const varianceX = varianceOf(first);
  let estimate = meanOf(first);
  let df = n - 1;
  let error = Math.sqrt(varianceX / n);
  let spread = Math.sqrt(varianceX);
  let degrees = df;
  let estimates: Record<string, number> = { [paired ? 'mean difference' : 'mean of x']: estimate };
  let method = paired ? 'Paired t-test' : 'One sample t-test';
  let hypothesis = `${paired ? 'the mean difference' : 'the mean'} is ${nullValue}`;
  if (y !== undefined && !paired) {
    const second = sampleOf('tTest', 'y', y, 2);
    const m = second.length;
    const varianceY = varianceOf(second);
    const [a, b] = [varianceX / n, varianceY / m];
    const pooled = ((n - 1) * varianceX + (m - 1) * varianceY) / (n + m - 2);
    estimates = { 'mean of x': estimate, 'mean of y': meanOf(second) };
    estimate -= estimates['mean of y']!;
    estimates.difference = estimate;
    degrees = n + m - 2;
    df = equalVariances ? degrees : (a + b) ** 2 / (a ** 2 / (n - 1) + b ** 2 / (m - 1)); // Welch–Satterthwaite
    error = equalVariances ? Math.sqrt(pooled * (1 / n + 1 / m)) : Math.sqrt(a + b);
    spread = Math.sqrt(pooled);
    method = equalVariances ? 'Two sample t-test' : "Welch's two sample t-test";
    hypothesis = `the difference of the means is ${nullValue}`;
  }
  if (!Number.isFinite(error)) throw new RangeError('tTest: finite values expected, got some that are infinite');
  if (!(error > 1e-15 * Math.abs(estimate))) {
    throw new RangeError('tTest: the values do not vary, so there is nothing to measure the difference by');
  }
  const t = (estimate - nullValue) / error;
  const d = (estimate - nullValue) / spread;
  return new HypothesisTest({
    method,
    hypothesis,
    statistic: ['t', t],
    parameters: { 'degrees of freedom': df },
    p: tailP(alternative, studentTCdf(t, df), studentTCdf(-t, df)),
    alternative,
    estimates: { ...estimates, 'standard error': error },
    interval: around(estimate, error, df, alternative, level),
    level,
    effects: { "Cohen's d": d, "Hedges' g": d * hedges(degrees) },
  });
}
