/**
 * Symmetric positive definite matrices Σ = L Lᵀ, with the logarithm of the diagonal of L free (Stan Reference Manual,
 * "Covariance matrices"). Over the elements on and below the diagonal the Jacobian is 2ⁿ Π Lₖₖ^(n − k + 2), k = 1 … n.
 */
import { log } from '../../numeric/elementary.ts';
import { matmul } from '../../program/index.ts';
import type { Expr } from '../../program/types.ts';
import { eachBlock, eachVector, factorOf, lowerPositions, orderOf, placed } from './matrices.ts';
import type { Transform } from './transform.ts';

/** n of n (n + 1) / 2 elements on and below the diagonal. // 1 → 1, 3 → 2, 6 → 3 */
const rowsOf = (elements: number): number => Math.round((Math.sqrt(1 + 8 * elements) - 1) / 2);

/** Positions of the diagonal among the elements on and below it. // n = 3: 0, 2, 5 */
const diagonalOf = (n: number): Float64Array => Float64Array.from({ length: n }, (_, k) => (k * (k + 3)) / 2);

function matrixFrom(u: Expr): Expr {
  const n = rowsOf(u.size);
  const below = placed(u, lowerPositions(n, true), n);
  const onDiagonal = u.at(diagonalOf(n)) as Expr;
  const places = Float64Array.from({ length: n }, (_, k) => k * (n + 1));
  const factor = below.add(placed(onDiagonal.exp().sub(onDiagonal) as Expr, places, n));
  return matmul(factor, factor.transpose());
}

function logJacobianOf(u: Expr): Expr {
  const n = rowsOf(u.size);
  const weights = Float64Array.from({ length: n }, (_, k) => n - k + 1);
  return u
    .at(diagonalOf(n))
    .mul(weights)
    .sum()
    .add(n * Math.LN2);
}

export const covariance: Transform = {
  name: 'covariance',
  freeShape(shape) {
    const n = orderOf(shape);
    return [...shape.slice(0, -2), (n * (n + 1)) / 2];
  },
  forward: (free) => eachVector(free, matrixFrom),
  logJacobian: (free) => eachVector(free, logJacobianOf).sum(),
  inverse(values, _, shape) {
    const n = orderOf(shape);
    return eachBlock(values, n, (matrix) => {
      const factor = factorOf(matrix, n);
      const free = Float64Array.from(lowerPositions(n, true), (position) => factor[position]!);
      for (const k of diagonalOf(n)) free[k] = log(free[k]!);
      return free;
    });
  },
};
