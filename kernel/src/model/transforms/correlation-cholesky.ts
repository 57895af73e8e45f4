/**
 * Cholesky factors L of correlation matrices, from canonical partial correlations z = tanh u (Lewandowski, Kurowicka &
 * Joe 2009; Stan Reference Manual, "Cholesky factors of correlation matrices"), one u an element below the diagonal:
 * Lᵢⱼ = zᵢⱼ √wᵢⱼ and Lᵢᵢ = √wᵢᵢ, with wᵢⱼ = Π (1 − zᵢₖ²) over k < j. The Jacobian is triangular: Π (1 − z²) √w.
 */
import { log } from '../../numeric/elementary.ts';
import type { Expr, Shape } from '../../program/types.ts';
import { eachBlock, eachVector, lowerPositions, orderOf, placed } from './matrices.ts';
import type { Transform } from './transform.ts';

/** n of n (n − 1) / 2 elements below the diagonal. // 1 → 2, 3 → 3, 6 → 4 */
const rowsOf = (elements: number): number => Math.round((1 + Math.sqrt(1 + 8 * elements)) / 2);

/** log (1 − tanh² u), without overflow: 2 log 2 − 2 |u| − 2 log(1 + e^(−2|u|)). */
function logGap(u: Expr): Expr {
  return u.abs().add(u.abs().mul(-2).softplus()).sub(Math.LN2).mul(-2);
}

/** ½ log wᵢⱼ of one factor. // (m,) → (n, n), of which the lower triangle is meant */
function halfLogs(u: Expr, n: number): Expr {
  const logs = placed(logGap(u), lowerPositions(n, false), n);
  const sums = logs.transpose().cumsum().transpose() as Expr; // over k ≤ j
  return sums.sub(logs).mul(0.5);
}

/** L of one vector. // (m,) → (n, n) */
export function factorFrom(u: Expr): Expr {
  const n = rowsOf(u.size);
  const z = placed(u.tanh(), lowerPositions(n, false), n);
  const identity = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_unused, j) => (i === j ? 1 : 0)));
  return z.add(identity).mul(halfLogs(u, n).exp());
}

/** log |det ∂L/∂u| of one vector, over the elements below the diagonal. */
export function factorLogJacobian(u: Expr): Expr {
  const n = rowsOf(u.size);
  const halves = halfLogs(u, n).reshape(n * n) as Expr;
  return logGap(u)
    .sum()
    .add(halves.at(lowerPositions(n, false)).sum());
}

/** u of one factor; NaN where it is none. */
export function inverseOfFactor(factor: Float64Array, n: number): Float64Array {
  const free: number[] = [];
  for (let i = 0; i < n; i++) {
    let rest = 1;
    for (let j = 0; j < i; j++) {
      const z = factor[i * n + j]! / Math.sqrt(rest);
      free.push(0.5 * (log(1 + z) - log(1 - z)));
      rest -= factor[i * n + j]! ** 2;
    }
    const positive = factor[i * n + i]! > 0 && Math.abs(rest - factor[i * n + i]! ** 2) < 1e-8;
    const lower = factor.subarray(i * n + i + 1, (i + 1) * n).every((v) => v === 0);
    if (!positive || !lower)
      free.push(...Array.from({ length: i }, () => Number.NaN), ...(i === 0 ? [Number.NaN] : []));
  }
  return free.length === (n * (n - 1)) / 2
    ? Float64Array.from(free)
    : new Float64Array((n * (n - 1)) / 2).fill(Number.NaN);
}

/** One number an element below the diagonal. */
export function strictlyLowerShape(shape: Shape): Shape {
  const n = orderOf(shape);
  return [...shape.slice(0, -2), (n * (n - 1)) / 2];
}

export const correlationCholesky: Transform = {
  name: 'correlation cholesky',
  freeShape: strictlyLowerShape,
  forward: (free) => eachVector(free, factorFrom),
  logJacobian: (free) => eachVector(free, factorLogJacobian).sum(),
  inverse: (values, _, shape) => eachBlock(values, orderOf(shape), (factor) => inverseOfFactor(factor, orderOf(shape))),
};
