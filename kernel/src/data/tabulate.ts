/**
 * Rows of one's own as a table: numbers side by side, in the last line of a cell.
 */
import { jupyterDisplay } from '../host/display.ts';
import type { MimeBundle } from '../host/host.ts';
import { formatTable, markdownTable } from './table.ts';

/** One row: heading → what stands below it. */
export type TableRow = Readonly<Record<string, string | number | boolean>>;

/** What `tabulate` gives: the rows, to compute with, and their text. */
export class Tabulation<R extends TableRow = TableRow> {
  readonly rows: readonly R[];
  readonly #digits: number;

  constructor(rows: readonly R[], digits: number) {
    this.rows = rows;
    this.#digits = digits;
  }

  toString(): string {
    return formatTable(this.#head(), this.#cells());
  }

  [jupyterDisplay](): MimeBundle {
    return { 'text/plain': this.toString(), 'text/markdown': markdownTable(this.#head(), this.#cells()) };
  }

  /** Every heading of any row, in the order they first come. */
  #head(): string[] {
    return [...new Set(this.rows.flatMap((row) => Object.keys(row)))];
  }

  #cells(): string[][] {
    const head = this.#head();
    return this.rows.map((row) => head.map((name) => (Object.hasOwn(row, name) ? this.#text(row[name]!) : '')));
  }

  #text(value: string | number | boolean): string {
    return typeof value === 'number' ? String(Number(value.toPrecision(this.#digits))) : String(value);
  }
}

/**
 * Show rows as a table.
 *
 * @param rows objects with the same keys, which become the headings; a key that is missing leaves its cell empty
 * @param options.digits significant digits of the numbers shown, 1 to 15; default 5
 * @example
 * tabulate([{ method: 'MLE', slope: 698.66 }, { method: 'MAP', slope: 583.82 }]);
 */
export function tabulate<R extends TableRow>(
  rows: readonly R[],
  options: { readonly digits?: number } = {},
): Tabulation<R> {
  const { digits = 5 } = options;
  if (!(Number.isInteger(digits) && digits >= 1 && digits <= 15)) {
    throw new RangeError(`tabulate: digits is a whole number from 1 to 15; got ${digits}`);
  }
  return new Tabulation(rows, digits);
}
