/** Missing values of a frame's columns, filled. */
import { type Column, isMissing, takeRows } from '../columns.ts';
import { isFactor } from '../factor.ts';
import { mean, median } from '../moments.ts';
import { cellOf, columnFrom, compareRows } from './rows.ts';
import type { AnyColumns } from './types.ts';

/** What a column is filled with: a value of its kind, or the mean, the median or the most frequent of those that are there. */
export type Filler = number | string | boolean;

/** A column of numbers as floating ones. @throws TypeError for other columns */
export function numbersOf(caller: string, columns: AnyColumns, name: string): Float64Array {
  const column = columns[name]!;
  if (column instanceof Float64Array) return column;
  if (column instanceof Int32Array) return Float64Array.from(column);
  if (!isFactor(column) && column.every((value) => typeof value === 'number' || value === null)) {
    return Float64Array.from(column, (value) => (value === null ? Number.NaN : Number(value)));
  }
  throw new TypeError(`${caller}: '${name}' must be a column of numbers`);
}

/** The value most rows have; of several the first in order. */
function mostFrequent(column: Column, rows: readonly number[]): Filler {
  const counts = new Map<unknown, { row: number; count: number }>();
  for (const row of rows) {
    const entry = counts.get(cellOf(column, row)) ?? { row, count: 0 };
    counts.set(cellOf(column, row), { row: entry.row, count: entry.count + 1 });
  }
  const [best] = [...counts.values()].sort((a, b) => b.count - a.count || compareRows([column], a.row, b.row));
  return cellOf(column, best!.row) as Filler;
}

/** One column filled. @throws RangeError where nothing is there to compute from, TypeError for a filler of another kind */
export function fillColumn(columns: AnyColumns, name: string, filler: Filler): Column {
  const column = columns[name]!;
  const rows = isFactor(column) ? column.codes.length : column.length;
  const known = Array.from({ length: rows }, (_, row) => row).filter((row) => !isMissing(column, row));
  const special = filler === 'mean' || filler === 'median' || filler === 'mode';
  if (known.length === rows) return column;
  if (special && known.length === 0) throw new RangeError(`fillMissing: all values of '${name}' are missing`);
  const isNumber = column instanceof Float64Array || known.every((row) => typeof cellOf(column, row) === 'number');
  if (isNumber && !isFactor(column)) {
    const numbers = numbersOf('fillMissing', columns, name);
    const there = known.map((row) => numbers[row]!);
    const value =
      filler === 'mean'
        ? mean(there)
        : filler === 'median'
          ? median(there)
          : filler === 'mode'
            ? mostFrequent(column, known)
            : filler;
    if (typeof value !== 'number' || Number.isNaN(value)) {
      throw new RangeError(`fillMissing: '${name}' needs a number, 'mean', 'median' or 'mode', got ${value}`);
    }
    return numbers.map((each) => (Number.isNaN(each) ? value : each));
  }
  if (filler === 'mean' || filler === 'median') {
    throw new TypeError(`fillMissing: '${name}' is no column of numbers and has no ${filler}; see 'mode'`);
  }
  const value = filler === 'mode' ? mostFrequent(column, known) : filler;
  if (isFactor(column)) {
    if (typeof value !== 'string') throw new TypeError(`fillMissing: '${name}' needs a level, got ${value}`);
    const levels = column.levels.includes(value) ? column.levels : [...column.levels, value];
    return { codes: column.codes.map((code) => (code < 0 ? levels.indexOf(value) : code)), levels };
  }
  const cells = column as readonly Filler[];
  const filled = Array.from(cells, (cell, row) => (isMissing(column, row) ? value : cell));
  columnFrom('fillMissing', name, filled); // refuses a value of another kind
  return filled;
}

/** A column in which a missing value is that of the row above, where there is one. */
export function fillDownColumn(column: Column): Column {
  const rows = isFactor(column) ? column.codes.length : column.length;
  let last = -1;
  return takeRows(
    column,
    Array.from({ length: rows }, (_, row) => {
      if (!isMissing(column, row)) last = row;
      return last;
    }),
  );
}
