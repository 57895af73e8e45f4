/**
 * A data set and the verbs that teaching needs, each of which gives a new one: filter, select, mutate, arrange, group,
 * join, reshape (Wickham & Grolemund 2017, R for Data Science, chapter 5). Columns keep their types all the way.
 *
 * Why not a library: arquero and its like do not know the types of columns, so that nothing after a verb would be
 * checked; and models take our columns, not theirs.
 */
import { key, Stream } from '../../numeric/random.ts';
import { type BinOptions, bins } from '../bins.ts';
import { type Column, makeColumns, rowCount, takeRows } from '../columns.ts';
import { type Scale, standardise, unstandardise } from '../describe.ts';
import { type Factor, indicator, isFactor } from '../factor.ts';
import { type CompleteColumn, dropMissing } from '../missing.ts';
import { namesHint } from '../names.ts';
import { FrameBase } from './base.ts';
import { type Filler, fillColumn, fillDownColumn, numbersOf } from './fill.ts';
import { GroupedFrame } from './groups.ts';
import { type JoinKind, joinColumns } from './join.ts';
import { pickRows } from './pick.ts';
import { longerColumns, widerColumns } from './reshape.ts';
import { columnFrom, compareRows, keyOf, rowReader } from './rows.ts';
import type * as types from './types.ts';

/** A data set with verbs; `columns` is what models, formulas and plots take. */
export class Frame<T extends object> extends FrameBase<T> {
  /** A frame of columns by name. */
  static of<T extends object>(entries: Iterable<readonly [string, Column]>): Frame<T> {
    return new Frame(makeColumns<T>(entries));
  }

  /** The rows for which a condition holds. @example frame(penguins()).filter((bird) => bird.body_mass_g > 5000) */
  filter(holds: (row: types.RowOf<T>, place: number) => boolean): Frame<T> {
    const reader = rowReader(this.columns);
    return this.#take(this.places().filter((place) => holds(reader.at(place), place)));
  }

  /** These columns, in this order. */
  select<const K extends keyof T & string>(...names: readonly K[]): Frame<types.Flat<Pick<T, K>>> {
    this.require('select', names);
    return Frame.of(names.map((name) => [name, this.all[name]!]));
  }

  /** All columns but these. */
  drop<const K extends keyof T & string>(...names: readonly K[]): Frame<types.Flat<Omit<T, K>>> {
    this.require('drop', names);
    const gone: readonly string[] = names;
    return Frame.of(Object.entries(this.all).filter(([name]) => !gone.includes(name)));
  }

  /** Other names. @example frame(cars).rename({ mpg: 'miles per gallon' }) */
  rename<const N extends { readonly [K in keyof T]?: string }>(
    names: N,
  ): Frame<types.Flat<{ [K in keyof T as K extends keyof N ? (N[K] extends string ? N[K] : K) : K]: T[K] }>> {
    this.require('rename', Object.keys(names));
    const other = names as Readonly<Record<string, string>>;
    const entries = Object.entries(this.all).map(([name, column]) => [other[name] ?? name, column] as const);
    const twice = entries.find(([name], i) => entries.findIndex(([each]) => each === name) !== i);
    if (twice) throw new RangeError(`rename: two columns would be called '${twice[0]}'`);
    return Frame.of(entries);
  }

  /**
   * New columns, or old ones anew, computed row by row. All see the columns as they were before.
   *
   * @example frame(penguins()).mutate({ kg: (bird) => bird.body_mass_g / 1000 })
   */
  mutate<const Q extends Readonly<Record<string, (row: types.RowOf<T>, place: number) => types.Cell>>>(
    quantities: Q,
  ): Frame<types.Flat<Omit<T, keyof Q> & { [N in keyof Q]: types.ColumnFrom<ReturnType<Q[N]>> }>> {
    const reader = rowReader(this.columns);
    const made = Object.entries(quantities).map(
      ([name, compute]) =>
        [
          name,
          columnFrom(
            'mutate',
            name,
            this.places().map((place) => compute(reader.at(place), place)),
          ),
        ] as const,
    );
    return Frame.of(new Map<string, Column>([...Object.entries(this.all), ...made]));
  }

  /**
   * New columns, or old ones anew, computed from whole columns: `lag`, `runningSum`, `bins`, `standardise`.
   *
   * @throws RangeError for a column of another length
   * @example frame(prices).assign({ change: (all) => all.price.map((p, i) => p - lag(all.price)[i]!) })
   */
  assign<const Q extends Readonly<Record<string, (columns: T) => Column>>>(
    quantities: Q,
  ): Frame<types.Flat<Omit<T, keyof Q> & types.ColumnsOf<Q>>> {
    const made = Object.entries(quantities).map(([name, compute]) => {
      const column = compute(this.columns);
      const length = isFactor(column) ? column.codes.length : column?.length;
      if (length !== this.length && this.names.length > 0) {
        throw new RangeError(`assign: '${name}' must have one value a row: ${this.length} expected, got ${length}`);
      }
      return [name, column] as const;
    });
    return Frame.of(new Map<string, Column>([...Object.entries(this.all), ...made]));
  }

  /**
   * Rows in order: by the first column, ties by the next. Factors in the order of their levels; missing values last.
   *
   * @param options.descending all columns (true), or those named
   * @example frame(penguins()).arrange(['species', 'body_mass_g'], { descending: ['body_mass_g'] })
   */
  arrange<const K extends keyof T & string>(
    names: K | readonly K[],
    { descending = false }: { readonly descending?: boolean | readonly NoInfer<K>[] } = {},
  ): Frame<T> {
    const list: readonly K[] = typeof names === 'string' ? [names] : names;
    this.require('arrange', list);
    const falling = typeof descending === 'boolean' ? undefined : descending;
    if (falling) this.require('arrange', falling);
    const by = list.map((name) => [[this.all[name]!], falling?.includes(name) ?? descending === true] as const);
    const order = (a: number, b: number) =>
      by.reduce((found, [column, down]) => found || compareRows(column, a, b, down), 0);
    return this.#take(this.places().sort(order));
  }

  /** Rows `start` to `end` (excluded); negative counts from the end. */
  slice(start: number, end?: number): Frame<T> {
    return this.#take(this.places().slice(start, end));
  }

  /** These rows, counted from 0, in this order; a row may come more than once. @throws RangeError for rows there are not */
  rows(places: ArrayLike<number>): Frame<T> {
    const list = Array.from(places);
    const wrong = list.find((place) => !(Number.isInteger(place) && place >= 0 && place < this.length));
    if (wrong !== undefined) throw new RangeError(`rows: whole numbers below ${this.length} expected, got ${wrong}`);
    return this.#take(list);
  }

  /**
   * Rows drawn at random; with replacement, as many as there are make a resample of the bootstrap.
   *
   * @param options.seed default 0
   * @throws RangeError for more rows than there are, without replacement
   */
  sampleRows(n: number, options: { readonly seed?: number; readonly replace?: boolean } = {}): Frame<T> {
    const { seed = 0, replace = false } = options;
    const most = replace && this.length > 0 ? Infinity : this.length;
    if (!(Number.isInteger(n) && n >= 0 && n <= most)) {
      throw new RangeError(`sampleRows: a whole number from 0 to ${most} expected, got ${n}; see { replace: true }`);
    }
    const stream = new Stream(key(seed));
    const places = this.places();
    for (let i = 0; i < n && !replace; i++) {
      const j = i + stream.integer(this.length - i); // Fisher & Yates, as far as they are taken
      [places[i], places[j]] = [places[j]!, places[i]!];
    }
    return this.#take(replace ? Array.from({ length: n }, () => stream.integer(this.length)) : places.slice(0, n));
  }

  /** The first row of each combination of values in these columns; default all. */
  distinct<const K extends keyof T & string>(...names: readonly K[]): Frame<T> {
    this.require('distinct', names);
    const by = (names.length > 0 ? names : this.names).map((name) => this.all[name]!);
    const seen = new Set<string>();
    return this.#take(
      this.places().filter((place) => {
        const found = keyOf(by, place);
        return !seen.has(found) && seen.add(found);
      }),
    );
  }

  /** The rows of another data set below these. @throws RangeError for columns that are not in both, TypeError for other kinds */
  bindRows<U extends { readonly [K in keyof T]: Column }>(
    other: U | Frame<U>,
  ): Frame<{ readonly [K in keyof T]: types.Below<T[K], U[K]> }> {
    const second = (other instanceof Frame ? other.columns : other) as types.AnyColumns;
    const names = Object.keys(second);
    this.require('bindRows', names);
    const lacking = this.names.find((name) => !names.includes(name));
    if (lacking)
      throw new RangeError(`bindRows: the other data set has no column '${lacking}'; ${namesHint(lacking, names)}`);
    const more = rowCount(second);
    const left = Array.from({ length: this.length + more }, (_, i) => (i < this.length ? i : -1));
    const right = left.map((_, i) => i - this.length);
    return Frame.of(
      this.names.map((name) => [name, pickRows('bindRows', name, [this.all[name]!, left], [second[name]!, right])]),
    );
  }

  /** The columns of another data set beside these, row by row. @throws RangeError for another length, or a name in both */
  bindColumns<U extends object>(other: U | Frame<U>): Frame<types.Flat<T & U>> {
    const second = (other instanceof Frame ? other.columns : other) as types.AnyColumns;
    const both = Object.keys(second).find((name) => Object.hasOwn(this.columns, name));
    if (both) throw new RangeError(`bindColumns: both have a column '${both}'; rename one first`);
    return Frame.of([...Object.entries(this.all), ...Object.entries(second)]);
  }

  /** One row with what is computed of all rows. @example frame(cars).summarise({ mean: (all) => mean(all.mpg) }) */
  summarise<const Q extends Readonly<Record<string, (group: T & { readonly count: number }) => types.Cell>>>(
    quantities: Q,
  ): Frame<types.Flat<{ [N in keyof Q]: types.ColumnFrom<ReturnType<Q[N]>> }>> {
    return new GroupedFrame<T, never>(this.columns, [], Frame.of).summarise(quantities) as never;
  }

  /** How many rows there are of each combination of values in these columns. */
  count<const K extends keyof T & string>(...names: readonly K[]) {
    return this.groupBy(...names).count();
  }

  /** Take rows together that have the same values in these columns. */
  groupBy<const K extends keyof T & string>(...names: readonly K[]): GroupedFrame<T, K> {
    this.require('groupBy', names);
    return new GroupedFrame(this.columns, names, Frame.of);
  }

  /**
   * The columns of another data set beside these, where the keys are equal.
   *
   * @throws RangeError for a key that is not in both, or a column both have
   * @example frame(pupils).join(schools, { by: 'school', kind: 'left' })
   */
  join<U extends object, const K extends keyof T & keyof U & string, const J extends JoinKind = 'inner'>(
    other: U | Frame<U>,
    { by, kind = 'inner' as J }: { readonly by: K | readonly K[]; readonly kind?: J },
  ): Frame<types.Joined<T, U, K, J>> {
    const second = other instanceof Frame ? other.columns : other;
    const keys: readonly string[] = typeof by === 'string' ? [by] : by;
    return Frame.of(joinColumns(this.all, second as types.AnyColumns, keys, kind));
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
  ): Frame<
    types.Flat<Omit<T, K> & { [P in N]: Factor<K> } & { [P in V]: T[K] extends Int32Array ? Float64Array : T[K] }>
  > {
    this.require('longer', names);
    return Frame.of(longerColumns(this.all, names, name, value));
  }

  /**
   * One column a level of `names`, filled from `values`; one row for each combination of the other columns.
   *
   * @throws RangeError when two rows would stand in one place
   */
  wider<const K extends types.FactorNames<T>, const V extends keyof T & string>({
    names,
    values,
  }: {
    readonly names: K;
    readonly values: V;
  }): Frame<types.Flat<Omit<T, K | V> & (T[K] extends Factor<infer L> ? { readonly [P in L]: T[V] } : never)>> {
    this.require('wider', [names, values]);
    return Frame.of(widerColumns(this.all, names, values));
  }

  /** The rows that are complete in these columns; default all. */
  dropMissing<const K extends keyof T & string = keyof T & string>(
    ...names: readonly K[]
  ): Frame<types.Flat<{ [N in keyof T]: N extends K ? CompleteColumn<T[N]> : T[N] }>> {
    const { columns } = dropMissing(this.all, names.length > 0 ? (names as readonly string[]) : undefined);
    return Frame.of(Object.entries(columns as types.AnyColumns));
  }

  /**
   * Values in place of missing ones: one of the column's kind, the 'mean' or 'median' of numbers, or the 'mode'.
   *
   * @example frame(penguins()).fillMissing({ body_mass_g: 'median', sex: 'unknown' })
   */
  fillMissing(values: { readonly [K in keyof T]?: types.FillerOf<T[K]> }): Frame<T> {
    const given = values as Readonly<Record<string, Filler | undefined>>;
    this.require('fillMissing', Object.keys(given));
    return this.#change((column, name) => {
      const value = given[name];
      return value === undefined ? column : fillColumn(this.all, name, value);
    });
  }

  /** In these columns the value of the row above in place of missing ones: for tables that say a thing once. */
  fillDown<const K extends keyof T & string>(...names: readonly K[]): Frame<T> {
    this.require('fillDown', names);
    return this.#change((column, name) => (this.#isOf(names, name) ? fillDownColumn(column) : column));
  }

  /**
   * A column of numbers in intervals, as a factor; under its own name, or another.
   *
   * @example frame(pupils).cut('score', { breaks: [0, 50, 100], labels: ['failed', 'passed'], name: 'result' })
   */
  cut<const K extends types.NumberNames<T>, const N extends string = K>(
    name: K,
    { name: made = name as unknown as N, ...options }: BinOptions & { readonly name?: N },
  ): Frame<types.Flat<Omit<T, N> & { [P in N]: Factor }>> {
    this.require('cut', [name]);
    const column = bins(numbersOf('cut', this.all, name), options);
    return Frame.of(new Map<string, Column>([...Object.entries(this.all), [made, column]]));
  }

  /** A factor as one column of 0 and 1 a level, called `factor_level`; missing stays missing. */
  oneHot<const K extends types.FactorNames<T>>(name: K): Frame<types.Flat<Omit<T, K> & types.Dummies<K, T[K]>>> {
    this.require('oneHot', [name]);
    const column = this.all[name]!;
    if (!isFactor(column)) throw new TypeError(`oneHot: '${name}' must be a factor`);
    return Frame.of([
      ...Object.entries(this.all).filter(([each]) => each !== name),
      ...column.levels.map((level) => [`${name}_${level}`, indicator(column, level)] as const),
    ]);
  }

  /**
   * Columns on the scale of standard deviations from their mean: these by their own, or by the scales given.
   *
   * @throws RangeError where a column has missing values or does not vary, and no scale is given
   * @example
   * const scales = frame(training).scales('x', 'y');
   * frame(validation).standardise(scales);
   */
  standardise<const K extends types.NumberNames<T>>(
    ...names: readonly K[] | readonly [scales: types.Scales<K>]
  ): Frame<types.Flat<Omit<T, K> & { [N in K]: Float64Array }>> {
    const given = typeof names[0] === 'object' ? (names[0] as Readonly<Record<string, Scale>>) : undefined;
    const chosen = given ? Object.keys(given) : (names as readonly string[]);
    this.require('standardise', chosen);
    return this.#change((column, name) =>
      chosen.includes(name) ? standardise(numbersOf('standardise', this.all, name), given?.[name]).values : column,
    );
  }

  /** Columns back from standard deviations to their unit. @example frame(scaled).unstandardise(scales) */
  unstandardise<const K extends types.NumberNames<T>>(
    scales: types.Scales<K>,
  ): Frame<types.Flat<Omit<T, K> & { [N in K]: Float64Array }>> {
    const given = scales as Readonly<Record<string, Scale>>;
    this.require('unstandardise', Object.keys(given));
    return this.#change((column, name) =>
      Object.hasOwn(given, name) ? unstandardise(numbersOf('unstandardise', this.all, name), given[name]!) : column,
    );
  }

  #take(places: readonly number[]): Frame<T> {
    return Frame.of(Object.entries(this.all).map(([name, column]) => [name, takeRows(column, places)] as const));
  }

  #change<U extends object>(change: (column: Column, name: string) => Column): Frame<U> {
    return Frame.of(Object.entries(this.all).map(([name, column]) => [name, change(column, name)] as const));
  }

  /** Whether a name is meant: none named means all. */
  #isOf(names: readonly string[], name: string): boolean {
    return names.length === 0 || names.includes(name);
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
  return Frame.of(Object.entries(columns as types.AnyColumns));
}
