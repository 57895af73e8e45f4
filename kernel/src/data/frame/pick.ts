/** Columns put together from two: one below the other, or one where the other has no row. */
import { type Column, takeRows } from '../columns.ts';
import { isFactor } from '../factor.ts';
import { cellOf, columnFrom } from './rows.ts';

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
  const places: number[] = [];
  let all: Column | undefined;
  for (const [column, rows] of parts) {
    const length = isFactor(column) ? column.codes.length : column?.length;
    if (length !== rows.length) {
      throw new RangeError(`${caller}: '${name}' must have one value a row: ${rows.length} expected, got ${length}`);
    }
    const before = places.length;
    places.push(...rows);
    if (all === undefined) {
      all = column;
      continue;
    }
    const left = places.map((_, i) => (i < before ? i : -1));
    const right = places.map((_, i) => i - before);
    all = pickRows(caller, name, [all, left], [column, right]);
  }
  const order = new Array<number>(places.length);
  places.forEach((row, i) => {
    order[row] = i;
  });
  return takeRows(all ?? [], order);
}
