/**
 * Variable projection (Golub & Pereyra 1973): least squares in the parameters that the residuals are not linear in.
 *
 * Given these, the others are a linear least-squares problem, solved by QR; what is left has fewer parameters, and no
 * valley along which a factor must grow by powers of ten while another shrinks. The Jacobian is Kaufman's (1975): the
 * term it leaves out is orthogonal to the residuals, so the gradient is exact.
 */
import { qr } from '../../numeric/linalg/qr.ts';
import { solveTriangular } from '../../numeric/linalg/triangular.ts';
import type { Residuals } from './levenberg-marquardt.ts';

/** Columns of the Jacobian that change by less than this, relative to their size, do not change. */
const unchanged = 1e-12;
/** A column of which less than this is left beside the ones before it depends on them. */
const dependent = 1e-14;

/**
 * Coordinates in which the residuals are linear, all together, as far as one step from `position` (d,) along each shows:
 * the columns of the Jacobian that belong to them do not change.
 *
 * @example linearCoordinates(residuals, start); // [0] for b₀ exp(b₁ x)
 */
export function linearCoordinates(residuals: Residuals, position: Float64Array): number[] {
  const { dimension: d, count: n } = residuals;
  const jacobianAt = (x: Float64Array) => {
    const jacobian = new Float64Array(n * d); // (n, d)
    residuals.evaluate(x, new Float64Array(n), jacobian);
    return jacobian;
  };
  const here = jacobianAt(position);
  const linear: number[] = [];
  for (let j = 0; j < d; j++) {
    const there = jacobianAt(position.with(j, position[j]! + 0.37 * (1 + Math.abs(position[j]!))));
    const same = (column: number) => {
      let [change, size] = [0, 0];
      for (let i = column; i < n * d; i += d) {
        change += Math.abs(there[i]! - here[i]!);
        size += Math.abs(here[i]!);
      }
      return change <= unchanged * size; // NaN is no
    };
    if (same(j) && linear.every(same)) linear.push(j);
  }
  return linear;
}

/** The smaller problem, and the way back. */
export interface Projected {
  readonly residuals: Residuals;
  /** The coordinates that are left, of a position (d,). // (d − l,) */
  rest(position: Float64Array): Float64Array;
  /** The position (d,) with the linear coordinates at their best. */
  complete(rest: Float64Array): Float64Array;
}

/**
 * Residuals as a function of the coordinates they are not linear in.
 *
 * @param linear coordinates in which the residuals are linear, at least one and not all
 * @example
 * const { residuals: fewer, rest, complete } = project(residuals, [0]);
 * complete(minimise(levenbergMarquardt(fewer), rest(start)).state.position);
 */
export function project(residuals: Residuals, linear: readonly number[]): Projected {
  const { dimension: d, count: n } = residuals;
  const l = linear.length;
  const kept = Array.from({ length: d }, (_, j) => j).filter((j) => !linear.includes(j));
  const jacobian = new Float64Array(n * d); // (n, d)

  /** The best linear coordinates, and Q (n, l) of their columns; undefined where these depend on each other. */
  function solve(x: Float64Array): { position: Float64Array; q: Float64Array } | undefined {
    const position = new Float64Array(d); // (d,)
    kept.forEach((j, k) => {
      position[j] = x[k]!;
    });
    const r = new Float64Array(n); // (n,) with the linear coordinates 0
    residuals.evaluate(position, r, jacobian);
    const columns = new Float64Array(n * l); // (n, l)
    for (let i = 0; i < n; i++) for (let k = 0; k < l; k++) columns[i * l + k] = jacobian[i * d + linear[k]!]!;
    if (!columns.every(Number.isFinite)) return undefined;
    const { q, r: triangle } = qr(columns, n, l);
    for (let k = 0; k < l; k++) {
      let size = 0;
      for (let i = 0; i <= k; i++) size = Math.hypot(size, triangle[i * l + k]!);
      if (!(triangle[k * l + k]! > dependent * size)) return undefined;
    }
    const right = new Float64Array(l); // −Qᵀr, (l,)
    for (let i = 0; i < n; i++) for (let k = 0; k < l; k++) right[k]! -= q[i * l + k]! * r[i]!;
    solveTriangular(triangle, l, right, { upper: true }).forEach((v, k) => {
      position[linear[k]!] = v;
    });
    return { position, q };
  }

  return {
    residuals: {
      dimension: d - l,
      count: n,
      evaluate(x, r, reduced) {
        const found = solve(x);
        if (!found) {
          r.fill(Number.NaN);
          reduced?.fill(Number.NaN);
          return;
        }
        const { position, q } = found;
        residuals.evaluate(position, r, reduced ? jacobian : undefined);
        if (!reduced) return;
        kept.forEach((j, at) => {
          const column = Float64Array.from({ length: n }, (_, i) => jacobian[i * d + j]!); // (n,)
          for (let k = 0; k < l; k++) {
            let along = 0;
            for (let i = 0; i < n; i++) along += q[i * l + k]! * column[i]!;
            for (let i = 0; i < n; i++) column[i]! -= along * q[i * l + k]!;
          }
          column.forEach((v, i) => {
            reduced[i * (d - l) + at] = v;
          });
        });
      },
    },
    rest: (position) => Float64Array.from(kept, (j) => position[j]!),
    complete: (x) => solve(x)?.position ?? new Float64Array(d).fill(Number.NaN),
  };
}
