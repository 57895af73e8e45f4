/**
 * How the flat result of a scan is laid out: final carries one after another, then each emitted block (T rows).
 */
import type { Attributes, Graph } from '../node.ts';
import { sizeOf } from '../shape.ts';
import type { Expr, Shape } from '../types.ts';
import type { Apply } from './operation.ts';

function outputShapes(body: Graph): Shape[] {
  return body.outputs.map((output) => body.nodes[output]!.shape);
}

/** Elements of the flat result. */
export function resultSize({ body, carries, length }: Attributes): number {
  return outputShapes(body!).reduce((total, shape, i) => total + sizeOf(shape) * (i < carries! ? 1 : length!), 0);
}

/** The parts of a flat result: final carries, then emitted blocks. */
export function scanParts(flat: Expr, { body, carries, length }: Attributes, apply: Apply): Expr[] {
  let at = 0;
  return outputShapes(body!).map((shape, i) => {
    const full = i < carries! ? shape : [length!, ...shape];
    const start = at;
    at += sizeOf(full);
    return apply('reshape', [apply('slice', [flat], { start, end: at })], { sizes: full });
  });
}
