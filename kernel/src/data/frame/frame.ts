/**
 * A data set and the verbs that teaching needs, each of which gives a new one: filter, select, mutate, arrange, group,
 * join, reshape (Wickham & Grolemund 2017, R for Data Science, chapter 5). Columns keep their types all the way.
 *
 * Why not a library: arquero and its like do not know the types of columns, so that nothing after a verb would be
 * checked; and models take our columns, not theirs.
 */
import { jupyterDisplay } from '../../host/display.ts';
import type { MimeBundle } from '../../host/host.ts';
import { type Column, headBundle, makeColumns, rowCount, takeRows } from '../columns.ts';
import { standardise } from '../describe.ts';
import { type Factor, indicator, isFactor } from '../factor.ts';
import { type CompleteColumn, dropMissing } from '../missing.ts';
import { mean, median } from '../moments.ts';
import { namesHint } from '../names.ts';
import { GroupedFrame } from './groups.ts';
import { type JoinKind, joinColumns } from './join.ts';
import { longerColumns, widerColumns } from './reshape.ts';
import { columnFrom, compareRows, rowReader } from './rows.ts';
import type { AnyColumns, Cell, ColumnFrom, Flat, RowOf } from './types.ts';

type NumberNames<T> = { [K in keyof T]: T[K] extends Float64Array | Int32Array ? K : never }[keyof T] & string;
type FactorNames<T> = { [K in keyof T]: T[K] extends Factor ? K : never }[keyof T] & string;
type Dummies<K extends string, C> =
  C extends Factor<infer L> ? { readonly [P in L as `${K}_${P}`]: Float64Array } : never;

/** A data set with verbs; `columns` is what models, formulas and plots take. */
export class Frame<T extends object> {
  /** The data set itself. */
  readonly columns: T;
  /** Number of rows. */
  readonly length: number;

  private constructor(columns: T) {
    this.columns = columns;
    this.length = rowCount(columns as AnyColumns);
  }

  /** A frame of columns by name. */
  static of<T extends object>(entries: Iterable<readonly [string, Column]>): Frame<T> {
    return new Frame(makeColumns<T>(entries));
  }

  get names(): (keyof T & string)[] {
    return Object.keys(this.columns) as (keyof T & string)[];
  }

  /** The first rows, as a table. */
  [jupyterDisplay](): MimeBundle {
    return headBundle(this.columns);
  }

  toString(): string {
    return String(headBundle(this.columns)['text/plain']);
  }

  /** The rows for which a condition holds. @example frame(penguins()).filter((bird) => bird.body_mass_g > 5000) */
  filter(holds: (row: RowOf<T>, place: number) => boolean): Frame<T> {
    const reader = rowReader(this.columns);
    return this.#take(this.#places().filter((place) => holds(reader.at(place), place)));
  }

  /** These columns, in this order. */
  select<const K extends keyof T & string>(...names: readonly K[]): Frame<Flat<Pick<T, K>>> {
    this.#require('select', names);
    return Frame.of(names.map((name) => [name, this.#all[name]!]));
  }

  /** All columns but these. */
  drop<const K extends keyof T & string>(...names: readonly K[]): Frame<Flat<Omit<T, K>>> {
    this.#require('drop', names);
    const gone: readonly string[] = names;
    return Frame.of(Object.entries(this.#all).filter(([name]) => !gone.includes(name)));
  }

  /** Other names. @example frame(cars).rename({ mpg: 'miles per gallon' }) */
  rename<const N extends { readonly [K in keyof T]?: string }>(
    names: N,
  ): Frame<Flat<{ [K in keyof T as K extends keyof N ? (N[K] extends string ? N[K] : K) : K]: T[K] }>> {
    this.#require('rename', Object.keys(names));
    const other = names as Readonly<Record<string, string>>;
    const entries = Object.entries(this.#all).map(([name, column]) => [other[name] ?? name, column] as const);
    const twice = entries.find(([name], i) => entries.findIndex(([each]) => each === name) !== i);
    if (twice) throw new RangeError(`rename: two columns would be called '${twice[0]}'`);
    return Frame.of(entries);
  }

  /**
   * New columns, or old ones anew, computed row by row. All see the columns as they were before.
   *
   * @example frame(penguins()).mutate({ kg: (bird) => bird.body_mass_g / 1000 })
   */
  mutate<const Q extends Readonly<Record<string, (row: RowOf<T>, place: number) => Cell>>>(
    quantities: Q,
  ): Frame<Flat<Omit<T, keyof Q> & { [N in keyof Q]: ColumnFrom<ReturnType<Q[N]>> }>> {
    const reader = rowReader(this.columns);
    const made = Object.entries(quantities).map(
      ([name, compute]) =>
        [
          name,
          columnFrom(
            'mutate',
            name,
            this.#places().map((place) => compute(reader.at(place), place)),
          ),
        ] as const,
    );
    return Frame.of(new Map<string, Column>([...Object.entries(this.#all), ...made]));
  }

  /**
   * Rows in order: by the first column, ties by the next. Factors in the order of their levels; missing values last.
   *
   * @example frame(penguins()).arrange(['species', 'body_mass_g'], { descending: true })
   */
  arrange<const K extends keyof T & string>(
    names: K | readonly K[],
    { descending = false }: { readonly descending?: boolean } = {},
  ): Frame<T> {
    const list: readonly K[] = typeof names === 'string' ? [names] : names;
    this.#require('arrange', list);
    const by = list.map((name) => this.#all[name]!);
    return this.#take(this.#places().sort((a, b) => compareRows(by, a, b, descending)));
  }

  /** Rows `start` to `end` (excluded); negative counts from the end. */
  slice(start: number, end?: number): Frame<T> {
    return this.#take(this.#places().slice(start, end));
  }

  /** Take rows together that have the same values in these columns. */
  groupBy<const K extends keyof T & string>(...names: readonly K[]): GroupedFrame<T, K> {
    this.#require('groupBy', names);
    return new GroupedFrame(this.columns, names, Frame.of);
  }

  /**
   * The columns of another data set beside these, where the keys are equal.
   *
   * @throws RangeError for a key that is not in both, or a column both have
   * @example frame(pupils).join(schools, { by: 'school', kind: 'left' })
   */
  join<U extends object, const K extends keyof T & keyof U & string>(
    other: U | Frame<U>,
    { by, kind = 'inner' }: { readonly by: K | readonly K[]; readonly kind?: JoinKind },
  ): Frame<Flat<T & Omit<U, K>>> {
    const second = other instanceof Frame ? other.columns : other;
    const keys: readonly string[] = typeof by === 'string' ? [by] : by;
    return Frame.of(joinColumns(this.#all, second as AnyColumns, keys, kind));
  }

  /**
   * One row a measure: these columns one below the other.
   *
   * @param to.name the factor that says which column a value was in, default 'name'
   * @param to.value the values, default 'value'
   * @example frame(iris()).longer(['sepal_length', 'sepal_width'])
   */
  longer<const K extends keyof T & string, const N extends string = 'name', const V extends string = 'value'>(
    names: readonly K[],
    { name = 'name' as N, value = 'value' as V }: { readonly name?: N; readonly value?: V } = {},
  ): Frame<Flat<Omit<T, K> & { [P in N]: Factor<K> } & { [P in V]: T[K] extends Int32Array ? Float64Array : T[K] }>> {
    this.#require('longer', names);
    return Frame.of(longerColumns(this.#all, names, name, value));
  }

  /**
   * One column a level of `names`, filled from `values`; one row for each combination of the other columns.
   *
   * @throws RangeError when two rows would stand in one place
   */
  wider<const K extends FactorNames<T>, const V extends keyof T & string>({
    names,
    values,
  }: {
    readonly names: K;
    readonly values: V;
  }): Frame<Flat<Omit<T, K | V> & (T[K] extends Factor<infer L> ? { readonly [P in L]: T[V] } : never)>> {
    this.#require('wider', [names, values]);
    return Frame.of(widerColumns(this.#all, names, values));
  }

  /** The rows that are complete in these columns; default all. */
  dropMissing<const K extends keyof T & string = keyof T & string>(
    ...names: readonly K[]
  ): Frame<Flat<{ [N in keyof T]: N extends K ? CompleteColumn<T[N]> : T[N] }>> {
    const { columns } = dropMissing(this.#all, names.length > 0 ? (names as readonly string[]) : undefined);
    return Frame.of(Object.entries(columns as AnyColumns));
  }

  /** Numbers in place of missing ones: a value, or the mean or median of those that are there. */
  fillMissing(values: { readonly [K in NumberNames<T>]?: number | 'mean' | 'median' }): Frame<T> {
    const given = values as Readonly<Record<string, number | 'mean' | 'median'>>;
    this.#require('fillMissing', Object.keys(given));
    return Frame.of(
      Object.entries(this.#all).map(([name, column]) => {
        const value = given[name];
        if (value === undefined) return [name, column] as const;
        const numbers = this.#numbers('fillMissing', name);
        const known = numbers.filter((each) => !Number.isNaN(each));
        const filler = value === 'mean' ? mean(known) : value === 'median' ? median(known) : value;
        if (typeof filler !== 'number' || Number.isNaN(filler)) {
          throw new RangeError(`fillMissing: '${name}' needs a number, 'mean' or 'median', got ${value}`);
        }
        return [name, numbers.map((each) => (Number.isNaN(each) ? filler : each))] as const;
      }),
    );
  }

  /** A factor as one column of 0 and 1 a level, called `factor_level`; missing stays missing. */
  oneHot<const K extends FactorNames<T>>(name: K): Frame<Flat<Omit<T, K> & Dummies<K, T[K]>>> {
    this.#require('oneHot', [name]);
    const column = this.#all[name]!;
    if (!isFactor(column)) throw new TypeError(`oneHot: '${name}' must be a factor`);
    return Frame.of([
      ...Object.entries(this.#all).filter(([each]) => each !== name),
      ...column.levels.map((level) => [`${name}_${level}`, indicator(column, level)] as const),
    ]);
  }

  /** These columns on the scale of standard deviations from their mean. @throws RangeError where one does not vary */
  standardise<const K extends NumberNames<T>>(
    ...names: readonly K[]
  ): Frame<Flat<Omit<T, K> & { [N in K]: Float64Array }>> {
    this.#require('standardise', names);
    const chosen: readonly string[] = names;
    return Frame.of(
      Object.entries(this.#all).map(([name, column]) =>
        chosen.includes(name)
          ? ([name, standardise(this.#numbers('standardise', name)).values] as const)
          : ([name, column] as const),
      ),
    );
  }

  get #all(): AnyColumns {
    return this.columns as AnyColumns;
  }

  #places(): number[] {
    return Array.from({ length: this.length }, (_, place) => place);
  }

  #take(places: readonly number[]): Frame<T> {
    return Frame.of(Object.entries(this.#all).map(([name, column]) => [name, takeRows(column, places)] as const));
  }

  #numbers(caller: string, name: string): Float64Array {
    const column = this.#all[name]!;
    if (column instanceof Float64Array) return column;
    if (column instanceof Int32Array) return Float64Array.from(column);
    throw new TypeError(`${caller}: '${name}' must be a column of numbers`);
  }

  #require(caller: string, names: readonly string[]): void {
    const wrong = names.find((name) => !Object.hasOwn(this.columns, name));
    if (wrong === undefined) return;
    throw new RangeError(`${caller}: no column '${wrong}'; ${namesHint(wrong, this.names)}`);
  }
}

/**
 * A data set with verbs.
 *
 * @param columns columns of one length, as `csv`, `penguins()` and `parseCsv` give; plain lists of numbers and texts too
 * @throws RangeError for columns of different lengths
 * @example
 * const heavy = frame(penguins())
 *   .filter((bird) => bird.body_mass_g > 4000)
 *   .groupBy('species')
 *   .summarise({ mean: (group) => mean(group.body_mass_g), birds: (group) => group.count });
 * heavy.columns.mean; // Float64Array
 */
export function frame<T extends object>(columns: T & { readonly [K in keyof T]: Column }): Frame<T> {
  return Frame.of(Object.entries(columns as AnyColumns));
}
