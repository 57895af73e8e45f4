/**
 * The data sets of a bootstrap: rows drawn again, whole clusters drawn again (Davison & Hinkley 1997, §3.8), or data
 * drawn from the fitted model with its latent parameters drawn anew.
 */

import type { Column } from '../model/data.ts';
import type { AnyModel, CompiledModel } from '../model/index.ts';
import { traceOf } from '../model/model.ts';
import { type Key, Stream } from '../numeric/random.ts';

/** All rows but one. // (n − 1,) */
export const allBut = (n: number, i: number) => Int32Array.from({ length: n - 1 }, (_, k) => (k < i ? k : k + 1));

/** So many numbers below it, drawn with replacement. // (rows,) */
export function drawnRows(rows: number, key: Key): Int32Array {
  const stream = new Stream(key);
  const drawn = new Int32Array(rows);
  for (let i = 0; i < rows; i++) drawn[i] = stream.integer(rows);
  return drawn;
}

/** Data for `model.with`, drawn from the model at a position, its latent parameters from their distributions. */
export function draw(compiled: CompiledModel, position: Float64Array, key: Key): Record<string, unknown> {
  const stream = new Stream(key);
  const hasLatent = compiled.parameters.some(({ role }) => role === 'latent');
  const drawn = compiled.predictive(hasLatent ? compiled.latentDraw(position, stream) : position, stream);
  return Object.fromEntries(compiled.observed.map(({ name, shape }) => [name, nested(drawn[name]!, shape)]));
}

/** Values in the form `.with` takes: a number, a vector, rows of a matrix. */
function nested(values: Float64Array, shape: readonly number[]): unknown {
  if (shape.length === 0) return values[0];
  if (shape.length === 1) return values;
  const size = values.length / shape[0]!;
  return Array.from({ length: shape[0]! }, (_, i) => nested(values.slice(i * size, (i + 1) * size), shape.slice(1)));
}

/** Columns of a model that can be drawn by rows, or by clusters. */
export interface Rows {
  /** How many rows, or clusters, there are to draw. */
  readonly rows: number;
  /** The columns, with these rows or clusters. */
  take(rows: Int32Array): Record<string, unknown>;
}

/** Rows of the columns named, or of those as long as what is observed. @throws RangeError where there are none */
export function rowsOf(model: AnyModel, compiled: CompiledModel, names: readonly string[] | undefined): Rows {
  const { columns } = traceOf(model);
  const rows = compiled.observed[0]?.shape[0];
  const chosen = columns.filter(({ name, shape }) => (names ? names.includes(name) : shape[0] === rows));
  const missing = names?.find((name) => !columns.some((each) => each.name === name));
  if (missing !== undefined) throw new RangeError(`bootstrap: rows names '${missing}', which is not in .data`);
  const length = chosen[0]?.shape[0];
  if (length === undefined || chosen.some(({ shape }) => shape[0] !== length)) {
    throw new RangeError(
      'bootstrap: expected observed columns of one length, whose rows can be drawn again; use kind: ' +
        "'parametric', or name the columns in rows",
    );
  }
  return {
    rows: length,
    take: (indices) => Object.fromEntries(chosen.map((column) => [column.name, taken(column, length, indices)])),
  };
}

/** A column with these of its rows, in the form `.with` takes. */
function taken({ shape, values, levels }: Column, length: number, indices: Int32Array): unknown {
  const size = values.length / length;
  const rows = new Float64Array(indices.length * size);
  indices.forEach((row, i) => {
    rows.set(values.subarray(row * size, (row + 1) * size), i * size);
  });
  return levels ? { codes: Int32Array.from(rows), levels } : nested(rows, [indices.length, ...shape.slice(1)]);
}

/**
 * Clusters of rows by a column of their names: a cluster drawn twice counts as two, under numbers of their own. Columns
 * as long as there are clusters are drawn with them.
 *
 * @throws RangeError for a column that is not there or not as long as what is observed, or a factor within the clusters
 */
export function clustersOf(model: AnyModel, compiled: CompiledModel, name: string): Rows {
  const { columns } = traceOf(model);
  const rows = compiled.observed[0]?.shape[0];
  const by = columns.find((column) => column.name === name);
  if (by?.shape.length !== 1 || by.shape[0] !== rows || rows === undefined) {
    const known = columns.filter(({ shape }) => shape.length === 1 && shape[0] === rows).map((column) => column.name);
    throw new RangeError(
      `bootstrap: clusters is the name of a column with a cluster for each of the ${rows} observations, got '${name}'; ` +
        `there are: ${known.join(', ')}`,
    );
  }
  const labels = [...new Set(by.values)].sort((a, b) => a - b);
  const count = labels.length;
  const members = labels.map((label) => Int32Array.from(by.values.keys()).filter((row) => by.values[row] === label));
  // Codes 0 … are places in a latent parameter: a cluster drawn twice must be two of them.
  const numbered = by.levels !== undefined || labels.every((label, k) => label === k);
  for (const column of columns) {
    if (column === by || !column.levels || column.shape[0] !== rows || column.shape.length !== 1) continue;
    const owners = new Map<number, Set<number>>();
    column.values.forEach((code, row) => {
      owners.set(code, (owners.get(code) ?? new Set()).add(by.values[row]!));
    });
    if (owners.size > count && [...owners.values()].every((set) => set.size === 1)) {
      throw new RangeError(
        `bootstrap: '${column.name}' lies within the clusters '${name}', so a cluster drawn twice would share its ` +
          "levels; use kind: 'parametric'",
      );
    }
  }
  return {
    rows: count,
    take: (indices) => {
      const all = Int32Array.from([...indices].flatMap((cluster) => [...members[cluster]!]));
      const numbers = Int32Array.from(
        [...indices].flatMap((cluster, k) => new Array(members[cluster]!.length).fill(k)),
      );
      return Object.fromEntries(
        columns.flatMap((column): [string, unknown][] => {
          if (column === by && numbered) {
            return [[column.name, by.levels ? { codes: numbers, levels: by.levels } : Float64Array.from(numbers)]];
          }
          if (column.shape[0] === rows) return [[column.name, taken(column, rows, all)]];
          return column.shape[0] === count ? [[column.name, taken(column, count, indices)]] : [];
        }),
      );
    },
  };
}
