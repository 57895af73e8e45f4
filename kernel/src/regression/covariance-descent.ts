/**
 * Coordinate descent for the elastic net of a Gaussian response by covariance updates (Friedman, Hastie & Tibshirani
 * 2010, Journal of Statistical Software 33(1), section 2.2): Xᵀ W X and Xᵀ W y once, then no step looks at the rows.
 */
import { type PenalisedPoint, type PenalisedProblem, soft } from './descent.ts';
import { RowBlocks } from './kernels/row-blocks.ts';

/** Columns up to which their products are kept. */
const MOST_COLUMNS = 500;
const MOST_SWEEPS = 100_000;
/** Sweeps over the columns that are in, before it is tried again to solve for them. */
const FEW = 5;
/** A sweep that moves no coefficient by more than this, times its column's length, is the last. */
const STILL = 1e-11;

/** Columns whose mean is further from 0 than this, in standard deviations, are centred row by row. */
const FAR = 100;

interface Products {
  readonly products: Float64Array; // (p, p)
  readonly sums: Float64Array; // (p,), Xᵀ w
  readonly pull: Float64Array; // (p,), Xᵀ W (y − mean)
  readonly mean: number;
}

/** Products with a response less its mean, of weights that add to 1; where there is no intercept its mean counts as 0. */
function productsOf(blocks: RowBlocks, weights: Float64Array, response: Float64Array, intercept: boolean): Products {
  const n = response.length;
  const { curvature, pull } = blocks;
  curvature.set(weights);
  const equal = weights.every((weight) => weight === weights[0]);
  const products = blocks.gram(!equal);
  if (equal) for (let k = 0; k < products.length; k++) products[k]! *= weights[0]!;
  pull.set(weights);
  const sums = blocks.transposeTimesPull();
  let mean = 0;
  if (intercept) for (let i = 0; i < n; i++) mean += weights[i]! * response[i]!;
  for (let i = 0; i < n; i++) pull[i] = weights[i]! * (response[i]! - mean);
  return { products, sums, pull: blocks.transposeTimesPull(), mean };
}

/** A design before its columns are standardised. */
export interface RawDesign {
  readonly columns: readonly Float64Array[]; // p of (n,), without an intercept
  /** Weights that add to 1. */
  readonly weights: Float64Array; // (n,)
  /** Less its offset. */
  readonly response: Float64Array; // (n,)
  readonly intercept: boolean;
  readonly standardise: boolean;
  readonly mix: number;
}

/** The minimum along penalties, each from the one before. */
export class CovarianceDescent {
  /** Derivatives of the log likelihood over the sum of weights where no column is in. */
  readonly pull: Float64Array; // (p,)
  readonly #products: Float64Array; // (p, p)
  readonly #sums: Float64Array; // (p,)
  readonly #mean: number;
  readonly #mix: number;
  readonly #intercept: boolean;
  /** Then the intercept does not depend on the slopes. */
  readonly #centred: boolean;
  /** The columns that were in last, and their factor: from one penalty to the next they are mostly the same. */
  #last: { readonly active: readonly number[]; readonly ridge: number; readonly factor: Float64Array } = {
    active: [],
    ridge: 0,
    factor: new Float64Array(0),
  };

  private constructor({ products, sums, pull, mean }: Products, mix: number, intercept: boolean) {
    this.#products = products;
    this.#sums = sums;
    this.pull = pull;
    this.#mean = mean;
    this.#mix = mix;
    this.#intercept = intercept;
    this.#centred = sums.every((sum) => Math.abs(sum) < 1e-12);
  }

  /** For a Gaussian response with identity link and more rows than columns; else undefined. Weights add to 1. */
  static open(problem: PenalisedProblem): CovarianceDescent | undefined {
    const { y, weights, offset, family, intercept, mix } = problem;
    if (!(family.name === 'gaussian' && family.link.name === 'identity')) return undefined;
    const blocks = open(problem.columns, y.length);
    if (!blocks) return undefined;
    const response = y.map((value, i) => value - offset[i]!);
    return new CovarianceDescent(productsOf(blocks, weights, response, intercept), mix, intercept);
  }

  /**
   * The same of columns as they stand, centred and scaled by what their products say.
   *
   * @returns undefined also where a mean is so far from 0 that this would lose digits
   */
  static ofRaw({ columns, weights, response, intercept, standardise, mix }: RawDesign) {
    const blocks = open(columns, response.length);
    if (!blocks) return undefined;
    const p = columns.length;
    const { products, sums, pull, mean } = productsOf(blocks, weights, response, intercept);
    const centre = intercept ? sums : new Float64Array(p);
    const scale = new Float64Array(p).fill(1);
    for (let j = 0; j < p; j++) {
      const variance = products[j * p + j]! - centre[j]! ** 2;
      if (!(variance * FAR ** 2 >= centre[j]! ** 2 && variance > 0)) return undefined;
      if (standardise) scale[j] = Math.sqrt(variance);
    }
    for (let i = 0; i < p; i++) {
      for (let j = 0; j < p; j++) {
        products[i * p + j] = (products[i * p + j]! - centre[i]! * centre[j]!) / (scale[i]! * scale[j]!);
      }
      pull[i]! /= scale[i]!;
    }
    const left = intercept ? new Float64Array(p) : sums.map((sum, j) => sum / scale[j]!);
    return { descent: new CovarianceDescent({ products, sums: left, pull, mean }, mix, intercept), centre, scale };
  }

  /** The points along penalties, descending. */
  walk(lambda: ArrayLike<number>): PenalisedPoint[] {
    const [mix, intercept] = [this.#mix, this.#intercept];
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
      const solved = () => this.#solve(penalty, b, pull);
      if (solved()) return { intercept: b0, coefficients: b.slice() };
      for (let sweeps = 0; sweeps < MOST_SWEEPS; sweeps++) {
        if (sweep(penalty, true) < STILL) break;
        if (solved()) break;
        for (let few = 0; few < FEW && sweeps < MOST_SWEEPS && sweep(penalty, false) >= STILL; few++) sweeps++;
      }
      return { intercept: b0, coefficients: b.slice() };
    });
  }

  /**
   * The minimum as the solution of a linear system, where the columns that are in, and their signs, are those of `b`:
   * with them given the penalty is linear. Kept only where the conditions of the optimum hold.
   *
   * @returns whether `b` and `pull` are now those of the minimum
   */
  #solve(penalty: number, b: Float64Array, pull: Float64Array): boolean {
    const p = b.length;
    if (!this.#centred) return false;
    const active: number[] = [];
    for (let j = 0; j < p; j++) if (b[j] !== 0) active.push(j);
    const k = active.length;
    const gram = this.#products;
    const factor = this.#factorOf(active, penalty);
    if (!factor) return false;
    const x = new Float64Array(k);
    for (let i = 0; i < k; i++) {
      let right = this.pull[active[i]!]! - penalty * this.#mix * Math.sign(b[active[i]!]!);
      for (let l = 0; l < i; l++) right -= factor[i * k + l]! * x[l]!;
      x[i] = right / factor[i * k + i]!;
    }
    for (let i = k - 1; i >= 0; i--) {
      for (let l = i + 1; l < k; l++) x[i]! -= factor[l * k + i]! * x[l]!;
      x[i]! /= factor[i * k + i]!;
      if (!(x[i]! * b[active[i]!]! > 0)) return false; // it would leave, or change its sign
    }
    const left = this.pull.slice();
    for (let i = 0; i < k; i++) {
      const row = active[i]! * p;
      for (let j = 0; j < p; j++) left[j]! -= gram[row + j]! * x[i]!;
    }
    for (let j = 0; j < p; j++) if (b[j] === 0 && Math.abs(left[j]!) > penalty * this.#mix) return false;
    for (let i = 0; i < k; i++) b[active[i]!] = x[i]!;
    pull.set(left);
    return true;
  }

  /** The Cholesky factor of the products of these columns; undefined where they depend on each other. */
  #factorOf(active: readonly number[], penalty: number): Float64Array | undefined {
    const k = active.length;
    const p = this.pull.length;
    const ridge = penalty * (1 - this.#mix);
    const last = this.#last;
    if (ridge === last.ridge && k === last.active.length && active.every((j, i) => j === last.active[i])) {
      return last.factor;
    }
    const factor = new Float64Array(k * k);
    for (let i = 0; i < k; i++) {
      const row = active[i]! * p;
      for (let j = 0; j <= i; j++) {
        let rest = this.#products[row + active[j]!]! + (i === j ? ridge : 0);
        for (let l = 0; l < j; l++) rest -= factor[i * k + l]! * factor[j * k + l]!;
        if (i > j) factor[i * k + j] = rest / factor[j * k + j]!;
        else if (rest > 1e-10 * this.#products[row + active[i]!]!) factor[i * k + i] = Math.sqrt(rest);
        else return undefined;
      }
    }
    this.#last = { active, ridge, factor };
    return factor;
  }
}

function open(columns: readonly Float64Array[], rows: number): RowBlocks | undefined {
  return columns.length <= MOST_COLUMNS && columns.length < rows ? RowBlocks.open(columns) : undefined;
}
