/**
 * Products of small dense matrices in the blocks of mixed models; Λ (k, k) is lower triangular. All row-major.
 */

/** ΛᵀAΛ. */
export function sandwich(lambda: Float64Array, a: Float64Array, k: number): Float64Array {
  const half = new Float64Array(k * k); // AΛ
  const whole = new Float64Array(k * k);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) for (let e = j; e < k; e++) half[i * k + j]! += a[i * k + e]! * lambda[e * k + j]!;
  }
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) for (let e = i; e < k; e++) whole[i * k + j]! += lambda[e * k + i]! * half[e * k + j]!;
  }
  return whole;
}

/** Rows `at` … of an (·, m) matrix ← Λᵀ times them. */
export function scaleRows(a: Float64Array, m: number, at: number, lambda: Float64Array, k: number): void {
  const rows = a.slice(at * m, (at + k) * m);
  for (let i = 0; i < k; i++) {
    for (let c = 0; c < m; c++) {
      let sum = 0;
      for (let e = i; e < k; e++) sum += lambda[e * k + i]! * rows[e * m + c]!;
      a[(at + i) * m + c] = sum;
    }
  }
}

/** Columns `at` … of a (rows, m) matrix ← them times Λ. */
export function scaleColumns(
  a: Float64Array,
  rows: number,
  m: number,
  at: number,
  lambda: Float64Array,
  k: number,
): void {
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < k; j++) {
      let sum = 0;
      // Λ is lower triangular: column j needs only the columns from j on, which are still untouched.
      for (let e = j; e < k; e++) sum += a[r * m + at + e]! * lambda[e * k + j]!;
      a[r * m + at + j] = sum;
    }
  }
}

/** A x. // (k,) */
export function times(a: Float64Array, x: Float64Array, k: number): Float64Array {
  return Float64Array.from({ length: k }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < k; j++) sum += a[i * k + j]! * x[j]!;
    return sum;
  });
}

/** (k, k) times (k, columns). */
export function multiply(a: Float64Array, b: Float64Array, k: number, columns: number): Float64Array {
  const result = new Float64Array(k * columns);
  for (let i = 0; i < k; i++) {
    for (let e = 0; e < k; e++) {
      for (let c = 0; c < columns; c++) result[i * columns + c]! += a[i * k + e]! * b[e * columns + c]!;
    }
  }
  return result;
}

/** A Aᵀ of (k, columns). */
export function outer(a: Float64Array, k: number, columns: number): Float64Array {
  return Float64Array.from({ length: k * k }, (_, at) => {
    const [i, j] = [Math.floor(at / k), at % k];
    let sum = 0;
    for (let c = 0; c < columns; c++) sum += a[i * columns + c]! * a[j * columns + c]!;
    return sum;
  });
}

/** AᵀA of (rows, p). */
export function gram(a: Float64Array, rows: number, p: number): Float64Array {
  return Float64Array.from({ length: p * p }, (_, at) => {
    const [i, j] = [Math.floor(at / p), at % p];
    let sum = 0;
    for (let r = 0; r < rows; r++) sum += a[r * p + i]! * a[r * p + j]!;
    return sum;
  });
}
