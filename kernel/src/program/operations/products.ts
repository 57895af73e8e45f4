/**
 * Kernels of the matrix product. The order of every sum is part of the program: ascending, one accumulator an element
 * of the result, but for inner products of a row with a vector, which have two (even and odd positions).
 */
import type { Kernel } from './operation.ts';

/** A product of a row-major matrix (rows × columns) and a vector, in one of the two orders its sums can have. */
export interface ProductForm {
  /** A v: inner products of rows. vᵀ A: rows added up. */
  readonly kind: 'matrixVector' | 'vectorMatrix';
  readonly rows: number;
  readonly columns: number;
  /** The matrix is the first of the two inputs. */
  readonly matrixFirst: boolean;
}

/** out = A v, A row-major. Even and odd positions of a row are summed apart, then added. // (m, k) (k,) → (m,) */
export function matrixVector({ rows, columns, matrixFirst }: ProductForm): Kernel {
  const pairs = columns - (columns % 2);
  const whole = rows - (rows % 2);
  return (output, inputs) => {
    const a = inputs[matrixFirst ? 0 : 1]!;
    const v = inputs[matrixFirst ? 1 : 0]!;
    for (let i = 0; i < whole; i += 2) {
      const r0 = i * columns;
      const r1 = r0 + columns;
      let even0 = 0;
      let odd0 = 0;
      let even1 = 0;
      let odd1 = 0;
      for (let q = 0; q < pairs; q += 2) {
        const x = v[q]!;
        const y = v[q + 1]!;
        even0 += a[r0 + q]! * x;
        odd0 += a[r0 + q + 1]! * y;
        even1 += a[r1 + q]! * x;
        odd1 += a[r1 + q + 1]! * y;
      }
      if (pairs < columns) {
        even0 += a[r0 + pairs]! * v[pairs]!;
        even1 += a[r1 + pairs]! * v[pairs]!;
      }
      output[i] = even0 + odd0;
      output[i + 1] = even1 + odd1;
    }
    if (whole < rows) {
      const r = whole * columns;
      let even = 0;
      let odd = 0;
      for (let q = 0; q < pairs; q += 2) {
        even += a[r + q]! * v[q]!;
        odd += a[r + q + 1]! * v[q + 1]!;
      }
      if (pairs < columns) even += a[r + pairs]! * v[pairs]!;
      output[whole] = even + odd;
    }
  };
}

/** out = vᵀ A, A row-major: rows of A added up, each read once. // (k,) (k, n) → (n,) */
export function vectorMatrix({ rows: k, columns: n, matrixFirst }: ProductForm): Kernel {
  const whole = k - (k % 4);
  return (output, inputs) => {
    const a = inputs[matrixFirst ? 0 : 1]!;
    const v = inputs[matrixFirst ? 1 : 0]!;
    output.fill(0);
    for (let q = 0; q < whole; q += 4) {
      const r0 = q * n;
      const r1 = r0 + n;
      const r2 = r1 + n;
      const r3 = r2 + n;
      const v0 = v[q]!;
      const v1 = v[q + 1]!;
      const v2 = v[q + 2]!;
      const v3 = v[q + 3]!;
      for (let j = 0; j < n; j++) {
        output[j] = output[j]! + a[r0 + j]! * v0 + a[r1 + j]! * v1 + a[r2 + j]! * v2 + a[r3 + j]! * v3;
      }
    }
    for (let q = whole; q < k; q++) {
      const x = v[q]!;
      for (let j = 0; j < n; j++) output[j] = output[j]! + a[q * n + j]! * x;
    }
  };
}

/** out = A B for any strides. // (m, k) (k, n) → (m, n) */
export function matrixMatrix(
  m: number,
  k: number,
  n: number,
  [aRow, aColumn]: readonly [number, number],
  [bRow, bColumn]: readonly [number, number],
): Kernel {
  if (bColumn === 1) {
    return (output, [a, b]) => {
      output.fill(0);
      for (let i = 0; i < m; i++) {
        for (let q = 0; q < k; q++) {
          const x = a![i * aRow + q * aColumn]!;
          for (let j = 0; j < n; j++) output[i * n + j]! += x * b![q * bRow + j]!;
        }
      }
    };
  }
  return (output, [a, b]) => {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let s = 0;
        for (let q = 0; q < k; q++) s += a![i * aRow + q * aColumn]! * b![q * bRow + j * bColumn]!;
        output[i * n + j] = s;
      }
    }
  };
}
