/**
 * Linear algebra on expressions: factors, systems, determinants, and the parts of a matrix.
 */
import { nodeOf } from './arguments.ts';
import { shapesByName } from './describe.ts';
import { apply, asExpression } from './expression.ts';
import { lowerMask } from './operations/cholesky.ts';
import { blocks, eigenShapes, identity, qrShapes, svdShapes } from './operations/factorisations.ts';
import { formatShape } from './shape.ts';
import type { Arg, Expr } from './types.ts';

function square(operation: string, matrix: Arg): { a: Expr; n: number } {
  const a = asExpression(matrix) as unknown as Expr;
  if (a.shape.length !== 2 || a.shape[0] !== a.shape[1]) {
    throw new RangeError(
      `${operation}: expected a square matrix, got shape ${formatShape(a.shape)}${shapesByName([nodeOf(a)])}`,
    );
  }
  return { a, n: a.shape[0]! };
}

/** The transpose of a matrix. */
const turned = (a: Expr): Expr => apply('transpose', [a], { permutation: [1, 0] });

/** Diagonal of a square matrix. // (n,) @example diagonal(covariance).sqrt(); */
export function diagonal(matrix: Arg): Expr {
  const { a, n } = square('diagonal', matrix);
  return a.reshape(n * n).at(Float64Array.from({ length: n }, (_, i) => i * (n + 1)));
}

/** Square matrix with this diagonal and zeros elsewhere. // (n, n) @example diagonalMatrix(sd.square()); */
export function diagonalMatrix(values: Arg): Expr {
  const x = asExpression(values);
  const n = x.size;
  const codes = Float64Array.from({ length: n }, (_, i) => i * (n + 1));
  return apply('scatterAdd', [x.reshape(n), codes], { rows: n * n }).reshape(n, n);
}

/** Sum of the diagonal of a square matrix. @example trace([[1, 2], [3, 4]]); // 5 */
export function trace(matrix: Arg): Expr<[]> {
  return diagonal(matrix).sum();
}

/** The lower triangle of a square matrix with its diagonal, zeros above. // (n, n) @example lowerTriangle(a); */
export function lowerTriangle(matrix: Arg): Expr {
  const { a, n } = square('lowerTriangle', matrix);
  return apply('where', [lowerMask(n, 1), a, 0]);
}

/** The upper triangle of a square matrix with its diagonal, zeros below. // (n, n) @example upperTriangle(a); */
export function upperTriangle(matrix: Arg): Expr {
  const { a, n } = square('upperTriangle', matrix);
  const below = lowerMask(n, 0); // (n, n)
  return apply('where', [below, 0, a]);
}

/**
 * Kronecker product: every element of `a` times the whole of `b`. // (ma · mb, na · nb)
 *
 * @throws RangeError unless both are matrices
 * @example kronecker([[1, 2]], [[1], [10]]); // [[1, 2], [10, 20]]
 */
export function kronecker(a: Arg, b: Arg): Expr {
  const [x, y] = [asExpression(a), asExpression(b)];
  if (x.shape.length !== 2 || y.shape.length !== 2) {
    throw new RangeError(
      `kronecker: expected two matrices, got shapes ${formatShape(x.shape)} and ${formatShape(y.shape)}; .reshape(…) vectors` +
        shapesByName([x.node, y.node]),
    );
  }
  const [rows, columns] = x.shape as unknown as [number, number];
  const [innerRows, innerColumns] = y.shape as unknown as [number, number];
  return x
    .reshape(rows, 1, columns, 1)
    .mul(y.reshape(1, innerRows, 1, innerColumns))
    .reshape(rows * innerRows, columns * innerColumns);
}

/** Lower Cholesky factor of a symmetric matrix (its lower triangle is read); NaN when it is not positive definite. */
export function cholesky(matrix: Arg): Expr {
  return apply('cholesky', [matrix]);
}

/** How a triangular system is read. */
export interface TriangularSystem {
  /** Solve with the transposed matrix. Default false. */
  readonly transposed?: boolean;
  /** The matrix is upper triangular. Default false. */
  readonly upper?: boolean;
  /** `'left'`: T X = B; `'right'`: X T = B. Default `'left'`. */
  readonly side?: 'left' | 'right';
}

/**
 * X with T X = B for a triangular T; the other triangle is not read.
 *
 * @param triangle T // (n, n)
 * @param b one right-hand side (n,) or several (n, k); with `side: 'right'` (n,) or (k, n)
 * @returns X, of the shape of `b`; ∞ or NaN where a diagonal element is 0
 * @throws RangeError when T is not square, or `b` has another height
 * @example triangularSolve(l, y.sub(mu)); // L⁻¹ (y − μ)
 */
export function triangularSolve(triangle: Arg, b: Arg, options: TriangularSystem = {}): Expr {
  const { transposed = false, upper = false, side = 'left' } = options;
  const right = asExpression(b) as unknown as Expr;
  if (side === 'right' && right.shape.length === 2) {
    return turned(triangularSolve(triangle, turned(right), { transposed: !transposed, upper }));
  }
  const turn = side === 'right' ? !transposed : transposed;
  return upper
    ? apply('triangularSolve', [turned(square('triangularSolve', triangle).a), right], { transposed: !turn })
    : apply('triangularSolve', [triangle, right], { transposed: turn });
}

/**
 * X with A X = B for A = L Lᵀ, given its Cholesky factor.
 *
 * @param lower L // (n, n)
 * @param b (n,) or (n, k)
 * @example choleskySolve(cholesky(covariance), y);
 */
export function choleskySolve(lower: Arg, b: Arg): Expr {
  return triangularSolve(lower, triangularSolve(lower, b), { transposed: true });
}

/** log |A| of a symmetric positive definite matrix, through its Cholesky factor; NaN when it is not one. */
export function logDeterminant(matrix: Arg): Expr<[]> {
  return diagonal(cholesky(matrix)).log().sum().mul(2) as Expr<[]>;
}

/**
 * X with A X = B for any square A, by elimination with pivots; ∞ or NaN when A is singular.
 *
 * For a symmetric positive definite A, `choleskySolve(cholesky(a), b)` takes half the work.
 *
 * @param matrix A // (n, n)
 * @param b (n,) or (n, k)
 * @throws RangeError when A is not square, or `b` has another height
 * @example solve([[2, 1], [1, 3]], [3, 5]); // [0.8, 1.4]
 */
export function solve(matrix: Arg, b: Arg): Expr {
  return apply('solve', [matrix, b], { transposed: false });
}

/** Inverse of a square matrix; ∞ or NaN when it is singular. To solve a system, `solve` is better. // (n, n) */
export function inverse(matrix: Arg): Expr {
  const { a, n } = square('inverse', matrix);
  return solve(a, identity(n));
}

/** Inverse of a symmetric positive definite matrix through its Cholesky factor; NaN when it is not one. // (n, n) */
export function inversePositiveDefinite(matrix: Arg): Expr {
  const { a, n } = square('inversePositiveDefinite', matrix);
  const half = triangularSolve(cholesky(a), identity(n)); // L⁻¹
  return apply('matmul', [half, half], { transposeLeft: true });
}

/** log |det A| of any square matrix; −∞ when it is singular. @example logAbsDeterminant([[0, 2], [1, 0]]); // log 2 */
export function logAbsDeterminant(matrix: Arg): Expr<[]> {
  return apply('logAbsDeterminant', [matrix]) as Expr<[]>;
}

/** e^A = Σ Aᵏ / k! of a square matrix: what solves y′ = A y. // (n, n) @example matrixExponential(rates.mul(t)).matmul(y0); */
export function matrixExponential(matrix: Arg): Expr {
  return apply('matrixExponential', [matrix]);
}

/**
 * Thin QR factors: A = Q R, Q with orthonormal columns, R upper triangular with a diagonal that is not negative.
 *
 * The derivative needs columns that are independent; it is ∞ or NaN where they are not.
 *
 * @param matrix A, with at least as many rows as columns // (m, n)
 * @returns q (m, n), r (n, n)
 * @throws RangeError for more columns than rows
 * @example const { q, r } = qrFactors(design);
 */
export function qrFactors(matrix: Arg): { readonly q: Expr; readonly r: Expr } {
  const flat = apply('qr', [matrix]);
  const [q, r] = blocks(flat, qrShapes(asExpression(matrix).shape), apply);
  return { q: q!, r: r! };
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix (its lower triangle is read): A = V diag(values) Vᵀ.
 *
 * Derivatives of eigenvectors have the factor 1 / (λⱼ − λᵢ). Eigenvalues nearer than 1e-13 of the largest count as one,
 * and the factor as 0: then the gradient is right for what does not depend on the choice of a basis in their common
 * eigenspace (the sum of their values, a function of the matrix), and of no meaning for what does, which has none.
 *
 * @returns values (n,), rising; vectors (n, n), a column each, of length 1, its largest element positive
 * @throws RangeError when the matrix is not square
 * @example const { values } = eigenSymmetric(covariance);
 */
export function eigenSymmetric(matrix: Arg): { readonly values: Expr; readonly vectors: Expr } {
  const flat = apply('symmetricEigen', [matrix]);
  const [values, vectors] = blocks(flat, eigenShapes(asExpression(matrix).shape), apply);
  return { values: values!, vectors: vectors! };
}

/**
 * Singular value decomposition A = U diag(values) Vᵀ, with k = min(m, n).
 *
 * Equal singular values are treated as `eigenSymmetric` treats equal eigenvalues. A singular value of 0 has no
 * derivative (it is like |x| at 0), and its vectors add nothing.
 *
 * @param matrix A // (m, n)
 * @returns u (m, k), values (k,), falling, v (n, k); the largest element of each column of v is positive
 * @example const { values } = svd(design); // condition number: values.at(0) / values.at(-1)
 */
export function svd(matrix: Arg): { readonly u: Expr; readonly values: Expr; readonly v: Expr } {
  const flat = apply('svd', [matrix]);
  const [u, values, v] = blocks(flat, svdShapes(asExpression(matrix).shape), apply);
  return { u: u!, values: values!, v: v! };
}
