/**
 * Images laid out for a kernel: copied into larger planes with room around and between their pixels, the columns sorted
 * by their remainder, so that what a row of results reads stands side by side.
 */
import type { Address, Code } from '../code.ts';
import { eachVector } from './vectors.ts';

/** Where the pixels of a plane go. */
export interface PlaneLayout {
  /** Rows and columns of the image. */
  readonly height: number;
  readonly width: number;
  /** Rows and columns of the larger plane. */
  readonly rows: number;
  readonly columns: number;
  /** Pixel (y, x) stands at row y · spread + start, column x · spread + start. */
  readonly spread: readonly [number, number];
  readonly start: readonly [number, number];
  /** Columns are sorted by their remainder modulo this. */
  readonly phases: number;
}

/** True where the image itself is laid out already. */
export function isPlain({ height, width, rows, columns, phases }: PlaneLayout): boolean {
  return rows === height && columns === width && phases === 1;
}

/** Numbers in a row, all phases together. */
export function rowLength({ columns, phases }: PlaneLayout): number {
  return phases * Math.ceil(columns / phases);
}

/** Bytes of a plane. */
export function planeBytes(layout: PlaneLayout): number {
  return 4 * layout.rows * rowLength(layout);
}

/** Bytes from the start of a row to a column. */
export function columnBytes(layout: PlaneLayout, column: number): number {
  const { phases, columns } = layout;
  return 4 * ((column % phases) * Math.ceil(columns / phases) + Math.floor(column / phases));
}

/** Copy some planes that follow one another. Both pointers are left as they are. */
export function copyPlanes(code: Code, layout: PlaneLayout, count: number, from: Address, to: Address): void {
  const { height, width, spread, start } = layout;
  const source = code.integerLocal(0);
  const target = code.integerLocal(0);
  code.sum(source, from.base, from.bytes);
  code.sum(target, to.base, to.bytes + 4 * start[0] * rowLength(layout));
  const row = 4 * spread[0] * rowLength(layout);
  code.repeat(count, () => {
    code.repeat(height, () => {
      copyRow(code, layout, source, target);
      code.advance(source, 4 * width);
      code.advance(target, row);
    });
    code.advance(target, planeBytes(layout) - height * row);
  });
}

function copyRow(code: Code, layout: PlaneLayout, source: number, target: number): void {
  const { width, spread, start, phases } = layout;
  if (spread[1] === 1 && phases === 1) {
    const pointers = [
      { base: source, bytes: 0 },
      { base: target, bytes: 4 * start[1] },
    ];
    eachVector(code, width, pointers, ([at, out], lanes) => code.store(out!, code.load(at!, lanes), lanes));
    return;
  }
  // Pixels of one phase: every so many-th, to places that are as far apart as said.
  for (let first = 0; first < Math.min(phases, width); first++) {
    const [pixel, place] = [code.integerLocal(0), code.integerLocal(0)];
    code.sum(pixel, source, 4 * first);
    code.sum(place, target, columnBytes(layout, start[1] + first * spread[1]));
    code.repeat(Math.ceil((width - first) / phases), () => {
      code.get(place);
      code.get(pixel);
      code.raw(0x28, 2, 0, 0x36, 2, 0); // four bytes
      code.advance(pixel, 4 * phases);
      code.advance(place, 4 * spread[1]);
    });
  }
}
