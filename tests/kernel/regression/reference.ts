/** Reference cases of R as the tests read them. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { type Factor, factor } from '#kernel/data/factor';
import type { Contrast } from '#kernel/regression/formula/contrasts';

export type Json = number | string | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A table of R: rows and columns by name. */
export interface Matrix {
  readonly rows: readonly string[] | null;
  readonly cols: readonly string[] | null;
  readonly values: readonly (readonly (number | null)[])[];
}

export interface Case {
  readonly kind: string;
  readonly id: string;
  readonly call: string;
  readonly rtol: number;
  readonly data: Readonly<Record<string, Json>>;
  // biome-ignore lint/suspicious/noExplicitAny: figures of many layouts, read by tests that know them
  readonly results: any;
}

/** The cases of a file beside the test. */
export function casesOf(file: URL): readonly Case[] {
  return (JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] }).cases;
}

/** Columns of a case as this library has them, and the contrasts of its ordered factors. */
export function columnsOf(data: Readonly<Record<string, Json>>): {
  columns: Record<string, Factor | Float64Array | (boolean | null)[]>;
  contrasts: Record<string, Contrast>;
} {
  const columns: Record<string, Factor | Float64Array | (boolean | null)[]> = {};
  const contrasts: Record<string, Contrast> = {};
  for (const [name, column] of Object.entries(data)) {
    if (Array.isArray(column)) {
      if (typeof column[0] === 'string') columns[name] = factor(column as (string | null)[]);
      else if (typeof column[0] === 'boolean') columns[name] = column as (boolean | null)[];
      else columns[name] = Float64Array.from(column as (number | null)[], (value) => value ?? Number.NaN);
    } else {
      const { levels, values, type } = column as unknown as {
        levels: string[];
        values: (string | null)[];
        type: string;
      };
      columns[name] = factor(values, { levels });
      if (type === 'ordered') contrasts[name] = 'poly';
    }
  }
  return { columns, contrasts };
}

/** Each number within a relative tolerance, of the largest where a number itself is rounding. */
export function expectClose(got: ArrayLike<number>, want: readonly (number | null)[], rtol: number, what = ''): void {
  expect(got.length, what).toBe(want.length);
  const size = Math.max(...want.map((value) => Math.abs(value ?? 0)));
  want.forEach((value, i) => {
    const wanted = value ?? Number.NaN;
    if (Number.isNaN(wanted)) expect(got[i], `${what}[${i}]`).toBeNaN();
    else {
      const allowed = rtol * Math.max(Math.abs(wanted), 1e-6 * size, 1e-300);
      expect(Math.abs(got[i]! - wanted), `${what}[${i}]: ${got[i]} against ${wanted}`).toBeLessThanOrEqual(allowed);
    }
  });
}

/** One column of a table of R. */
export function columnOf(table: Matrix, name: string): (number | null)[] {
  const at = table.cols!.indexOf(name);
  expect(at, name).toBeGreaterThanOrEqual(0);
  return table.values.map((row) => row[at]!);
}
