/**
 * Least squares by Householder QR, with columns that depend on those before them moved to the end (as LINPACK's dqrdc2
 * in R), and refined to working accuracy: residuals of the augmented system in twice the precision (Björck 1967, BIT 7,
 * 257–278; Björck 1996, Numerical Methods for Least Squares Problems, section 2.9.3).
 */
import { productError, sumError } from '../elementary/exact.ts';
import { log2 } from '../elementary/logarithm.ts';
import { powerOfTwo } from '../elementary/scale.ts';

/** A column depends on those before it when they leave less than this share of its length. */
const DEPENDENT = 1e-11;

/** Refinement is left out where the factor is this well conditioned: it changes nothing but the last digits. */
const WELL_CONDITIONED = 50;

export interface LeastSquaresSolution {
  /** NaN for columns that depend on others. */
  readonly coefficients: Float64Array; // (p,)
  readonly residuals: Float64Array; // (n,)
  /** The first `rank` entries of Qᵀ y: their squares are the sums of squares of the columns kept, one after another. */
  readonly effects: Float64Array; // (rank,)
}

function dotOf(a: Float64Array, b: Float64Array, from: number): number {
  let sum = 0;
  for (let i = from; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Squared lengths beyond these are not trusted: squares overflow, or vanish. */
const [SHORT, LONG] = [1e-250, 1e250];

/** A power of two that brings a column's entries near 1; 1 where its squares are harmless. */
function scaleOf(column: Float64Array): number {
  const squares = dotOf(column, column, 0);
  if (squares > SHORT && squares < LONG) return 1;
  const largest = column.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return largest > 0 ? powerOfTwo(-Math.max(-1000, Math.min(1000, Math.floor(log2(largest))))) : 1;
}

/** x ← x − v (β vᵀ x) over the entries from `from`. */
function reflect(x: Float64Array, v: Float64Array, beta: number, from: number): void {
  const scale = beta * dotOf(v, x, from);
  for (let i = from; i < x.length; i++) x[i]! -= scale * v[i]!;
}

/** The factor of a matrix given by its columns; the columns are not changed. */
export class PivotedQr {
  readonly rows: number;
  readonly rank: number;
  /** Positions of the columns kept, in order. */
  readonly kept: readonly number[]; // (rank,)
  /** Positions of the columns that depend on those before them. */
  readonly dependent: readonly number[]; // (p − rank,)
  private readonly columns: readonly Float64Array[];
  /** What each column was multiplied by. */
  private readonly scales: readonly number[];
  private readonly reflectors: { readonly v: Float64Array; readonly beta: number }[] = [];
  private readonly r: Float64Array[] = []; // columns of the triangle, r[j] of length j + 1
  private readonly refine: boolean;

  constructor(given: readonly Float64Array[], rows: number) {
    const scales = given.map(scaleOf);
    const columns = given.map((column, j) => (scales[j] === 1 ? column : column.map((x) => x * scales[j]!)));
    const kept: number[] = [];
    const dependent: number[] = [];
    let condition = 1;
    columns.forEach((column, j) => {
      const work = Float64Array.from(column);
      const length = Math.sqrt(dotOf(work, work, 0));
      this.reflectors.forEach(({ v, beta }, k) => {
        reflect(work, v, beta, k);
      });
      const k = kept.length;
      const left = Math.sqrt(dotOf(work, work, k));
      if (!(left > DEPENDENT * length) || k >= rows) {
        dependent.push(j);
        return;
      }
      condition = Math.max(condition, length / left);
      const pivot = work[k]!;
      const norm = pivot < 0 ? -left : left; // the sign that does not cancel
      const v = work.slice();
      v.fill(0, 0, k);
      v[k]! += norm;
      this.reflectors.push({ v, beta: 1 / (norm * v[k]!) });
      this.r.push(Float64Array.from({ length: k + 1 }, (_, i) => (i === k ? -norm : work[i]!)));
      kept.push(j);
    });
    this.columns = columns;
    this.scales = scales;
    this.rows = rows;
    this.rank = kept.length;
    this.kept = kept;
    this.dependent = dependent;
    this.refine = condition > WELL_CONDITIONED;
  }

  /** Qᵀ y, all of it. */
  private transformed(y: Float64Array): Float64Array {
    const result = Float64Array.from(y);
    this.reflectors.forEach(({ v, beta }, k) => {
      reflect(result, v, beta, k);
    });
    return result;
  }

  /** Q z, in place. */
  private back(z: Float64Array): Float64Array {
    for (let k = this.rank - 1; k >= 0; k--) reflect(z, this.reflectors[k]!.v, this.reflectors[k]!.beta, k);
    return z;
  }

  /** R x = b, in place over the first `rank` entries. */
  private upper(b: Float64Array): Float64Array {
    for (let j = this.rank - 1; j >= 0; j--) {
      const column = this.r[j]!;
      b[j]! /= column[j]!;
      for (let i = 0; i < j; i++) b[i]! -= column[i]! * b[j]!;
    }
    return b;
  }

  /** Rᵀ x = b, in place. */
  private lower(b: Float64Array): Float64Array {
    for (let j = 0; j < this.rank; j++) {
      const column = this.r[j]!;
      for (let i = 0; i < j; i++) b[j]! -= column[i]! * b[i]!;
      b[j]! /= column[j]!;
    }
    return b;
  }

  /**
   * The coefficients that make the sum of squared residuals smallest.
   *
   * @param y (rows,)
   * @param closely refine the solution even where the columns are well conditioned, for the last digits
   */
  solve(y: Float64Array, closely = false): LeastSquaresSolution {
    const { rank, rows } = this;
    const q = this.transformed(y);
    const effects = q.slice(0, rank);
    const solution = this.upper(q.slice(0, rank));
    q.fill(0, 0, rank);
    const residuals = this.back(q);
    if (this.refine || closely) this.improve(y, solution, residuals);
    else this.exactResiduals(y, solution, residuals);
    const coefficients = new Float64Array(this.columns.length).fill(Number.NaN);
    this.kept.forEach((column, k) => {
      coefficients[column] = solution[k]! * this.scales[column]!;
    });
    if (rank === rows) residuals.fill(0);
    return { coefficients, residuals, effects };
  }

  /** y − X b as the fitted values have it. */
  private exactResiduals(y: Float64Array, b: Float64Array, residuals: Float64Array): void {
    residuals.set(y);
    this.kept.forEach((column, k) => {
      const x = this.columns[column]!;
      for (let i = 0; i < this.rows; i++) residuals[i]! -= b[k]! * x[i]!;
    });
  }

  private improve(y: Float64Array, b: Float64Array, residuals: Float64Array): void {
    const { rank, rows, columns, kept } = this;
    const f = new Float64Array(rows);
    const low = new Float64Array(rows);
    let previous = Infinity;
    for (let round = 0; round < 4; round++) {
      // f = y − r − X b and g = −Xᵀ r, in twice the precision
      for (let i = 0; i < rows; i++) {
        f[i] = y[i]! - residuals[i]!;
        low[i] = sumError(y[i]!, -residuals[i]!, f[i]!);
      }
      for (let k = 0; k < rank; k++) {
        const x = columns[kept[k]!]!;
        for (let i = 0; i < rows; i++) {
          const part = -b[k]! * x[i]!;
          const sum = f[i]! + part;
          low[i]! += productError(-b[k]!, x[i]!, part) + sumError(f[i]!, part, sum);
          f[i] = sum;
        }
      }
      for (let i = 0; i < rows; i++) f[i]! += low[i]!;
      const g = Float64Array.from(kept, (column) => {
        const x = columns[column]!;
        let sum = 0;
        let rest = 0;
        for (let i = 0; i < rows; i++) {
          const part = -x[i]! * residuals[i]!;
          const next = sum + part;
          rest += productError(-x[i]!, residuals[i]!, part) + sumError(sum, part, next);
          sum = next;
        }
        return sum + rest;
      });
      const h = this.lower(g);
      const d = this.transformed(f);
      const step = this.upper(Float64Array.from({ length: rank }, (_, k) => d[k]! - h[k]!));
      let size = 0;
      for (let k = 0; k < rank; k++) size = Math.max(size, Math.abs(step[k]!) / (Math.abs(b[k]! + step[k]!) || 1));
      if (!(size < previous / 2)) return; // no longer shrinking: working accuracy is reached
      previous = size;
      for (let k = 0; k < rank; k++) b[k]! += step[k]!;
      d.set(h);
      const change = this.back(d);
      for (let i = 0; i < rows; i++) residuals[i]! += change[i]!;
      if (size < 4 * Number.EPSILON) return;
    }
  }

  /** (XᵀX)⁻¹ over the columns kept. @returns (rank, rank), row-major */
  unscaledCovariance(): Float64Array {
    const { rank } = this;
    const inverse = Array.from({ length: rank }, (_, j) => {
      const unit = new Float64Array(rank);
      unit[j] = 1;
      return this.upper(unit);
    });
    return Float64Array.from({ length: rank * rank }, (_, at) => {
      const [i, j] = [Math.floor(at / rank), at % rank];
      let sum = 0;
      for (let k = Math.max(i, j); k < rank; k++) sum += inverse[k]![i]! * inverse[k]![j]!;
      return sum * this.scales[this.kept[i]!]! * this.scales[this.kept[j]!]!;
    });
  }

  /** The diagonal of X (XᵀX)⁻¹ Xᵀ: how much each row pulls the fit to itself. @returns (rows,) */
  leverage(): Float64Array {
    const result = new Float64Array(this.rows);
    for (let j = 0; j < this.rank; j++) {
      const unit = new Float64Array(this.rows);
      unit[j] = 1;
      this.back(unit);
      for (let i = 0; i < this.rows; i++) result[i]! += unit[i]! * unit[i]!;
    }
    return result;
  }

  /** The columns before it whose combination a dependent column is: those with a coefficient that is not rounding. */
  partners(dependent: number): number[] {
    const { coefficients } = this.solve(this.columns[dependent]!);
    const lengths = this.columns.map((column) => Math.sqrt(dotOf(column, column, 0)));
    return this.kept.filter(
      (k) => Math.abs(coefficients[k]! / this.scales[k]!) * lengths[k]! > 1e-8 * lengths[dependent]!,
    );
  }
}
