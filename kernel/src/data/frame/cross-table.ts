/** Counts of rows by two factors, as tests of independence take them. */
import { jupyterDisplay } from '../../host/display.ts';
import type { MimeBundle } from '../../host/host.ts';
import { formatTable, markdownTable } from '../table.ts';

/** How often each level of one column comes with each of another. */
export class CrossTable {
  /** Names of the two columns. */
  readonly names: readonly [row: string, column: string];
  readonly rowLevels: readonly string[];
  readonly columnLevels: readonly string[];
  /** One array a row: what `chiSquaredTest` and `fisherExactTest` take. */
  readonly counts: readonly Float64Array[];
  /** Rows of the data in which one of the two is missing. */
  readonly missing: number;

  constructor(parts: Pick<CrossTable, 'names' | 'rowLevels' | 'columnLevels' | 'counts' | 'missing'>) {
    this.names = parts.names;
    this.rowLevels = parts.rowLevels;
    this.columnLevels = parts.columnLevels;
    this.counts = parts.counts;
    this.missing = parts.missing;
  }

  get rowTotals(): Float64Array {
    return Float64Array.from(this.counts, (row) => row.reduce((sum, count) => sum + count, 0));
  }

  get columnTotals(): Float64Array {
    return Float64Array.from(this.columnLevels, (_, j) => this.counts.reduce((sum, row) => sum + row[j]!, 0));
  }

  get total(): number {
    return this.rowTotals.reduce((sum, count) => sum + count, 0);
  }

  /** Counts over the total of their row, of their column, or of all (default). */
  shares(of: 'all' | 'rows' | 'columns' = 'all'): Float64Array[] {
    if (of !== 'all' && of !== 'rows' && of !== 'columns') {
      throw new RangeError(`shares: of 'all', 'rows' or 'columns', got '${of as string}'`);
    }
    const { rowTotals, columnTotals, total } = this;
    return this.counts.map((row, i) =>
      row.map((count, j) => count / (of === 'all' ? total : of === 'rows' ? rowTotals[i]! : columnTotals[j]!)),
    );
  }

  get #cells(): { head: string[]; rows: string[][] } {
    const line = (name: string, counts: Float64Array, total: number) => [
      name,
      ...Array.from(counts, String),
      `${total}`,
    ];
    return {
      head: [this.names.join(' \\ '), ...this.columnLevels, 'total'],
      rows: [
        ...this.rowLevels.map((level, i) => line(level, this.counts[i]!, this.rowTotals[i]!)),
        line('total', this.columnTotals, this.total),
      ],
    };
  }

  toString(): string {
    const { head, rows } = this.#cells;
    return formatTable(head, rows) + (this.missing > 0 ? `\n${this.missing} rows with a missing value left out` : '');
  }

  [jupyterDisplay](): MimeBundle {
    const { head, rows } = this.#cells;
    return { 'text/plain': this.toString(), 'text/markdown': markdownTable(head, rows) };
  }
}
