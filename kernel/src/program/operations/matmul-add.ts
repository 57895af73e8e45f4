/**
 * A matrix product that other terms are added to before it is written: a bias, a residual, another product. What
 * `optimise/add-to-products.ts` makes of sums in single precision, one pass over memory a term less.
 */
import { formatShape, sizeOf } from '../shape.ts';
import { type Arithmetic, doubleArithmetic } from '../single/arithmetic.ts';
import type { Shape } from '../types.ts';
import { matmulDerivative, productLayout } from './linear.ts';
import type { Kernel, KernelContext, Operation } from './operation.ts';

/** True where an addend is one row for all rows of a result of `n` columns. */
export function isRow(addend: Shape, n: number): boolean {
  return sizeOf(addend) === n && addend[addend.length - 1] === n;
}

/** The kernel in either precision: each element one sum in ascending order, then the addends in theirs. */
export function matmulAddKernel({ round }: Arithmetic, { shape, inputShapes, attributes }: KernelContext): Kernel {
  const { m, k, n, left, right } = productLayout(inputShapes[0]!, inputShapes[1]!, attributes);
  const rows = inputShapes.slice(2).map((addend) => m > 1 && isRow(addend, shape[1]!));
  return (output, [a, b, ...addends]) => {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let q = 0; q < k; q++) {
          sum = round(sum + round(a![i * left[0] + q * left[1]]! * b![q * right[0] + j * right[1]]!));
        }
        for (const [at, addend] of addends.entries()) sum = round(sum + addend[rows[at] ? j : i * n + j]!);
        output[i * n + j] = sum;
      }
    }
  };
}

export const productSums = {
  matmulAdd: {
    documentation: 'matrix product, plus rows or matrices added to it one after the other',
    arity: Number.POSITIVE_INFINITY,
    shape: ([a, b, ...addends], attributes) => {
      const { m, n } = productLayout(a!, b!, attributes);
      for (const addend of addends) {
        if (isRow(addend, n) || (addend.length === 2 && addend[0] === m && addend[1] === n)) continue;
        throw new RangeError(
          `matmulAdd: a product of shape ${formatShape([m, n])} and a term of shape ${formatShape(addend)}; give a row of ${n} numbers, or a matrix of that shape`,
        );
      }
      return [m, n];
    },
    kernel: (context) => matmulAddKernel(doubleArithmetic, context),
    derivative: (chain) => {
      const { cotangent, inputs, needed, output } = chain;
      const [m, n] = output.shape as [number, number];
      return [
        ...matmulDerivative(chain),
        ...inputs.slice(2).map((addend, i) => {
          if (!needed[i + 2]) return undefined;
          return m > 1 && isRow(addend.shape, n)
            ? cotangent.sum(0).reshape(...addend.shape)
            : cotangent.reshape(...addend.shape);
        }),
      ];
    },
  },
} satisfies Record<string, Operation>;
