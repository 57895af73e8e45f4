/**
 * Coordinate descent for the elastic net of a Gaussian response by covariance updates (Friedman, Hastie & Tibshirani
 * 2010, Journal of Statistical Software 33(1), section 2.2): Xᵀ W X and Xᵀ W y once, then no step looks at the rows.
 */
import { type PenalisedPoint, type PenalisedProblem, soft } from './descent.ts';
import { RowBlocks } from './kernels/row-blocks.ts';

/** Columns up to which their products are kept. */
const MOST_COLUMNS = 500;
const MOST_SWEEPS = 100_000;
/** A sweep that moves no coefficient by more than this, times its column's length, is the last. */
const STILL = 1e-11;

/** The minimum along penalties, each from the one before. */
export class CovarianceDescent {
  /** Derivatives of the log likelihood over the sum of weights where no column is in. */
  readonly pull: Float64Array; // (p,)
  readonly #products: Float64Array; // (p, p)
  readonly #sums: Float64Array; // (p,), Xᵀ w
  readonly #mean: number;
  readonly #problem: PenalisedProblem;

  private constructor(problem: PenalisedProblem, blocks: RowBlocks) {
    const { columns, y, weights, offset, intercept } = problem;
    const n = y.length;
    blocks.curvature.set(weights);
    this.#products = blocks.gram(true);
    blocks.pull.set(weights);
    this.#sums = intercept ? blocks.transposeTimesPull() : new Float64Array(columns.length);
    let mean = 0;
    for (let i = 0; i < n && intercept; i++) mean += weights[i]! * (y[i]! - offset[i]!);
    this.#mean = mean;
    for (let i = 0; i < n; i++) blocks.pull[i] = weights[i]! * (y[i]! - offset[i]! - mean);
    this.pull = blocks.transposeTimesPull();
    this.#problem = problem;
  }

  /** For a Gaussian response with identity link and more rows than columns; else undefined. Weights add to 1. */
  static open(problem: PenalisedProblem): CovarianceDescent | undefined {
    const { columns, y, family } = problem;
    const suits = family.name === 'gaussian' && family.link.name === 'identity';
    if (!(suits && columns.length <= MOST_COLUMNS && columns.length < y.length)) return undefined;
    const blocks = RowBlocks.open(columns);
    return blocks && new CovarianceDescent(problem, blocks);
  }

  /** The points along penalties, descending. */
  walk(lambda: ArrayLike<number>): PenalisedPoint[] {
    const { mix, intercept } = this.#problem;
    const p = this.pull.length;
    const [products, sums] = [this.#products, this.#sums];
    const pull = this.pull.slice();
    const b = new Float64Array(p);
    let b0 = this.#mean;
    /** Move coordinates, all or those that are in. @returns the longest move */
    const sweep = (penalty: number, all: boolean): number => {
      let moved = 0;
      for (let j = 0; j < p; j++) {
        if (!all && b[j] === 0) continue;
        const square = products[j * p + j]!;
        const next = soft(pull[j]! + square * b[j]!, penalty * mix) / (square + penalty * (1 - mix));
        const change = next - b[j]!;
        if (change === 0 || Number.isNaN(change)) continue; // 0 / 0: a column of zeros without a penalty
        b[j] = next;
        for (let k = 0; k < p; k++) pull[k]! -= change * products[j * p + k]!;
        moved = Math.max(moved, Math.abs(change) * Math.sqrt(square));
        b0 = intercept ? level(-change * sums[j]!) : b0;
      }
      return moved;
    };
    /** The intercept follows at once: the weights add to 1. */
    const level = (change: number): number => {
      if (change !== 0) for (let k = 0; k < p; k++) pull[k]! -= change * sums[k]!;
      return b0 + change;
    };
    return Array.from(lambda, (penalty) => {
      for (let sweeps = 0; sweeps < MOST_SWEEPS; sweeps++) {
        if (sweep(penalty, true) < STILL) break;
        while (sweeps < MOST_SWEEPS && sweep(penalty, false) >= STILL) sweeps++;
      }
      return { intercept: b0, coefficients: b.slice() };
    });
  }
}
