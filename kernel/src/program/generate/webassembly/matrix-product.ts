/**
 * The product of two matrices as WebAssembly, in single or double precision: a tile of the result stays in registers
 * while its inner dimension runs by (Goto & van de Geijn 2008, "Anatomy of high-performance matrix multiplication",
 * ACM Trans. Math. Softw. 34, section 4), so each loaded element is used several times.
 *
 * Every element of the result is one sum in ascending order of the inner dimension, whatever the tiles: the bits are
 * those of the plain triple loop. With `fused` a product is added without being rounded (relaxed SIMD): faster, and
 * the last bits depend on the machine.
 */
import { I32, signed, unsigned, V128 } from './encoder.ts';

/** What code of either precision can do. */
export interface RawCode {
  raw(...bytes: number[]): void;
  get(local: number): void;
  set(local: number): void;
  local(type: number): number;
}

export type Precision = 'single' | 'double';

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
  /** Bytes of memory of `scratchSize`, at this address, for the panel being read. */
  readonly scratch: number;
}

/** Instructions and sizes by precision. */
const KINDS = {
  single: { bytes: 4, lanes: 4, spread: 0x09, mul: 0xe6, add: 0xe4, fused: 0x105, alignment: 2 },
  double: { bytes: 8, lanes: 2, spread: 0x0a, mul: 0xf2, add: 0xf0, fused: 0x107, alignment: 3 },
} as const;

/**
 * Rows of a tile one and two vectors wide: the sums, a row of the right matrix, an element of the left one and, where
 * products are rounded, a product fit the fifteen registers the engine gives out (measured: one more halves the speed).
 */
const ROWS = { rounded: [0, 8, 4], fused: [0, 8, 6] } as const;
/** Vectors in a full tile's rows. */
const WIDTH = 2;
/** Steps of the inner dimension written out one after the other. */
const UNROLLED = 4;
/** Inner dimensions above this are taken in blocks, so that a panel of the right matrix stays in the nearest cache. */
const BLOCK = 512;
/** A right matrix above this many bytes is copied panel by panel where enough rows share the copy. */
const NEAR = 16384;
const SHARED_ROWS = 24;

/** Rows of a tile where the left matrix is copied, tile by tile. */
const PACKED_ROWS = 4;

/** A left matrix that is stored as its transpose is copied where its columns are far apart and the copy is shared. */
function isLeftPacked({ m, k, n, left, precision }: Omit<MatrixProduct, 'scratch' | 'fused'>): boolean {
  const { bytes, lanes } = KINDS[precision];
  const apart = Math.min(k, BLOCK) * left[1] * bytes;
  return left[0] === 1 && left[1] > 1 && m >= PACKED_ROWS && n >= 2 * WIDTH * lanes && apart > NEAR;
}

/** Bytes of the copy of a block of the left matrix. */
function leftSize({ m, k, precision }: Omit<MatrixProduct, 'scratch' | 'fused'>): number {
  return Math.ceil(m / PACKED_ROWS) * Math.min(k, BLOCK) * PACKED_ROWS * KINDS[precision].bytes;
}

function isPacked({ m, k, n, right, precision }: Omit<MatrixProduct, 'scratch' | 'fused'>): boolean {
  if (n > 1 && right[1] !== 1) return true;
  return m >= SHARED_ROWS && Math.min(k, BLOCK) * right[0] * KINDS[precision].bytes > NEAR;
}

/** Bytes of scratch memory a product needs. */
export function scratchSize(product: Omit<MatrixProduct, 'scratch' | 'fused'>): number {
  const right = isPacked(product) ? Math.min(product.k, BLOCK) * 16 * WIDTH : 0;
  return right + (isLeftPacked(product) ? leftSize(product) : 0);
}

/** Write a product into code whose first three parameters are the addresses of left, right and result. */
export function writeMatrixProduct(code: RawCode, product: MatrixProduct): void {
  new Printer(code, product).print();
}

class Printer {
  readonly #code: RawCode;
  readonly #product: MatrixProduct;
  readonly #kind: (typeof KINDS)[Precision];
  readonly #packed: boolean;
  /** How the rows of a tile, and the steps of the inner dimension, are apart in what is read of the left matrix. */
  readonly #left: readonly [number, number];
  readonly #leftPacked: boolean;
  readonly #vectors: number[] = [];

  constructor(code: RawCode, product: MatrixProduct) {
    this.#code = code;
    this.#product = product;
    this.#kind = KINDS[product.precision];
    this.#packed = isPacked(product);
    this.#leftPacked = isLeftPacked(product);
    this.#left = this.#leftPacked ? [1, PACKED_ROWS] : product.left;
  }

  print(): void {
    const { m, k, n, left, right } = this.#product;
    const { bytes } = this.#kind;
    if (m === 0 || n === 0) return;
    if (k <= BLOCK) {
      this.#block(k, false, 0, 1);
      return;
    }
    this.#clear(2, m * n * bytes);
    const [a, b] = [this.#copyOf(0), this.#copyOf(1)];
    this.#repeat(Math.floor(k / BLOCK), () => {
      this.#block(BLOCK, true, a, b);
      this.#advance(a, BLOCK * left[1] * bytes);
      this.#advance(b, BLOCK * right[0] * bytes);
    });
    if (k % BLOCK > 0) this.#block(k % BLOCK, true, a, b);
  }

  /** All of the result for `depth` steps of the inner dimension. */
  #block(depth: number, accumulate: boolean, a: number, b: number): void {
    const { n, right } = this.#product;
    const { bytes, lanes } = this.#kind;
    const vectors = Math.ceil(n / lanes);
    const partial = n % lanes;
    const full = Math.floor(vectors / WIDTH) - (vectors % WIDTH === 0 && partial > 0 ? 1 : 0);
    const last = vectors - full * WIDTH;
    const [panel, result] = [this.#copyOf(b), this.#copyOf(2)];
    const rows = this.#leftPacked ? this.#packLeft(a, depth) : a;
    this.#repeat(full, () => {
      this.#panel(depth, accumulate, rows, panel, result, WIDTH, 0);
      this.#advance(panel, WIDTH * lanes * right[1] * bytes);
      this.#advance(result, WIDTH * lanes * bytes);
    });
    if (last > 0) this.#panel(depth, accumulate, rows, panel, result, last, partial);
  }

  /** Some columns of the result, all rows. `partial`: lanes of the last vector, 0 for all. */
  #panel(depth: number, accumulate: boolean, a: number, b: number, c: number, width: number, partial: number): void {
    const { m, n, left, right, scratch, fused } = this.#product;
    const { bytes, lanes } = this.#kind;
    let from = b;
    let stride = right[0] * bytes;
    if (this.#packed) {
      if (right[1] === 1) this.#packRows(b, depth, width);
      else this.#packColumns(b, depth, width, partial === 0 ? width * lanes : (width - 1) * lanes + partial);
      from = this.#integer(scratch);
      stride = width * 16;
    }
    const rows = this.#leftPacked ? PACKED_ROWS : ROWS[fused ? 'fused' : 'rounded'][width]!;
    const tile = this.#leftPacked ? depth * PACKED_ROWS * bytes : rows * left[0] * bytes;
    const [row, result] = [this.#copyOf(a), this.#copyOf(c)];
    const whole = Math.floor(m / rows);
    this.#repeat(whole, () => {
      this.#tile(rows, depth, accumulate, row, from, stride, result, width, partial);
      this.#advance(row, tile);
      this.#advance(result, rows * n * bytes);
    });
    if (m % rows > 0) this.#tile(m % rows, depth, accumulate, row, from, stride, result, width, partial);
  }

  #tile(
    rows: number,
    depth: number,
    accumulate: boolean,
    a: number,
    b: number,
    stride: number,
    c: number,
    width: number,
    partial: number,
  ): void {
    const code = this.#code;
    const { n } = this.#product;
    const left = this.#left;
    const { bytes, alignment } = this.#kind;
    const at = (i: number, p: number) => i * n * bytes + 16 * p;
    const sums = this.#registers(rows * width);
    const sum = (i: number, p: number) => sums[i * width + p]!;
    for (let i = 0; i < rows; i++) {
      for (let p = 0; p < width; p++) {
        if (accumulate) this.#load(c, at(i, p), p === width - 1 ? partial : 0);
        else code.raw(0xfd, 0x0c, ...new Array<number>(16).fill(0));
        code.set(sum(i, p));
      }
    }
    const elements = this.#registers(width, rows * width);
    const spread = this.#registers(1, rows * width + width)[0]!;
    const [x, y] = [this.#copyOf(a), this.#copyOf(b)];
    const step = (u: number) => {
      for (let p = 0; p < width; p++) {
        this.#load(y, u * stride + 16 * p, 0);
        code.set(elements[p]!);
      }
      for (let i = 0; i < rows; i++) {
        code.get(x);
        code.raw(0xfd, this.#kind.spread, alignment, ...unsigned((i * left[0] + u * left[1]) * bytes));
        code.set(spread);
        for (let p = 0; p < width; p++) this.#multiplyAdd(sum(i, p), spread, elements[p]!);
      }
    };
    this.#repeat(Math.floor(depth / UNROLLED), () => {
      for (let u = 0; u < UNROLLED; u++) step(u);
      this.#advance(x, UNROLLED * left[1] * bytes);
      this.#advance(y, UNROLLED * stride);
    });
    for (let u = 0; u < depth % UNROLLED; u++) step(u);
    for (let i = 0; i < rows; i++) {
      for (let p = 0; p < width; p++) this.#store(c, at(i, p), sum(i, p), p === width - 1 ? partial : 0);
    }
  }

  #multiplyAdd(sum: number, a: number, b: number): void {
    const code = this.#code;
    const { mul, add, fused } = this.#kind;
    if (this.#product.fused) {
      code.get(a);
      code.get(b);
      code.get(sum);
      code.raw(0xfd, ...unsigned(fused));
    } else {
      code.get(sum);
      code.get(a);
      code.get(b);
      code.raw(0xfd, ...unsigned(mul), 0xfd, ...unsigned(add));
    }
    code.set(sum);
  }

  /** Columns of a transposed left matrix, a tile of rows at a time, one after another. @returns where they are */
  #packLeft(a: number, depth: number): number {
    const { m, left, scratch } = this.#product;
    const { bytes } = this.#kind;
    const start = scratch + (this.#packed ? Math.min(this.#product.k, BLOCK) * 16 * WIDTH : 0);
    const [from, to] = [this.#copyOf(a), this.#integer(start)];
    const column = this.#code.local(I32);
    this.#repeat(Math.ceil(m / PACKED_ROWS), () => {
      this.#code.get(from);
      this.#code.set(column);
      this.#repeat(depth, () => {
        for (let byte = 0; byte < PACKED_ROWS * bytes; byte += 16) {
          this.#code.get(to);
          this.#load(column, byte, 0);
          this.#code.raw(0xfd, 0x0b, 2, ...unsigned(byte));
        }
        this.#advance(column, left[1] * bytes);
        this.#advance(to, PACKED_ROWS * bytes);
      });
      this.#advance(from, PACKED_ROWS * bytes);
    });
    return this.#integer(start);
  }

  /** Rows of the right matrix, one panel wide, one after another. What stands beside the last column comes along. */
  #packRows(b: number, depth: number, width: number): void {
    const { right, scratch } = this.#product;
    const [from, to] = [this.#copyOf(b), this.#integer(scratch)];
    this.#repeat(depth, () => {
      for (let p = 0; p < width; p++) {
        this.#code.get(to);
        this.#load(from, 16 * p, 0);
        this.#code.raw(0xfd, 0x0b, 2, ...unsigned(16 * p));
      }
      this.#advance(from, right[0] * this.#kind.bytes);
      this.#advance(to, 16 * width);
    });
  }

  /** The same from a right matrix that is stored as its transpose: as many of its rows as there are columns. */
  #packColumns(b: number, depth: number, width: number, columns: number): void {
    const { right, scratch } = this.#product;
    const { bytes, lanes } = this.#kind;
    const code = this.#code;
    const [from, to] = [this.#copyOf(b), this.#integer(scratch)];
    // Beyond the last column its neighbour is read again: nothing of it is stored.
    const row = (column: number) => Math.min(column, columns - 1) * right[1] * bytes;
    const vectors = this.#registers(lanes);
    this.#repeat(Math.floor(depth / lanes), () => {
      for (let p = 0; p < width; p++) {
        vectors.forEach((vector, i) => {
          this.#load(from, row(p * lanes + i), 0);
          code.set(vector);
        });
        this.#transpose(vectors).forEach((vector, q) => {
          code.get(to);
          code.get(vector);
          code.raw(0xfd, 0x0b, 2, ...unsigned(16 * (p + q * width)));
        });
      }
      this.#advance(from, lanes * right[0] * bytes);
      this.#advance(to, 16 * lanes * width);
    });
    for (let q = 0; q < depth % lanes; q++) {
      for (let p = 0; p < width; p++) {
        for (let i = 0; i < lanes; i++) {
          code.get(to);
          code.get(from);
          code.raw(...(bytes === 4 ? [0x2a, 2] : [0x2b, 3]), ...unsigned(row(p * lanes + i) + q * right[0] * bytes));
          code.raw(...(bytes === 4 ? [0x38, 2] : [0x39, 3]), ...unsigned(16 * (p + q * width) + i * bytes));
        }
      }
    }
  }

  /** A square of vectors with its rows as columns. */
  #transpose(rows: readonly number[]): number[] {
    if (rows.length === 2) {
      return [0, 1].map((lane) =>
        this.#shuffle(rows[0]!, rows[1]!, [2 * lane, 2 * lane + 1, 4 + 2 * lane, 5 + 2 * lane]),
      );
    }
    const [a, b, c, d] = rows as [number, number, number, number];
    const low = [this.#shuffle(a, b, [0, 4, 1, 5]), this.#shuffle(c, d, [0, 4, 1, 5])] as const;
    const high = [this.#shuffle(a, b, [2, 6, 3, 7]), this.#shuffle(c, d, [2, 6, 3, 7])] as const;
    return [low, high].flatMap(([x, y]) => [this.#shuffle(x, y, [0, 1, 4, 5]), this.#shuffle(x, y, [2, 3, 6, 7])]);
  }

  /** Words of four bytes of two vectors in another order. */
  #shuffle(a: number, b: number, words: readonly number[]): number {
    const code = this.#code;
    code.get(a);
    code.get(b);
    code.raw(0xfd, 0x0d, ...words.flatMap((word) => [0, 1, 2, 3].map((byte) => 4 * word + byte)));
    const made = code.local(V128);
    code.set(made);
    return made;
  }

  /** A vector, or its first lanes with zeros after them, on the stack. */
  #load(base: number, bytes: number, partial: number): void {
    const code = this.#code;
    code.get(base);
    const size = partial * this.#kind.bytes;
    if (size === 0) code.raw(0xfd, 0x00, 2, ...unsigned(bytes));
    else code.raw(0xfd, ...unsigned(size === 4 ? 0x5c : 0x5d), 2, ...unsigned(bytes));
    if (size !== 12) return;
    const pair = code.local(V128);
    code.set(pair);
    code.get(base);
    code.get(pair);
    code.raw(0xfd, 0x56, 2, ...unsigned(bytes + 8), 2);
  }

  #store(base: number, bytes: number, vector: number, partial: number): void {
    const code = this.#code;
    const size = partial * this.#kind.bytes;
    const lane = (instruction: number, after: number, index: number) => {
      code.get(base);
      code.get(vector);
      code.raw(0xfd, instruction, 2, ...unsigned(bytes + after), index);
    };
    if (size === 0) {
      code.get(base);
      code.get(vector);
      code.raw(0xfd, 0x0b, 2, ...unsigned(bytes));
    }
    if (size >= 8) lane(0x5b, 0, 0);
    if (size === 4) lane(0x5a, 0, 0);
    if (size === 12) lane(0x5a, 8, 2);
  }

  /** Locals for vectors, the same ones at every call: as many, after the first `after`. */
  #registers(count: number, after = 0): number[] {
    while (this.#vectors.length < after + count) this.#vectors.push(this.#code.local(V128));
    return this.#vectors.slice(after, after + count);
  }

  #integer(value: number): number {
    const made = this.#code.local(I32);
    this.#code.raw(0x41, ...signed(value));
    this.#code.set(made);
    return made;
  }

  #copyOf(local: number): number {
    const made = this.#code.local(I32);
    this.#code.get(local);
    this.#code.set(made);
    return made;
  }

  #advance(local: number, bytes: number): void {
    if (bytes === 0) return;
    this.#code.get(local);
    this.#code.raw(0x41, ...signed(bytes), 0x6a);
    this.#code.set(local);
  }

  #repeat(count: number, body: () => void): void {
    if (count === 0) return;
    if (count === 1) {
      body();
      return;
    }
    const left = this.#integer(count);
    this.#code.raw(0x03, 0x40);
    body();
    this.#code.get(left);
    this.#code.raw(0x41, 0x01, 0x6b, 0x22, ...unsigned(left), 0x0d, 0x00, 0x0b);
  }

  #clear(base: number, bytes: number): void {
    this.#code.get(base);
    this.#code.raw(0x41, 0x00, 0x41, ...signed(bytes), 0xfc, 0x0b, 0x00);
  }
}
