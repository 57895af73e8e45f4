/**
 * Cholesky factor A = L Lᵀ and its reverse mode.
 *
 * Murray (2016), Differentiation of the Cholesky decomposition, arXiv:1602.07527: the row-wise reverse algorithm of
 * section 4.1, and for its own derivative the matrix form of section 3.2. Only the lower triangle of A is read, and
 * cotangents are those of its lower triangle.
 */
import { formatShape } from '../shape.ts';
import type { Expr, Shape } from '../types.ts';
import { reverseKernel } from './cholesky-reverse.ts';
import { choleskyInTiles } from './dense.ts';
import type { Apply, Chain, Kernel, Operation } from './operation.ts';

export const choleskyOperations = {
  cholesky: {
    documentation: 'lower factor L of A = L Lᵀ, from the lower triangle of A; NaN when A is not positive definite',
    arity: 1,
    shape: ([a]) => {
      requireSquare('cholesky', a!);
      return a!;
    },
    kernel: ({ shape }) => choleskyKernel(shape[0]!),
    derivative: ({ cotangent, output, apply }) => [apply('choleskyReverse', [output, cotangent])],
  },
  choleskyReverse: {
    documentation: 'cotangent of A given the factor L and its cotangent (reverse mode of cholesky)',
    arity: 2,
    shape: ([l]) => {
      requireSquare('choleskyReverse', l!);
      return l!;
    },
    kernel: ({ shape }) => reverseKernel(shape[0]!),
    derivative: reverseDerivative,
  },
} satisfies Record<string, Operation>;

/** The side of a square matrix. @throws RangeError for anything else, naming the operation */
export function requireSquare(operation: string, shape: Shape): void {
  if (shape.length !== 2 || shape[0] !== shape[1]) {
    throw new RangeError(`${operation}: expected a square matrix, got shape ${formatShape(shape)}`);
  }
}

function choleskyKernel(n: number): Kernel {
  return (output, [a]) => {
    if (choleskyInTiles(output, a!, n)) return;
    output.fill(0);
    for (let j = 0; j < n; j++) {
      let pivot = a![j * n + j]!;
      for (let k = 0; k < j; k++) pivot -= output[j * n + k]! * output[j * n + k]!;
      if (!(pivot > 0)) {
        output.fill(Number.NaN);
        return;
      }
      const diagonal = Math.sqrt(pivot);
      output[j * n + j] = diagonal;
      for (let i = j + 1; i < n; i++) {
        let rest = a![i * n + j]!;
        for (let k = 0; k < j; k++) rest -= output[i * n + k]! * output[j * n + k]!;
        output[i * n + j] = rest / diagonal;
      }
    }
  };
}

/** Differentiates the matrix form, which is made of differentiable operations. */
function reverseDerivative({ cotangent, inputs, apply, pullback }: Chain): readonly (Expr | undefined)[] {
  const [l, bar] = inputs;
  return pullback([matrixForm(l!, bar!, apply)], [cotangent], [l!, bar!]);
}

/** Lower triangle with this diagonal weight, as a constant to multiply by. // (n, n) */
export function lowerMask(n: number, diagonal: number): number[][] {
  return Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (j < i ? 1 : j === i ? diagonal : 0)));
}

/** Ā = sym(L⁻ᵀ Φ(Lᵀ L̄) L⁻¹), spread so that only the lower triangle of A is read. */
function matrixForm(l: Expr, cotangent: Expr, apply: Apply): Expr {
  const n = l.shape[0]!;
  const phi = apply('matmul', [l, cotangent], { transposeLeft: true }).mul(lowerMask(n, 0.5)); // (n, n)
  const half = apply('triangularSolve', [l, phi], { transposed: true }); // L⁻ᵀ Φ
  const turned = apply('transpose', [half], { permutation: [1, 0] }); // Φᵀ L⁻¹
  const full = apply('triangularSolve', [l, turned], { transposed: true }); // (L⁻ᵀ Φ L⁻¹)ᵀ
  const symmetric = full.add(apply('transpose', [full], { permutation: [1, 0] })); // twice the symmetric part
  return symmetric.mul(lowerMask(n, 0.5));
}
