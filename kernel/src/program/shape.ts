/**
 * Shapes: sizes, row-major strides and NumPy's broadcasting rule, with errors that say both shapes and the way out.
 */
import type { Shape } from './types.ts';

/** Number of elements of an array of this shape; 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const n of shape) size *= n;
  return size;
}

/** `[8, 2]`, or `[] (a scalar)`. */
export function formatShape(shape: Shape): string {
  return shape.length === 0 ? '[] (a scalar)' : `[${shape.join(', ')}]`;
}

/** Same rank and same sizes. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

/** Row-major strides: `[2, 3, 4]` → `[12, 4, 1]`. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= shape[i]!;
  }
  return strides;
}

/**
 * The common shape of several operands under NumPy's rule: align at the last dimension, sizes equal or 1.
 *
 * @param operation named in the error
 * @throws RangeError with every shape, when two sizes differ and neither is 1
 * @example broadcastShapes('add', [[8, 1], [3]]); // [8, 3]
 */
export function broadcastShapes(operation: string, shapes: readonly Shape[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    for (let i = 0; i < shape.length; i++) {
      const at = rank - shape.length + i;
      const n = shape[i]!;
      if (n === result[at] || n === 1) continue;
      if (result[at] !== 1) {
        throw new RangeError(
          `${operation}: shapes ${shapes.map(formatShape).join(' and ')} do not broadcast: aligned at the last dimension, ` +
            `sizes must be equal or 1, and ${result[at]} meets ${n}. Give operands of equal length, or add a dimension with .reshape(…)`,
        );
      }
      result[at] = n;
    }
  }
  return result;
}

/**
 * Strides that read an array of shape `from` as if it had shape `to` (0 along stretched dimensions).
 * `from` must broadcast to `to`.
 */
export function broadcastStrides(from: Shape, to: Shape): number[] {
  const own = stridesOf(from);
  const lead = to.length - from.length;
  return to.map((_, i) => (i < lead || from[i - lead] === 1 ? 0 : own[i - lead]!));
}

/** Position in an array with these strides for each element of `shape` in row-major order. // (size,) */
export function indexMap(shape: Shape, strides: readonly number[]): Int32Array {
  const map = new Int32Array(sizeOf(shape));
  const counter = new Array<number>(shape.length).fill(0);
  let position = 0;
  for (let i = 0; i < map.length; i++) {
    map[i] = position;
    for (let d = shape.length - 1; d >= 0; d--) {
      position += strides[d]!;
      counter[d] = counter[d]! + 1;
      if (counter[d]! < shape[d]!) break;
      position -= strides[d]! * shape[d]!;
      counter[d] = 0;
    }
  }
  return map;
}

/** Every axis as a number from 0, each once, ascending. @throws RangeError outside −rank … rank − 1 */
export function normaliseAxis(operation: string, axis: number, shape: Shape): number {
  if (!(Number.isInteger(axis) && axis >= -shape.length && axis < shape.length)) {
    throw new RangeError(
      `${operation}: axis ${axis} does not exist in shape ${formatShape(shape)}; ` +
        (shape.length === 0
          ? `leave the axis out`
          : `give an axis from 0 to ${shape.length - 1}, or a negative one from the end`),
    );
  }
  return axis < 0 ? axis + shape.length : axis;
}
