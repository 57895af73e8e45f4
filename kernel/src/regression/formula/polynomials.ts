/**
 * Orthogonal polynomials on given points, by Stieltjes' three-term recurrence (Kennedy & Gentle 1980, Statistical
 * Computing, section 10.4), scaled to unit length; the sign is that of a positive leading coefficient, as R's `poly`.
 */

/** What makes the same polynomials at new points. */
export interface Polynomials {
  readonly alpha: readonly number[]; // (degree,)
  /** Squared lengths of the monic polynomials of degree 0 …. */
  readonly norm2: readonly number[]; // (degree + 1,)
}

function recur(x: ArrayLike<number>, row: number, k: number, { alpha, norm2 }: Polynomials, p: number[]): number {
  const shifted = (x[row]! - alpha[k]!) * p[k]!;
  return k === 0 ? shifted : shifted - (norm2[k]! / norm2[k - 1]!) * p[k - 1]!;
}

/**
 * Polynomials of degree 1 … `degree` orthogonal to each other and to a constant over the points.
 *
 * @param x (n,) with more than `degree` distinct values
 * @throws RangeError when there are too few distinct points
 */
export function orthogonalPolynomials(x: Float64Array, degree: number): Polynomials {
  const n = x.length;
  if (!(Number.isInteger(degree) && degree >= 1 && degree < new Set(x).size)) {
    throw new RangeError(
      `poly: the degree must be a whole number from 1 and below the number of distinct points (${new Set(x).size}), got ${degree}`,
    );
  }
  const alpha: number[] = [];
  const norm2: number[] = [n];
  let before = new Float64Array(n); // degree k − 1
  let current = new Float64Array(n).fill(1); // degree k
  for (let k = 0; k < degree; k++) {
    // About the mean of the points, so that large x lose nothing.
    let centre = 0;
    if (k === 0) for (const value of x) centre += value / n;
    else centre = alpha[0]!;
    let shift = 0;
    for (let i = 0; i < n; i++) shift += (x[i]! - centre) * current[i]! * current[i]!;
    alpha.push(centre + shift / norm2[k]!);
    const ratio = k === 0 ? 0 : norm2[k]! / norm2[k - 1]!;
    const next = new Float64Array(n);
    let length = 0;
    for (let i = 0; i < n; i++) {
      next[i] = (x[i]! - alpha[k]!) * current[i]! - ratio * before[i]!;
      length += next[i]! * next[i]!;
    }
    norm2.push(length);
    before = current;
    current = next;
  }
  return { alpha, norm2 };
}

/** The polynomials at points. @returns (n, degree), row-major */
export function evaluatePolynomials(x: ArrayLike<number>, basis: Polynomials): Float64Array {
  const degree = basis.alpha.length;
  const values = new Float64Array(x.length * degree);
  for (let i = 0; i < x.length; i++) {
    const p = [1];
    for (let k = 0; k < degree; k++) {
      p.push(recur(x, i, k, basis, p));
      values[i * degree + k] = p[k + 1]! / Math.sqrt(basis.norm2[k + 1]!);
    }
  }
  return values;
}
