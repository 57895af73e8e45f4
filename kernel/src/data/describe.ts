/**
 * A column in a few numbers: mean, standard deviation, standardisation, and a table over a whole data set.
 */
import { jupyterDisplay } from '../host/display.ts';
import type { MimeBundle } from '../host/host.ts';
import { type Column, isMissing, rowCount } from './columns.ts';
import { isFactor } from './factor.ts';
import { checkNumbers, mean, quantile, standardDeviation } from './moments.ts';
import { formatTable, markdownTable } from './table.ts';

/** Where the values of a column lie, and how far apart, in their unit. */
export interface Scale {
  readonly mean: number;
  /** Above 0. */
  readonly sd: number;
}

/** @throws RangeError for a mean that is not finite, or a standard deviation that is not positive */
function checkScale(caller: string, { mean: centre, sd }: Scale): Scale {
  if (Number.isFinite(centre) && sd > 0 && sd < Infinity) return { mean: centre, sd };
  throw new RangeError(`${caller}: a finite mean and a positive sd expected, got ${centre} and ${sd}`);
}

/**
 * A column on the scale of standard deviations from its mean, and the two numbers that lead back.
 *
 * @param by the mean and the standard deviation of other data, such as those a model was fitted to; default its own
 * @throws RangeError when values are missing, or all are equal, and no scale is given
 * @example
 * const { values, mean, sd } = standardise(Float64Array.of(1, 2, 3)); // [−1, 0, 1], 2, 1
 * standardise([5, 7], { mean, sd }).values; // 3, 5
 */
export function standardise(column: ArrayLike<number>, by?: Scale): { values: Float64Array; mean: number; sd: number } {
  checkNumbers('standardise', column);
  const own = by ? checkScale('standardise', by) : { mean: mean(column), sd: standardDeviation(column) };
  if (!(own.sd > 0)) {
    throw new RangeError(
      `standardise: values are needed that differ and none missing; their standard deviation is ${own.sd} (see dropMissing)`,
    );
  }
  return { values: Float64Array.from(column, (value) => (value - own.mean) / own.sd), mean: own.mean, sd: own.sd };
}

/** Back from standard deviations to the unit of a scale. @example unstandardise([-1, 0, 1], { mean: 2, sd: 1 }) // 1, 2, 3 */
export function unstandardise(values: ArrayLike<number>, by: Scale): Float64Array {
  checkNumbers('unstandardise', values);
  const { mean: centre, sd } = checkScale('unstandardise', by);
  return Float64Array.from(values, (value) => centre + sd * value);
}

/** One line a column: how many values are missing, and mean, sd, least and greatest, or the levels with their counts. */
export class Description {
  readonly rows: readonly DescriptionRow[];

  constructor(rows: readonly DescriptionRow[]) {
    this.rows = rows;
  }

  toString(): string {
    return formatTable(header, this.rows.map(cellsOf));
  }

  [jupyterDisplay](): MimeBundle {
    return { 'text/plain': this.toString(), 'text/markdown': markdownTable(header, this.rows.map(cellsOf)) };
  }
}

export interface DescriptionRow {
  readonly name: string;
  /** Rows with a value. */
  readonly count: number;
  readonly missing: number;
  /** Of the values there are; absent for columns that are not numbers. */
  readonly numbers?: {
    readonly mean: number;
    readonly sd: number;
    readonly min: number;
    readonly lowerQuartile: number;
    readonly median: number;
    readonly upperQuartile: number;
    readonly max: number;
  };
  /** Level (or value) → rows; absent for numbers. */
  readonly levels?: ReadonlyMap<string, number>;
}

/**
 * Describe every column of a data set.
 *
 * @example
 * describe(penguins()); // a table: column, values, missing, mean, sd, min, max, levels
 */
export function describe<T extends object>(columns: T & { readonly [K in keyof T]: Column }): Description {
  const all: Readonly<Record<string, Column>> = columns;
  const rows = rowCount(all);
  return new Description(Object.keys(all).map((name) => describeColumn(name, all[name]!, rows)));
}

function describeColumn(name: string, column: Column, rows: number): DescriptionRow {
  const present: number[] = []; // rows with a value
  for (let row = 0; row < rows; row++) if (!isMissing(column, row)) present.push(row);
  const counts = { name, count: present.length, missing: rows - present.length };
  if (isFactor(column)) {
    const levels = new Map(column.levels.map((level) => [level, 0]));
    for (const row of present) add(levels, column.levels[column.codes[row]!]!);
    return { ...counts, levels };
  }
  const values = present.map((row) => column[row]!);
  if (values.every((value) => typeof value === 'number')) {
    const min = values.reduce((least, value) => Math.min(least, value), Infinity);
    const max = values.reduce((greatest, value) => Math.max(greatest, value), -Infinity);
    const [lowerQuartile, middle, upperQuartile] = [0.25, 0.5, 0.75].map((p) =>
      values.length > 0 ? quantile(values, p) : Number.NaN,
    ) as [number, number, number];
    const sd = standardDeviation(values);
    return { ...counts, numbers: { mean: mean(values), sd, min, lowerQuartile, median: middle, upperQuartile, max } };
  }
  const levels = new Map<string, number>();
  for (const value of values) add(levels, String(value));
  return { ...counts, levels };
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

const header = ['column', 'values', 'missing', 'mean', 'sd', 'min', 'max', 'levels'] as const;

function cellsOf({ name, count, missing, numbers, levels }: DescriptionRow): string[] {
  const number = (value: number | undefined) => (value === undefined ? '' : String(Number(value.toPrecision(4))));
  const listed =
    levels === undefined
      ? ''
      : [...levels]
          .slice(0, 5)
          .map(([level, n]) => `${level} ${n}`)
          .join(', ');
  const more = levels !== undefined && levels.size > 5 ? `, … (${levels.size})` : '';
  const { mean: centre, sd, min, max } = numbers ?? {};
  return [name, String(count), String(missing), number(centre), number(sd), number(min), number(max), listed + more];
}
