/**
 * A design in the memory of the compiled loops, in blocks of rows with their columns one after another, and the
 * products a scoring step needs: X b, Xᵀ v, Xᵀ W X.
 */
import { BLOCK, COLUMN, type Kernels, kernels } from './print.ts';

/** The accumulators stand first, then room for coefficients; numbers. */
const COEFFICIENTS = 64;
const MOST_COLUMNS = 512;
/** Memory that may be taken, in numbers: half a gigabyte. */
const MOST = 2 ** 26;

/** The likelihoods that have a loop of their own. */
export type KnownLikelihood = 'logistic' | 'poisson';

/**
 * One design at a time: opening another one takes the memory, and this one may not be used any more.
 */
export class RowBlocks {
  readonly rows: number;
  readonly columns: number;
  /** Predictors, responses, weights, curvatures and pulls. */
  readonly eta: Float64Array; // (n,)
  readonly y: Float64Array; // (n,)
  readonly weights: Float64Array; // (n,)
  readonly curvature: Float64Array; // (n,)
  readonly pull: Float64Array; // (n,)
  readonly #kernels: Kernels;
  readonly #memory: Float64Array;
  readonly #padded: number;
  /** Where one weighted block is, and the first block; numbers. */
  readonly #scratch: number;
  readonly #start: number;

  private constructor(kit: Kernels, columns: readonly Float64Array[], rows: number) {
    const p = columns.length;
    const padded = BLOCK * Math.ceil(rows / BLOCK);
    const vectors = COEFFICIENTS + MOST_COLUMNS;
    this.#scratch = vectors + 5 * padded;
    this.#start = this.#scratch + p * BLOCK;
    this.#kernels = kit;
    const memory = kit.room(this.#start + p * padded);
    this.#memory = memory;
    this.#padded = padded;
    this.rows = rows;
    this.columns = p;
    const [eta, y, weights, curvature, pull] = [0, 1, 2, 3, 4].map((k) => {
      const at = vectors + k * padded;
      memory.fill(0, at + rows, at + padded); // what is beyond the last row weighs nothing
      return memory.subarray(at, at + rows);
    }) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
    this.eta = eta;
    this.y = y;
    this.weights = weights;
    this.curvature = curvature;
    this.pull = pull;
    for (let row = 0; row < padded; row += BLOCK) {
      const end = Math.min(row + BLOCK, rows);
      columns.forEach((column, j) => {
        const at = this.#start + row * p + j * BLOCK;
        memory.set(column.subarray(row, end), at);
        memory.fill(0, at + end - row, at + BLOCK);
      });
    }
  }

  /** A design by its columns; undefined where there is no WebAssembly, or the design is too large for it. */
  static open(columns: readonly Float64Array[], rows: number): RowBlocks | undefined {
    const p = columns.length;
    if (!(p >= 1 && p <= MOST_COLUMNS && rows * (p + 8) <= MOST)) return undefined;
    const kit = kernels();
    return kit && new RowBlocks(kit, columns, rows);
  }

  #address(values: Float64Array): number {
    return values.byteOffset;
  }

  /** η ← η + X b. */
  addTimes(b: ArrayLike<number>): void {
    const { add4, add1 } = this.#kernels;
    const p = this.columns;
    this.#memory.set(b, COEFFICIENTS);
    for (let row = 0; row < this.#padded; row += BLOCK) {
      const to = this.#address(this.eta) + 8 * row;
      const block = 8 * (this.#start + row * p);
      for (let j = 0; j < p; j += j + 4 <= p ? 4 : 1) {
        const from = block + j * COLUMN;
        (j + 4 <= p ? add4 : add1)(to, from, 8 * (COEFFICIENTS + j), from + COLUMN);
      }
    }
  }

  /** Xᵀ v, of the pulls. // (p,) */
  transposeTimesPull(): Float64Array {
    const { tile41, tile11 } = this.#kernels;
    const p = this.columns;
    const found = new Float64Array(p);
    for (let j = 0; j < p; j += j + 4 <= p ? 4 : 1) {
      const height = j + 4 <= p ? 4 : 1;
      this.#memory.fill(0, 0, 2 * height);
      for (let row = 0; row < this.#padded; row += BLOCK) {
        const left = 8 * (this.#start + row * p) + j * COLUMN;
        (height === 4 ? tile41 : tile11)(0, left, this.#address(this.pull) + 8 * row, left + COLUMN);
      }
      for (let i = 0; i < height; i++) found[j + i] = this.#memory[2 * i]! + this.#memory[2 * i + 1]!;
    }
    return found;
  }

  /** Xᵀ W X with the curvatures as weights, or Xᵀ X. // (p, p), row-major */
  gram(weighted: boolean): Float64Array {
    const { tile42, tile14, tile11, weigh } = this.#kernels;
    const memory = this.#memory;
    const p = this.columns;
    const whole = p - (p % 4);
    const sums = new Float64Array(p * p);
    for (let row = 0; row < this.#padded; row += BLOCK) {
      const right = 8 * (this.#start + row * p);
      const left = weighted ? 8 * this.#scratch : right;
      if (weighted) {
        const weights = this.#address(this.curvature) + 8 * row;
        for (let j = 0; j < p; j++) {
          weigh(left + j * COLUMN, right + j * COLUMN, weights, right + (j + 1) * COLUMN);
        }
      }
      const take = (tile: typeof tile42, i: number, height: number, j: number, width: number) => {
        memory.fill(0, 0, 2 * height * width);
        const from = left + i * COLUMN;
        tile(0, from, right + j * COLUMN, from + COLUMN);
        for (let a = 0; a < height; a++) {
          for (let b = 0; b < width; b++) {
            const at = 2 * (a * width + b);
            sums[(i + a) * p + j + b]! += memory[at]! + memory[at + 1]!;
          }
        }
      };
      for (let i = 0; i < whole; i += 4) for (let j = 0; j < i + 4; j += 2) take(tile42, i, 4, j, 2);
      for (let i = whole; i < p; i++) {
        for (let j = 0; j < whole; j += 4) take(tile14, i, 1, j, 4);
        for (let j = whole; j <= i; j++) take(tile11, i, 1, j, 1);
      }
    }
    for (let i = 0; i < p; i++) for (let j = 0; j < i; j++) sums[j * p + i] = sums[i * p + j]!;
    return sums;
  }

  /** Curvatures and pulls of a likelihood at the predictors. @returns its logarithm, without what no predictor enters */
  likelihood(kind: KnownLikelihood): number {
    const { eta, y, weights, curvature, pull } = this;
    this.#memory.fill(0, 0, 2);
    const [from, end] = [this.#address(eta), this.#address(eta) + 8 * this.#padded];
    this.#kernels[kind](
      from,
      this.#address(y),
      this.#address(weights),
      this.#address(curvature),
      this.#address(pull),
      0,
      end,
    );
    return this.#memory[0]! + this.#memory[1]!;
  }
}
