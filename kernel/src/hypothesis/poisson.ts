/**
 * The exact test of one Poisson rate, and of the ratio of two given their sum (Przyborowski & Wilenski 1940, Biometrika
 * 31, 313–323), with the interval of Garwood (1936, Biometrika 28, 437–442).
 */
import { checkNames } from '../estimate/options.ts';
import { gammaQuantile } from '../numeric/special/gamma-quantile.ts';
import { gammaRegularisedLower, gammaRegularisedUpper, poissonMass } from '../numeric/special/incomplete-gamma.ts';
import { binomialTest } from './binomial.ts';
import { commonOptions, HypothesisTest, type TestOptions } from './test.ts';

/** Counts of the same probability to rounding belong to both tails, as in R. */
const SAME = 1 + 1e-7;

/** P(X ≤ k). */
const atMost = (k: number, mean: number) => (k < 0 ? 0 : mean === 0 ? 1 : gammaRegularisedUpper(k + 1, mean));
/** P(X ≥ k). */
const atLeast = (k: number, mean: number) => (k <= 0 ? 1 : mean === 0 ? 0 : gammaRegularisedLower(k, mean));

/** The probability of all counts that are no more probable than this one. */
function twoSided(x: number, mean: number): number {
  if (mean === 0) return x === 0 ? 1 : 0;
  if (x === mean) return 1;
  const limit = poissonMass(x, mean) * SAME;
  if (x > mean) {
    let below = 0;
    while (below <= Math.floor(mean) && poissonMass(below, mean) <= limit) below++;
    return atMost(below - 1, mean) + atLeast(x, mean);
  }
  let far = Math.ceil(2 * mean - x) + 1;
  while (poissonMass(far, mean) > limit) far *= 2;
  let near = Math.ceil(mean); // the first of the other tail lies between
  while (far - near > 1) {
    const middle = Math.floor((near + far) / 2);
    if (poissonMass(middle, mean) <= limit) far = middle;
    else near = middle;
  }
  const first = poissonMass(near, mean) <= limit ? near : far;
  return atMost(x, mean) + atLeast(first, mean);
}

/**
 * Test a rate of events, or the ratio of two rates.
 *
 * @param counts events: one whole number, or two
 * @param options.exposure the time or area they were counted in, in the same form; default 1
 * @param options.rate under the null hypothesis, or the ratio of the rates; default 1
 * @throws RangeError for counts that are no whole numbers from 0, exposures and rates that are not positive
 * @example poissonTest(137, { exposure: 24.2 }).interval
 * @example poissonTest([11, 23], { exposure: [800, 3000] }).estimates['rate ratio'] // 1.79…
 */
export function poissonTest(
  counts: number | readonly [number, number],
  options: TestOptions & { readonly exposure?: number | readonly [number, number]; readonly rate?: number } = {},
): HypothesisTest {
  checkNames('poissonTest', options, ['alternative', 'level', 'exposure', 'rate']);
  const { alternative, level } = commonOptions('poissonTest', options);
  const { rate = 1 } = options;
  const x = typeof counts === 'number' ? [counts] : counts;
  const given = options.exposure ?? (typeof counts === 'number' ? 1 : ([1, 1] as const));
  const exposure = typeof given === 'number' ? [given] : given;
  if (!(x.length >= 1 && x.length <= 2 && x.every((count) => Number.isInteger(count) && count >= 0))) {
    throw new RangeError(`poissonTest: one or two whole numbers from 0 expected, got ${x.join(', ')}`);
  }
  if (exposure.length !== x.length || !exposure.every((time) => time > 0 && time < Infinity)) {
    throw new RangeError(`poissonTest: ${x.length} positive exposures expected, got ${exposure.join(', ')}`);
  }
  if (!(rate > 0 && rate < Infinity)) throw new RangeError(`poissonTest: rate must be positive, got ${rate}`);
  if (x.length === 2) {
    const [t1, t2] = exposure as [number, number];
    const share = (rate * t1) / (rate * t1 + t2);
    const total = x[0]! + x[1]!;
    if (total === 0) throw new RangeError('poissonTest: two counts of 0 say nothing of the ratio of their rates');
    const test = binomialTest(x[0]!, total, { probability: share, alternative, level });
    const ratio = (p: number) => (p === 1 ? Infinity : ((p / (1 - p)) * t2) / t1);
    return new HypothesisTest({
      method: 'Exact test of two Poisson rates',
      hypothesis: `the ratio of the rates is ${rate}`,
      statistic: ['first count', x[0]!],
      parameters: { 'expected first count': total * share },
      p: test.p,
      alternative,
      estimates: { 'rate ratio': x[0]! / t1 / (x[1]! / t2) },
      interval: [ratio(test.interval![0]), ratio(test.interval![1])],
      level,
    });
  }
  const [count, time] = [x[0]!, exposure[0]!];
  const mean = rate * time;
  const side = alternative === 'two-sided' ? (1 - level) / 2 : 1 - level;
  return new HypothesisTest({
    method: 'Exact Poisson test',
    hypothesis: `the rate is ${rate}`,
    statistic: ['events', count],
    parameters: { exposure: time },
    p:
      alternative === 'less'
        ? atMost(count, mean)
        : alternative === 'greater'
          ? atLeast(count, mean)
          : twoSided(count, mean),
    alternative,
    estimates: { rate: count / time },
    interval: [
      alternative === 'less' || count === 0 ? 0 : gammaQuantile(side, count) / time,
      alternative === 'greater' ? Infinity : gammaQuantile(1 - side, count + 1) / time,
    ],
    level,
  });
}
