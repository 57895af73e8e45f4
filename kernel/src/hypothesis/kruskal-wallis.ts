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
 * @param blocks one row a block, one column a treatment
 */
export function friedmanTest(blocks: readonly ArrayLike<number>[]): HypothesisTest {
  const k = blocks[0]?.length ?? 0;
  const n = blocks.length;
  if (n < 2 || k < 2 || blocks.some((block) => block.length !== k)) {
    throw new RangeError('friedmanTest: two or more blocks of the same two or more treatments expected');
  }
  const sums = new Float64Array(k);
  let ties = 0;
  for (const block of blocks) {
    const ranked = rank(block);
    ties += ranked.ties;
    ranked.ranks.forEach((r, j) => {
      sums[j]! += r;
    });
  }
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
