/** Pieces of families whose variates or parameters are vectors or matrices. */
import { cholesky } from '../numeric/linalg/index.ts';
import { broadcastTo, constant, diagonal, stack } from '../program/index.ts';
import { broadcastShapes, sizeOf } from '../program/shape.ts';
import type { Expr, Shape } from '../program/types.ts';

/** The element of the last dimension of `table` that `index` says, for each row of the batch. // (…, k), (…) → (…) */
export function takeLast(table: Expr, index: Expr): Expr {
  if (table.shape.length === 1) return table.at(index);
  const k = table.shape.at(-1)!;
  const batch = broadcastShapes('index', [table.shape.slice(0, -1), index.shape]);
  const n = sizeOf(batch);
  const starts = constant(Float64Array.from({ length: n }, (_, i) => i * k)).reshape(...batch);
  const flat = broadcastTo(table, [...batch, k]).reshape(n * k) as Expr;
  return flat.at(broadcastTo(index, batch).add(starts) as Expr);
}

/** Squared lengths of vectors after a linear map of columns. // (…, d) → (…) */
export function squaredLengths(vectors: Expr, map: (columns: Expr) => Expr): Expr {
  if (vectors.shape.length === 1) return map(vectors).square().sum();
  const batch = vectors.shape.slice(0, -1);
  const columns = vectors.reshape(sizeOf(batch), vectors.shape.at(-1)!).transpose(); // (d, N)
  return map(columns)
    .square()
    .sum(0)
    .reshape(...batch);
}

/** A scalar of each matrix. // (…, n, n) → (…) */
export function eachMatrix(matrices: Expr, f: (matrix: Expr) => Expr): Expr {
  if (matrices.shape.length === 2) return f(matrices);
  const batch = matrices.shape.slice(0, -2);
  const [n, m] = matrices.shape.slice(-2) as [number, number];
  const flat = matrices.reshape(sizeOf(batch), n, m) as Expr;
  return stack(Array.from({ length: sizeOf(batch) }, (_, i) => f(flat.at(i) as Expr))).reshape(...batch);
}

/** log |L|, half of log |L Lᵀ|, of a Cholesky factor. // (n, n) → () */
export const logDiagonal = (factor: Expr): Expr => diagonal(factor).log().sum();

/** log Γ_d(a) of the multivariate gamma function (DLMF 35.3.4). */
export function multivariateLogGamma(a: Expr, d: number): Expr {
  const constantTerm = ((d * (d - 1)) / 4) * 1.1447298858494002; // log π
  return Array.from({ length: d }, (_, j) => a.sub(j / 2).lgamma())
    .reduce((sum, term) => sum.add(term))
    .add(constantTerm);
}

/** Vectors of one length and a square matrix of that size: the shape of the vector, or what is wrong. */
export function vectorShape(
  vector: string,
  matrix: string,
): (shapes: Readonly<Record<string, Shape>>) => Shape | string {
  return (shapes) => {
    const [d] = shapes[vector]!;
    const [rows, columns] = shapes[matrix]!;
    if (rows === columns && rows === d) return [d!];
    return `${vector} has ${d} elements, ${matrix} is ${rows} × ${columns}; it must be ${d} × ${d}`;
  };
}

/** The shape of a square matrix, or what is wrong. */
export function squareShape(matrix: string): (shapes: Readonly<Record<string, Shape>>) => Shape | string {
  return (shapes) => {
    const [rows, columns] = shapes[matrix]!;
    return rows === columns ? [rows!, rows!] : `${matrix} must be square, got ${rows} × ${columns}`;
  };
}

/** What is wrong with a matrix that should be symmetric and positive definite. */
export function positiveDefiniteComplaint(name: string, matrix: Float64Array): string | undefined {
  const n = Math.sqrt(matrix.length);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const [a, b] = [matrix[i * n + j]!, matrix[j * n + i]!];
      if (Math.abs(a - b) <= 1e-8 * Math.max(Math.abs(a), Math.abs(b))) continue;
      return `${name} must be symmetric, but element [${i},${j}] is ${a} and [${j},${i}] is ${b}`;
    }
  }
  try {
    cholesky(matrix, n);
    return undefined;
  } catch {
    return `${name} must be positive definite; look for rows that depend on each other, or add a little to the diagonal`;
  }
}

/** What is wrong with a matrix that should be a lower triangular factor with a positive diagonal. */
export function factorComplaint(name: string, matrix: Float64Array): string | undefined {
  const n = Math.sqrt(matrix.length);
  for (let i = 0; i < n; i++) {
    if (!(matrix[i * n + i]! > 0))
      return `${name} must have a positive diagonal, got ${matrix[i * n + i]} at [${i},${i}]`;
    for (let j = i + 1; j < n; j++) {
      if (matrix[i * n + j] !== 0) return `${name} must be lower triangular, got ${matrix[i * n + j]} at [${i},${j}]`;
    }
  }
  return undefined;
}

/** What is wrong with probabilities that should sum to 1; written down by hand they may miss it by rounding. */
export function sumComplaint(name: string, values: Float64Array): string | undefined {
  const sum = values.reduce((total, value) => total + value, 0);
  return Math.abs(sum - 1) < 1e-8 ? undefined : `${name} must sum to 1, got ${sum}; divide them by their sum`;
}
