/** Groups of rows, and what is computed of each. */
import { type Column, rowCount, takeRows } from '../columns.ts';
import type { Frame } from './frame.ts';
import { scatterRows } from './pick.ts';
import { columnFrom, compareRows, keyOf } from './rows.ts';
import type { AnyColumns, Cell, ColumnFrom, ColumnsOf, Flat } from './types.ts';

/** The columns of one group, and how many rows it has. */
export type Group<T> = T & { readonly count: number };

type Make = <U extends object>(entries: Iterable<readonly [string, Column]>) => Frame<U>;

/** A frame whose rows are taken together by the values of some columns. */
export class GroupedFrame<T extends object, K extends keyof T & string> {
  readonly #columns: T;
  readonly #names: readonly K[];
  /** Rows of each group, groups in the order of the levels or values. */
  readonly #groups: readonly (readonly number[])[];

  readonly #make: Make;

  /** @param make what makes a frame of columns by name */
  constructor(columns: T, names: readonly K[], make: Make) {
    this.#make = make;
    this.#columns = columns;
    this.#names = names;
    const all = columns as AnyColumns;
    const by = names.map((name) => all[name]!);
    const found = new Map<string, number[]>();
    for (let row = 0; row < rowCount(all); row++) {
      const key = keyOf(by, row);
      const rows = found.get(key);
      if (rows) rows.push(row);
      else found.set(key, [row]);
    }
    // Without a name all rows are one group, be there none.
    if (names.length === 0 && found.size === 0) found.set('', []);
    this.#groups = [...found.values()].sort((a, b) => compareRows(by, a[0]!, b[0]!));
  }

  /**
   * One row a group: the values it was grouped by, and what is computed of its columns.
   *
   * @example frame(penguins()).groupBy('species').summarise({ mass: (g) => mean(g.body_mass_g), n: (g) => g.count })
   */
  summarise<const Q extends Readonly<Record<string, (group: Group<T>) => Cell>>>(
    quantities: Q,
  ): Frame<Flat<Pick<T, K> & { [N in keyof Q]: ColumnFrom<ReturnType<Q[N]>> }>> {
    const all = this.#columns as AnyColumns;
    const groups = this.#groups.map((rows) => this.#group(rows));
    const firsts = this.#groups.map((rows) => rows[0]!);
    const keys = this.#names.map((name) => [name, takeRows(all[name]!, firsts)] as const);
    const made = Object.entries(quantities).map(
      ([name, compute]) =>
        [
          name,
          columnFrom(
            'summarise',
            name,
            groups.map((group) => compute(group)),
          ),
        ] as const,
    );
    return this.#make([...keys, ...made]);
  }

  /**
   * All rows, with new columns computed from whole columns of each group: shares, ranks, `standardise`, `lag`.
   *
   * @throws RangeError for a column that has not one value a row of the group
   * @example frame(marks).groupBy('class').assign({ z: (group) => standardise(group.mark).values })
   */
  assign<const Q extends Readonly<Record<string, (group: Group<T>) => Column>>>(
    quantities: Q,
  ): Frame<Flat<Omit<T, keyof Q> & ColumnsOf<Q>>> {
    const all = this.#columns as AnyColumns;
    const groups = this.#groups.map((rows) => this.#group(rows));
    const made = Object.entries(quantities).map(
      ([name, compute]) =>
        [
          name,
          scatterRows(
            'assign',
            name,
            this.#groups.map((rows, g) => [compute(groups[g]!), rows] as const),
          ),
        ] as const,
    );
    return this.#make(new Map<string, Column>([...Object.entries(all), ...made]));
  }

  /** One row a group with the number of its rows. */
  count(): Frame<Flat<Pick<T, K> & { readonly count: Float64Array }>> {
    const all = this.#columns as AnyColumns;
    const firsts = this.#groups.map((rows) => rows[0]!);
    const keys = this.#names.map((name) => [name, takeRows(all[name]!, firsts)] as const);
    return this.#make([...keys, ['count', Float64Array.from(this.#groups, (rows) => rows.length)]]);
  }

  #group(rows: readonly number[]): Group<T> {
    const all = this.#columns as AnyColumns;
    const group: Record<string, Column | number> = Object.create(null);
    for (const [name, column] of Object.entries(all)) group[name] = takeRows(column, rows);
    if (!Object.hasOwn(all, 'count')) group.count = rows.length;
    return group as unknown as Group<T>;
  }
}
