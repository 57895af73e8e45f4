/** Rows of two data sets that belong together. */
import { type Column, isMissing, rowCount, takeRows } from '../columns.ts';
import { namesHint } from '../names.ts';
import { keyOf } from './rows.ts';
import type { AnyColumns } from './types.ts';

/** 'inner' keeps rows found in both, 'left' all of the first (missing where the second has none). */
export type JoinKind = 'inner' | 'left';

/**
 * Columns of the joined data set. Rows are in the order of the first; one that matches several of the second comes as
 * often. Missing keys match nothing.
 *
 * @throws RangeError for a key that is not in both, or a column that both have beside the keys
 */
export function joinColumns(
  first: AnyColumns,
  second: AnyColumns,
  by: readonly string[],
  kind: JoinKind,
): (readonly [string, Column])[] {
  if (kind !== 'inner' && kind !== 'left') throw new RangeError(`join: kind is 'inner' or 'left', got '${kind}'`);
  for (const [columns, which] of [
    [first, 'first'],
    [second, 'second'],
  ] as const) {
    for (const name of by) {
      if (!Object.hasOwn(columns, name)) {
        throw new RangeError(
          `join: no column '${name}' in the ${which} data set; ${namesHint(name, Object.keys(columns))}`,
        );
      }
    }
  }
  const both = Object.keys(second).find((name) => !by.includes(name) && Object.hasOwn(first, name));
  if (both !== undefined) {
    throw new RangeError(`join: both have a column '${both}'; rename one first: .rename({ ${both}: '${both}2' })`);
  }
  const places = new Map<string, number[]>();
  const keysOf = (columns: AnyColumns) => by.map((name) => columns[name]!);
  const isWhole = (columns: AnyColumns, row: number) => !by.some((name) => isMissing(columns[name]!, row));
  for (let row = 0; row < rowCount(second); row++) {
    if (!isWhole(second, row)) continue;
    const key = keyOf(keysOf(second), row);
    const rows = places.get(key);
    if (rows) rows.push(row);
    else places.set(key, [row]);
  }
  const left: number[] = [];
  const right: number[] = [];
  for (let row = 0; row < rowCount(first); row++) {
    const matches = isWhole(first, row) ? (places.get(keyOf(keysOf(first), row)) ?? []) : [];
    for (const match of matches) {
      left.push(row);
      right.push(match);
    }
    if (matches.length === 0 && kind === 'left') {
      left.push(row);
      right.push(-1);
    }
  }
  return [
    ...Object.entries(first).map(([name, column]) => [name, takeRows(column, left)] as const),
    ...Object.entries(second)
      .filter(([name]) => !by.includes(name))
      .map(([name, column]) => [name, takeRows(column, right)] as const),
  ];
}
