/**
 * The product of two matrices as WebAssembly, in single or double precision: a tile of the result stays in registers
 * while its inner dimension runs by (Goto & van de Geijn 2008, "Anatomy of high-performance matrix multiplication",
 * ACM Trans. Math. Softw. 34, section 4), so each loaded element is used several times.
 *
 * Every element of the result is one sum in ascending order of the inner dimension, whatever the tiles: the bits are
 * those of the plain triple loop. With `fused` a product is added without being rounded (relaxed SIMD): faster, and
 * the last bits depend on the machine.
 */
import { copyTransposed, eachPanel, gatherLeft, packPanels, spreadLeft, WIDTH } from './panels.ts';
import { type Precision, ProductWriter, type RawCode, sizesOf } from './product-writer.ts';

export type { Precision };

/** Sizes and strides, all in elements. One of the strides of the right matrix is 1. The result is row-major. */
export interface MatrixProduct {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly left: readonly [row: number, column: number];
  readonly right: readonly [row: number, column: number];
  readonly precision: Precision;
  /** Add products without rounding them (relaxed SIMD). */
  readonly fused: boolean;
  /** Bytes of memory of `scratchSize`, at this address, for what is copied. */
  readonly scratch: number;
  /** What is added to the sums at the end, in order: a row for all rows, or a matrix like the result. */
  readonly addends?: readonly ('row' | 'matrix')[];
  /** Elements from a row of the result to the next, where it is part of a wider one, which holds zeros; default n. */
  readonly across?: number;
  /** The right operand is not the matrix but its panels, as `writePanels` left them. */
  readonly ready?: boolean;
}

type Sizes = Omit<MatrixProduct, 'scratch' | 'fused' | 'addends' | 'across' | 'ready'>;

/** The first parameter that holds the address of a term. */
const TERMS = 3;
/**
 * The most rows of a tile two vectors wide: the sums, a row of the right matrix, an element of the left one and, where
 * products are rounded, two products fit the fifteen registers the engine gives out (measured: one more halves the
 * speed). Of a tile one vector wide.
 */
const MOST_ROWS = { rounded: 5, fused: 6, narrow: 8 } as const;
/** Steps of the inner dimension written out one after the other. */
const UNROLLED = 4;
/** Inner dimensions above this are taken in blocks: rows that are spread and a panel fit the nearest cache, 32 kB. */
const BLOCK = 256;
/** Panels that are copied at once: with a whole block 512 kB, half of the second cache. */
const PANELS = 64;
/** A right matrix above this many bytes is copied where enough rows share the copy. */
const NEAR = 16384;
const SHARED_ROWS = 24;
/** With so many panels, it pays to spread the left matrix. */
const SHARED_PANELS = 4;
/** Inner dimensions from here on pay for transposing a result. */
const LONG = 256;

/**
 * A tall result of two matrices that are read along their rows (a weight's gradient: activations, cotangents) is
 * computed as its transpose: fewer rows are spread, for more panels. Each product has the same two factors.
 */
function isTurned({ m, k, n, left, right }: Sizes): boolean {
  return left[0] === 1 && left[1] > 1 && right[1] === 1 && n > 1 && k >= LONG && m >= 2 * n;
}

/** The product whose result is the transpose. */
function turned<P extends Sizes>(product: P): P {
  const { m, n, left, right } = product;
  return { ...product, m: n, n: m, left: [right[1], right[0]], right: [left[1], left[0]] };
}

function panelsOf({ n, precision }: Sizes): number {
  return Math.ceil(n / (WIDTH * sizesOf(precision).lanes));
}

/**
 * How tiles read the left matrix. Where products are rounded they come as fast as instructions do, so elements are
 * spread; fused, a transposed matrix alone is copied, for what a tile reads of it lies far apart.
 */
function leftForm(product: Sizes, fused: boolean): 'plain' | 'spread' | 'gathered' {
  const { k, left, precision } = product;
  if (panelsOf(product) < SHARED_PANELS) return 'plain';
  if (!fused) return 'spread';
  if (!(left[1] > 1 && Math.min(k, BLOCK) * left[1] * sizesOf(precision).bytes > NEAR)) return 'plain';
  return left[0] === 1 ? 'gathered' : 'spread';
}

function isRightPacked({ m, k, n, right, precision }: Sizes): boolean {
  if (n > 1 && right[1] !== 1) return true;
  return m >= SHARED_ROWS && Math.min(k, BLOCK) * right[0] * sizesOf(precision).bytes > NEAR;
}

/** Bytes of a result before it is transposed. */
function turnedSize({ m, n, precision }: Sizes): number {
  return 64 * Math.ceil((m * n * sizesOf(precision).bytes) / 64);
}

function leftSize(product: Sizes): number {
  return leftForm(product, false) === 'spread' ? 16 * MOST_ROWS.fused * Math.min(product.k, BLOCK) : 0;
}

/** Bytes of scratch memory a product needs. */
export function scratchSize(product: Sizes): number {
  if (isTurned(product)) return turnedSize(product) + scratchSize(turned(product));
  const panels = Math.min(panelsOf(product), PANELS);
  return leftSize(product) + (isRightPacked(product) ? 16 * WIDTH * panels * Math.min(product.k, BLOCK) : 0);
}

/** Tiles of nearly equal heights: so many rows, and one more in some of them. 32 by 6 → 2 of 6, 4 of 5 */
function tilesOf({ m, n, precision, fused }: MatrixProduct) {
  const most: number = MOST_ROWS[n <= sizesOf(precision).lanes ? 'narrow' : fused ? 'fused' : 'rounded'];
  const tiles = Math.ceil(m / most);
  const rows = Math.floor(m / tiles);
  return { rows, lower: tiles * (rows + 1) - m, higher: m - tiles * rows };
}

/** Write a product into code whose first parameters are the addresses of left, right, result, and of what is added. */
export function writeMatrixProduct(code: RawCode, product: MatrixProduct): void {
  const writer = new ProductWriter(code, product.precision);
  if (!isTurned(product) || (product.addends ?? []).length > 0 || product.across !== undefined) {
    new Printer(writer, product, [0, 1, 2]).print();
    return;
  }
  const { m, n, scratch } = product;
  const result = writer.integer(scratch);
  const other = { ...turned(product), scratch: scratch + turnedSize(product) };
  new Printer(writer, other, [1, 0, result]).print();
  copyTransposed(writer, n, m, result, 2);
}

/**
 * Bytes of the right matrix as panels, where a product copies it anyway and all at once: one that is multiplied again and
 * again is copied once. 0 where it is not.
 */
export function panelsSize(product: Sizes): number {
  const whole = product.k <= BLOCK && panelsOf(product) <= PANELS;
  if (!whole || isTurned(product) || !isRightPacked(product)) return 0;
  return 16 * WIDTH * panelsOf(product) * product.k;
}

/** Copy the right matrix, whose address is the first parameter, as panels to `scratch`. */
export function writePanels(code: RawCode, product: MatrixProduct): void {
  packPanels(
    new ProductWriter(code, product.precision),
    product.right,
    { depth: product.k, columns: product.n },
    0,
    product.scratch,
  );
}

/** A part of the inner dimension. */
interface Slab {
  readonly depth: number;
  /** Sums go on from what stands in the result. */
  readonly accumulate: boolean;
  /** No part of the inner dimension comes after it. */
  readonly last: boolean;
}

/** Pointers to what a tile reads and writes; `stride` bytes are between rows of the right matrix. */
interface Place {
  readonly a: number;
  readonly b: number;
  readonly stride: number;
  readonly c: number;
  /** Bytes from the beginning of a row of the result. */
  readonly column: number;
}

/** Calls for each sum of a tile, with where it belongs: bytes from its corner, the vector in its row, and lanes. */
type EachSum = (
  body: (sum: number, at: { readonly bytes: number; readonly vector: number; readonly lanes: number }) => void,
) => void;

/** A tile `width` vectors wide; of the last one `partial` lanes are there, 0 for all. */
interface Extent {
  readonly rows: number;
  readonly width: number;
  readonly partial: number;
}

class Printer {
  readonly #writer: ProductWriter;
  readonly #product: MatrixProduct;
  readonly #packed: boolean;
  readonly #left: 'plain' | 'spread' | 'gathered';
  /** Where panels of the right matrix are copied to. */
  readonly #panels: number;

  readonly #operands: readonly [left: number, right: number, result: number];

  constructor(writer: ProductWriter, product: MatrixProduct, operands: readonly [number, number, number]) {
    this.#writer = writer;
    this.#operands = operands;
    this.#product = product;
    this.#packed = isRightPacked(product);
    this.#left = leftForm(product, product.fused);
    this.#panels = product.scratch + leftSize(product);
  }

  print(): void {
    const writer = this.#writer;
    const { m, k, n, left, right } = this.#product;
    if (m === 0 || n === 0) return;
    const [first, second, result] = this.#operands;
    if (k <= BLOCK) {
      this.#slab({ depth: k, accumulate: false, last: true }, first, second);
      return;
    }
    if (this.#product.across === undefined) writer.clear(result, m * n * writer.bytes);
    const [a, b] = [writer.copyOf(first), writer.copyOf(second)];
    // Where something is added at the end, the last part has code of its own.
    const own = k % BLOCK === 0 && (this.#product.addends ?? []).length > 0;
    const rest = own ? BLOCK : k % BLOCK;
    writer.repeat((k - rest) / BLOCK, () => {
      this.#slab({ depth: BLOCK, accumulate: true, last: rest === 0 }, a, b);
      writer.advance(a, BLOCK * left[1] * writer.bytes);
      writer.advance(b, BLOCK * right[0] * writer.bytes);
    });
    if (rest > 0) this.#slab({ depth: rest, accumulate: true, last: true }, a, b);
  }

  /** All of the result for some steps of the inner dimension: as many columns at a time as are copied at once. */
  #slab(slab: Slab, a: number, b: number): void {
    const writer = this.#writer;
    const { n, right } = this.#product;
    const columns = PANELS * WIDTH * writer.lanes;
    if (!this.#packed || n <= columns) {
      this.#columns(slab, { a, b, stride: 0, c: this.#operands[2], column: writer.integer(0) }, n);
      return;
    }
    const [from, result, column] = [writer.copyOf(b), writer.copyOf(this.#operands[2]), writer.integer(0)];
    const place = { a, b: from, stride: 0, c: result, column };
    writer.repeat(Math.floor(n / columns), () => {
      this.#columns(slab, place, columns);
      writer.advance(from, columns * right[1] * writer.bytes);
      writer.advance(result, columns * writer.bytes);
      writer.advance(column, columns * writer.bytes);
    });
    if (n % columns > 0) this.#columns(slab, place, n % columns);
  }

  /** Some columns of the result: tile after tile of rows, each along all panels. */
  #columns(slab: Slab, { a, b, c, column }: Place, columns: number): void {
    const writer = this.#writer;
    const { n, left, right, across = n } = this.#product;
    const { ready = false } = this.#product;
    if (this.#packed && !ready) packPanels(writer, right, { depth: slab.depth, columns }, b, this.#panels);
    const stride = this.#packed ? 0 : right[0] * writer.bytes;
    const [row, result] = [writer.copyOf(a), writer.copyOf(c)];
    const { rows, lower, higher } = tilesOf(this.#product);
    const tiles = (count: number) => {
      this.#tiles(count, columns, slab, { a: row, b, stride, c: result, column });
      writer.advance(row, count * left[0] * writer.bytes);
      writer.advance(result, count * across * writer.bytes);
    };
    writer.repeat(higher, () => tiles(rows + 1));
    writer.repeat(lower, () => tiles(rows));
  }

  /** One row of tiles. */
  #tiles(rows: number, columns: number, slab: Slab, { a, b, stride, c, column: first }: Place): void {
    const writer = this.#writer;
    const { left, scratch, ready = false } = this.#product;
    const { depth } = slab;
    if (this.#left === 'spread') spreadLeft(writer, left, rows, depth, a, scratch);
    if (this.#left === 'gathered') gatherLeft(writer, left[1], rows, depth, a, scratch);
    const from = this.#left === 'plain' ? a : writer.integer(scratch);
    const panel = this.#packed && !ready ? writer.integer(this.#panels) : writer.copyOf(b);
    const result = writer.copyOf(c);
    const column = writer.copyOf(first);
    eachPanel(writer, columns, (width, count) => {
      const place = { a: from, b: panel, stride: this.#packed ? 16 * width : stride, c: result, column };
      this.#tile({ rows, width, partial: count % writer.lanes }, slab, place);
      writer.advance(panel, this.#packed ? 16 * width * depth : 16 * width);
      writer.advance(result, 16 * width);
      writer.advance(column, 16 * width);
    });
  }

  #tile({ rows, width, partial }: Extent, { depth, accumulate, last }: Slab, place: Place): void {
    const { a, b, stride, c } = place;
    const writer = this.#writer;
    const { n, left, across = n } = this.#product;
    const sums = writer.registers(rows * width);
    const each: EachSum = (body) => {
      sums.forEach((sum, at) => {
        const vector = at % width;
        const bytes = Math.floor(at / width) * across * writer.bytes + 16 * vector;
        body(sum, { bytes, vector, lanes: vector === width - 1 ? partial : 0 });
      });
    };
    each((sum, { bytes, lanes }) => {
      if (accumulate) writer.load(sum, c, bytes, lanes);
      else writer.zero(sum);
    });
    const [x, y] = [writer.copyOf(a), writer.copyOf(b)];
    const [row, column] = {
      plain: [left[0] * writer.bytes, left[1] * writer.bytes] as const,
      spread: [16, 16 * rows] as const,
      gathered: [writer.bytes, rows * writer.bytes] as const,
    }[this.#left];
    const elements = writer.registers(width, rows * width);
    const spread = writer.registers(1, rows * width + width)[0]!;
    const step = (u: number) => {
      for (const [p, element] of elements.entries()) writer.load(element, y, u * stride + 16 * p);
      for (let i = 0; i < rows; i++) {
        if (this.#left === 'spread') writer.load(spread, x, i * row + u * column);
        else writer.loadSpread(spread, x, i * row + u * column);
        this.#multiplyAdd(sums.slice(i * width, (i + 1) * width), spread, elements, rows * width + width + 1);
      }
    };
    writer.repeat(Math.floor(depth / UNROLLED), () => {
      for (let u = 0; u < UNROLLED; u++) step(u);
      writer.advance(x, UNROLLED * column);
      writer.advance(y, UNROLLED * stride);
    });
    for (let u = 0; u < depth % UNROLLED; u++) step(u);
    if (last) this.#addTerms(place, each, spread);
    each((sum, { bytes, lanes }) => writer.store(c, bytes, sum, lanes));
  }

  /** Add to each sum what stands in its place, or column, of each term. What is read beyond the last is not stored. */
  #addTerms({ c, column }: Place, each: EachSum, free: number): void {
    const writer = this.#writer;
    for (const [i, kind] of (this.#product.addends ?? []).entries()) {
      const start = TERMS + i;
      const at =
        kind === 'row' ? writer.sum(start, column) : writer.sum(start, writer.difference(c, this.#operands[2]));
      each((sum, { bytes, vector }) => {
        writer.load(free, at, kind === 'row' ? 16 * vector : bytes);
        writer.add(sum, free);
      });
    }
  }

  /** Sums of a row grow by an element times a row. Rounded, products come first: multipliers and adders in turn. */
  #multiplyAdd(sums: readonly number[], spread: number, elements: readonly number[], free: number): void {
    const writer = this.#writer;
    if (this.#product.fused) {
      for (const [p, sum] of sums.entries()) writer.addProduct(sum, spread, elements[p]!);
      return;
    }
    const products = writer.registers(sums.length, free);
    for (const [p, product] of products.entries()) writer.multiply(product, spread, elements[p]!);
    for (const [p, sum] of sums.entries()) writer.add(sum, products[p]!);
  }
}
