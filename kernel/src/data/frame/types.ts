/** How the verbs of a frame see its columns: as rows of values, and values as columns again. */
import type { Column } from '../columns.ts';
import type { Factor } from '../factor.ts';

/** Any columns of one length, by name. */
export type AnyColumns = Readonly<Record<string, Column>>;

/** One value of a column: a number (NaN where missing), a level or a text (null where missing). */
export type CellOf<C> = C extends Float64Array | Int32Array
  ? number
  : C extends Factor<infer L>
    ? L | null
    : C extends readonly (infer E)[]
      ? E
      : never;

/** One row: a value under each name. */
export type RowOf<T> = { readonly [K in keyof T]: CellOf<T[K]> };

/** What a verb may give for a row. */
export type Cell = number | string | boolean | null;

/** The column that values make: numbers stay numbers, texts become a factor, so that models and formulas take it. */
export type ColumnFrom<V> = [V] extends [number]
  ? Float64Array
  : [V] extends [boolean | null]
    ? readonly (boolean | null)[]
    : [V] extends [string | null]
      ? Factor<NonNullable<V> & string>
      : Column;

/** Written out, so that an editor shows names instead of intersections. */
export type Flat<T> = { readonly [K in keyof T]: T[K] } & {};
