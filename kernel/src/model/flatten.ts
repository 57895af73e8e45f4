/**
 * Several expressions as one vector, and its pieces again.
 */
import { concatenate, constant, type Expr } from '../program/index.ts';

/** All elements, row-major, one expression after another. // (Σ sizes,) */
export function flatten(values: readonly Expr[]): Expr {
  if (values.length === 0) return constant([]) as Expr;
  return concatenate(values.map((value) => value.reshape(value.size)));
}

/** The piece of a flat vector that belongs to one parameter. */
export function pieceOf(flat: Float64Array, { offset, size }: { offset: number; size: number }): Float64Array {
  return flat.subarray(offset, offset + size);
}
