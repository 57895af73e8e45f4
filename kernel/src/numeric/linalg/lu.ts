/**
 * Gaussian elimination with partial pivoting, P A = L U (Golub & Van Loan 2013, algorithm 3.4.1), and what follows from
 * it. Matrices are row-major.
 */
import { checkSize } from './check.ts';

export interface Lu {
  /** (n, n): U on and above the diagonal, L without its unit diagonal below. */
  readonly factors: Float64Array<ArrayBuffer>;
  /** Row `rows[i]` of the matrix is row i of L U. // (n,) */
  readonly rows: Int32Array;
  /** 1 or −1: the sign of the permutation. */
  readonly parity: 1 | -1;
}

/**
 * P A = L U. A singular matrix has a zero on the diagonal of U; nothing is thrown.
 *
 * @param a (n, n)
 * @example lu(Float64Array.of(0, 1, 2, 0), 2).rows // 1, 0
 */
export function lu(a: Float64Array, n: number): Lu {
  checkSize('lu', a, n, n);
  const factors = Float64Array.from(a);
  const rows = Int32Array.from({ length: n }, (_, i) => i);
  let parity: 1 | -1 = 1;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) {
      if (Math.abs(factors[i * n + k]!) > Math.abs(factors[pivot * n + k]!)) pivot = i;
    }
    if (pivot !== k) {
      parity = parity === 1 ? -1 : 1;
      [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
      for (let j = 0; j < n; j++) {
        const held = factors[k * n + j]!;
        factors[k * n + j] = factors[pivot * n + j]!;
        factors[pivot * n + j] = held;
      }
    }
    const diagonal = factors[k * n + k]!;
    if (diagonal === 0) continue;
    for (let i = k + 1; i < n; i++) {
      const multiple = factors[i * n + k]! / diagonal;
      factors[i * n + k] = multiple;
      if (multiple === 0) continue;
      for (let j = k + 1; j < n; j++) factors[i * n + j]! -= multiple * factors[k * n + j]!;
    }
  }
  return { factors, rows, parity };
}

/**
 * X with A X = B, or Aᵀ X = B; ∞ or NaN where A is singular.
 *
 * @param b (n, columns), row-major
 * @returns (n, columns)
 * @example luSolve(lu(Float64Array.of(2, 0, 0, 4), 2), 2, Float64Array.of(2, 4)) // 1, 1
 */
export function luSolve(
  { factors, rows }: Lu,
  n: number,
  b: Float64Array,
  { columns = 1, transpose = false }: { readonly columns?: number; readonly transpose?: boolean } = {},
): Float64Array<ArrayBuffer> {
  checkSize('luSolve: right-hand side', b, n, columns);
  const x = new Float64Array(n * columns);
  const at = (i: number, k: number) => (transpose ? factors[k * n + i]! : factors[i * n + k]!);
  const source = (i: number) => (transpose ? i : rows[i]!);
  for (let i = 0; i < n; i++) {
    // L first, or Uᵀ first.
    for (let c = 0; c < columns; c++) x[i * columns + c] = b[source(i) * columns + c]!;
    for (let k = 0; k < i; k++) {
      const factor = at(i, k);
      if (factor !== 0) for (let c = 0; c < columns; c++) x[i * columns + c]! -= factor * x[k * columns + c]!;
    }
    if (transpose) for (let c = 0; c < columns; c++) x[i * columns + c]! /= at(i, i);
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) {
      const factor = at(i, k);
      if (factor !== 0) for (let c = 0; c < columns; c++) x[i * columns + c]! -= factor * x[k * columns + c]!;
    }
    if (!transpose) for (let c = 0; c < columns; c++) x[i * columns + c]! /= at(i, i);
  }
  if (!transpose) return x;
  const result = new Float64Array(n * columns);
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < columns; c++) result[rows[i]! * columns + c] = x[i * columns + c]!;
  }
  return result;
}
