/**
 * Kernels of the matrix product. Each inner product runs in ascending order of its index, one accumulator an element
 * of the result; four elements advance together, which changes no sum but hides the latency of the additions.
 */
import type { Kernel } from './operation.ts';

/** out = A v, A row-major. // (m, k) (k,) → (m,) */
export function matrixVector(m: number, k: number, matrixFirst: boolean): Kernel {
  const whole = m - (m % 4);
  return (output, inputs) => {
    const a = inputs[matrixFirst ? 0 : 1]!;
    const v = inputs[matrixFirst ? 1 : 0]!;
    for (let i = 0; i < whole; i += 4) {
      const r0 = i * k;
      const r1 = r0 + k;
      const r2 = r1 + k;
      const r3 = r2 + k;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let q = 0; q < k; q++) {
        const x = v[q]!;
        s0 += a[r0 + q]! * x;
        s1 += a[r1 + q]! * x;
        s2 += a[r2 + q]! * x;
        s3 += a[r3 + q]! * x;
      }
      output[i] = s0;
      output[i + 1] = s1;
      output[i + 2] = s2;
      output[i + 3] = s3;
    }
    for (let i = whole; i < m; i++) {
      let s = 0;
      for (let q = 0; q < k; q++) s += a[i * k + q]! * v[q]!;
      output[i] = s;
    }
  };
}

/** out = vᵀ A, A row-major: rows of A added up, each read once. // (k,) (k, n) → (n,) */
export function vectorMatrix(k: number, n: number, matrixFirst: boolean): Kernel {
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
