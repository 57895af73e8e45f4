/** Reading a data set row by row, and making columns of what was read. */
import type { Column } from '../columns.ts';
import { factor, isFactor } from '../factor.ts';
import type { AnyColumns, Cell, RowOf } from './types.ts';

/** The value of a column in a row: NaN or null where missing. */
export function cellOf(column: Column, row: number): Cell {
  if (isFactor(column)) return column.levels[column.codes[row]!] ?? null;
  return column[row] ?? (column instanceof Float64Array || column instanceof Int32Array ? Number.NaN : null);
}

/** One row object that stands where it is told to: no object a row is made. */
export function rowReader<T extends object>(columns: T): { row: RowOf<T>; at(place: number): RowOf<T> } {
  let place = 0;
  const row = Object.create(null) as RowOf<T>;
  for (const [name, column] of Object.entries(columns as AnyColumns)) {
    Object.defineProperty(row, name, { enumerable: true, get: () => cellOf(column, place) });
  }
  return {
    row,
    at(next) {
      place = next;
      return row;
    },
  };
}

/**
 * The column that values make: numbers (and missing) a `Float64Array`, logicals a list, texts a factor.
 *
 * @throws TypeError for values that are of different kinds, or of none of these
 */
export function columnFrom(caller: string, name: string, values: readonly Cell[]): Column {
  const kinds = new Set(values.filter((value) => value !== null).map((value) => typeof value));
  const [kind] = kinds;
  if (kinds.size > 1 || (kind !== undefined && !['number', 'string', 'boolean'].includes(kind))) {
    throw new TypeError(
      `${caller}: '${name}' must be all numbers, all texts or all logicals (or null), got ${[...kinds].join(' and ')}`,
    );
  }
  if (kind === 'string') return factor(values as readonly (string | null)[]);
  if (kind === 'boolean') return values as readonly (boolean | null)[];
  return Float64Array.from(values as readonly (number | null)[], (value) => value ?? Number.NaN);
}

/** A text that is the same for rows with the same values in these columns, and for no others. */
export function keyOf(columns: readonly Column[], row: number): string {
  return JSON.stringify(
    columns.map((column) => {
      const value = cellOf(column, row);
      return typeof value === 'number' && Number.isNaN(value) ? null : value;
    }),
  );
}

/** Order of two rows: by codes of factors, numbers, texts; what is missing comes last either way. */
export function compareRows(by: readonly Column[], a: number, b: number, descending = false): number {
  for (const column of by) {
    const [x, y] = [sortable(column, a), sortable(column, b)];
    if (x === y) continue;
    if (x === null) return 1;
    if (y === null) return -1;
    return x < y === descending ? 1 : -1;
  }
  return 0;
}

function sortable(column: Column, row: number): number | string | boolean | null {
  if ('codes' in column) return column.codes[row]! < 0 ? null : column.codes[row]!;
  const value = column[row] ?? null;
  return typeof value === 'number' && Number.isNaN(value) ? null : value;
}
