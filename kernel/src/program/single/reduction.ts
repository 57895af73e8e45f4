/**
 * Reductions in single precision, each addition rounded. Their order is part of the program:
 *
 * - the reduced axes at the end of the shape (dimensions of size 1 left out) are a row: four partial sums, an element
 *   going to that of its position along the last axis modulo 4, added up as (p0 + p2) + (p1 + p3);
 * - what is left is added up one after the other, in row-major order.
 */
import type { Kernel, KernelContext } from '../operations/operation.ts';
import { targets } from '../operations/reduction.ts';
import { sizeOf } from '../shape.ts';

/** (p0 + p2) + (p1 + p3). */
function addPartials(partials: readonly number[]): number {
  return Math.fround(Math.fround(partials[0]! + partials[2]!) + Math.fround(partials[1]! + partials[3]!));
}

/** Sum over axes. */
export function sumKernel({ inputShapes, attributes }: KernelContext): Kernel {
  const shape = inputShapes[0]!;
  const axes = attributes.axes!;
  const to = targets(shape, axes);
  const squeezed = shape.flatMap((n, axis) => (n === 1 ? [] : [{ n, reduced: axes.includes(axis) }]));
  const row = squeezed.slice(squeezed.findLastIndex(({ reduced }) => !reduced) + 1).map(({ n }) => n);
  const size = sizeOf(row);
  const last = row[row.length - 1] ?? 1;
  if (row.length === 0) {
    return (output, [x]) => {
      output.fill(0);
      for (let i = 0; i < to.length; i++) output[to[i]!] = Math.fround(output[to[i]!]! + x![i]!);
    };
  }
  return (output, [x]) => {
    output.fill(0);
    for (let start = 0; start < to.length; start += size) {
      const partials = [0, 0, 0, 0];
      for (let i = 0; i < size; i++) {
        const lane = (i % last) % 4;
        partials[lane] = Math.fround(partials[lane]! + x![start + i]!);
      }
      output[to[start]!] = Math.fround(output[to[start]!]! + addPartials(partials));
    }
  };
}
