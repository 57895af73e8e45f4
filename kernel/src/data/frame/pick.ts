/** Columns put together from two: one below the other, or one where the other has no row. */
import type { Column } from '../columns.ts';
import { isFactor } from '../factor.ts';
import { cellOf, columnFrom } from './rows.ts';
import type { Cell } from './types.ts';

/** What two columns become that stand one below the other. */
const kindOf = (column: Column): string =>
  isFactor(column) ? 'factor' : column instanceof Float64Array || column instanceof Int32Array ? 'number' : 'list';

/**
 * In place i the value of the first column in row left[i], or, where that is −1, of the second in row right[i].
 *
 * @throws TypeError for columns of different kinds
 */
export function pickRows(
  caller: string,
  name: string,
  [first, left]: readonly [Column, readonly number[]],
  [second, right]: readonly [Column, readonly number[]],
): Column {
  const kinds = [kindOf(first), kindOf(second)];
  if (isFactor(first) && isFactor(second)) {
    const levels = [...new Set([...first.levels, ...second.levels])];
    const places = second.levels.map((level) => levels.indexOf(level));
    const codes = Int32Array.from(left, (row, i) => {
      return row >= 0 ? first.codes[row]! : (places[second.codes[right[i]!] ?? -1] ?? -1);
    });
    return { codes, levels };
  }
  if (first instanceof Int32Array && second instanceof Int32Array) {
    return Int32Array.from(left, (row, i) => (row >= 0 ? first[row]! : second[right[i]!]!));
  }
  const cells = left.map((row, i) => (row >= 0 ? cellOf(first, row) : cellOf(second, right[i]!)));
  if (kinds[0] === 'number' && kinds[1] === 'number') return Float64Array.from(cells as number[]);
  if (kinds[0] === 'list' && kinds[1] === 'list') return cells;
  if (kinds.includes('number')) {
    // A list of numbers may stand below a column of them; texts may not.
    const other = cells.find((cell) => cell !== null && typeof cell !== 'number');
    if (other !== undefined) {
      throw new TypeError(
        `${caller}: '${name}' is a column of numbers in one data set and of ${typeof other}s in the other`,
      );
    }
  }
  return columnFrom(caller, name, cells);
}

/** Values of groups back in the places of their rows. @throws TypeError, RangeError for groups that do not fit together */
export function scatterRows(
  caller: string,
  name: string,
  parts: readonly (readonly [Column, readonly number[]])[],
): Column {
  let total = 0;
  for (const [column, rows] of parts) {
    const length = isFactor(column) ? column.codes.length : column?.length;
    if (length !== rows.length) {
      throw new RangeError(`${caller}: '${name}' must have one value a row: ${rows.length} expected, got ${length}`);
    }
    total += length;
  }
  /** Each value of each part into its place. */
  const fill = <A extends { [place: number]: V }, V>(into: A, value: (column: Column, i: number) => V): A => {
    for (const [column, rows] of parts) {
      rows.forEach((row, i) => {
        into[row] = value(column, i);
      });
    }
    return into;
  };
  const columns = parts.map(([column]) => column);
  if (columns.length > 0 && columns.every(isFactor)) {
    const levels = [...new Set(columns.flatMap((column) => column.levels))];
    const places = new Map(levels.map((level, code) => [level, code]));
    const code = (column: Column, i: number) => places.get(cellOf(column, i) as string) ?? -1;
    return { codes: fill(new Int32Array(total), code), levels };
  }
  const number = (column: Column, i: number) => cellOf(column, i) as number;
  if (columns.length > 0 && columns.every((column) => column instanceof Int32Array)) {
    return fill(new Int32Array(total), number);
  }
  if (columns.every((column) => kindOf(column) === 'number')) return fill(new Float64Array(total), number);
  const cells = fill(new Array<Cell>(total).fill(null), cellOf);
  return columns.every((column) => kindOf(column) === 'list') ? cells : columnFrom(caller, name, cells);
}
