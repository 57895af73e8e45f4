/**
 * Correlation matrices Ω = L Lᵀ, through their Cholesky factors. The Jacobian of L ↦ Ω over the elements below the
 * diagonal is Π Lₖₖ^(n − k), k = 2 … n (Stan Reference Manual, "Correlation matrices").
 */
import { diagonal, matmul } from '../../program/index.ts';
import type { Expr } from '../../program/types.ts';
import { factorFrom, factorLogJacobian, inverseOfFactor, strictlyLowerShape } from './correlation-cholesky.ts';
import { eachBlock, eachVector, factorOf, orderOf } from './matrices.ts';
import type { Transform } from './transform.ts';

function logJacobianOf(u: Expr): Expr {
  const factor = factorFrom(u);
  const n = orderOf(factor.shape);
  const weights = Float64Array.from({ length: n }, (_, k) => n - 1 - k);
  return factorLogJacobian(u).add(diagonal(factor).slice(1).log().mul(weights.slice(1)).sum());
}

export const correlation: Transform = {
  name: 'correlation',
  freeShape: strictlyLowerShape,
  forward: (free) =>
    eachVector(free, (u) => {
      const factor = factorFrom(u);
      return matmul(factor, factor.transpose());
    }),
  logJacobian: (free) => eachVector(free, logJacobianOf).sum(),
  inverse(values, _, shape) {
    const n = orderOf(shape);
    return eachBlock(values, n, (matrix) => inverseOfFactor(factorOf(matrix, n), n));
  },
};
