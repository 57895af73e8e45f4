/**
 * Data of a model: each value is copied into row-major f64 when given, so that later changes of the caller's arrays
 * do not reach the model, and its faults are found. A fault is told when the column is used: a table may carry
 * columns of text or with missing values that no stage asks for.
 */
import type { Shape } from '../program/types.ts';
import { elementIndex } from './names.ts';

/** One value of `.data`, as the model keeps it. */
export interface Column {
  readonly name: string;
  /** May not change in `.with`: one number, an array of this rank, a factor; text cannot be used. */
  readonly kind: 'number' | 'vector' | 'matrix' | 'array' | 'factor' | 'text';
  readonly shape: Shape;
  readonly values: Float64Array; // (size,), row-major
  /** Names of a factor's codes. */
  readonly levels?: readonly string[];
  /** Why the column cannot be used, if so. */
  readonly fault?: string;
}

const kinds = ['number', 'vector', 'matrix'] as const;

/**
 * Read one value of `.data`.
 *
 * @throws TypeError for what is no data at all (a function, a promise, an expression), RangeError for ragged rows
 */
export function readColumn(name: string, value: unknown): Column {
  if (isFactorLike(value)) return readFactor(name, value);
  const flat: unknown[] = [];
  const shape = flatten(name, value, flat);
  const values = Float64Array.from(flat, (element) =>
    typeof element === 'bigint' ? Number(element) : toNumber(element),
  );
  const kind = kinds[shape.length] ?? 'array';
  const text = flat.findIndex((element) => typeof element === 'string');
  if (text >= 0) {
    const fault =
      `data '${name}' is text ('${flat[text] as string}' at ${elementIndex(text, shape)}); ` +
      `make a factor of it: factor(${name}), or csv(path, { ${name}: 'factor' })`;
    return { name, kind: 'text', shape, values, fault };
  }
  return withMissing(
    { name, kind, shape, values },
    values.map((x) => (Number.isNaN(x) ? 1 : 0)),
    'NaN or null',
  );
}

function readFactor(name: string, { codes, levels }: { codes: ArrayLike<number>; levels: readonly string[] }): Column {
  const values = Float64Array.from(codes);
  const column: Column = { name, kind: 'factor', shape: [values.length], values, levels: [...levels] };
  const wrong = values.findIndex((code) => !(Number.isInteger(code) && code >= -1 && code < levels.length));
  if (wrong >= 0) {
    const fault =
      `data '${name}': code ${values[wrong]} at [${wrong}] is not one of its ${levels.length} levels; ` +
      `codes go from 0 to ${levels.length - 1}, −1 where missing`;
    return { ...column, fault };
  }
  return withMissing(
    column,
    values.map((code) => (code < 0 ? 1 : 0)),
    'code −1',
  );
}

/** Note the first missing value, if there is one. */
function withMissing(column: Column, missing: ArrayLike<number>, how: string): Column {
  const rows = Array.from(missing, (flag, i) => (flag ? i : -1)).filter((i) => i >= 0);
  const first = rows[0];
  if (first === undefined) return column;
  const place = column.shape.length === 0 ? '' : ` at ${elementIndex(first, column.shape)}`;
  const more = rows.length > 1 ? `, and ${rows.length - 1} more` : '';
  const fault =
    `data '${column.name}' has no value (${how})${place}${more}; keep the complete rows only: ` +
    `dropMissing(data, ['${column.name}']).columns`;
  return { ...column, fault };
}

/** Elements in row-major order into `out`; gives the shape. */
function flatten(name: string, value: unknown, out: unknown[]): number[] {
  if (!isArrayLike(value)) {
    if (!isScalar(value)) {
      throw new TypeError(
        `data '${name}' is ${describe(value)}; give a number, an array or nested arrays of numbers, a typed array, or a factor`,
      );
    }
    out.push(value);
    return [];
  }
  let shape: number[] | undefined;
  for (let i = 0; i < value.length; i++) {
    const inner = flatten(name, value[i], out);
    if (shape !== undefined && String(shape) !== String(inner)) {
      throw new RangeError(
        `data '${name}': rows of one array are equally long; row 0 has ${sizeText(shape)}, row ${i} has ${sizeText(inner)}`,
      );
    }
    shape = inner;
  }
  return [value.length, ...(shape ?? [])];
}

const sizeText = (shape: readonly number[]): string =>
  shape.length === 0 ? 'one number' : `${shape[0]} ${shape[0] === 1 ? 'value' : 'values'}`;

function isArrayLike(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function isScalar(value: unknown): boolean {
  return value === null || value === undefined || ['number', 'bigint', 'boolean', 'string'].includes(typeof value);
}

/** Missing is NaN; booleans are 0 and 1; text is found apart. */
function toNumber(value: unknown): number {
  return value === null || value === undefined || typeof value === 'string' ? Number.NaN : Number(value);
}

function isFactorLike(value: unknown): value is { codes: ArrayLike<number>; levels: readonly string[] } {
  const candidate = value as { codes?: unknown; levels?: unknown } | null;
  return typeof candidate === 'object' && isArrayLike(candidate?.codes) && Array.isArray(candidate?.levels);
}

function describe(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (value instanceof Promise) return 'a promise (await it)';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
