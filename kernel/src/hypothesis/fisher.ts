/**
 * Fisher's exact test of independence (1935): of a 2 × 2 table with the conditional estimate and interval of the odds
 * ratio, of a larger one by its p-value alone.
 */
import { checkNames } from '../estimate/options.ts';
import { ConditionalCounts } from './conditional-counts.ts';
import { fisherNetworkP } from './fisher-network.ts';
import { type Counts, countTable } from './table.ts';
import { commonOptions, HypothesisTest, type TestOptions } from './test.ts';

/**
 * Fisher's exact test.
 *
 * @param counts a table; `alternative` and the odds ratio are for 2 × 2 alone
 * @throws RangeError for what is not a count, or a table too large to go through
 * @example fisherExactTest([[3, 1], [1, 3]]).p // 0.4857142857142857
 */
export function fisherExactTest(counts: Counts, options: TestOptions = {}): HypothesisTest {
  checkNames('fisherExactTest', options, ['alternative', 'level']);
  const { alternative, level } = commonOptions('fisherExactTest', options);
  const table = countTable('fisherExactTest', counts);
  const parts = { method: "Fisher's exact test", hypothesis: 'rows and columns are independent', alternative };
  if (table.rows.length > 2 || table.columnTotals.length > 2) {
    if (alternative !== 'two-sided') throw new RangeError('fisherExactTest: only a 2 × 2 table has a direction');
    return new HypothesisTest({ ...parts, p: fisherNetworkP(table) });
  }
  const cell = ConditionalCounts.ofTable(table.rowTotals[0]!, table.columnTotals[0]!, table.total);
  const { p, odds, interval } = cell.inference(table.rows[0]![0]!, alternative, level);
  return new HypothesisTest({
    ...parts,
    hypothesis: 'the odds ratio is 1',
    p,
    estimates: { 'odds ratio': odds },
    interval,
    level,
  });
}
