/**
 * What code of products is written with, in either precision: pointers, loops, vectors that may be cut short at the
 * edge of a matrix, and squares of them transposed.
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

/** Instructions and sizes by precision. */
const KINDS = {
  single: { bytes: 4, lanes: 4, spread: 0x09, mul: 0xe6, add: 0xe4, fused: 0x105, alignment: 2 },
  double: { bytes: 8, lanes: 2, spread: 0x0a, mul: 0xf2, add: 0xf0, fused: 0x107, alignment: 3 },
} as const;

/** Bytes of an element, and elements of a vector. */
export function sizesOf(precision: Precision): { readonly bytes: number; readonly lanes: number } {
  return KINDS[precision];
}

export class ProductWriter {
  readonly bytes: number;
  readonly lanes: number;
  readonly #code: RawCode;
  readonly #kind: (typeof KINDS)[Precision];
  readonly #vectors: number[] = [];

  constructor(code: RawCode, precision: Precision) {
    this.#code = code;
    this.#kind = KINDS[precision];
    this.bytes = this.#kind.bytes;
    this.lanes = this.#kind.lanes;
  }

  /** Locals for vectors, the same ones at every call: as many, after the first `after`. */
  registers(count: number, after = 0): number[] {
    while (this.#vectors.length < after + count) this.#vectors.push(this.#code.local(V128));
    return this.#vectors.slice(after, after + count);
  }

  /** A new pointer with this value. */
  integer(value: number): number {
    const made = this.#code.local(I32);
    this.#code.raw(0x41, ...signed(value));
    this.#code.set(made);
    return made;
  }

  /** A new pointer to where another one is. */
  copyOf(local: number): number {
    const made = this.#code.local(I32);
    this.assign(made, local);
    return made;
  }

  /** A new pointer: one plus another. */
  sum(a: number, b: number): number {
    return this.#combined(a, b, 0x6a);
  }

  /** A new pointer: one less another. */
  difference(a: number, b: number): number {
    return this.#combined(a, b, 0x6b);
  }

  #combined(a: number, b: number, instruction: number): number {
    const made = this.#code.local(I32);
    this.#code.get(a);
    this.#code.get(b);
    this.#code.raw(instruction);
    this.#code.set(made);
    return made;
  }

  assign(into: number, from: number): void {
    this.#code.get(from);
    this.#code.set(into);
  }

  advance(local: number, bytes: number): void {
    if (bytes === 0) return;
    this.#code.get(local);
    this.#code.raw(0x41, ...signed(bytes), 0x6a);
    this.#code.set(local);
  }

  repeat(count: number, body: () => void): void {
    if (count === 0) return;
    if (count === 1) {
      body();
      return;
    }
    const left = this.integer(count);
    this.#code.raw(0x03, 0x40);
    body();
    this.#code.get(left);
    this.#code.raw(0x41, 0x01, 0x6b, 0x22, ...unsigned(left), 0x0d, 0x00, 0x0b);
  }

  /** Zeros. */
  clear(base: number, bytes: number): void {
    this.#code.get(base);
    this.#code.raw(0x41, 0x00, 0x41, ...signed(bytes), 0xfc, 0x0b, 0x00);
  }

  zero(into: number): void {
    this.#code.raw(0xfd, 0x0c, ...new Array<number>(16).fill(0));
    this.#code.set(into);
  }

  /** `into` = the vector at an address, or its first lanes with zeros after them (`partial`; 0 for all). */
  load(into: number, base: number, bytes: number, partial = 0): void {
    const code = this.#code;
    code.get(base);
    const size = partial * this.bytes;
    if (size === 0) code.raw(0xfd, 0x00, 2, ...unsigned(bytes));
    else code.raw(0xfd, ...unsigned(size === 4 ? 0x5c : 0x5d), 2, ...unsigned(bytes));
    code.set(into);
    if (size !== 12) return;
    code.get(base);
    code.get(into);
    code.raw(0xfd, 0x56, 2, ...unsigned(bytes + 8), 2);
    code.set(into);
  }

  /** `into` = the number at an address, in all lanes. */
  loadSpread(into: number, base: number, bytes: number): void {
    this.#code.get(base);
    this.#code.raw(0xfd, this.#kind.spread, this.#kind.alignment, ...unsigned(bytes));
    this.#code.set(into);
  }

  /** Write a vector, or its first lanes. */
  store(base: number, bytes: number, vector: number, partial = 0): void {
    const code = this.#code;
    const size = partial * this.bytes;
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

  /** Copy one element. */
  move(to: number, toBytes: number, from: number, fromBytes: number): void {
    const [load, store] = this.bytes === 4 ? [0x2a, 0x38] : [0x2b, 0x39];
    this.#code.get(to);
    this.#code.get(from);
    this.#code.raw(load, 2, ...unsigned(fromBytes), store, 2, ...unsigned(toBytes));
  }

  /** `into = a · b`, rounded. */
  multiply(into: number, a: number, b: number): void {
    this.#code.get(a);
    this.#code.get(b);
    this.#code.raw(0xfd, ...unsigned(this.#kind.mul));
    this.#code.set(into);
  }

  /** `into += a`. */
  add(into: number, a: number): void {
    this.#code.get(into);
    this.#code.get(a);
    this.#code.raw(0xfd, ...unsigned(this.#kind.add));
    this.#code.set(into);
  }

  /** `into += a · b`, the product not rounded where the machine can. */
  addProduct(into: number, a: number, b: number): void {
    this.#code.get(a);
    this.#code.get(b);
    this.#code.get(into);
    this.#code.raw(0xfd, ...unsigned(this.#kind.fused));
    this.#code.set(into);
  }

  /** A square of vectors with its rows as columns. */
  transpose(rows: readonly number[]): number[] {
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
}
