/**
 * Cholesky factorisation of a symmetric positive definite matrix, and what follows from it.
 *
 * Row by row (Golub & Van Loan 2013, section 4.2); only the lower triangle is read. Matrices are row-major.
 */
import { log } from '../elementary.ts';
import { checkSize } from './check.ts';
import { solveTriangular } from './triangular.ts';

/**
 * The lower triangular L with a = L Lᵀ and a positive diagonal.
 *
 * @param a (n, n) symmetric positive definite; the part above the diagonal is not read
 * @returns (n, n), zero above the diagonal
 * @throws RangeError when a pivot is not positive: the matrix is not positive definite (or holds NaN)
 * @example cholesky(Float64Array.of(4, 2, 2, 3), 2) // 2, 0, 1, √2
 */
export function cholesky(a: Float64Array, n: number): Float64Array<ArrayBuffer> {
  checkSize('cholesky', a, n, n);
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= l[i * n + k]! * l[j * n + k]!;
      if (j < i) {
        l[i * n + j] = sum / l[j * n + j]!;
        continue;
      }
      if (!(sum > 0 && sum < Infinity)) {
        throw new RangeError(
          `cholesky: expected a positive definite matrix, but pivot ${i} of ${n} is ${sum}; ` +
            'look for rows that depend on each other, or add a little to the diagonal',
        );
      }
      l[i * n + i] = Math.sqrt(sum);
    }
  }
  return l;
}

/**
 * Solve a x = b, given the Cholesky factor of a.
 *
 * @param l (n, n) from `cholesky`
 * @param b (n, columns), row-major; default one column
 * @returns x (n, columns)
 */
export function choleskySolve(l: Float64Array, n: number, b: Float64Array, columns = 1): Float64Array<ArrayBuffer> {
  return solveTriangular(l, n, solveTriangular(l, n, b, { columns }), { columns, transpose: true });
}

/**
 * Inverse of a symmetric positive definite matrix, exactly symmetric.
 *
 * @param a (n, n)
 * @returns (n, n)
 * @throws RangeError when a is not positive definite
 * @example symmetricInverse(Float64Array.of(2, 0, 0, 4), 2) // 0.5, 0, 0, 0.25
 */
export function symmetricInverse(a: Float64Array, n: number): Float64Array<ArrayBuffer> {
  const l = cholesky(a, n);
  const identity = new Float64Array(n * n);
  for (let i = 0; i < n; i++) identity[i * n + i] = 1;
  const w = solveTriangular(l, n, identity, { columns: n }); // L⁻¹ (n, n), lower triangular
  const inverse = new Float64Array(n * n); // (L⁻¹)ᵀ L⁻¹
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = i; k < n; k++) sum += w[k * n + i]! * w[k * n + j]!;
      inverse[i * n + j] = sum;
      inverse[j * n + i] = sum;
    }
  }
  return inverse;
}

/** log of the determinant of a = L Lᵀ, from its Cholesky factor. */
export function choleskyLogDeterminant(l: Float64Array, n: number): number {
  checkSize('choleskyLogDeterminant', l, n, n);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += log(l[i * n + i]!);
  return 2 * sum;
}
