/**
 * Products of columns in register tiles, over blocks of rows with their columns one after another: what Xᵀ W X is made of.
 */
import { Code } from './code.ts';
import { I32 } from './encoder.ts';

/** Rows of a block: so few that the columns of a usual design stay in the processor's nearest cache. */
export const BLOCK = 256;
/** Bytes from one column of a block to the next. */
export const COLUMN = 8 * BLOCK;

/** To the sums at `place`, a column of the left after the other, add the products of columns, until `left` is at `stop`. */
export type Tile = (place: number, left: number, right: number, stop: number) => void;

/** Moves pointers by two rows, again and again, until the first of them is at `stop`. */
export function overRows(code: Code, pointers: readonly number[], stop: number, body: () => void): void {
  code.raw(0x03, 0x40);
  body();
  for (const pointer of pointers) code.advance(pointer, 16);
  code.get(pointers[0]!);
  code.get(stop);
  code.raw(0x49, 0x0d, 0x00, 0x0b);
}

/** So many columns of the left by so many of the right, added to sums of two lanes. */
export function printTile(height: number, width: number): Code {
  const [place, left, right, stop] = [0, 1, 2, 3] as const;
  const code = new Code([I32, I32, I32, I32]);
  const rows = Array.from({ length: height }, (_, i) => i);
  const columns = Array.from({ length: width }, (_, j) => j);
  const at = (i: number, j: number) => ({ base: place, bytes: 16 * (i * width + j) });
  const sums = rows.map((i) => columns.map((j) => code.copy(code.load(at(i, j)))));
  overRows(code, [left, right], stop, () => {
    const a = rows.map((i) => code.load({ base: left, bytes: COLUMN * i }));
    for (const j of columns) {
      const b = code.load({ base: right, bytes: COLUMN * j });
      for (const i of rows) code.assign(sums[i]![j]!, code.binary('add', sums[i]![j]!, code.binary('mul', a[i]!, b)));
    }
  });
  for (const i of rows) for (const j of columns) code.store(at(i, j), sums[i]![j]!);
  return code;
}

/** A column of a block times weights: `(to, from, weights, stop)`, until `from` is at `stop`. */
export function printWeigh(): Code {
  const [to, from, weights, stop] = [0, 1, 2, 3] as const;
  const code = new Code([I32, I32, I32, I32]);
  overRows(code, [from, to, weights], stop, () => {
    const x = code.load({ base: from, bytes: 0 });
    code.store({ base: to, bytes: 0 }, code.binary('mul', x, code.load({ base: weights, bytes: 0 })));
  });
  return code;
}

/** A tile of the lower triangle: columns i … of the left times columns j … of the right, its sums at `place`. */
export interface PlacedTile {
  readonly run: Tile;
  readonly i: number;
  readonly j: number;
  readonly height: number;
  readonly width: number;
  readonly place: number;
}

/** Four columns by two as far as they go, then rows of four and single ones. */
export function tilesOf(
  { tile42, tile14, tile11 }: Readonly<Record<'tile42' | 'tile14' | 'tile11', Tile>>,
  p: number,
  start: number,
): PlacedTile[] {
  const tiles: PlacedTile[] = [];
  let place = start;
  const put = (run: Tile, i: number, height: number, j: number, width: number) => {
    tiles.push({ run, i, j, height, width, place });
    place += 2 * height * width;
  };
  const whole = p - (p % 4);
  for (let i = 0; i < whole; i += 4) for (let j = 0; j < i + 4; j += 2) put(tile42, i, 4, j, 2);
  for (let i = whole; i < p; i++) {
    for (let j = 0; j < whole; j += 4) put(tile14, i, 1, j, 4);
    for (let j = whole; j <= i; j++) put(tile11, i, 1, j, 1);
  }
  return tiles;
}

/** The square from its tiles, both lanes added up. // (p, p) */
export function gathered(tiles: readonly PlacedTile[], memory: Float64Array, p: number): Float64Array {
  const sums = new Float64Array(p * p);
  for (const { i, j, height, width, place } of tiles) {
    for (let a = 0; a < height; a++) {
      for (let b = 0; b < width; b++) {
        const at = place + 2 * (a * width + b);
        sums[(i + a) * p + j + b] = memory[at]! + memory[at + 1]!;
      }
    }
  }
  for (let i = 0; i < p; i++) for (let j = 0; j < i; j++) sums[j * p + i] = sums[i * p + j]!;
  return sums;
}
