/**
 * The body of one WebAssembly function in single precision: vectors of four numbers (f32x4), integers for addresses,
 * loops and calls. Numbers of instructions: WebAssembly core specification 3.0, section 5.4.
 */
import { I32, type Signature, signed, unsigned, V128 } from '../webassembly/encoder.ts';

export const F32 = 0x7d;

/** A local of type v128. */
export interface Vector {
  readonly local: number;
}

/** A position in memory: a local with a byte offset, or the start, plus a fixed number of bytes. */
export interface Address {
  readonly base?: number | undefined;
  readonly bytes: number;
}

const BINARY = {
  eq: 0x41,
  ne: 0x42,
  lt: 0x43,
  gt: 0x44,
  le: 0x45,
  ge: 0x46,
  and: 0x4e,
  /** a, without the bits of b. */
  without: 0x4f,
  or: 0x50,
  xor: 0x51,
  addIntegers: 0xae,
  subIntegers: 0xb1,
  add: 0xe4,
  sub: 0xe5,
  mul: 0xe6,
  div: 0xe7,
  min: 0xe8,
  max: 0xe9,
  /** b where it is less than a, else a. */
  lesser: 0xea,
  /** b where a is less than it, else a. */
  greater: 0xeb,
  /** The products of the lower, and of the upper, two unsigned integers: 64 bits each. */
  productsLow: 0xde,
  productsHigh: 0xdf,
  /** Sixteen bytes of a, chosen by the bytes of b. */
  swizzle: 0x0e,
} as const;

const UNARY = {
  not: 0x4d,
  ceil: 0x67,
  floor: 0x68,
  trunc: 0x69,
  nearest: 0x6a,
  abs: 0xe0,
  neg: 0xe1,
  sqrt: 0xe3,
  /** To integers, towards 0. */
  toIntegers: 0xf8,
  fromIntegers: 0xfa,
  fromUnsigned: 0xfb,
} as const;

const SHIFT = { left: 0xab, rightSigned: 0xac, right: 0xad } as const;

/** Loads of one lane, or of several, by how many there are. */
const LOAD = { 1: [0x5c, 2], 2: [0x5d, 3], 4: [0x00, 2] } as const;

/** The four bytes of a number in single precision. */
function singleBytes(value: number): number[] {
  return [...new Uint8Array(Float32Array.of(value).buffer)];
}

/** Appends instructions to a function. */
export class Code {
  readonly signature: Signature;
  readonly #locals: number[] = [];
  readonly #prologue: number[] = [];
  readonly #body: number[] = [];
  readonly #constants = new Map<string, Vector>();

  constructor(parameters: readonly number[] = []) {
    this.signature = { parameters, results: [] };
  }

  /** Types of the locals, and all instructions, constants first. */
  finish(): { readonly locals: readonly number[]; readonly body: readonly number[] } {
    return { locals: this.#locals, body: [...this.#prologue, ...this.#body] };
  }

  raw(...bytes: number[]): void {
    for (const byte of bytes) this.#body.push(byte);
  }

  vectorInstruction(number: number, ...rest: number[]): void {
    this.raw(0xfd, ...unsigned(number), ...rest);
  }

  local(type: number): number {
    return this.signature.parameters.length + this.#locals.push(type) - 1;
  }

  get(local: number): void {
    this.raw(0x20, ...unsigned(local));
  }

  set(local: number): void {
    this.raw(0x21, ...unsigned(local));
  }

  integer(value: number): void {
    this.raw(0x41, ...signed(value));
  }

  /** A new local of type i32 with this value. */
  integerLocal(value: number): number {
    const made = this.local(I32);
    this.integer(value);
    this.set(made);
    return made;
  }

  /** `into = a + bytes`, a local or nothing. */
  sum(into: number, a: number | undefined, bytes: number): void {
    if (a === undefined) this.integer(bytes);
    else {
      this.get(a);
      if (bytes !== 0) {
        this.integer(bytes);
        this.raw(0x6a);
      }
    }
    this.set(into);
  }

  /** A new local of type i32: a local times a number. */
  product(a: number, factor: number): number {
    const made = this.local(I32);
    this.get(a);
    this.integer(factor);
    this.raw(0x6c);
    this.set(made);
    return made;
  }

  /** `into += bytes`. */
  advance(into: number, bytes: number): void {
    if (bytes !== 0) this.sum(into, into, bytes);
  }

  call(index: number): void {
    this.raw(0x10, ...unsigned(index));
  }

  /** Repeat `body` `count` times; the counter is a local of its own. */
  repeat(count: number, body: () => void): void {
    if (count <= 0) return;
    if (count === 1) {
      body();
      return;
    }
    const left = this.integerLocal(count);
    this.raw(0x03, 0x40);
    body();
    this.get(left);
    this.integer(1);
    this.raw(0x6b, 0x22, ...unsigned(left), 0x0d, 0x00, 0x0b);
  }

  /** `body` only where the integer on the stack is not 0. */
  when(body: () => void): void {
    this.raw(0x04, 0x40);
    body();
    this.raw(0x0b);
  }

  /** The same number in all lanes; made once, before everything else. */
  constant(x: number): Vector {
    const bytes = singleBytes(x);
    return this.bits([...bytes, ...bytes, ...bytes, ...bytes]);
  }

  /** The same integer in all lanes. */
  integers(value: number): Vector {
    const bytes = [...new Uint8Array(Int32Array.of(value).buffer)];
    return this.bits([...bytes, ...bytes, ...bytes, ...bytes]);
  }

  /** These sixteen bytes. */
  bits(bytes: readonly number[]): Vector {
    const key = bytes.join();
    let known = this.#constants.get(key);
    if (known === undefined) {
      known = { local: this.local(V128) };
      this.#constants.set(key, known);
      this.#prologue.push(0xfd, 0x0c, ...bytes, 0x21, ...unsigned(known.local));
    }
    return known;
  }

  binary(name: keyof typeof BINARY, a: Vector, b: Vector): Vector {
    this.get(a.local);
    this.get(b.local);
    this.vectorInstruction(BINARY[name]);
    return this.bound();
  }

  /** a · b + c, the product not rounded where the machine can (relaxed SIMD). */
  multiplyAdd(a: Vector, b: Vector, c: Vector): Vector {
    for (const { local } of [a, b, c]) this.get(local);
    this.vectorInstruction(0x105);
    return this.bound();
  }

  unary(name: keyof typeof UNARY, a: Vector): Vector {
    this.get(a.local);
    this.vectorInstruction(UNARY[name]);
    return this.bound();
  }

  /** Bits of `a` where the mask is set, of `b` where not. */
  select(mask: Vector, a: Vector, b: Vector): Vector {
    this.get(a.local);
    this.get(b.local);
    this.get(mask.local);
    this.vectorInstruction(0x52);
    return this.bound();
  }

  /** Four integers shifted. */
  shift(direction: keyof typeof SHIFT, a: Vector, count: number): Vector {
    this.get(a.local);
    this.integer(count);
    this.vectorInstruction(SHIFT[direction]);
    return this.bound();
  }

  /** Lanes of two vectors in another order; 0 to 3 are those of `a`, 4 to 7 those of `b`. */
  shuffle(a: Vector, b: Vector, lanes: readonly [number, number, number, number]): Vector {
    this.get(a.local);
    this.get(b.local);
    this.vectorInstruction(0x0d, ...lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte)));
    return this.bound();
  }

  /** (a0 + a2) + (a1 + a3) in the first lane. */
  total(a: Vector): Vector {
    const pairs = this.binary('add', a, this.shuffle(a, a, [2, 3, 2, 3]));
    return this.binary('add', pairs, this.shuffle(pairs, pairs, [1, 1, 1, 1]));
  }

  /** `into = a`. */
  assign(into: Vector, a: Vector): void {
    this.get(a.local);
    this.set(into.local);
  }

  /** A copy that may be assigned to. */
  copy(a: Vector): Vector {
    const made = { local: this.local(V128) };
    this.assign(made, a);
    return made;
  }

  /** The vector on the stack, as a local. */
  bound(): Vector {
    const made = { local: this.local(V128) };
    this.set(made.local);
    return made;
  }

  /** Put an address on the stack; what follows in `bytes` is the offset of the instruction. */
  base({ base }: Address): void {
    if (base === undefined) this.integer(0);
    else this.get(base);
  }

  /** `lanes` numbers one after another; the lanes after them are 0 (for three lanes, what stands there in memory). */
  load(from: Address, lanes: 1 | 2 | 3 | 4 = 4): Vector {
    if (lanes === 3) {
      const pair = this.load(from, 2);
      return this.loadLane(pair, 2, { ...from, bytes: from.bytes + 8 });
    }
    this.base(from);
    const [instruction, alignment] = LOAD[lanes];
    this.vectorInstruction(instruction, alignment, ...unsigned(from.bytes));
    return this.bound();
  }

  /** One number in all lanes. */
  loadSpread(from: Address): Vector {
    this.base(from);
    this.vectorInstruction(0x09, 2, ...unsigned(from.bytes));
    return this.bound();
  }

  /** One lane of `into` replaced by a number from memory. */
  loadLane(into: Vector, lane: number, from: Address): Vector {
    this.base(from);
    this.get(into.local);
    this.vectorInstruction(0x56, 2, ...unsigned(from.bytes), lane);
    return this.bound();
  }

  /** The first `lanes` numbers of a vector, one after another. */
  store(to: Address, a: Vector, lanes: 1 | 2 | 3 | 4 = 4): void {
    if (lanes === 4) {
      this.base(to);
      this.get(a.local);
      this.vectorInstruction(0x0b, 2, ...unsigned(to.bytes));
      return;
    }
    if (lanes >= 2) {
      this.base(to);
      this.get(a.local);
      this.vectorInstruction(0x5b, 2, ...unsigned(to.bytes), 0);
    }
    if (lanes !== 2) this.storeLane({ ...to, bytes: to.bytes + 4 * (lanes - 1) }, a, lanes - 1);
  }

  storeLane(to: Address, a: Vector, lane: number): void {
    this.base(to);
    this.get(a.local);
    this.vectorInstruction(0x5a, 2, ...unsigned(to.bytes), lane);
  }

  /** The integer at an address, on the stack. */
  loadInteger(from: Address): void {
    this.base(from);
    this.raw(0x28, 2, ...unsigned(from.bytes));
  }

  /** Copy a fixed number of bytes. */
  copyMemory(to: Address, from: Address, bytes: number): void {
    for (const address of [to, from]) {
      this.base(address);
      if (address.bytes !== 0) {
        this.integer(address.bytes);
        this.raw(0x6a);
      }
    }
    this.integer(bytes);
    this.raw(0xfc, 0x0a, 0x00, 0x00);
  }

  /** Set a fixed number of bytes to 0. */
  clearMemory(to: Address, bytes: number): void {
    this.base(to);
    if (to.bytes !== 0) {
      this.integer(to.bytes);
      this.raw(0x6a);
    }
    this.integer(0);
    this.integer(bytes);
    this.raw(0xfc, 0x0b, 0x00);
  }
}
