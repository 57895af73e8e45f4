/** What a frame is without its verbs: columns, their names, and what is read off them. */
import { jupyterDisplay } from '../../host/display.ts';
import type { MimeBundle } from '../../host/host.ts';
import { type Column, headBundle, rowCount } from '../columns.ts';
import { type Description, describe, standardise } from '../describe.ts';
import { type Factor, factor, isFactor } from '../factor.ts';
import { namesHint } from '../names.ts';
import { toCsv, type WriteOptions } from '../write-csv.ts';
import { CrossTable } from './cross-table.ts';
import { numbersOf } from './fill.ts';
import type * as types from './types.ts';

/** Columns of one length. */
export abstract class FrameBase<T extends object> {
  /** The data set itself. */
  readonly columns: T;
  /** Number of rows. */
  readonly length: number;

  constructor(columns: T) {
    this.columns = columns;
    this.length = rowCount(columns as types.AnyColumns);
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

  /** How often each level of one column comes with each of another. @example frame(penguins()).crossTable('species', 'island') */
  crossTable<const A extends keyof T & string, const B extends keyof T & string>(row: A, column: B): CrossTable {
    this.require('crossTable', [row, column]);
    const [rows, columns] = [row, column].map((name) => asFactor(this.all[name]!)) as [Factor, Factor];
    const counts = rows.levels.map(() => new Float64Array(columns.levels.length));
    let missing = 0;
    for (const place of this.places()) {
      const [i, j] = [rows.codes[place]!, columns.codes[place]!];
      if (i < 0 || j < 0) missing++;
      else counts[i]![j]!++;
    }
    return new CrossTable({
      names: [row, column],
      rowLevels: rows.levels,
      columnLevels: columns.levels,
      counts,
      missing,
    });
  }

  /** Every column in a few numbers. */
  describe(): Description {
    return describe(this.all);
  }

  /** The text of a CSV file with these columns. */
  toCsv(options?: WriteOptions): string {
    return toCsv(this.all, options);
  }

  /** Mean and standard deviation of these columns: what `standardise` takes for other data, and `unstandardise`. */
  scales<const K extends types.NumberNames<T>>(...names: readonly K[]): types.Scales<K> {
    this.require('scales', names);
    const scale = (name: string) => {
      const { mean, sd } = standardise(numbersOf('scales', this.all, name));
      return { mean, sd };
    };
    return Object.fromEntries(names.map((name) => [name, scale(name)])) as types.Scales<K>;
  }

  protected get all(): types.AnyColumns {
    return this.columns as types.AnyColumns;
  }

  protected places(): number[] {
    return Array.from({ length: this.length }, (_, place) => place);
  }

  /** @throws RangeError for a name that is no column */
  protected require(caller: string, names: readonly string[]): void {
    const wrong = names.find((name) => !Object.hasOwn(this.columns, name));
    if (wrong === undefined) return;
    throw new RangeError(`${caller}: no column '${wrong}'; ${namesHint(wrong, this.names)}`);
  }
}

/** A column as a factor: texts, logicals and numbers by their values in order. */
function asFactor(column: Column): Factor {
  if (isFactor(column)) return column;
  const known = Array.from(column as ArrayLike<string | number | boolean | null>, (value) =>
    value === null || Number.isNaN(value) ? null : value,
  );
  const levels = [...new Set(known.filter((value) => value !== null))].sort((a, b) => (a < b ? -1 : 1)).map(String);
  return factor(
    known.map((value) => (value === null ? null : String(value))),
    { levels },
  );
}
