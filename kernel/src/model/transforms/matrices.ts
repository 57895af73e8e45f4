/** Pieces of the transforms onto matrices: many matrices in a row, and lower triangles filled from vectors. */
import { apply } from '../../program/expression.ts';
import { stack } from '../../program/index.ts';
import { sizeOf } from '../../program/shape.ts';
import type { Expr, Shape } from '../../program/types.ts';

/** Rows and columns of the matrices of a parameter of this shape. */
export const orderOf = (shape: Shape): number => shape.at(-1)!;

/** Positions (row-major) of the elements below the diagonal, row by row; with it when `diagonal`. */
export function lowerPositions(n: number, diagonal: boolean): Float64Array {
  const positions: number[] = [];
  for (let i = 0; i < n; i++) for (let j = 0; j < (diagonal ? i + 1 : i); j++) positions.push(i * n + j);
  return Float64Array.from(positions);
}

/** A matrix with these elements at these positions and zeros elsewhere. // (m,) → (n, n) */
export function placed(values: Expr, positions: Float64Array, n: number): Expr {
  return apply('scatterAdd', [values, positions], { rows: n * n }).reshape(n, n) as Expr;
}

/** f of each vector of the last dimension, stacked. // (…, m) → (…, *f) */
export function eachVector(free: Expr, f: (vector: Expr) => Expr): Expr {
  if (free.shape.length === 1) return f(free);
  const batch = free.shape.slice(0, -1);
  const rows = free.reshape(sizeOf(batch), free.shape.at(-1)!) as Expr;
  const parts = Array.from({ length: sizeOf(batch) }, (_, i) => f(rows.at(i) as Expr));
  return stack(parts).reshape(...batch, ...parts[0]!.shape) as Expr;
}

/** f of each matrix of n × n numbers, one after another. */
export function eachBlock(values: Float64Array, n: number, f: (matrix: Float64Array) => Float64Array): Float64Array {
  const parts: Float64Array[] = [];
  for (let start = 0; start < values.length; start += n * n) parts.push(f(values.subarray(start, start + n * n)));
  const out = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let next = 0;
  for (const part of parts) {
    out.set(part, next);
    next += part.length;
  }
  return out;
}

/** Cholesky factor of a symmetric matrix of numbers, NaN throughout when it is not positive definite. */
export function factorOf(matrix: Float64Array, n: number): Float64Array {
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const scale = Math.abs(matrix[i * n + j]!) + Math.abs(matrix[j * n + i]!);
      if (!(Math.abs(matrix[i * n + j]! - matrix[j * n + i]!) <= 1e-8 * scale)) return l.fill(Number.NaN);
      let sum = matrix[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= l[i * n + k]! * l[j * n + k]!;
      if (i === j && !(sum > 0)) return l.fill(Number.NaN);
      l[i * n + j] = i === j ? Math.sqrt(sum) : sum / l[j * n + j]!;
    }
  }
  return l;
}
