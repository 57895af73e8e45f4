/** From one column a measure to one row a measure, and back (Wickham 2014, J. Stat. Softw. 59(10), "Tidy data"). */
import { type Column, rowCount, takeRows } from '../columns.ts';
import { isFactor } from '../factor.ts';
import { cellOf, columnFrom, keyOf } from './rows.ts';
import type { AnyColumns, Cell } from './types.ts';

/** Rows repeated once for each of `names`, whose values come under `value` and whose names under `name`. */
export function longerColumns(
  columns: AnyColumns,
  names: readonly string[],
  name: string,
  value: string,
): (readonly [string, Column])[] {
  if (names.length === 0) throw new RangeError('longer: one column or more expected, got none');
  const kept = Object.entries(columns).filter(([each]) => !names.includes(each));
  const taken = kept.find(([each]) => each === name || each === value) ?? (name === value ? [name] : undefined);
  if (taken) throw new RangeError(`longer: '${taken[0]}' is a name already; choose another with { name, value }`);
  const rows = rowCount(columns);
  const repeated = Array.from({ length: rows * names.length }, (_, i) => Math.floor(i / names.length));
  const values = repeated.map((row, i): Cell => cellOf(columns[names[i % names.length]!]!, row));
  return [
    ...kept.map(([each, column]) => [each, takeRows(column, repeated)] as const),
    [name, { codes: Int32Array.from(repeated, (_, i) => i % names.length), levels: [...names] }],
    [value, columnFrom('longer', value, values)],
  ];
}

/**
 * One row for each combination of the other columns, one column for each level of `names`.
 *
 * @throws TypeError when `names` is no factor; RangeError when two rows would stand in one place
 */
export function widerColumns(columns: AnyColumns, names: string, values: string): (readonly [string, Column])[] {
  const labels = columns[names]!;
  if (!isFactor(labels)) throw new TypeError(`wider: '${names}' must be a factor; its levels become columns`);
  const kept = Object.entries(columns).filter(([each]) => each !== names && each !== values);
  const clash = kept.find(([each]) => labels.levels.includes(each));
  if (clash) throw new RangeError(`wider: the level '${clash[0]}' is the name of a column already; rename that first`);
  const by = kept.map(([, column]) => column);
  const places = new Map<string, number>();
  const firsts: number[] = [];
  const cells: Cell[][] = [];
  for (let row = 0; row < rowCount(columns); row++) {
    const key = keyOf(by, row);
    let place = places.get(key);
    if (place === undefined) {
      place = firsts.push(row) - 1;
      places.set(key, place);
      cells.push(new Array<Cell>(labels.levels.length).fill(null));
    }
    const code = labels.codes[row]!;
    if (code < 0) throw new RangeError(`wider: '${names}' is missing in row ${row}; drop such rows first`);
    if (cells[place]![code] !== null) {
      throw new RangeError(
        `wider: row ${row} has the same values as an earlier one but for '${values}'; add a column that tells them apart, or summarise first`,
      );
    }
    cells[place]![code] = cellOf(columns[values]!, row);
  }
  return [
    ...kept.map(([each, column]) => [each, takeRows(column, firsts)] as const),
    ...labels.levels.map(
      (level, code) =>
        [
          level,
          columnFrom(
            'wider',
            level,
            cells.map((each) => each[code]!),
          ),
        ] as const,
    ),
  ];
}
