/**
 * Singular value decomposition by one-sided Jacobi rotations (Hestenes 1958; Golub & Van Loan 2013, section 8.6.3):
 * slower than bidiagonalisation for large matrices, and accurate for small singular values too.
 */
import { checkSize } from './check.ts';

export interface Svd {
  /** (rows, k), orthonormal columns. */
  readonly u: Float64Array<ArrayBuffer>;
  /** (k,), falling, none negative. */
  readonly values: Float64Array<ArrayBuffer>;
  /** (columns, k), orthonormal columns, the largest element of each positive. */
  readonly v: Float64Array<ArrayBuffer>;
}

const MAXIMUM_SWEEPS = 60;
const ROUNDING = 2 ** -52;
/** Elements below this share of the largest count as 0: their squares would vanish. */
const NEGLIGIBLE = 1e-140;

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Turn a pair of columns by an angle of cosine c and sine s. */
function turn(a: Float64Array, b: Float64Array, c: number, s: number): void {
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!, b[i]!];
    a[i] = c * x - s * y;
    b[i] = s * x + c * y;
  }
}

/** Make all pairs of columns orthogonal; `right` collects the rotations. */
function orthogonalise(left: Float64Array[], right: Float64Array[]): void {
  for (let sweep = 0, turned = true; turned && sweep < MAXIMUM_SWEEPS; sweep++) {
    turned = false;
    for (let p = 0; p < left.length; p++) {
      for (let q = p + 1; q < left.length; q++) {
        const [a, b] = [left[p]!, left[q]!];
        const [aa, bb, ab] = [dot(a, a), dot(b, b), dot(a, b)];
        if (ab === 0 || Math.abs(ab) <= ROUNDING * Math.sqrt(aa) * Math.sqrt(bb)) continue;
        const zeta = (bb - aa) / (2 * ab);
        const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
        const c = 1 / Math.sqrt(1 + t * t);
        turn(a, b, c, c * t);
        turn(right[p]!, right[q]!, c, c * t);
        turned = true;
      }
    }
  }
}

/** A unit vector orthogonal to these ones: of the axes the one that is least among them, made orthogonal twice. */
function another(known: readonly Float64Array[], size: number): Float64Array {
  const shares = Array.from({ length: size }, (_, i) => known.reduce((sum, x) => sum + x[i]! * x[i]!, 0));
  const made = new Float64Array(size);
  made[shares.indexOf(Math.min(...shares))] = 1;
  for (let round = 0; round < 2; round++) {
    for (const x of known) {
      const share = dot(x, made);
      for (let i = 0; i < size; i++) made[i]! -= share * x[i]!;
    }
    const length = Math.sqrt(dot(made, made));
    for (let i = 0; i < size; i++) made[i]! /= length;
  }
  return made;
}

/**
 * a = U diag(values) Vᵀ, with k = min(rows, columns) singular values.
 *
 * @param a (rows, columns)
 * @throws RangeError when an element is not finite
 * @example svd(Float64Array.of(3, 0, 0, 4), 2, 2).values // 4, 3
 */
export function svd(a: Float64Array, rows: number, columns: number): Svd {
  checkSize('svd', a, rows, columns);
  const bad = a.find((x) => !Number.isFinite(x));
  if (bad !== undefined) throw new RangeError(`svd: expected finite elements, got ${bad}`);
  const tall = rows >= columns;
  const [m, k] = tall ? [rows, columns] : [columns, rows];
  // A common power of two, which is exact, so that squares neither overflow nor vanish.
  const largest = a.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  let exponent = 0;
  while (largest * 2 ** exponent > 2 ** 200) exponent -= 128;
  while (largest > 0 && largest * 2 ** (exponent / 2) * 2 ** (exponent / 2) < 2 ** 72) exponent += 128;
  const half = 2 ** (exponent / 2); // twice, for 2^1088 is no number
  const least = NEGLIGIBLE * largest * half * half;
  const scaled = a.map((x) => (Math.abs(x * half * half) < least ? 0 : x * half * half));
  const left = Array.from({ length: k }, (_, j) =>
    Float64Array.from({ length: m }, (_, i) => scaled[tall ? i * columns + j : j * columns + i]!),
  );
  const right = Array.from({ length: k }, (_, j) => Float64Array.from({ length: k }, (_, i) => (i === j ? 1 : 0)));
  orthogonalise(left, right);
  const lengths = left.map((x) => Math.sqrt(dot(x, x))).map((length) => (length < least ? 0 : length));
  const order = lengths.map((_, j) => j).sort((i, j) => lengths[j]! - lengths[i]!);
  const units: Float64Array[] = [];
  for (const j of order) {
    const unit = lengths[j]! > 0 ? left[j]!.map((x) => x / lengths[j]!) : another(units, m);
    units.push(unit);
  }
  const [u, v] = [new Float64Array(rows * k), new Float64Array(columns * k)];
  order.forEach((from, to) => {
    const [ofU, ofV] = tall ? [units[to]!, right[from]!] : [right[from]!, units[to]!];
    let most = 0;
    for (const x of ofV) if (Math.abs(x) > Math.abs(most)) most = x;
    const sign = most < 0 ? -1 : 1;
    for (let i = 0; i < rows; i++) u[i * k + to] = sign * ofU[i]!;
    for (let i = 0; i < columns; i++) v[i * k + to] = sign * ofV[i]!;
  });
  return { u, values: Float64Array.from(order, (j) => lengths[j]! / half / half), v };
}
