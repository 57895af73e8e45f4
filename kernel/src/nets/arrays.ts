/**
 * What users give as examples (rows, nested arrays, typed arrays) as flat numbers with a known number of rows.
 */

import type { Shape } from '../program/index.ts';
import { formatShape, sizeOf } from '../program/shape.ts';

/** Numbers in rows: nested arrays, or flat in row-major order, or with their shape. */
export type Numbers =
  | ArrayLike<number>
  | readonly Numbers[]
  | { readonly values: ArrayLike<number>; readonly shape: Shape };

/**
 * What a union of two kinds of arrays cannot say to the type checker: their `reduce` has several signatures, and it takes
 * none for both.
 */
interface Folds {
  reduce(fold: (sum: number, value: number, index: number) => number): number;
  reduce<U>(fold: (sum: U, value: number, index: number) => U, start: U): U;
}

/** An array of results, row-major: `Float32Array` of a net in single precision, `Float64Array` in double. */
export interface Values {
  readonly values: (Float32Array | Float64Array) & Folds;
  readonly shape: readonly number[];
}

/** Rows as flat numbers. `single`: it was one example, without a dimension for the batch. */
export interface Rows {
  readonly values: ArrayLike<number>;
  readonly rows: number;
  readonly single: boolean;
}

/**
 * Read examples of one shape.
 *
 * @param what names them in the error
 * @throws RangeError where the numbers do not make whole examples
 * @example readRows([[1, 2], [3, 4]], [2], 'x').rows; // 2
 */
export function readRows(given: Numbers, shape: Shape, what: string): Rows {
  const size = sizeOf(shape);
  const { values, found } = flatten(given);
  const rows = size === 0 ? 0 : values.length / size;
  if (!Number.isInteger(rows)) {
    throw new RangeError(
      `${what}: expected examples of shape ${formatShape(shape)}, ${size} numbers each, got ${values.length} numbers; give whole examples`,
    );
  }
  if (found.length > 1) {
    const own = found.length === shape.length ? found : found.slice(1);
    const fits = own.length === shape.length && own.every((n, i) => n === shape[i]);
    if (!fits) {
      throw new RangeError(
        `${what}: expected examples of shape ${formatShape(shape)}, or many of them in rows, got shape ${formatShape(found)}`,
      );
    }
  }
  const single = rows === 1 && (found.length === shape.length || (found.length === 1 && shape.length > 1));
  return { values, rows, single };
}

function flatten(given: Numbers): { readonly values: ArrayLike<number>; readonly found: readonly number[] } {
  if (typeof given === 'object' && 'shape' in given && 'values' in given && typeof given.values !== 'function') {
    return { values: given.values, found: given.shape };
  }
  const list = given as ArrayLike<number> | readonly Numbers[];
  if (list.length === 0 || typeof list[0] === 'number') {
    return { values: list as ArrayLike<number>, found: [list.length] };
  }
  const inner = Array.from(list as ArrayLike<Numbers>, flatten);
  const row = inner[0]!.found;
  const size = sizeOf(row);
  const values = new Float64Array(inner.length * size);
  inner.forEach((each, i) => {
    if (each.values.length !== size) {
      throw new RangeError(
        `row ${i} has ${each.values.length} numbers where the first has ${size}; rows must be equally long`,
      );
    }
    values.set(each.values, i * size);
  });
  return { values, found: [inner.length, ...row] };
}
