/**
 * Square matrices without symmetry: linear systems, the determinant, and the exponential.
 */

import { log } from '../../numeric/elementary.ts';
import { lu, luSolve } from '../../numeric/linalg/lu.ts';
import { matrixExponential } from '../../numeric/linalg/matrix-exponential.ts';
import { formatShape } from '../shape.ts';
import type { Expr } from '../types.ts';
import { requireSquare } from './cholesky.ts';
import { identity } from './factorisations.ts';
import type { Apply, Chain, Operation } from './operation.ts';

export const squareOperations = {
  solve: {
    documentation:
      'X with A X = B (or Aᵀ X = B) for a square A, by elimination with pivots; ∞ or NaN when A is singular',
    arity: 2,
    shape: ([a, b]) => {
      requireSquare('solve', a!);
      if (![1, 2].includes(b!.length) || b![0] !== a![0]) {
        throw new RangeError(
          `solve: a matrix of shape ${formatShape(a!)} with a right-hand side of shape ${formatShape(b!)}; ` +
            `give a vector or matrix of ${a![0]} rows`,
        );
      }
      return b!;
    },
    kernel: ({ inputShapes, attributes }) => {
      const n = inputShapes[0]![0]!;
      const columns = inputShapes[1]![1] ?? 1;
      return (output, [a, b]) => {
        output.set(luSolve(lu(a!, n), n, b!, { columns, transpose: attributes.transposed === true }));
      };
    },
    derivative: solveDerivative,
  },
  logAbsDeterminant: {
    documentation: 'log |det A| of a square matrix; −∞ when A is singular',
    arity: 1,
    shape: ([a]) => {
      requireSquare('logAbsDeterminant', a!);
      return [];
    },
    kernel: ({ inputShapes }) => {
      const n = inputShapes[0]![0]!;
      return (output, [a]) => {
        const { factors } = lu(a!, n);
        let sum = 0;
        for (let i = 0; i < n; i++) sum += log(Math.abs(factors[i * n + i]!));
        output[0] = sum;
      };
    },
    derivative: ({ cotangent, inputs, apply }) => {
      const n = inputs[0]!.shape[0]!;
      return [apply('solve', [inputs[0]!, identity(n)], { transposed: true }).mul(cotangent)];
    },
  },
  matrixExponential: {
    documentation: 'e^A = Σ Aᵏ / k! of a square matrix',
    arity: 1,
    shape: ([a]) => {
      requireSquare('matrixExponential', a!);
      return a!;
    },
    kernel: ({ inputShapes }) => {
      const n = inputShapes[0]![0]!;
      return (output, [a]) => output.set(matrixExponential(a!, n));
    },
    derivative: ({ cotangent, inputs, apply }) => [exponentialDerivative(inputs[0]!, cotangent, apply)],
  },
} satisfies Record<string, Operation>;

function solveDerivative({ cotangent, inputs, output: x, needed, attributes, apply }: Chain) {
  const n = x.shape[0]!;
  const transposed = attributes.transposed === true;
  const bBar = apply('solve', [inputs[0]!, cotangent], { transposed: !transposed });
  const matrix = (): Expr => {
    const asMatrix = (e: Expr): Expr => (e.shape.length === 2 ? e : e.reshape(n, 1));
    const [left, right] = transposed ? [x, bBar] : [bBar, x];
    return apply('matmul', [asMatrix(left), asMatrix(right)], { transposeRight: true }).neg();
  };
  return [needed[0] ? matrix() : undefined, needed[1] ? bBar : undefined];
}

/**
 * The derivative of e^A in the direction E is the upper right block of exp [[A, E], [0, A]] (Higham 2008, Functions of
 * Matrices, theorem 3.6); its adjoint is the same at Aᵀ.
 */
function exponentialDerivative(a: Expr, cotangent: Expr, apply: Apply): Expr {
  const n = a.shape[0]!;
  const turn = (e: Expr) => apply('transpose', [e], { permutation: [1, 0] });
  const b = turn(a);
  const zero = apply('broadcastTo', [0], { sizes: [n, n] });
  // The transpose of each block column is a block row.
  const columns = [apply('concatenate', [b, zero]), apply('concatenate', [cotangent, b])].map(turn);
  const whole = apply('matrixExponential', [turn(apply('concatenate', columns))]); // (2n, 2n)
  const top = turn(apply('slice', [whole], { start: 0, end: n })); // (2n, n)
  return turn(apply('slice', [top], { start: n, end: 2 * n }));
}
