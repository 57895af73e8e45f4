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

/** A part of the right matrix. */
export interface Slice {
  readonly depth: number;
  /** Columns there are: those of the last vector may be fewer than its lanes. */
  readonly columns: number;
}

/** With the vectors of a row. */
export interface Panel extends Slice {
  readonly width: number;
}

/** Vectors of a full panel's rows, and of a full tile's. */
export const WIDTH = 2;
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

/**
 * Copy rows of a left matrix that is stored as its transpose: for each step of the inner dimension the elements of all
 * rows, one after another. What comes along beyond the last row is overwritten by the next step.
 */
export function gatherLeft(
  writer: ProductWriter,
  column: number,
  rows: number,
  depth: number,
  a: number,
  scratch: number,
): void {
  const { bytes, lanes } = writer;
  const [from, to] = [writer.copyOf(a), writer.integer(scratch)];
  const vectors = writer.registers(Math.ceil(rows / lanes));
  const steps = (count: number) => {
    for (let u = 0; u < count; u++) {
      for (const [i, vector] of vectors.entries()) writer.load(vector, from, u * column * bytes + 16 * i);
      for (const [i, vector] of vectors.entries()) writer.store(to, u * rows * bytes + 16 * i, vector);
    }
  };
  writer.repeat(Math.floor(depth / UNROLLED), () => {
    steps(UNROLLED);
    writer.advance(from, UNROLLED * column * bytes);
    writer.advance(to, UNROLLED * rows * bytes);
  });
  steps(depth % UNROLLED);
}

/**
 * Copy the panels of a right matrix, `WIDTH` vectors each but for the last. Some rows at a time for all panels: what is
 * read in order comes from far memory as fast as it can (panel by panel, a fifth of a product's time went into this).
 */
function packRows(writer: ProductWriter, row: number, { depth, columns }: Slice, b: number, to: number): void {
  const { bytes, lanes } = writer;
  const full = Math.floor(columns / (WIDTH * lanes));
  const rest = Math.ceil((columns - full * WIDTH * lanes) / lanes);
  const [line, target] = [writer.copyOf(b), writer.integer(to)];
  const last = writer.integer(to + 16 * WIDTH * depth * full);
  const [from, into] = [writer.copyOf(line), writer.copyOf(target)];
  const copy = (count: number, vectors: number, target: number) => {
    const registers = writer.registers(count * vectors);
    const each = (body: (register: number, r: number, p: number) => void) => {
      for (const [i, register] of registers.entries()) body(register, Math.floor(i / vectors), i % vectors);
    };
    each((register, r, p) => writer.load(register, from, r * row * bytes + 16 * p));
    each((register, r, p) => writer.store(target, 16 * (r * vectors + p), register));
  };
  const rows = (count: number) => {
    writer.assign(from, line);
    writer.assign(into, target);
    writer.repeat(full, () => {
      copy(count, WIDTH, into);
      writer.advance(from, 16 * WIDTH);
      writer.advance(into, 16 * WIDTH * depth);
    });
    if (rest > 0) copy(count, rest, last);
    writer.advance(line, count * row * bytes);
    writer.advance(target, 16 * WIDTH * count);
    writer.advance(last, 16 * rest * count);
  };
  writer.repeat(Math.floor(depth / UNROLLED), () => rows(UNROLLED));
  if (depth % UNROLLED > 0) rows(depth % UNROLLED);
}

/**
 * Copy a panel of a right matrix that is stored as its transpose: as many of its rows as there are columns. `to` is left
 * where the next one belongs.
 */
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

/** Panels of some columns, one after another. */
export function packPanels(
  writer: ProductWriter,
  right: Strides,
  { depth, columns }: Slice,
  b: number,
  to: number,
): void {
  if (right[1] === 1) {
    packRows(writer, right[0], { depth, columns }, b, to);
    return;
  }
  const [from, target] = [writer.copyOf(b), writer.integer(to)];
  eachPanel(writer, columns, (width, count) => {
    packColumns(writer, right, { depth, width, columns: count }, from, target);
    writer.advance(from, count * right[1] * writer.bytes);
  });
}

/** `body` with the width in vectors and the number of columns of each panel; that of a full one is written once. */
export function eachPanel(writer: ProductWriter, columns: number, body: (width: number, count: number) => void): void {
  const full = WIDTH * writer.lanes;
  const rest = columns % full;
  writer.repeat(Math.floor(columns / full), () => body(WIDTH, full));
  if (rest > 0) body(Math.ceil(rest / writer.lanes), rest);
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
