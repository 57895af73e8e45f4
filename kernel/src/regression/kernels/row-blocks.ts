/**
 * A design in the memory of the compiled loops, in blocks of rows with their columns one after another, and the
 * products a scoring step needs: X b, Xᵀ v, Xᵀ W X.
 */
import { BLOCK, COLUMN, gathered, type PlacedTile, tilesOf } from '../../program/generate/webassembly/column-tiles.ts';
import { type Kernels, kernels } from './print.ts';

/** The accumulators stand first, then room for coefficients; numbers. */
const COEFFICIENTS = 64;
const MOST_COLUMNS = 512;
/** Where sums over rows are gathered, two lanes a column. */
const TRANSPOSED = COEFFICIENTS + MOST_COLUMNS;
const VECTORS = 7;
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
  /** Predictors and their known parts, responses, weights, means, curvatures and pulls. */
  readonly eta: Float64Array; // (n,)
  readonly offset: Float64Array; // (n,)
  readonly y: Float64Array; // (n,)
  readonly weights: Float64Array; // (n,)
  readonly mean: Float64Array; // (n,)
  readonly curvature: Float64Array; // (n,)
  readonly pull: Float64Array; // (n,)
  readonly #kernels: Kernels;
  readonly #memory: Float64Array;
  readonly #padded: number;
  /** Where one weighted block is, and the first block; numbers. */
  readonly #scratch: number;
  readonly #start: number;
  /** Where sums of products of columns are gathered, and in which tiles; two lanes a product. */
  readonly #sums: number;
  readonly #tiles: readonly PlacedTile[];

  private constructor(kit: Kernels, columns: readonly Float64Array[], rows: number, every: number) {
    const p = columns.length;
    const padded = BLOCK * Math.ceil(rows / BLOCK);
    const vectors = TRANSPOSED + 2 * MOST_COLUMNS;
    this.#scratch = vectors + VECTORS * padded;
    this.#start = this.#scratch + p * BLOCK;
    this.#kernels = kit;
    this.#sums = this.#start + p * padded;
    this.#tiles = tilesOf(kit, p, this.#sums);
    const memory = kit.room(this.#sums + 2 * (p + 4) ** 2);
    this.#memory = memory;
    this.#padded = padded;
    this.rows = rows;
    this.columns = p;
    const vector = (k: number) => {
      const at = vectors + k * padded;
      memory.fill(0, at + rows, at + padded); // what is beyond the last row weighs nothing
      return memory.subarray(at, at + rows);
    };
    this.eta = vector(0);
    this.offset = vector(1);
    this.y = vector(2);
    this.weights = vector(3);
    this.mean = vector(4);
    this.curvature = vector(5);
    this.pull = vector(6);
    for (let row = 0; row < padded; row += BLOCK) {
      const count = Math.min(BLOCK, rows - row);
      for (let j = 0; j < p; j++) {
        const at = this.#start + row * p + j * BLOCK;
        const column = columns[j]!;
        if (every === 1) memory.set(column.subarray(row, row + count), at);
        else for (let i = 0; i < count; i++) memory[at + i] = column[(row + i) * every]!;
        if (count < BLOCK) memory.fill(0, at + count, at + BLOCK);
      }
    }
  }

  /**
   * A design by its columns; undefined where there is no WebAssembly, or the design is too large for it.
   *
   * @param every take one row in so many
   */
  static open(columns: readonly Float64Array[], every = 1): RowBlocks | undefined {
    const p = columns.length;
    const rows = Math.floor((columns[0]?.length ?? 0) / every);
    if (!(p >= 1 && p <= MOST_COLUMNS && rows >= 1 && rows * (p + VECTORS + 1) <= MOST)) return undefined;
    const kit = kernels();
    return kit && new RowBlocks(kit, columns, rows, every);
  }

  #address(values: Float64Array): number {
    return values.byteOffset;
  }

  /** η ← offset + X b, in one block of rows. */
  #predict(row: number): void {
    const { add4, add1 } = this.#kernels;
    const p = this.columns;
    const to = this.#address(this.eta) + 8 * row;
    const block = 8 * (this.#start + row * p);
    for (let j = 0; j < p; j += j + 4 <= p ? 4 : 1) {
      const from = block + j * COLUMN;
      (j + 4 <= p ? add4 : add1)(to, from, 8 * (COEFFICIENTS + j), from + COLUMN);
    }
  }

  /** Sums of X v over one block of rows, v being the pulls, added to those at the place of each column. */
  #transpose(row: number): void {
    const { tile41, tile11 } = this.#kernels;
    const p = this.columns;
    const right = this.#address(this.pull) + 8 * row;
    for (let j = 0; j < p; j += j + 4 <= p ? 4 : 1) {
      const left = 8 * (this.#start + row * p) + j * COLUMN;
      (j + 4 <= p ? tile41 : tile11)(8 * (TRANSPOSED + 2 * j), left, right, left + COLUMN);
    }
  }

  #transposed(): Float64Array {
    return Float64Array.from({ length: this.columns }, (_, j) => {
      return this.#memory[TRANSPOSED + 2 * j]! + this.#memory[TRANSPOSED + 2 * j + 1]!;
    });
  }

  /** η ← offset + X b. */
  predict(b: ArrayLike<number>): void {
    this.eta.set(this.offset);
    this.#memory.set(b, COEFFICIENTS);
    for (let row = 0; row < this.#padded; row += BLOCK) this.#predict(row);
  }

  /** Xᵀ v, of the pulls. // (p,) */
  transposeTimesPull(): Float64Array {
    this.#memory.fill(0, TRANSPOSED, TRANSPOSED + 2 * this.columns);
    for (let row = 0; row < this.#padded; row += BLOCK) this.#transpose(row);
    return this.#transposed();
  }

  /** Predictors, means, curvatures and pulls of a likelihood at coefficients, and its gradient. // (p,) */
  gradient(kind: KnownLikelihood, b: ArrayLike<number>): Float64Array {
    this.eta.set(this.offset);
    this.#memory.set(b, COEFFICIENTS);
    this.#memory.fill(0, TRANSPOSED, TRANSPOSED + 2 * this.columns);
    const run = this.#kernels[kind];
    const [eta, y, weights] = [this.eta, this.y, this.weights].map((values) => this.#address(values));
    const [mean, curvature, pull] = [this.mean, this.curvature, this.pull].map((values) => this.#address(values));
    // A block goes through all three steps while it is near.
    for (let row = 0; row < this.#padded; row += BLOCK) {
      const at = 8 * row;
      this.#predict(row);
      run(eta! + at, y! + at, weights! + at, mean! + at, curvature! + at, pull! + at, eta! + at + COLUMN);
      this.#transpose(row);
    }
    return this.#transposed();
  }

  /** Xᵀ W X with the curvatures as weights, or Xᵀ X. // (p, p), row-major */
  gram(weighted: boolean): Float64Array {
    const { weigh } = this.#kernels;
    const memory = this.#memory;
    const p = this.columns;
    const tiles = this.#tiles;
    const last = tiles.at(-1)!;
    memory.fill(0, this.#sums, last.place + 2 * last.height * last.width);
    for (let row = 0; row < this.#padded; row += BLOCK) {
      const right = 8 * (this.#start + row * p);
      const left = weighted ? 8 * this.#scratch : right;
      if (weighted) {
        const weights = this.#address(this.curvature) + 8 * row;
        for (let j = 0; j < p; j++) {
          weigh(left + j * COLUMN, right + j * COLUMN, weights, right + (j + 1) * COLUMN);
        }
      }
      for (const { run, i, j, place } of tiles) {
        const from = left + i * COLUMN;
        run(8 * place, from, right + j * COLUMN, from + COLUMN);
      }
    }
    return gathered(tiles, memory, p);
  }

  /** The deviance of the responses from the means. */
  deviance(kind: KnownLikelihood): number {
    const { y, weights, mean } = this;
    this.#memory.fill(0, 0, 2);
    const end = this.#address(y) + 8 * this.#padded;
    const run = kind === 'logistic' ? this.#kernels.logisticDeviance : this.#kernels.poissonDeviance;
    run(this.#address(y), this.#address(weights), this.#address(mean), 0, end);
    return this.#memory[0]! + this.#memory[1]!;
  }
}
