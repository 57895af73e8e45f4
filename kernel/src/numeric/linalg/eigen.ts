/**
 * Eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations (Golub & Van Loan 2013,
 * section 8.5): slower than tridiagonalisation for large matrices, and the most accurate for small eigenvalues.
 */
import { checkSize } from './check.ts';

export interface SymmetricEigen {
  /** (n,), rising. */
  readonly values: Float64Array<ArrayBuffer>;
  /** (n, n), row-major: column j belongs to value j and has length 1; its largest element is positive. */
  readonly vectors: Float64Array<ArrayBuffer>;
}

const MAXIMUM_SWEEPS = 60;

/** One rotation in the plane (p, q) that makes element (p, q) of w zero; v collects the rotations. */
function rotate(w: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const off = w[p * n + q]!;
  const theta = (w[q * n + q]! - w[p * n + p]!) / (2 * off);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1)); // tangent of the smaller angle
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const kp = w[k * n + p]!;
    const kq = w[k * n + q]!;
    w[k * n + p] = c * kp - s * kq;
    w[k * n + q] = s * kp + c * kq;
  }
  for (let k = 0; k < n; k++) {
    const pk = w[p * n + k]!;
    const qk = w[q * n + k]!;
    w[p * n + k] = c * pk - s * qk;
    w[q * n + k] = s * pk + c * qk;
    const vp = v[k * n + p]!;
    const vq = v[k * n + q]!;
    v[k * n + p] = c * vp - s * vq;
    v[k * n + q] = s * vp + c * vq;
  }
  w[p * n + q] = 0;
  w[q * n + p] = 0;
}

/**
 * a = V diag(values) Vᵀ.
 *
 * @param a (n, n) symmetric; only the lower triangle is read
 * @throws RangeError when an element is not finite
 * @example symmetricEigen(Float64Array.of(2, 1, 1, 2), 2).values // 1, 3
 */
export function symmetricEigen(a: Float64Array, n: number): SymmetricEigen {
  checkSize('symmetricEigen', a, n, n);
  const w = new Float64Array(n * n);
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    v[i * n + i] = 1;
    for (let j = 0; j <= i; j++) {
      const element = a[i * n + j]!;
      if (!Number.isFinite(element)) {
        throw new RangeError(`symmetricEigen: expected finite elements, got ${element} at [${i},${j}]`);
      }
      w[i * n + j] = element;
      w[j * n + i] = element;
    }
  }
  for (let sweep = 0, rotated = true; rotated && sweep < MAXIMUM_SWEEPS; sweep++) {
    rotated = false;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const size = Math.sqrt(Math.abs(w[p * n + p]!)) * Math.sqrt(Math.abs(w[q * n + q]!));
        const off = Math.abs(w[p * n + q]!);
        if (off === 0 || off <= 1e-17 * size) continue;
        rotate(w, v, n, p, q);
        rotated = true;
      }
    }
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => w[i * n + i]! - w[j * n + j]!);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    let largest = 0;
    for (let k = 0; k < n; k++) if (Math.abs(v[k * n + from]!) > Math.abs(largest)) largest = v[k * n + from]!;
    for (let k = 0; k < n; k++) vectors[k * n + to] = largest < 0 ? -v[k * n + from]! : v[k * n + from]!;
  });
  return { values: Float64Array.from(order, (i) => w[i * n + i]!), vectors };
}
