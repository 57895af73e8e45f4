/**
 * The Cholesky factor of Xᵀ W X on a unit diagonal, where that is well conditioned: then the coefficients' covariance is
 * right to 1e-11 of itself, and what the squared condition costs in a solution the next scoring step makes good
 * (Björck 1996, Numerical Methods for Least Squares Problems, section 2.2).
 */

/** Least share of a column's squared length that those before it may leave; below it least squares go through QR. */
const INDEPENDENT = 1e-5;

/** What a fit needs to know of its weighted columns. */
export interface ColumnsFactor {
  readonly rank: number;
  /** Positions of the columns kept, in order. */
  readonly kept: readonly number[]; // (rank,)
  /** (Xᵀ W X)⁻¹ over the columns kept. // (rank, rank), row-major */
  unscaledCovariance(): Float64Array;
  /**
   * How much each row pulls the fit to itself. // (n,)
   *
   * @param weights those of the rows, where the factor does not know them
   */
  leverage(weights: Float64Array | undefined): Float64Array;
}

export class GramFactor implements ColumnsFactor {
  readonly rank: number;
  readonly kept: readonly number[];
  readonly #lower: Float64Array; // (p, p), of the matrix on a unit diagonal
  readonly #scale: Float64Array; // (p,)
  readonly #columns: readonly Float64Array[];

  private constructor(lower: Float64Array, scale: Float64Array, columns: readonly Float64Array[]) {
    this.#lower = lower;
    this.#scale = scale;
    this.#columns = columns;
    this.rank = scale.length;
    this.kept = Array.from(scale, (_, j) => j);
  }

  /**
   * The factor, or undefined where columns are close to depending on each other.
   *
   * @param gram (p, p), row-major
   * @param columns those it was made from, for leverages
   */
  static of(gram: Float64Array, columns: readonly Float64Array[]): GramFactor | undefined {
    const p = columns.length;
    const scale = Float64Array.from({ length: p }, (_, j) => 1 / Math.sqrt(gram[j * p + j]!));
    const lower = new Float64Array(p * p);
    for (let i = 0; i < p; i++) {
      for (let j = 0; j <= i; j++) {
        let rest = gram[i * p + j]! * scale[i]! * scale[j]!;
        for (let k = 0; k < j; k++) rest -= lower[i * p + k]! * lower[j * p + k]!;
        if (i > j) lower[i * p + j] = rest / lower[j * p + j]!;
        else if (rest >= INDEPENDENT) lower[i * p + i] = Math.sqrt(rest);
        else return undefined;
      }
    }
    return new GramFactor(lower, scale, columns);
  }

  /** L⁻¹ b on the unit scale, in place. */
  #forward(b: Float64Array): Float64Array {
    const p = this.rank;
    for (let i = 0; i < p; i++) {
      let rest = b[i]!;
      for (let k = 0; k < i; k++) rest -= this.#lower[i * p + k]! * b[k]!;
      b[i] = rest / this.#lower[i * p + i]!;
    }
    return b;
  }

  /** (Xᵀ W X)⁻¹ b. */
  solve(b: Float64Array): Float64Array {
    const p = this.rank;
    const x = this.#forward(b.map((value, j) => value * this.#scale[j]!));
    for (let i = p - 1; i >= 0; i--) {
      let rest = x[i]!;
      for (let k = i + 1; k < p; k++) rest -= this.#lower[k * p + i]! * x[k]!;
      x[i] = rest / this.#lower[i * p + i]!;
    }
    return x.map((value, j) => value * this.#scale[j]!);
  }

  /** R b with R the triangle of the columns' QR factor: its squares add up to what each of them explains. */
  effects(b: Float64Array): Float64Array {
    const p = this.rank;
    return Float64Array.from({ length: p }, (_, i) => {
      let sum = 0;
      for (let k = i; k < p; k++) sum += (this.#lower[k * p + i]! * b[k]!) / this.#scale[k]!;
      return sum;
    });
  }

  unscaledCovariance(): Float64Array {
    const p = this.rank;
    const rows = Array.from({ length: p }, (_, j) => {
      const unit = new Float64Array(p);
      unit[j] = this.#scale[j]!;
      return this.#forward(unit); // L⁻¹ D eⱼ
    });
    const result = new Float64Array(p * p);
    for (let i = 0; i < p; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = 0;
        for (let k = i; k < p; k++) sum += rows[i]![k]! * rows[j]![k]!;
        result[i * p + j] = result[j * p + i] = sum;
      }
    }
    return result;
  }

  leverage(weights: Float64Array | undefined): Float64Array {
    const n = this.#columns[0]!.length;
    const row = new Float64Array(this.rank);
    return Float64Array.from({ length: n }, (_, i) => {
      for (let j = 0; j < this.rank; j++) row[j] = this.#columns[j]![i]! * this.#scale[j]!;
      const left = this.#forward(row);
      return (weights?.[i] ?? 1) * left.reduce((sum, value) => sum + value * value, 0);
    });
  }
}
