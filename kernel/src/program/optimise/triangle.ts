/**
 * The triangular factor of a thin QR factorisation, without its orthonormal one: Householder reflections (Golub & Van
 * Loan 2013, algorithm 5.2.1), applied along rows, as the matrix stands in memory.
 */

/**
 * R with aᵀ a = Rᵀ R, its diagonal of either sign.
 *
 * @param a (rows, columns), row-major, rows ≥ columns; overwritten
 * @returns (columns, columns), upper triangular
 */
export function triangle(a: Float64Array, rows: number, columns: number): Float64Array {
  const v = new Float64Array(rows);
  const products = new Float64Array(columns);
  for (let k = 0; k < columns; k++) {
    let scale = 0;
    for (let i = k; i < rows; i++) scale = Math.max(scale, Math.abs(a[i * columns + k]!));
    if (scale === 0) continue;
    let square = 0;
    for (let i = k; i < rows; i++) {
      v[i] = a[i * columns + k]! / scale;
      square += v[i]! * v[i]!;
    }
    const norm = v[k]! < 0 ? -Math.sqrt(square) : Math.sqrt(square); // the sign that does not cancel
    v[k]! += norm;
    const beta = 1 / (norm * v[k]!);
    products.fill(0);
    for (let i = k; i < rows; i++) {
      const x = v[i]! * beta;
      for (let j = k + 1; j < columns; j++) products[j]! += x * a[i * columns + j]!;
    }
    for (let i = k; i < rows; i++) {
      const x = v[i]!;
      for (let j = k + 1; j < columns; j++) a[i * columns + j]! -= x * products[j]!;
    }
    a[k * columns + k] = -norm * scale;
  }
  const r = new Float64Array(columns * columns);
  for (let i = 0; i < columns; i++) for (let j = i; j < columns; j++) r[i * columns + j] = a[i * columns + j]!;
  return r;
}
