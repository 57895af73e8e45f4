/**
 * Plain-text tables: what a result shows in a terminal, to a screen reader, and where no figure is drawn.
 */
import { formatTable } from '../data/table.ts';
import { Displayable } from '../host/display.ts';

/**
 * A number as a person would write it, in about `digits` significant digits; an en dash for NaN.
 *
 * @example
 * formatNumber(1234.567); // '1235'
 * formatNumber(0.0123456); // '0.01235'
 */
export function formatNumber(value: number, digits = 4): string {
  if (Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞';
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 1e7 || size < 1e-4) return value.toExponential(digits - 1);
  const order = Math.floor(Number(size.toExponential(digits - 1).split('e')[1])); // 999.97 → 3, not 2
  return value.toFixed(Math.max(0, digits - 1 - order));
}

/** Rows of a table in a result's text; more are one line, for a cell is no place for a thousand. */
const mostRows = 60;

/** `formatTable` with what is beyond the 60th row left out and counted. */
export function shortTable(head: readonly string[], cells: readonly (readonly string[])[]): string {
  const more = cells.length - mostRows;
  const table = formatTable(head, cells.slice(0, mostRows));
  return more > 0 ? `${table}\n… and ${more} more rows: see summary()` : table;
}

/** Warnings below a result, one a line. */
export function warningLines(warnings: readonly string[]): string {
  return warnings.map((warning) => `⚠ ${warning}`).join('\n');
}

/** One column: the key of its figure in a row, its heading, and its significant digits (default 4). */
export interface Column<Row> {
  readonly key: keyof Row & string;
  readonly label: string;
  readonly digits?: number;
}

/**
 * A table of figures, one row a scalar. `rows` are numbers to compute with; `head` and `cells` are the text shown.
 *
 * @example
 * const { mean, sd } = posterior.summary().row('theta[0]');
 */
export class Table<Row extends { readonly name: string }> extends Displayable {
  override readonly kind = 'table';
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Remarks below the table. */
  readonly notes: readonly string[];

  constructor(columns: readonly Column<Row>[], rows: readonly Row[], notes: readonly string[] = []) {
    super();
    this.columns = columns;
    this.rows = rows;
    this.notes = notes;
  }

  /** Headings, the first one (of the names) empty. */
  get head(): string[] {
    return ['', ...this.columns.map(({ label }) => label)];
  }

  /** The figures as text (rows, 1 + columns). */
  get cells(): string[][] {
    return this.rows.map((row) => [
      row.name,
      ...this.columns.map(({ key, digits }) => {
        const value: unknown = row[key];
        return typeof value === 'number' ? formatNumber(value, digits) : String(value);
      }),
    ]);
  }

  /** The row of one scalar. @throws RangeError for a name that is not there */
  row(name: string): Row {
    const found = this.rows.find((row) => row.name === name);
    if (!found) {
      const names = this.rows.map((row) => row.name).join(', ');
      throw new RangeError(`table: no row called '${name}'; there are: ${names}`);
    }
    return found;
  }

  override toString(): string {
    const notes = this.notes.length > 0 ? `\n${this.notes.join('\n')}` : '';
    return formatTable(this.head, this.cells) + notes;
  }
}
