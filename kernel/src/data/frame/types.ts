/** How the verbs of a frame see its columns: as rows of values, and values as columns again. */
import type { Column } from '../columns.ts';
import type { Scale } from '../describe.ts';
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

/** A column that may lack values: whole numbers become floating ones, for NaN is their missing value. */
export type Loose<C> = C extends Int32Array ? Float64Array : C extends readonly (infer E)[] ? readonly (E | null)[] : C;

/** One column below another. */
export type Below<A, B> =
  A extends Factor<infer L>
    ? B extends Factor<infer M>
      ? Factor<L | M>
      : Column
    : A extends Int32Array
      ? B extends Int32Array
        ? Int32Array
        : Float64Array
      : A extends Float64Array
        ? Float64Array
        : A extends readonly (infer E)[]
          ? B extends readonly (infer F)[]
            ? readonly (E | F)[]
            : Column
          : Column;

/** The columns of two data sets joined by K in a way J. */
export type Joined<T, U, K extends keyof T & keyof U, J> = J extends 'semi' | 'anti'
  ? T
  : Flat<
      (J extends 'right' | 'full' ? { [N in keyof T]: N extends K ? Below<T[N], U[N & K]> : Loose<T[N]> } : T) &
        Omit<J extends 'left' | 'full' ? { [N in keyof U]: Loose<U[N]> } : U, K>
    >;

/** Names of the columns of numbers. */
export type NumberNames<T> = {
  [K in keyof T]: T[K] extends Float64Array | Int32Array | readonly number[] ? K : never;
}[keyof T] &
  string;

/** Names of the factors. */
export type FactorNames<T> = { [K in keyof T]: T[K] extends Factor ? K : never }[keyof T] & string;

/** A column of 0 and 1 a level. */
export type Dummies<K extends string, C> =
  C extends Factor<infer L> ? { readonly [P in L as `${K}_${P}`]: Float64Array } : never;

/** What a column can be filled with. */
export type FillerOf<C> = C extends Float64Array | Int32Array | readonly number[]
  ? number | 'mean' | 'median' | 'mode'
  : C extends Factor<infer L>
    ? L | 'mode' | (string & {})
    : C extends readonly (infer E)[]
      ? NonNullable<E> | 'mode'
      : never;

/** The columns that functions give. */
export type ColumnsOf<Q> = { [N in keyof Q]: Q[N] extends (...args: never) => infer C ? C : never };

/** A mean and a standard deviation a column. */
export type Scales<K extends string> = { readonly [N in K]: Scale };
