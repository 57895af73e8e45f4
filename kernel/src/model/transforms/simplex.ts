/**
 * Probabilities that sum to 1 (along the last dimension): x = softmax(V u), the inverse of the isometric log-ratio
 * transform (Egozcue et al. 2003, Mathematical Geology 35: 279–300), as Stan's simplex_constrain does today.
 *
 * V (n, n − 1) has orthonormal columns orthogonal to 1, here Helmert's:
 * V[i, j] = 1/√((j + 1)(j + 2)) for i ≤ j, −(j + 1)/√((j + 1)(j + 2)) for i = j + 1, 0 below.
 * log |det| of (u₁ … uₙ₋₁) ↦ (x₁ … xₙ₋₁) is ½ log n + Σ log xᵢ. u = 0 is the even distribution.
 */
import { log } from '../../numeric/elementary.ts';
import { constant } from '../../program/index.ts';
import type { Expr, Shape } from '../../program/types.ts';
import type { Transform } from './transform.ts';

/** Vᵀ (n − 1, n), row-major. */
export function helmert(n: number): Float64Array {
  const rows = new Float64Array((n - 1) * n);
  for (let j = 0; j < n - 1; j++) {
    const scale = 1 / Math.sqrt((j + 1) * (j + 2));
    for (let i = 0; i <= j; i++) rows[j * n + i] = scale;
    rows[j * n + j + 1] = -(j + 1) * scale;
  }
  return rows;
}

/** log softmax(V u) along the last dimension. // (…, n) */
function logProbabilities(free: Expr): Expr {
  const rank = free.shape.length;
  const n = free.shape.at(-1)! + 1;
  const basis = constant(helmert(n)).reshape(n - 1, n);
  const logits = free.matmul(basis); // (…, n)
  const total = logits.logSumExp(rank - 1); // (…)
  return logits.sub(total.reshape(...free.shape.slice(0, -1), 1));
}

/** Sums may miss 1 by this much: rounding of values a user writes down. */
const tolerance = 1e-8;

export const simplex: Transform = {
  name: 'simplex',
  freeShape: (shape) => [...shape.slice(0, -1), shape.at(-1)! - 1],
  forward: (free) => logProbabilities(free).exp(),
  logJacobian(free) {
    const vectors = free.shape.slice(0, -1).reduce((product, size) => product * size, 1);
    const n = free.shape.at(-1)! + 1;
    return logProbabilities(free)
      .sum()
      .add(0.5 * log(n) * vectors) as Expr<[]>;
  },
  inverse(values, _, shape: Shape) {
    const n = shape.at(-1)!;
    const basis = helmert(n);
    const free = new Float64Array((values.length / n) * (n - 1));
    for (let v = 0; v < values.length / n; v++) {
      const x = values.subarray(v * n, (v + 1) * n);
      const sum = x.reduce((total, element) => total + element, 0);
      for (let j = 0; j < n - 1; j++) {
        let dot = 0;
        for (let i = 0; i < n; i++) dot += i <= j + 1 ? basis[j * n + i]! * log(x[i]!) : 0;
        free[v * (n - 1) + j] = Math.abs(sum - 1) < tolerance ? dot : Number.NaN;
      }
    }
    return free;
  },
};
