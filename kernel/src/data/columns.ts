/**
 * Columns: a data set as an object of equally long columns, the form `model().data(…)` takes.
 *
 * The object has no prototype, so a column may be called `constructor` or `__proto__`, and a name that is
 * not there is `undefined`. It displays itself as the first rows of a table.
 */
import { jupyterDisplay } from '../host/display.ts';
import type { MimeBundle } from '../host/host.ts';
import { type Factor, isFactor } from './factor.ts';
import { formatTable, markdownTable, plainInMarkdown, sizeText } from './table.ts';

/** What can be asked of a column of a file. */
export type ColumnType = 'number' | 'factor' | 'string' | 'boolean';

/** Names and types, as `csv` takes them: `{ iq: 'number', sex: 'factor' }`. */
export type ColumnTypes = Readonly<Record<string, ColumnType>>;

/** The column a type gives. Missing: NaN in numbers, code −1 in factors, `null` in strings and booleans. */
export type ColumnOf<T extends ColumnType> = T extends 'number'
  ? Float64Array
  : T extends 'factor'
    ? Factor
    : T extends 'string'
      ? readonly (string | null)[]
      : readonly (boolean | null)[];

/** The columns `csv(path, { iq: 'number', sex: 'factor' })` gives. */
export type Columns<C extends ColumnTypes> = { readonly [K in keyof C]: ColumnOf<C[K]> };

/** Any one column. */
export type Column = Float64Array | Int32Array | Factor | readonly (string | number | boolean | null)[];

/** Number of rows of one column. */
function columnLength(column: Column): number {
  return isFactor(column) ? column.codes.length : column.length;
}

/** One value for people to read: `NA` where missing. */
function cellText(column: Column, row: number): string {
  if (isFactor(column)) return column.levels[column.codes[row]!] ?? 'NA';
  const value = column[row];
  if (value === null || value === undefined || Number.isNaN(value)) return 'NA';
  return typeof value === 'number' ? String(Number(value.toPrecision(6))) : String(value);
}

/** True where a column has no value in this row: NaN, code −1 or `null`. */
export function isMissing(column: Column, row: number): boolean {
  if (isFactor(column)) return column.codes[row]! < 0;
  const value = column[row];
  return value === null || Number.isNaN(value);
}

/** The levels, texts or logicals a column takes, in order; undefined for a column of numbers. */
export function occurringLevels(column: Column): readonly (string | boolean)[] | undefined {
  if (isFactor(column)) return column.levels.filter((_, code) => column.codes.includes(code));
  if (column instanceof Float64Array || column instanceof Int32Array) return undefined;
  const known = [...new Set(Array.from(column).filter((value) => value !== null))];
  if (known.every((value) => typeof value === 'number')) return undefined;
  return (known as (string | boolean)[]).sort();
}

/** These rows of a column; a factor keeps all its levels. A row of −1 is missing. */
export function takeRows(column: Column, rows: readonly number[]): Column {
  if (isFactor(column))
    return { codes: Int32Array.from(rows, (row) => column.codes[row] ?? -1), levels: column.levels };
  if (column instanceof Float64Array) return Float64Array.from(rows, (row) => column[row] ?? Number.NaN);
  if (column instanceof Int32Array && !rows.includes(-1)) return Int32Array.from(rows, (row) => column[row]!);
  if (column instanceof Int32Array) return Float64Array.from(rows, (row) => column[row] ?? Number.NaN);
  return rows.map((row) => column[row] ?? null);
}

/**
 * The number of rows all columns share.
 *
 * @throws RangeError naming two columns whose lengths differ
 */
export function rowCount(columns: Readonly<Record<string, Column>>): number {
  const names = Object.keys(columns);
  const first = names[0];
  if (first === undefined) return 0;
  const rows = columnLength(columns[first]!);
  for (const name of names) {
    const length = columnLength(columns[name]!);
    if (length !== rows) {
      throw new RangeError(
        `columns of one data set are equally long; '${first}' has ${rows} rows, '${name}' has ${length}`,
      );
    }
  }
  return rows;
}

/** An object of columns without a prototype that displays its first rows in a notebook. */
export function makeColumns<T extends object>(entries: Iterable<readonly [string, Column]>): T {
  const columns: Record<string, Column> = Object.create(null);
  for (const [name, column] of entries) columns[name] = column;
  rowCount(columns);
  Object.defineProperty(columns, jupyterDisplay, { value: () => headBundle(columns) });
  return columns as T;
}

/** The first six rows as plain text and as Markdown, with their number and a remark below. */
export function headBundle<T extends object>(data: T, remark?: string): MimeBundle {
  const columns = data as Readonly<Record<string, Column>>;
  const names = Object.keys(columns);
  const rows = rowCount(columns);
  const shown = Math.min(rows, 6);
  const cells = Array.from({ length: shown }, (_, row) => names.map((name) => cellText(columns[name]!, row)));
  const size = `${sizeText(rows, names.length)}${shown < rows ? `; the first ${shown} are shown` : ''}`;
  const note = remark === undefined ? size : `${size}; ${remark}`;
  return {
    'text/plain': `${formatTable(names, cells)}\n${note}`,
    'text/markdown': `${markdownTable(names, cells)}\n\n${plainInMarkdown(note)}`,
  };
}
