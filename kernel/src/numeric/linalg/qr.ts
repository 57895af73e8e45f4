/**
 * Thin QR factorisation by Householder reflections (Golub & Van Loan 2013, algorithm 5.2.1), and least squares.
 * Matrices are row-major.
 */
import { checkSize } from './check.ts';
import { solveTriangular } from './triangular.ts';

export interface Qr {
  /** (rows, columns), orthonormal columns. */
  readonly q: Float64Array<ArrayBuffer>;
  /** (columns, columns), upper triangular; the diagonal is not negative. */
  readonly r: Float64Array<ArrayBuffer>;
}

/** Apply I − β v vᵀ to columns from … of m (rows, columns), v living in rows from `first`. */
function reflect(m: Float64Array, columns: number, from: number, v: Float64Array, first: number, beta: number): void {
  const rows = m.length / columns;
  for (let j = from; j < columns; j++) {
    let dot = 0;
    for (let i = first; i < rows; i++) dot += v[i]! * m[i * columns + j]!;
    dot *= beta;
    for (let i = first; i < rows; i++) m[i * columns + j]! -= dot * v[i]!;
  }
}

/**
 * a = q r, with rows ≥ columns.
 *
 * @param a (rows, columns)
 * @throws RangeError on wrong sizes or more columns than rows
 * @example qr(Float64Array.of(3, 4), 2, 1) // q = 0.6, 0.8; r = 5
 */
export function qr(a: Float64Array, rows: number, columns: number): Qr {
  checkSize('qr', a, rows, columns);
  if (rows < columns) throw new RangeError(`qr: expected at least as many rows as columns, got ${rows} × ${columns}`);
  const work = Float64Array.from(a);
  const reflections: { v: Float64Array; beta: number }[] = [];
  for (let k = 0; k < columns; k++) {
    const v = new Float64Array(rows);
    let scale = 0;
    for (let i = k; i < rows; i++) scale = Math.max(scale, Math.abs(work[i * columns + k]!));
    let norm = 0;
    for (let i = k; i < rows; i++) {
      v[i] = scale > 0 ? work[i * columns + k]! / scale : 0;
      norm += v[i]! * v[i]!;
    }
    norm = Math.sqrt(norm);
    if (v[k]! < 0) norm = -norm; // the sign that does not cancel
    v[k]! += norm;
    const beta = norm === 0 ? 0 : 1 / (norm * v[k]!);
    reflect(work, columns, k, v, k, beta);
    reflections.push({ v, beta });
  }
  const q = new Float64Array(rows * columns);
  for (let k = 0; k < columns; k++) q[k * columns + k] = 1;
  for (let k = columns - 1; k >= 0; k--) reflect(q, columns, k, reflections[k]!.v, k, reflections[k]!.beta);
  const r = new Float64Array(columns * columns);
  for (let i = 0; i < columns; i++) {
    const sign = work[i * columns + i]! < 0 ? -1 : 1;
    for (let j = i; j < columns; j++) r[i * columns + j] = sign * work[i * columns + j]!;
    if (sign < 0) for (let row = 0; row < rows; row++) q[row * columns + i]! *= -1;
  }
  return { q, r };
}

/**
 * The coefficients β that make ‖y − X β‖² smallest.
 *
 * @param x (rows, columns) of full column rank
 * @param y (rows,)
 * @returns β (columns,)
 * @throws RangeError when a column of x is, to rounding, a combination of the columns before it
 * @example leastSquares(Float64Array.of(1, 0, 1, 1, 1, 2), 3, 2, Float64Array.of(1, 3, 5)) // 1, 2
 */
export function leastSquares(
  x: Float64Array,
  rows: number,
  columns: number,
  y: Float64Array,
): Float64Array<ArrayBuffer> {
  checkSize('leastSquares: y', y, rows, 1);
  const { q, r } = qr(x, rows, columns);
  for (let j = 0; j < columns; j++) {
    let norm = 0;
    for (let i = 0; i < rows; i++) norm += x[i * columns + j]! ** 2;
    if (!(r[j * columns + j]! > 1e-13 * Math.sqrt(norm))) {
      throw new RangeError(
        `leastSquares: column ${j} of ${columns} is a combination of the columns before it; leave it out`,
      );
    }
  }
  const projected = new Float64Array(columns); // qᵀ y
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) projected[j]! += q[i * columns + j]! * y[i]!;
  return solveTriangular(r, columns, projected, { upper: true });
}
