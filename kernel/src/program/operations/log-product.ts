/**
 * Σ log(1 + x) as logarithms of products: Π (1 + x) over a run of elements costs one logarithm where the sum costs one
 * an element. What is kept is q = Π (1 + x) − 1, by 1 + q′ = (1 + q)(1 + x), q′ = q + (x + x q): for x ≥ 0 nothing
 * cancels, so that the relative error of a run is below 2⁻⁵² · 3 · RUN, also where every x is tiny.
 *
 * The order is part of the program, as for a sum: element i belongs to partial i mod 4, a run ends for all four after
 * each 4 · RUN elements and at the end, and the four are added up as (p0 + p2) + (p1 + p3).
 */
import { log1p } from '../../numeric/elementary.ts';
import { sizeOf } from '../shape.ts';
import type { Kernel, Operation } from './operation.ts';

/** Factors of a run: none is above 2, so that a product stays below 2^64. */
export const RUN = 64;

export const logProduct = {
  sumLog1p: {
    documentation: 'Σ log(1 + x) over all elements, each 0 ≤ x ≤ 1, as logarithms of products',
    arity: 1,
    shape: () => [],
    kernel: ({ inputShapes }) => kernel(sizeOf(inputShapes[0]!)),
    derivative: ({ cotangent, inputs, times, apply }) => {
      const x = inputs[0]!;
      return [times(apply('broadcastTo', [cotangent], { sizes: x.shape }), x.add(1).reciprocal())];
    },
  },
} satisfies Record<string, Operation>;

function kernel(count: number): Kernel {
  const product = new Float64Array(4);
  const total = new Float64Array(4);
  const finish = () => {
    for (let p = 0; p < 4; p++) {
      total[p]! += log1p(product[p]!);
      product[p] = 0;
    }
  };
  return (output, [x]) => {
    total.fill(0);
    for (let i = 0; i < count; i++) {
      const [q, factor] = [product[i % 4]!, x![i]!];
      product[i % 4] = q + (factor + factor * q);
      if (i % (4 * RUN) === 4 * RUN - 1) finish();
    }
    finish();
    output[0] = total[0]! + total[2]! + (total[1]! + total[3]!);
  };
}
