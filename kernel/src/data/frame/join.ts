/** Rows of two data sets that belong together. */
import { type Column, isMissing, rowCount, takeRows } from '../columns.ts';
import { namesHint } from '../names.ts';
import { pickRows } from './pick.ts';
import { keyOf } from './rows.ts';
import type { AnyColumns } from './types.ts';

/**
 * 'inner' keeps rows found in both, 'left' all of the first, 'right' all of the second, 'full' all of either (missing where
 * the other has none); 'semi' the rows of the first that have a partner, 'anti' those that have none, without its columns.
 */
export type JoinKind = 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti';

const kinds: readonly string[] = ['inner', 'left', 'right', 'full', 'semi', 'anti'];

/** Which row of the second stands beside which of the first; −1 where there is none. */
interface Pairs {
  readonly left: number[];
  readonly right: number[];
}

function pairsOf(first: AnyColumns, second: AnyColumns, by: readonly string[], kind: JoinKind): Pairs {
  const isWhole = (columns: AnyColumns, row: number) => !by.some((name) => isMissing(columns[name]!, row));
  const [firstKeys, secondKeys] = [by.map((name) => first[name]!), by.map((name) => second[name]!)];
  const places = new Map<string, number[]>();
  for (let row = 0; row < rowCount(second); row++) {
    if (!isWhole(second, row)) continue;
    const key = keyOf(secondKeys, row);
    const rows = places.get(key);
    if (rows) rows.push(row);
    else places.set(key, [row]);
  }
  const [left, right]: [number[], number[]] = [[], []];
  const met = new Set<number>();
  const lonely = kind === 'left' || kind === 'full';
  for (let row = 0; row < rowCount(first); row++) {
    const matches = isWhole(first, row) ? (places.get(keyOf(firstKeys, row)) ?? []) : [];
    if (kind === 'semi' || kind === 'anti') {
      if (matches.length > 0 === (kind === 'semi')) left.push(row);
      continue;
    }
    for (const match of matches) {
      met.add(match);
      left.push(row);
      right.push(match);
    }
    if (matches.length === 0 && lonely) {
      left.push(row);
      right.push(-1);
    }
  }
  if (kind === 'right' || kind === 'full') {
    for (let row = 0; row < rowCount(second); row++) {
      if (met.has(row)) continue;
      left.push(-1);
      right.push(row);
    }
  }
  return { left, right };
}

/**
 * Columns of the joined data set. Rows are in the order of the first, then those of the second alone; one that matches
 * several of the second comes as often. Missing keys match nothing.
 *
 * @throws RangeError for a key that is not in both, or a column that both have beside the keys
 */
export function joinColumns(
  first: AnyColumns,
  second: AnyColumns,
  by: readonly string[],
  kind: JoinKind,
): (readonly [string, Column])[] {
  if (!kinds.includes(kind)) throw new RangeError(`join: kind is one of ${kinds.join(', ')}; got '${kind}'`);
  if (by.length === 0) throw new RangeError('join: one key or more expected in { by }, got none');
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
  const { left, right } = pairsOf(first, second, by, kind);
  if (kind === 'semi' || kind === 'anti') {
    return Object.entries(first).map(([name, column]) => [name, takeRows(column, left)] as const);
  }
  const both = Object.keys(second).find((name) => !by.includes(name) && Object.hasOwn(first, name));
  if (both !== undefined) {
    throw new RangeError(`join: both have a column '${both}'; rename one first: .rename({ ${both}: '${both}2' })`);
  }
  const keyed = (name: string, column: Column) =>
    by.includes(name) && left.includes(-1)
      ? pickRows('join', name, [column, left], [second[name]!, right])
      : takeRows(column, left);
  return [
    ...Object.entries(first).map(([name, column]) => [name, keyed(name, column)] as const),
    ...Object.entries(second)
      .filter(([name]) => !by.includes(name))
      .map(([name, column]) => [name, takeRows(column, right)] as const),
  ];
}
