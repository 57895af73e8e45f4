/**
 * Cholesky factors and triangular systems that are large: the plain loops' sums in the plain loops' order, four rows by
 * four columns at a time (left-looking, Golub & Van Loan 2013, section 4.2.5). Where there is no WebAssembly, and for
 * small ones, the plain loops run; the bits are the same.
 */
import { TILE, type Tiles, tiles } from '../generate/webassembly/tiles.ts';

/** Rows from which a matrix in tiles is worth the copies. */
const LARGE = 48;
/** Right-hand sides from which a triangular system is. */
const WIDE = 4;

/** A lower triangle in tiles of four rows, its sizes padded with the identity. */
interface Layout {
  readonly padded: number;
  /** Numbers a tile holds. */
  readonly span: number;
}

function layoutOf(n: number): Layout {
  const padded = TILE * Math.ceil(n / TILE);
  return { padded, span: TILE * padded };
}

/** Copies a lower triangle; inside the tiles of the diagonal it is mirrored. `turned`: rows and columns from the last. */
function pack(into: Float64Array, from: Float64Array, n: number, { padded, span }: Layout, turned: boolean): void {
  for (let i = 0; i < padded; i++) {
    const tile = Math.floor(i / TILE);
    const row = tile * span + (i % TILE);
    const until = TILE * (tile + 1);
    for (let k = 0; k < until; k++) {
      const [low, high] = k <= i ? [i, k] : [k, i];
      if (low >= n) into[row + TILE * k] = i === k ? 1 : 0;
      else into[row + TILE * k] = turned ? from[(n - 1 - high) * n + n - 1 - low]! : from[low * n + high]!;
    }
  }
}

/** Factor the tile on the diagonal. @returns false where a pivot is not positive */
function factorTile(l: Float64Array, at: number): boolean {
  for (let j = 0; j < TILE; j++) {
    const column = at + TILE * j;
    let pivot = l[column + j]!;
    for (let k = 0; k < j; k++) pivot -= l[at + TILE * k + j]! * l[at + TILE * k + j]!;
    if (!(pivot > 0)) return false;
    const diagonal = Math.sqrt(pivot);
    l[column + j] = diagonal;
    for (let i = j + 1; i < TILE; i++) {
      let rest = l[column + i]!;
      for (let k = 0; k < j; k++) rest -= l[at + TILE * k + i]! * l[at + TILE * k + j]!;
      l[column + i] = rest / diagonal;
    }
  }
  return true;
}

function factorTiles({ subtract, solve }: Tiles, l: Float64Array, { padded, span }: Layout): boolean {
  const stride = 8 * span;
  const end = (padded / TILE) * stride;
  for (let j = 0; j < padded; j += TILE) {
    const own = (j / TILE) * stride;
    const depth = 8 * TILE * j;
    subtract(own, own, depth, stride, own + stride);
    if (!factorTile(l, own / 8 + TILE * j)) return false;
    if (own + stride < end) solve(own + stride, own, depth, stride, end);
  }
  return true;
}

/**
 * The lower Cholesky factor of a large matrix, NaN everywhere where it is not positive definite.
 *
 * @returns false where the plain loops are to run
 */
export function choleskyInTiles(output: Float64Array, a: Float64Array, n: number): boolean {
  const kit = n < LARGE ? undefined : tiles();
  if (kit === undefined) return false;
  const layout = layoutOf(n);
  const l = kit.room(layout.padded * layout.padded);
  pack(l, a, n, layout, false);
  if (!factorTiles(kit, l, layout)) {
    output.fill(Number.NaN);
    return true;
  }
  for (let i = 0; i < n; i++) {
    const row = Math.floor(i / TILE) * layout.span + (i % TILE);
    for (let k = 0; k <= i; k++) output[i * n + k] = l[row + TILE * k]!;
    output.fill(0, i * n + i + 1, (i + 1) * n);
  }
  return true;
}

/**
 * X with L X = B, or Lᵀ X = B, for a large L and several columns of B.
 *
 * @param b (n, width)
 * @returns false where the plain loops are to run
 */
export function solveInTiles(
  output: Float64Array,
  l: Float64Array,
  b: Float64Array,
  n: number,
  width: number,
  transposed: boolean,
): boolean {
  const kit = n < LARGE || width < WIDE ? undefined : tiles();
  if (kit === undefined) return false;
  const { padded, span } = layoutOf(n);
  const tilesOfRight = Math.ceil(width / TILE);
  const start = padded * padded;
  const memory = kit.room(start + tilesOfRight * span);
  pack(memory, l, n, { padded, span }, transposed);
  // A tile of the right-hand side is four of its columns.
  for (let i = 0; i < padded; i++) {
    const row = (transposed ? n - 1 - i : i) * width;
    for (let j = 0; j < TILE * tilesOfRight; j++) {
      const at = start + Math.floor(j / TILE) * span + TILE * i + (j % TILE);
      memory[at] = i < n && j < width ? b[row + j]! : 0;
    }
  }
  const stride = 8 * span;
  const end = 8 * start + tilesOfRight * stride;
  for (let i = 0; i < padded; i += TILE) kit.solve(8 * start, (i / TILE) * stride, 8 * TILE * i, stride, end);
  for (let i = 0; i < n; i++) {
    const row = (transposed ? n - 1 - i : i) * width;
    for (let j = 0; j < width; j++)
      output[row + j] = memory[start + Math.floor(j / TILE) * span + TILE * i + (j % TILE)]!;
  }
  return true;
}
