/**
 * Sizes of the effect in a 2 × 2 table: odds ratio (interval of Woolf 1955), risk ratio (Katz, Baptista, Azen & Pike 1978,
 * Biometrics 34, 469–474), risk difference (Newcombe 1998, Statistics in Medicine 17, 873–890, method 10), and φ.
 */
import { checkNames, checkShare } from '../estimate/options.ts';
import { Table } from '../estimate/table.ts';
import { exp } from '../numeric/elementary.ts';
import { normalQuantile } from '../numeric/special/normal.ts';
import { type Counts, countTable } from './table.ts';

/** One measure with its interval; φ has none. */
export interface RatioRow {
  readonly name: 'odds ratio' | 'risk ratio' | 'risk difference' | 'φ';
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
}

/** Wilson's interval of a proportion. */
function wilson(x: number, n: number, z: number): readonly [number, number] {
  const [p, share] = [x / n, (z * z) / n];
  const [middle, reach] = [p + share / 2, z * Math.sqrt((p * (1 - p)) / n + share / (4 * n))];
  return [(middle - reach) / (1 + share), (middle + reach) / (1 + share)];
}

/**
 * How strongly the row says of the column.
 *
 * @param counts rows: exposed and not; columns: the event, and none
 * @param options.half add ½ to each cell (Haldane 1956; Anscombe 1956) for the odds and the risk ratio, which are 0 or
 *   infinite where a cell is empty; default false
 * @param options.level of the intervals, default 0.95
 * @throws RangeError for other tables, what is no count, and empty rows or columns
 * @example oddsAndRisks([[12, 5], [7, 9]]).row('odds ratio').estimate
 */
export function oddsAndRisks(
  counts: Counts,
  options: { readonly half?: boolean; readonly level?: number } = {},
): Table<RatioRow> {
  checkNames('oddsAndRisks', options, ['half', 'level']);
  const level = checkShare('oddsAndRisks', 'level', options.level ?? 0.95);
  const { rows, rowTotals, columnTotals } = countTable('oddsAndRisks', counts);
  if (rows.length !== 2 || columnTotals.length !== 2) throw new RangeError('oddsAndRisks: a 2 × 2 table expected');
  const z = normalQuantile((1 + level) / 2);
  const cells = [...rows[0]!, ...rows[1]!] as [number, number, number, number];
  const [a, b, c, d] = cells.map((count) => count + (options.half ? 0.5 : 0)) as typeof cells;
  const ratio = (name: RatioRow['name'], estimate: number, variance: number): RatioRow => {
    if (!(variance < Infinity)) return { name, estimate, lower: 0, upper: Infinity };
    const reach = exp(z * Math.sqrt(variance));
    return { name, estimate, lower: estimate / reach, upper: estimate * reach };
  };
  const [p, q] = [cells[0] / rowTotals[0]!, cells[2] / rowTotals[1]!];
  const [[l1, u1], [l2, u2]] = [wilson(cells[0], rowTotals[0]!, z), wilson(cells[2], rowTotals[1]!, z)];
  const product = rowTotals[0]! * rowTotals[1]! * columnTotals[0]! * columnTotals[1]!;
  return new Table<RatioRow>(
    [
      { key: 'estimate', label: 'estimate' },
      { key: 'lower', label: `lower ${100 * level} %` },
      { key: 'upper', label: 'upper' },
    ],
    [
      ratio('odds ratio', (a * d) / (b * c), 1 / a + 1 / b + 1 / c + 1 / d),
      ratio('risk ratio', a / (a + b) / (c / (c + d)), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)),
      {
        name: 'risk difference',
        estimate: p - q,
        lower: p - q - Math.hypot(p - l1, u2 - q),
        upper: p - q + Math.hypot(u1 - p, q - l2),
      },
      {
        name: 'φ',
        estimate: (cells[0] * cells[3] - cells[1] * cells[2]) / Math.sqrt(product),
        lower: Number.NaN,
        upper: Number.NaN,
      },
    ],
  );
}
