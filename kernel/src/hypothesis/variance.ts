/** The F test of two variances, and Bartlett's (1937, Proceedings of the Royal Society A 160, 268–282) of several. */
import { variance as varianceOf } from '../data/moments.ts';
import { checkNames } from '../estimate/options.ts';
import { log } from '../numeric/elementary.ts';
import { chiSquaredUpper, fLower, fQuantile, fUpper } from '../numeric/special/tail.ts';
import { type Groups, groupsOf } from './groups.ts';
import { commonOptions, HypothesisTest, sampleOf, type TestOptions, tailP } from './test.ts';

/**
 * Test whether two samples of normal values have one variance.
 *
 * @example varianceTest([3, 5, 4, 7], [4, 9, 1, 12]).estimates['ratio of variances']
 */
export function varianceTest(x: ArrayLike<number>, y: ArrayLike<number>, options: TestOptions = {}): HypothesisTest {
  checkNames('varianceTest', options, ['alternative', 'level']);
  const { alternative, level } = commonOptions('varianceTest', options);
  const [a, b] = [sampleOf('varianceTest', 'x', x, 2), sampleOf('varianceTest', 'y', y, 2)];
  const [n, m] = [a.length - 1, b.length - 1];
  const ratio = varianceOf(a) / varianceOf(b);
  const side = alternative === 'two-sided' ? (1 - level) / 2 : 1 - level;
  return new HypothesisTest({
    method: 'F test of two variances',
    hypothesis: 'the ratio of the variances is 1',
    statistic: ['F', ratio],
    parameters: { 'numerator degrees of freedom': n, 'denominator degrees of freedom': m },
    p: tailP(alternative, fLower(ratio, n, m), fUpper(ratio, n, m)),
    alternative,
    estimates: { 'ratio of variances': ratio },
    interval: [
      alternative === 'less' ? 0 : ratio / fQuantile(1 - side, n, m),
      alternative === 'greater' ? Infinity : ratio / fQuantile(side, n, m),
    ],
    level,
  });
}

/** Bartlett's test that several samples of normal values have one variance. */
export function bartlettTest(groups: Groups): HypothesisTest {
  const samples = groupsOf('bartlettTest', groups, 2, 2);
  const degrees = samples.map(({ values }) => values.length - 1);
  const total = degrees.reduce((sum, df) => sum + df, 0);
  const variances = samples.map(({ values }) => varianceOf(values));
  const pooled = variances.reduce((sum, variance, i) => sum + degrees[i]! * variance, 0) / total;
  const k = samples.length;
  const above = total * log(pooled) - variances.reduce((sum, variance, i) => sum + degrees[i]! * log(variance), 0);
  const statistic = above / (1 + (degrees.reduce((sum, df) => sum + 1 / df, 0) - 1 / total) / (3 * (k - 1)));
  return new HypothesisTest({
    method: "Bartlett's test of equal variances",
    hypothesis: 'all groups have one variance',
    statistic: ["Bartlett's K²", statistic],
    parameters: { 'degrees of freedom': k - 1 },
    p: chiSquaredUpper(statistic, k - 1),
  });
}
