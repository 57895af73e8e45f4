/** Triangular systems by substitution (Golub & Van Loan 2013, section 3.1). Matrices are row-major. */
import { checkSize } from './check.ts';

export interface TriangularOptions {
  /** Columns of the right-hand side; default 1. */
  readonly columns?: number;
  /** Solve tᵀ x = b; default false. */
  readonly transpose?: boolean;
  /** Whether t is upper triangular; default false. */
  readonly upper?: boolean;
}

/**
 * Solve t x = b for triangular t; the other triangle is not read.
 *
 * @param t (n, n)
 * @param b (n, columns)
 * @returns x (n, columns)
 * @throws RangeError on wrong sizes, and when a diagonal element is 0
 * @example solveTriangular(Float64Array.of(2, 0, 1, 4), 2, Float64Array.of(2, 9)) // 1, 2
 */
export function solveTriangular(
  t: Float64Array,
  n: number,
  b: Float64Array,
  { columns = 1, transpose = false, upper = false }: TriangularOptions = {},
): Float64Array<ArrayBuffer> {
  checkSize('solveTriangular: matrix', t, n, n);
  checkSize('solveTriangular: right-hand side', b, n, columns);
  const x = Float64Array.from(b);
  const forward = upper === transpose;
  const rowStride = transpose ? 1 : n;
  const columnStride = transpose ? n : 1;
  for (let step = 0; step < n; step++) {
    const i = forward ? step : n - 1 - step;
    const pivot = t[i * n + i]!;
    if (pivot === 0) {
      throw new RangeError(`solveTriangular: diagonal element ${i} of ${n} is 0, so the system has no unique solution`);
    }
    const from = forward ? 0 : i + 1;
    const to = forward ? i : n;
    for (let c = 0; c < columns; c++) {
      let sum = x[i * columns + c]!;
      for (let k = from; k < to; k++) sum -= t[i * rowStride + k * columnStride]! * x[k * columns + c]!;
      x[i * columns + c] = sum / pivot;
    }
  }
  return x;
}
