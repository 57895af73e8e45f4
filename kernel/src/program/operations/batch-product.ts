/**
 * Products of many pairs of matrices at once: all dimensions but the last two are the same in both.
 */
import { formatShape, sameShape, sizeOf } from '../shape.ts';
import { type Arithmetic, doubleArithmetic } from '../single/arithmetic.ts';
import type { Expr } from '../types.ts';
import { productLayout } from './linear.ts';
import type { Kernel, KernelContext, Operation } from './operation.ts';

/** The kernel in either precision: each element one sum in ascending order. */
export function batchProductKernel({ round }: Arithmetic, { inputShapes, attributes }: KernelContext): Kernel {
  const [left, right] = inputShapes as [number[], number[]];
  const { m, k, n, left: a, right: b } = productLayout(left.slice(-2), right.slice(-2), attributes);
  const pairs = sizeOf(left.slice(0, -2));
  return (output, [x, y]) => {
    for (let pair = 0; pair < pairs; pair++) {
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let sum = 0;
          for (let q = 0; q < k; q++) {
            const product =
              x![(pair * m * k + i * a[0] + q * a[1]) | 0]! * y![(pair * k * n + q * b[0] + j * b[1]) | 0]!;
            sum = round(sum + round(product));
          }
          output[(pair * m + i) * n + j] = sum;
        }
      }
    }
  };
}

export const batchProduct = {
  batchMatmul: {
    documentation: 'matrix products over all leading dimensions',
    arity: 2,
    shape: ([a, b], attributes) => {
      if (a!.length < 3 || !sameShape(a!.slice(0, -2), b!.slice(0, -2))) {
        throw new RangeError(
          `matmul: shapes ${formatShape(a!)} and ${formatShape(b!)}: the dimensions before the last two must be equal`,
        );
      }
      const { m, n } = productLayout(a!.slice(-2), b!.slice(-2), attributes);
      return [...a!.slice(0, -2), m, n];
    },
    kernel: (context) => batchProductKernel(doubleArithmetic, context),
    derivative: ({ cotangent: g, inputs, needed, attributes, apply }) => {
      const [a, b] = inputs as [Expr, Expr];
      const { transposeLeft: ta = false, transposeRight: tb = false } = attributes;
      const product = (x: Expr, y: Expr, transposeLeft: boolean, transposeRight: boolean) =>
        apply('batchMatmul', [x, y], { transposeLeft, transposeRight });
      return [
        needed[0] ? (ta ? product(b, g, tb, true) : product(g, b, false, !tb)) : undefined,
        needed[1] ? (tb ? product(g, a, true, ta) : product(a, g, !ta, false)) : undefined,
      ];
    },
  },
} satisfies Record<string, Operation>;
