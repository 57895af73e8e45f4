/**
 * Missing values: keep the complete rows, and say how many were dropped.
 */
import { jupyterDisplay } from '../host/display.ts';
import { type Column, headBundle, isMissing, makeColumns, rowCount, takeRows } from './columns.ts';
import { namesHint } from './names.ts';

/** A column of complete rows: `null` is gone from its type. */
export type CompleteColumn<V> = V extends readonly (infer E)[] ? readonly NonNullable<E>[] : V;

/** The complete rows of a data set; displays the first of them and the note. */
export interface CompleteRows<T, N extends keyof T> {
  /** All columns of the data set, the rows that are complete in the names given. */
  readonly columns: { readonly [K in keyof T]: K extends N ? CompleteColumn<T[K]> : T[K] };
  readonly kept: number;
  readonly dropped: number;
  /** A sentence for the report: how many rows were dropped, and how many each column lacked. */
  readonly note: string;
}

/**
 * Keep the rows that have a value in every column named.
 *
 * The rows dropped are counted, for leaving them out is a decision: it is harmless when they are missing
 * completely at random, and not otherwise (Rubin 1976).
 *
 * @param columns a data set: columns of one length
 * @param names which columns must be complete; default all
 * @throws RangeError for an unknown name, or columns of different lengths
 * @example
 * const { columns, note } = dropMissing(penguins(), ['flipper_length_mm', 'body_mass_g']);
 * note; // '2 of 344 rows dropped; missing: flipper_length_mm 2, body_mass_g 2'
 */
export function dropMissing<T extends object, N extends keyof T & string = keyof T & string>(
  columns: T & { readonly [K in keyof T]: Column },
  names?: readonly N[],
): CompleteRows<T, N> {
  const all: Readonly<Record<string, Column>> = columns;
  const known = Object.keys(all);
  const checked: readonly string[] = names ?? known;
  for (const name of checked) {
    if (!known.includes(name)) throw new RangeError(`dropMissing: no column '${name}'; ${namesHint(name, known)}`);
  }
  const rows = rowCount(all);
  const kept: number[] = [];
  for (let row = 0; row < rows; row++) {
    if (!checked.some((name) => isMissing(all[name]!, row))) kept.push(row);
  }
  const dropped = rows - kept.length;
  const lacking = checked
    .map((name) => [name, countMissing(all[name]!, rows)] as const)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name} ${count}`);
  const note =
    dropped === 0
      ? `no row dropped: all ${rows} are complete`
      : `${dropped} of ${rows} rows dropped; missing: ${lacking.join(', ')}`;
  const complete = makeColumns<CompleteRows<T, N>['columns']>(known.map((name) => [name, takeRows(all[name]!, kept)]));
  const result = { columns: complete, kept: kept.length, dropped, note };
  Object.defineProperty(result, jupyterDisplay, { value: () => headBundle(complete, note) });
  return result;
}

function countMissing(column: Column, rows: number): number {
  let count = 0;
  for (let row = 0; row < rows; row++) if (isMissing(column, row)) count++;
  return count;
}
