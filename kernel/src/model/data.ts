/**
 * Data of a model: each value is copied into row-major f64 when given, so that later changes of the caller's arrays
 * do not reach the model, and its faults are found. A fault is told when the column is used: a table may carry
 * columns of text or with missing values that no stage asks for.
 */
import { sizeOf } from '../program/shape.ts';
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
  const shape = shapeOf(value);
  const reading: Reading = { name, shape, values: new Float64Array(sizeOf(shape)), read: 0 };
  read(reading, value, 0);
  const { values, text } = reading;
  const kind = kinds[shape.length] ?? 'array';
  if (text !== undefined) {
    const fault =
      `data '${name}' is text ('${text}'); make a factor of it: factor(${name}), ` +
      `or csv(path, { ${name}: 'factor' })`;
    return { name, kind: 'text', shape, values, fault };
  }
  return withMissing({ name, kind, shape, values }, Number.isNaN, 'NaN or null');
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
  return withMissing(column, (code) => code < 0, 'code −1');
}

/** Note the first missing value, if there is one. */
function withMissing(column: Column, isMissing: (value: number) => boolean, how: string): Column {
  const { name, shape, values } = column;
  const first = values.findIndex(isMissing);
  if (first < 0) return column;
  const count = values.filter(isMissing).length;
  const place = shape.length === 0 ? '' : ` at ${elementIndex(first, shape)}`;
  const more = count > 1 ? `, and ${count - 1} more` : '';
  const fault =
    `data '${name}' has no value (${how})${place}${more}; keep the complete rows only: ` +
    `dropMissing(data, ['${name}']).columns`;
  return { ...column, fault };
}

/** An array on its way into f64. */
interface Reading {
  readonly name: string;
  readonly shape: Shape;
  readonly values: Float64Array; // (size,), row-major
  /** Elements written so far. */
  read: number;
  /** The first text met. */
  text?: string;
}

/** Sizes, judged by the first row of each dimension. */
function shapeOf(value: unknown): number[] {
  const shape: number[] = [];
  for (let level = value; isArrayLike(level); level = level[0]) shape.push(level.length);
  return shape;
}

/** Read a row at this depth, or one element. */
function read(reading: Reading, value: unknown, depth: number): void {
  const { name, shape } = reading;
  if (depth === shape.length) {
    readElement(reading, value);
    return;
  }
  const rows = value as ArrayLike<unknown>;
  const isLast = depth === shape.length - 1;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    const fits = isLast ? !isArrayLike(row) : isArrayLike(row) && row.length === shape[depth + 1];
    if (!fits) {
      throw new RangeError(
        `data '${name}': rows of one array are equally long; row 0 has ${sizeText(rows[0])}, row ${i} has ${sizeText(row)}`,
      );
    }
    read(reading, row, depth + 1);
  }
}

/** Missing is NaN, booleans are 0 and 1; text is noted. */
function readElement(reading: Reading, value: unknown): void {
  if (value !== null && !['number', 'boolean', 'bigint', 'string', 'undefined'].includes(typeof value)) {
    throw new TypeError(
      `data '${reading.name}' is ${describe(value)}; give a number, an array or nested arrays of numbers, a typed array, or a factor`,
    );
  }
  if (typeof value === 'string') reading.text ??= value;
  const missing = value === null || value === undefined || typeof value === 'string';
  reading.values[reading.read++] = missing ? Number.NaN : Number(value);
}

function sizeText(row: unknown): string {
  if (!isArrayLike(row)) return 'one number';
  return `${row.length} ${row.length === 1 ? 'value' : 'values'}`;
}

function isArrayLike(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
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
