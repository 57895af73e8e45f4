/**
 * Reverse mode of the Cholesky factor: Murray (2016), Differentiation of the Cholesky decomposition, arXiv:1602.07527,
 * the row-wise reverse algorithm of section 4.1. Large ones in tiles of 4 × 4, with the bits of the plain sweep: each
 * element gets the same products subtracted in the same order.
 */
import { TILE, type Tiles, tiles } from '../generate/webassembly/tiles.ts';
import type { Kernel } from './operation.ts';

/** Rows from which tiles are worth the copies. */
const LARGE = 48;

/** The kernel of `choleskyReverse`: from the factor and its cotangent that of the matrix, in its lower triangle. */
export function reverseKernel(n: number): Kernel {
  return (bar, [l, cotangent]) => {
    const kit = n < LARGE ? undefined : tiles();
    // What is not finite would spread through other elements than in the plain sweep.
    if (kit && l!.every(Number.isFinite) && cotangent!.every(Number.isFinite)) {
      new TileSweep(kit, l!, n).run(bar, cotangent!);
    } else plainSweep(bar, l!, cotangent!, n);
  };
}

/** From the last row to the first, in the place of the cotangent. */
function plainSweep(bar: Float64Array, l: Float64Array, cotangent: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) bar[i * n + j] = j <= i ? cotangent[i * n + j]! : 0;
  }
  for (let j = n - 1; j >= 0; j--) {
    const d = l[j * n + j]!;
    let diagonal = bar[j * n + j]!;
    for (let i = j + 1; i < n; i++) diagonal -= (l[i * n + j]! * bar[i * n + j]!) / d;
    diagonal /= d;
    for (let i = j + 1; i < n; i++) bar[i * n + j] = bar[i * n + j]! / d;
    for (let k = 0; k < j; k++) bar[j * n + k]! -= diagonal * l[j * n + k]!;
    for (let i = j + 1; i < n; i++) {
      const below = bar[i * n + j]!;
      for (let k = 0; k < j; k++) {
        bar[j * n + k]! -= below * l[i * n + k]!;
        bar[i * n + k]! -= below * l[j * n + k]!;
      }
    }
    bar[j * n + j] = diagonal / 2;
  }
}

/**
 * The sweep by columns, from the right: with D the halved diagonal, twice, element (r, c) is what it was, less D_r l_rc,
 * less B_ir l_ic for i = r + 1 …, less B_rj l_jc for j = r − 1 … c + 1, divided by l_cc.
 */
class TileSweep {
  readonly #kit: Tiles;
  readonly #n: number;
  /** Numbers a tile of four rows, or of four columns, holds. */
  readonly #span: number;
  readonly #memory: Float64Array;
  /** Where columns of L in fours, rows of B in fours, and columns of B in fours begin. */
  readonly #factor = 0;
  readonly #rows: number;
  readonly #columns: number;
  readonly #diagonal: Float64Array; // D (n,)
  readonly #terms: Float64Array; // (n, 4): what each row takes from the diagonal of the columns at hand

  constructor(kit: Tiles, l: Float64Array, n: number) {
    const padded = TILE * Math.ceil(n / TILE);
    this.#kit = kit;
    this.#n = n;
    this.#span = TILE * padded;
    this.#rows = padded * padded;
    this.#columns = 2 * padded * padded;
    this.#memory = kit.room(3 * padded * padded);
    this.#diagonal = new Float64Array(padded);
    this.#terms = new Float64Array(TILE * padded);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < padded; j++) this.#memory[this.#inColumns(this.#factor, i, j)] = j <= i ? l[i * n + j]! : 0;
    }
  }

  /** Element (i, j) of a matrix kept in columns of four. */
  #inColumns(start: number, i: number, j: number): number {
    return start + (j >> 2) * this.#span + TILE * i + (j & 3);
  }

  /** Element (i, j) of a matrix kept in rows of four. */
  #inRows(i: number, j: number): number {
    return this.#rows + (i >> 2) * this.#span + TILE * j + (i & 3);
  }

  run(bar: Float64Array, cotangent: Float64Array): void {
    const n = this.#n;
    bar.fill(0);
    for (let c = TILE * Math.floor((n - 1) / TILE); c >= 0; c -= TILE) {
      const width = Math.min(TILE, n - c);
      for (let r = c + TILE; r < n; r += TILE) this.#below(cotangent, r, c);
      this.#onDiagonal(cotangent, c, width);
    }
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++) bar[i * n + j] = this.#memory[this.#inRows(i, j)]!;
      bar[i * n + i] = this.#diagonal[i]! / 2;
    }
  }

  /** The tile of rows r … r + 3 and columns c … c + 3, below the diagonal. */
  #below(cotangent: Float64Array, r: number, c: number): void {
    const memory = this.#memory;
    const n = this.#n;
    const height = Math.min(TILE, n - r);
    const place = this.#inRows(r, c);
    const factor = this.#inColumns(this.#factor, 0, c);
    const own = this.#inColumns(this.#columns, 0, r); // the columns r … r + 3 of B
    for (let p = 0; p < height; p++) {
      for (let q = 0; q < TILE; q++) {
        let x = cotangent[(r + p) * n + c + q]! - this.#diagonal[r + p]! * memory[factor + TILE * (r + p) + q]!;
        for (let i = p + 1; i < height; i++) {
          x -= memory[own + TILE * (r + i) + p]! * memory[factor + TILE * (r + i) + q]!;
        }
        memory[place + TILE * q + p] = x;
      }
    }
    const { accumulate } = this.#kit;
    const next = r + TILE;
    if (next < n) {
      accumulate(8 * place, 8 * (own + TILE * next), 8 * (factor + TILE * next), 8 * (own + TILE * n), 8 * TILE);
    }
    for (let p = 1; p < height; p++) {
      for (let q = 0; q < TILE; q++) {
        let x = memory[place + TILE * q + p]!;
        for (let j = p - 1; j >= 0; j--) {
          x -= memory[this.#inRows(r + p, r + j)]! * memory[factor + TILE * (r + j) + q]!;
        }
        memory[place + TILE * q + p] = x;
      }
    }
    const rows = this.#inRows(r, 0);
    if (r - 1 > c + 3) {
      const stop = 8 * (rows + TILE * (c + 3));
      accumulate(8 * place, 8 * (rows + TILE * (r - 1)), 8 * (factor + TILE * (r - 1)), stop, -8 * TILE);
    }
    // Among the four columns themselves, from the right.
    for (let q = TILE - 1; q >= 0; q--) {
      const d = memory[factor + TILE * (c + q) + q]!;
      for (let p = 0; p < height; p++) {
        let x = memory[place + TILE * q + p]!;
        for (let j = TILE - 1; j > q; j--) x -= memory[place + TILE * j + p]! * memory[factor + TILE * (c + j) + q]!;
        this.#terms[TILE * (r + p) + q] = (memory[factor + TILE * (r + p) + q]! * x) / d;
        this.#keep(r + p, c + q, x / d);
      }
    }
  }

  /** The tile on the diagonal, whose columns wait for each other's diagonal element. */
  #onDiagonal(cotangent: Float64Array, c: number, width: number): void {
    const memory = this.#memory;
    const n = this.#n;
    const factor = this.#inColumns(this.#factor, 0, c);
    const own = this.#inColumns(this.#columns, 0, c);
    for (let q = width - 1; q >= 0; q--) {
      const d = memory[factor + TILE * (c + q) + q]!;
      let diagonal = cotangent[(c + q) * n + c + q]!;
      for (let p = q + 1; p < width; p++) {
        const r = c + p;
        let x = cotangent[r * n + c + q]! - this.#diagonal[r]! * memory[factor + TILE * r + q]!;
        for (let i = r + 1; i < n; i++) x -= memory[own + TILE * i + p]! * memory[factor + TILE * i + q]!;
        for (let j = p - 1; j > q; j--) x -= memory[this.#inRows(r, c + j)]! * memory[factor + TILE * (c + j) + q]!;
        diagonal -= (memory[factor + TILE * r + q]! * x) / d;
        this.#keep(r, c + q, x / d);
      }
      for (let i = c + TILE; i < n; i++) diagonal -= this.#terms[TILE * i + q]!;
      this.#diagonal[c + q] = diagonal / d;
    }
  }

  #keep(i: number, j: number, x: number): void {
    this.#memory[this.#inRows(i, j)] = x;
    this.#memory[this.#inColumns(this.#columns, i, j)] = x;
  }
}
