/**
 * Rank tests of several samples: Kruskal & Wallis (1952) of independent ones, Friedman (1937) of blocks. Effect sizes: ε²
 * and Kendall's W.
 */
import { chiSquaredUpper } from '../numeric/special/tail.ts';
import { type Groups, groupsOf } from './groups.ts';
import { rank } from './ranks.ts';
import { HypothesisTest } from './test.ts';

/**
 * Test whether several samples come from one distribution.
 *
 * @example kruskalWallisTest({ a: [1, 4, 2], b: [5, 9, 7], c: [8, 6, 11] }).p
 */
export function kruskalWallisTest(groups: Groups): HypothesisTest {
  const samples = groupsOf('kruskalWallisTest', groups);
  const all = samples.flatMap(({ values }) => [...values]);
  const n = all.length;
  const { ranks, ties } = rank(all);
  if (ties === n ** 3 - n) throw new RangeError('kruskalWallisTest: all values are equal, so no rank differs');
  let from = 0;
  let sum = 0;
  for (const { values } of samples) {
    const total = ranks.subarray(from, from + values.length).reduce((a, b) => a + b, 0);
    sum += (total * total) / values.length;
    from += values.length;
  }
  const statistic = ((12 * sum) / (n * (n + 1)) - 3 * (n + 1)) / (1 - ties / (n ** 3 - n));
  const df = samples.length - 1;
  return new HypothesisTest({
    method: 'Kruskal–Wallis rank sum test',
    hypothesis: 'all groups come from one distribution',
    statistic: ['χ²', statistic],
    parameters: { 'degrees of freedom': df },
    p: chiSquaredUpper(statistic, df),
    effects: { 'ε²': statistic / (n - 1) },
  });
}

/**
 * Friedman's test that treatments within blocks do not differ.
 *
 * @param blocks one row a block, one column a treatment; blocks with a missing value are left out
 * @throws RangeError for fewer than two whole blocks, and where all values within blocks are equal
 * @example friedmanTest([[5.4, 5.5, 5.6], [5.9, 5.7, 5.8], [5.2, 5.6, 5.5]]).p
 */
export function friedmanTest(blocks: readonly ArrayLike<number>[]): HypothesisTest {
  const k = blocks[0]?.length ?? 0;
  const whole = blocks.filter((block) => !Array.from(block).some(Number.isNaN));
  const n = whole.length;
  if (n < 2 || k < 2 || blocks.some((block) => block.length !== k)) {
    throw new RangeError('friedmanTest: two or more whole blocks of the same two or more treatments expected');
  }
  const sums = new Float64Array(k);
  let ties = 0;
  for (const block of whole) {
    const ranked = rank(block);
    ties += ranked.ties;
    ranked.ranks.forEach((r, j) => {
      sums[j]! += r;
    });
  }
  if (ties === n * (k ** 3 - k)) throw new RangeError('friedmanTest: all values within blocks are equal');
  const spread = sums.reduce((sum, total) => sum + (total - (n * (k + 1)) / 2) ** 2, 0);
  const statistic = (12 * spread) / (n * k * (k + 1) - ties / (k - 1));
  return new HypothesisTest({
    method: 'Friedman rank sum test',
    hypothesis: 'the treatments do not differ',
    statistic: ['χ²', statistic],
    parameters: { 'degrees of freedom': k - 1 },
    p: chiSquaredUpper(statistic, k - 1),
    effects: { "Kendall's W": statistic / (n * (k - 1)) },
  });
}
