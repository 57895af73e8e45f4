/**
 * Permutation test of two samples (Fisher 1935; Pitman 1937): all ways of dealing the values into two groups when they are
 * few, else random ones, counting the observed one among them (Phipson & Smyth 2010), so that no p-value is 0.
 */
import { mean as meanOf } from '../data/moments.ts';
import { checkNames, checkWhole } from '../estimate/options.ts';
import { key, Stream } from '../numeric/random.ts';
import { commonOptions, HypothesisTest, sampleOf, type TestOptions } from './test.ts';

export interface PermutationOptions extends Omit<TestOptions, 'level'> {
  /** What is compared; default the difference of the means. */
  readonly statistic?: (x: Float64Array, y: Float64Array) => number;
  /** Random permutations, default 9999. */
  readonly draws?: number;
  /** Default 0. */
  readonly seed?: number;
}

/** With no more arrangements than this, all are gone through. */
const MOST_EXACT = 20_000;

function arrangements(n: number, m: number): number {
  let count = 1;
  for (let k = 1; k <= n; k++) count *= (m + k) / k;
  return Math.round(count);
}

/**
 * Test whether two samples come from one distribution, by what relabelling would give.
 *
 * @param options.alternative 'greater': the statistic is larger than relabelling gives; two-sided: farther from its mean
 * @example permutationTest([5, 7, 9], [1, 2, 6]).p
 */
export function permutationTest(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  options: PermutationOptions = {},
): HypothesisTest {
  checkNames('permutationTest', options, ['alternative', 'statistic', 'draws', 'seed']);
  const { alternative } = commonOptions('permutationTest', options);
  const { statistic = (a, b) => meanOf(a) - meanOf(b), seed = 0 } = options;
  const draws = checkWhole('permutationTest', 'draws', options.draws ?? 9999, 99, 1e7);
  const [first, second] = [sampleOf('permutationTest', 'x', x, 1), sampleOf('permutationTest', 'y', y, 1)];
  const [n, m] = [first.length, second.length];
  const pool = Float64Array.of(...first, ...second);
  const observed = statistic(first, second);
  const all: number[] = [];
  const exact = arrangements(n, m) <= MOST_EXACT;
  if (exact) {
    const chosen = Array.from({ length: n }, (_, i) => i);
    for (;;) {
      const taken = new Set(chosen);
      all.push(
        statistic(
          Float64Array.from(chosen, (i) => pool[i]!),
          pool.filter((_, i) => !taken.has(i)),
        ),
      );
      let at = n - 1;
      while (at >= 0 && chosen[at] === m + at) at--;
      if (at < 0) break;
      chosen[at]!++;
      for (let k = at + 1; k < n; k++) chosen[k] = chosen[k - 1]! + 1;
    }
  } else {
    const stream = new Stream(key(seed));
    all.push(observed);
    for (let draw = 0; draw < draws; draw++) {
      for (let i = 0; i < n; i++) {
        const j = i + stream.integer(n + m - i); // Fisher & Yates, as far as the first sample
        [pool[i], pool[j]] = [pool[j]!, pool[i]!];
      }
      all.push(statistic(pool.slice(0, n), pool.slice(n)));
    }
  }
  const centre = meanOf(all);
  const size = all.reduce((most, value) => Math.max(most, Math.abs(value - centre)), 0);
  const slack = 1e-10 * size; // equal but for rounding
  const far = (value: number) =>
    alternative === 'greater'
      ? value >= observed - slack
      : alternative === 'less'
        ? value <= observed + slack
        : Math.abs(value - centre) >= Math.abs(observed - centre) - slack;
  return new HypothesisTest({
    method: `Permutation test, ${exact ? `all ${all.length} arrangements` : `${draws} random arrangements`}`,
    hypothesis: 'both samples come from one distribution',
    statistic: ['statistic', observed],
    p: all.filter(far).length / all.length,
    alternative,
  });
}
