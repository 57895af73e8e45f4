/**
 * The inner loop of dense factorisations as WebAssembly: tiles of 4 × 4 that stay in registers while products are
 * subtracted from them, in ascending order, one by one, as the plain loops do it. So the bits are theirs.
 *
 * A matrix stands in tiles of four rows: element (i, k) at `tile(i) + 32 k + 8 (i mod 4)` bytes, so that both operands
 * are read in order (Goto & van de Geijn 2008, ACM TOMS 34(3), section 4).
 */
import { whereAvailable } from './available.ts';
import { Code, type Vector } from './code.ts';
import { encodeModule, I32 } from './encoder.ts';

/** Rows of a tile. */
export const TILE = 4;
const PAGE = 65536;
/** Bytes of one column of a tile. */
const COLUMN = 8 * TILE;

/** Runs over tiles of four rows, from `first` to `end` (excluded), `stride` bytes from one to the next. */
export type OverTiles = (first: number, pivots: number, depth: number, stride: number, end: number) => void;

/**
 * From 4 × 4 numbers at `place`, a column after the other, subtract products: a column of four at `left` times a number
 * of each column at `right`, both going `step` bytes further until `left` is at `stop`.
 */
export type Accumulate = (place: number, left: number, right: number, stop: number, step: number) => void;

export interface Tiles {
  /** The memory as numbers, with room for at least so many; a view made before may be stale. */
  room(count: number): Float64Array;
  /** From the four columns after `depth` bytes, subtract the products of what is before them with the rows of `pivots`. */
  readonly subtract: OverTiles;
  /** The same, then divide by the lower triangle that `pivots` has in those columns: X Lᵀ = B, for rows of X. */
  readonly solve: OverTiles;
  readonly accumulate: Accumulate;
}

/** The body of the two functions over tiles. */
function print(divide: boolean): Code {
  const [first, pivots, depth, stride, end] = [0, 1, 2, 3, 4];
  const code = new Code([I32, I32, I32, I32, I32]);
  const [here, left, right] = [code.local(I32), code.local(I32), code.local(I32)];
  const parts = [0, 1] as const;
  const columns = [0, 1, 2, 3];
  const set = (into: number, from: number, plus?: number) => {
    code.get(from);
    if (plus !== undefined) {
      code.get(plus);
      code.raw(0x6a);
    }
    code.set(into);
  };
  const sums = columns.map(() => parts.map(() => code.variable()));
  const subtractProduct = (sum: Vector, x: Vector, y: Vector) =>
    code.assign(sum, code.binary('sub', sum, code.binary('mul', x, y)));
  code.raw(0x03, 0x40); // over tiles
  set(here, first, depth);
  set(left, first);
  set(right, pivots);
  const place = (j: number, part: number) => ({ base: here, bytes: COLUMN * j + 16 * part });
  for (const j of columns) for (const part of parts) code.assign(sums[j]![part]!, code.load(place(j, part)));
  code.raw(0x02, 0x40); // skipped where nothing is before
  code.get(depth);
  code.raw(0x45, 0x0d, 0x00);
  code.raw(0x03, 0x40); // over columns before
  const rows = parts.map((part) => code.load({ base: left, bytes: 16 * part }));
  for (const j of columns) {
    const factor = code.loadSpread({ base: right, bytes: 8 * j });
    for (const part of parts) subtractProduct(sums[j]![part]!, rows[part]!, factor);
  }
  code.advance(left, COLUMN);
  code.advance(right, COLUMN);
  code.get(left);
  code.get(here);
  code.raw(0x49, 0x0d, 0x00, 0x0b, 0x0b);
  if (divide) {
    for (const j of columns) {
      for (let k = 0; k <= j; k++) {
        const factor = code.loadSpread({ base: right, bytes: COLUMN * k + 8 * j });
        for (const part of parts) {
          const sum = sums[j]![part]!;
          if (k < j) subtractProduct(sum, sums[k]![part]!, factor);
          else code.assign(sum, code.binary('div', sum, factor));
        }
      }
    }
  }
  for (const j of columns) for (const part of parts) code.store(place(j, part), sums[j]![part]!);
  set(first, first, stride);
  code.get(first);
  code.get(end);
  code.raw(0x49, 0x0d, 0x00, 0x0b);
  return code;
}

function printAccumulate(): Code {
  const [place, left, right, stop, step] = [0, 1, 2, 3, 4];
  const code = new Code([I32, I32, I32, I32, I32]);
  const parts = [0, 1] as const;
  const columns = [0, 1, 2, 3];
  const at = (j: number, part: number) => ({ base: place, bytes: COLUMN * j + 16 * part });
  const sums = columns.map((j) => parts.map((part) => code.copy(code.load(at(j, part)))));
  const move = (pointer: number) => {
    code.get(pointer);
    code.get(step);
    code.raw(0x6a);
    code.set(pointer);
  };
  code.raw(0x02, 0x40, 0x03, 0x40);
  code.get(left);
  code.get(stop);
  code.raw(0x46, 0x0d, 0x01);
  const rows = parts.map((part) => code.load({ base: left, bytes: 16 * part }));
  for (const j of columns) {
    const factor = code.loadSpread({ base: right, bytes: 8 * j });
    for (const part of parts) {
      const sum = sums[j]![part]!;
      code.assign(sum, code.binary('sub', sum, code.binary('mul', rows[part]!, factor)));
    }
  }
  move(left);
  move(right);
  code.raw(0x0c, 0x00, 0x0b, 0x0b);
  for (const j of columns) for (const part of parts) code.store(at(j, part), sums[j]![part]!);
  return code;
}

/** The functions over tiles, compiled when first asked for; undefined where there is no WebAssembly. */
export const tiles: () => Tiles | undefined = whereAvailable(instantiate);

function instantiate(): Tiles {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const codes = { subtract: print(false), solve: print(true), accumulate: printAccumulate() };
  const functions = Object.entries(codes).map(([name, code]) => ({
    name,
    signature: code.signature,
    ...code.finish(),
  }));
  const module = new WebAssembly.Module(encodeModule([], functions));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return {
    room(count) {
      const missing = 8 * count - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
      return new Float64Array(memory.buffer);
    },
    subtract: exports.subtract as OverTiles,
    solve: exports.solve as OverTiles,
    accumulate: exports.accumulate as Accumulate,
  };
}
