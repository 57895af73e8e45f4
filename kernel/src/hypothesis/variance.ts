/**
 * Tests of variances: the F test of two, Bartlett's (1937, Proceedings of the Royal Society A 160, 268–282) of several
 * normal samples, and two that hold for others too: Levene's (1960) with the medians of Brown & Forsythe (1974), and that
 * of Fligner & Killeen (1976) by ranks.
 */
import { mean as meanOf, median as medianOf, variance as varianceOf } from '../data/moments.ts';
import { checkNames } from '../estimate/options.ts';
import { log } from '../numeric/elementary.ts';
import { normalQuantile } from '../numeric/special/normal.ts';
import { chiSquaredUpper, fLower, fQuantile, fUpper } from '../numeric/special/tail.ts';
import { analysisOfVariance } from './analysis-of-variance.ts';
import { type Groups, groupsOf } from './groups.ts';
import { rank } from './ranks.ts';
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
  if (Number.isNaN(ratio)) throw new RangeError('varianceTest: the values do not vary, or are not finite');
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
  const flat = variances.findIndex((variance) => !(variance > 0));
  if (flat >= 0) throw new RangeError(`bartlettTest: the values of '${samples[flat]!.name}' do not vary`);
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

/** Distances from the centre of each group. */
function distances(caller: string, groups: Groups, center: 'mean' | 'median') {
  if (center !== 'mean' && center !== 'median') {
    throw new RangeError(`${caller}: center is 'median' or 'mean', got '${center}'`);
  }
  return groupsOf(caller, groups, 2, 2).map(({ name, values }) => {
    const middle = center === 'mean' ? meanOf(values) : medianOf(values);
    return { name, values: values.map((value) => Math.abs(value - middle)) };
  });
}

/**
 * Levene's test that several groups vary alike: the analysis of variance of the distances from their centres.
 *
 * @param options.center 'median' (default; Brown & Forsythe) or 'mean' (Levene)
 * @example leveneTest({ a: [4, 5, 6], b: [1, 7, 12], c: [5, 9, 7] }).p
 */
export function leveneTest(groups: Groups, options: { readonly center?: 'mean' | 'median' } = {}): HypothesisTest {
  checkNames('leveneTest', options, ['center']);
  const { center = 'median' } = options;
  const spread = distances('leveneTest', groups, center);
  const test = analysisOfVariance(Object.fromEntries(spread.map(({ name, values }) => [name, values])));
  return new HypothesisTest({
    method: `Levene's test of equal variances, from the ${center}s`,
    hypothesis: 'all groups vary alike',
    statistic: ['F', test.statistic],
    parameters: test.parameters,
    p: test.p,
    estimates: Object.fromEntries(spread.map(({ name, values }) => [`mean distance of ${name}`, meanOf(values)])),
  });
}

/** The test of Fligner & Killeen that several groups vary alike: by normal scores of the distances from the medians. */
export function flignerTest(groups: Groups): HypothesisTest {
  const spread = distances('flignerTest', groups, 'median');
  const { ranks } = rank(spread.flatMap(({ values }) => [...values]));
  const n = ranks.length;
  const scores = ranks.map((r) => normalQuantile((1 + r / (n + 1)) / 2));
  const centre = meanOf(scores);
  let from = 0;
  const between = spread.reduce((sum, { values }) => {
    const mine = scores.subarray(from, from + values.length);
    from += values.length;
    return sum + mine.length * (meanOf(mine) - centre) ** 2;
  }, 0);
  const statistic = between / varianceOf(scores);
  const df = spread.length - 1;
  return new HypothesisTest({
    method: 'Fligner–Killeen test of equal variances',
    hypothesis: 'all groups vary alike',
    statistic: ['χ²', statistic],
    parameters: { 'degrees of freedom': df },
    p: chiSquaredUpper(statistic, df),
  });
}
