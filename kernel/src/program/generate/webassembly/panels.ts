/**
 * Copies that a product of matrices reads in order: panels of the right matrix, a tile's width of columns each, and
 * rows of the left one with each element in all lanes of a vector.
 *
 * Measured with V8 14 on Zen 4: an instruction that loads a number into all lanes costs a second one for its offset, so
 * a tile of rounded products ran at 22 GFLOP/s in double precision, and at 25 with elements that are spread before.
 */
import type { ProductWriter } from './product-writer.ts';

/** How a matrix goes on, in elements. */
type Strides = readonly [row: number, column: number];

/** Vectors of a panel's row. */
export interface Panel {
  readonly depth: number;
  readonly width: number;
  /** Columns there are: those of the last vector may be fewer than its lanes. */
  readonly columns: number;
}

/** Steps written out one after the other. */
const UNROLLED = 4;

/** Copy rows of the left matrix: for each step of the inner dimension one vector a row, all lanes alike. */
export function spreadLeft(
  writer: ProductWriter,
  [row, column]: Strides,
  rows: number,
  depth: number,
  a: number,
  scratch: number,
): void {
  const [from, to] = [writer.copyOf(a), writer.integer(scratch)];
  const vector = writer.registers(1)[0]!;
  const steps = (count: number) => {
    for (let u = 0; u < count; u++) {
      for (let i = 0; i < rows; i++) {
        writer.loadSpread(vector, from, (i * row + u * column) * writer.bytes);
        writer.store(to, 16 * (u * rows + i), vector);
      }
    }
  };
  writer.repeat(Math.floor(depth / UNROLLED), () => {
    steps(UNROLLED);
    writer.advance(from, UNROLLED * column * writer.bytes);
    writer.advance(to, 16 * UNROLLED * rows);
  });
  steps(depth % UNROLLED);
}

/** Copy a panel of the right matrix. `to` is left where the next one belongs. */
export function packRight(writer: ProductWriter, right: Strides, panel: Panel, b: number, to: number): void {
  if (right[1] === 1) packRows(writer, right[0], panel, b, to);
  else packColumns(writer, right, panel, b, to);
}

/** Row by row. What stands beside the last column comes along. */
function packRows(writer: ProductWriter, row: number, { depth, width }: Panel, b: number, to: number): void {
  const from = writer.copyOf(b);
  const vector = writer.registers(1)[0]!;
  writer.repeat(depth, () => {
    for (let p = 0; p < width; p++) {
      writer.load(vector, from, 16 * p);
      writer.store(to, 16 * p, vector);
    }
    writer.advance(from, row * writer.bytes);
    writer.advance(to, 16 * width);
  });
}

/** From a right matrix that is stored as its transpose: as many of its rows as there are columns. */
function packColumns(
  writer: ProductWriter,
  right: Strides,
  { depth, width, columns }: Panel,
  b: number,
  to: number,
): void {
  const { bytes, lanes } = writer;
  const from = writer.copyOf(b);
  // Beyond the last column its neighbour is read again: nothing of it is stored.
  const row = (column: number) => Math.min(column, columns - 1) * right[1] * bytes;
  const vectors = writer.registers(lanes);
  writer.repeat(Math.floor(depth / lanes), () => {
    for (let p = 0; p < width; p++) {
      for (const [i, vector] of vectors.entries()) writer.load(vector, from, row(p * lanes + i));
      for (const [q, vector] of writer.transpose(vectors).entries()) writer.store(to, 16 * (p + q * width), vector);
    }
    writer.advance(from, lanes * right[0] * bytes);
    writer.advance(to, 16 * lanes * width);
  });
  for (let q = 0; q < depth % lanes; q++) {
    for (let p = 0; p < width; p++) {
      for (let i = 0; i < lanes; i++) {
        writer.move(to, 16 * (p + q * width) + i * bytes, from, row(p * lanes + i) + q * right[0] * bytes);
      }
    }
  }
  writer.advance(to, 16 * width * (depth % lanes));
}

/** Copy a matrix of so many rows and columns as its transpose, both row by row. */
export function copyTransposed(writer: ProductWriter, rows: number, columns: number, source: number, to: number): void {
  const { bytes, lanes } = writer;
  const [line, target] = [writer.copyOf(source), writer.copyOf(to)];
  const from = writer.copyOf(source);
  const into = writer.copyOf(to);
  /** Some rows, all columns: squares, and what is left one by one. */
  const band = (height: number, square: boolean) => {
    writer.assign(from, line);
    writer.assign(into, target);
    const single = () => {
      for (let i = 0; i < height; i++) writer.move(into, i * bytes, from, i * columns * bytes);
      writer.advance(from, bytes);
      writer.advance(into, rows * bytes);
    };
    if (square) {
      const vectors = writer.registers(lanes);
      writer.repeat(Math.floor(columns / lanes), () => {
        for (const [i, vector] of vectors.entries()) writer.load(vector, from, i * columns * bytes);
        for (const [j, vector] of writer.transpose(vectors).entries()) writer.store(into, j * rows * bytes, vector);
        writer.advance(from, lanes * bytes);
        writer.advance(into, lanes * rows * bytes);
      });
      writer.repeat(columns % lanes, single);
    } else writer.repeat(columns, single);
    writer.advance(line, height * columns * bytes);
    writer.advance(target, height * bytes);
  };
  writer.repeat(Math.floor(rows / lanes), () => band(lanes, true));
  if (rows % lanes > 0) band(rows % lanes, false);
}
