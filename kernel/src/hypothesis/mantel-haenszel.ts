/**
 * The test of Mantel & Haenszel (1959, Journal of the National Cancer Institute 22, 719–748) that an odds ratio common to
 * several 2 × 2 tables is 1; its interval by the variance of Robins, Breslow & Greenland (1986, Biometrics 42, 311–323).
 * Exact, from the sum of the first cells given all margins (Birch 1964; Gart 1970), where asked for.
 */
import { checkNames } from '../estimate/options.ts';
import { exp } from '../numeric/elementary.ts';
import { normalCdf, normalQuantile } from '../numeric/special/normal.ts';
import { chiSquaredUpper } from '../numeric/special/tail.ts';
import { ConditionalCounts } from './conditional-counts.ts';
import type { Counts } from './table.ts';
import { commonOptions, HypothesisTest, type TestOptions } from './test.ts';

/** The four counts of a table, row by row. */
function cellsOf(table: Counts, at: number): readonly [number, number, number, number] {
  const cells = table.flatMap((row) => Array.from(row));
  if (table.length !== 2 || cells.length !== 4 || table[0]!.length !== 2) {
    throw new RangeError(`mantelHaenszelTest: tables of 2 × 2 expected, table ${at} is not`);
  }
  const wrong = cells.find((count) => !(Number.isInteger(count) && count >= 0));
  if (wrong !== undefined) {
    throw new RangeError(`mantelHaenszelTest: counts are whole numbers from 0, got ${wrong} in table ${at}`);
  }
  return cells as unknown as readonly [number, number, number, number];
}

/**
 * Test whether rows and columns are independent within each of several tables.
 *
 * @param tables one 2 × 2 table a stratum; those of fewer than two observations say nothing and are left out
 * @param options.correct correct for continuity, default true
 * @param options.exact exact p-value, conditional estimate and interval of the odds ratio; default false
 * @throws RangeError for other tables, for what is no count, and where no stratum says anything
 * @example mantelHaenszelTest([[[2, 5], [3, 6]], [[4, 1], [2, 8]]]).estimates['common odds ratio']
 */
export function mantelHaenszelTest(
  tables: readonly Counts[],
  options: TestOptions & { readonly correct?: boolean; readonly exact?: boolean } = {},
): HypothesisTest {
  checkNames('mantelHaenszelTest', options, ['alternative', 'level', 'correct', 'exact']);
  const { alternative, level } = commonOptions('mantelHaenszelTest', options);
  const strata = tables.map(cellsOf).filter((cells) => cells.reduce((a, b) => a + b, 0) >= 2);
  let [distance, variance] = [0, 0];
  let [along, across] = [0, 0]; // Σ ad / n, Σ bc / n
  let [first, mixed, last] = [0, 0, 0]; // the three sums of the variance of the logarithm
  for (const [a, b, c, d] of strata) {
    const n = a + b + c + d;
    distance += a - ((a + b) * (a + c)) / n;
    variance += ((a + b) * (c + d) * (a + c) * (b + d)) / (n * n * (n - 1));
    along += (a * d) / n;
    across += (b * c) / n;
    first += ((a + d) * a * d) / (n * n);
    mixed += ((a + d) * b * c + (b + c) * a * d) / (n * n);
    last += ((b + c) * b * c) / (n * n);
  }
  if (!(variance > 0)) {
    throw new RangeError('mantelHaenszelTest: no table has two rows and two columns with a count above 0');
  }
  const hypothesis = 'the odds ratio common to the tables is 1';
  if (options.exact) {
    const sum = strata
      .map(([a, b, c, d]) => ConditionalCounts.ofTable(a + b, a + c, a + b + c + d))
      .reduce((all, one) => all.plus(one));
    const first = strata.reduce((total, [a]) => total + a, 0);
    const { p, odds, interval } = sum.inference(first, alternative, level);
    return new HypothesisTest({
      method: 'Exact conditional test of a common odds ratio',
      hypothesis,
      statistic: ['sum of the first cells', first],
      p,
      alternative,
      estimates: { 'common odds ratio': odds },
      interval,
      level,
    });
  }
  const size = Math.abs(distance);
  const yates = (options.correct ?? true) && size >= 0.5 ? 0.5 : 0;
  const statistic = (size - yates) ** 2 / variance;
  const z = Math.sign(distance) * Math.sqrt(statistic);
  const ratio = along / across;
  const error = Math.sqrt(first / (2 * along * along) + mixed / (2 * along * across) + last / (2 * across * across));
  const known = error < Infinity; // not where one of the diagonals is empty in every table
  const reach = known ? normalQuantile(alternative === 'two-sided' ? (1 + level) / 2 : level) * error : Infinity;
  return new HypothesisTest({
    method: `Mantel–Haenszel test${yates > 0 ? ' with continuity correction' : ''}`,
    hypothesis,
    statistic: ['Mantel–Haenszel χ²', statistic],
    parameters: { 'degrees of freedom': 1 },
    p: alternative === 'two-sided' ? chiSquaredUpper(statistic, 1) : normalCdf(alternative === 'less' ? z : -z),
    alternative,
    estimates: { 'common odds ratio': ratio },
    interval: [
      alternative === 'less' || !known ? 0 : ratio * exp(-reach),
      alternative === 'greater' || !known ? Infinity : ratio * exp(reach),
    ],
    level,
    notes: known ? [] : ['an odds ratio of 0 or ∞ has no interval of this kind; see { exact: true }'],
  });
}
