/**
 * The body of one WebAssembly function in the making. Every value is a local; the engine's compiler makes registers
 * of them. Vectors are two doubles (f64x2). No relaxed instruction is used: each has one result on every machine.
 */
import { double, F64, I32, type Signature, signed, unsigned, V128 } from './encoder.ts';

/** A local of type v128. Its number is the local's index. */
export interface Vector {
  readonly local: number;
}

/** Instructions of two vectors, by their number after the prefix fd. */
const BINARY = {
  eq: 0x47,
  ne: 0x48,
  lt: 0x49,
  gt: 0x4a,
  le: 0x4b,
  ge: 0x4c,
  and: 0x4e,
  /** a, without the bits of b. */
  without: 0x4f,
  or: 0x50,
  xor: 0x51,
  addIntegers: 0xce,
  subIntegers: 0xd1,
  add: 0xf0,
  sub: 0xf1,
  mul: 0xf2,
  div: 0xf3,
  min: 0xf4,
  max: 0xf5,
  /** b where it is less than a, else a: one machine instruction, where min, which also orders −0 and NaN, is nine. */
  lesser: 0xf6,
  /** b where a is less than it, else a. */
  greater: 0xf7,
} as const;

const UNARY = {
  not: 0x4d,
  ceil: 0x74,
  floor: 0x75,
  trunc: 0x7a,
  /** Halves to the even one. */
  nearest: 0x94,
  abs: 0xec,
  neg: 0xed,
  sqrt: 0xef,
} as const;

/** A position in memory: a local with a byte offset, or the start, plus a fixed number of bytes. */
export interface Address {
  readonly base?: number;
  readonly bytes: number;
}

/** Appends instructions to a function. */
export class Code {
  readonly signature: Signature;
  readonly #locals: number[] = [];
  readonly #prologue: number[] = [];
  readonly #body: number[] = [];
  readonly #constants = new Map<string, Vector>();

  constructor(parameters: readonly number[]) {
    this.signature = { parameters, results: [] };
  }

  /** Types of the locals, and all instructions, constants first. */
  finish(): { readonly locals: readonly number[]; readonly body: readonly number[] } {
    return { locals: this.#locals, body: [...this.#prologue, ...this.#body] };
  }

  raw(...bytes: number[]): void {
    for (const byte of bytes) this.#body.push(byte);
  }

  /** A new local. */
  local(type: number): number {
    return this.signature.parameters.length + this.#locals.push(type) - 1;
  }

  get(local: number): void {
    this.raw(0x20, ...unsigned(local));
  }

  set(local: number): void {
    this.raw(0x21, ...unsigned(local));
  }

  /** The same number in both lanes; made once, before everything else. */
  constant(x: number): Vector {
    return this.bits(double(x));
  }

  /** The same eight bytes in both lanes. */
  bits(bytes: readonly number[]): Vector {
    const key = bytes.join();
    let known = this.#constants.get(key);
    if (known === undefined) {
      known = { local: this.local(V128) };
      this.#constants.set(key, known);
      this.#prologue.push(0xfd, 0x0c, ...bytes, ...bytes, 0x21, ...unsigned(known.local));
    }
    return known;
  }

  /** A parameter of type f64 in both lanes; made once. */
  spread(parameter: number): Vector {
    const key = `parameter ${parameter}`;
    let known = this.#constants.get(key);
    if (known === undefined) {
      known = { local: this.local(V128) };
      this.#constants.set(key, known);
      this.#prologue.push(0x20, ...unsigned(parameter), 0xfd, 0x14, 0x21, ...unsigned(known.local));
    }
    return known;
  }

  binary(name: keyof typeof BINARY, a: Vector, b: Vector): Vector {
    this.get(a.local);
    this.get(b.local);
    this.raw(0xfd, ...unsigned(BINARY[name]));
    return this.#bound();
  }

  unary(name: keyof typeof UNARY, a: Vector): Vector {
    this.get(a.local);
    this.raw(0xfd, ...unsigned(UNARY[name]));
    return this.#bound();
  }

  /** Bits of `a` where the mask is set, of `b` where not. */
  select(mask: Vector, a: Vector, b: Vector): Vector {
    this.get(a.local);
    this.get(b.local);
    this.get(mask.local);
    this.raw(0xfd, 0x52);
    return this.#bound();
  }

  /** Both 64-bit integers shifted: to the left, or to the right with zeros coming in. */
  shift(direction: 'left' | 'right', a: Vector, count: number): Vector {
    this.get(a.local);
    this.raw(0x41, ...signed(count), 0xfd, ...unsigned(direction === 'left' ? 0xcb : 0xcd));
    return this.#bound();
  }

  /** Lanes of two vectors in another order; 0 and 1 are those of `a`, 2 and 3 those of `b`. */
  shuffle(a: Vector, b: Vector, first: number, second: number): Vector {
    this.get(a.local);
    this.get(b.local);
    this.raw(0xfd, 0x0d);
    for (const lane of [first, second]) for (let byte = 0; byte < 8; byte++) this.raw(8 * lane + byte);
    return this.#bound();
  }

  /** A copy that may be assigned to. */
  copy(a: Vector): Vector {
    const made = { local: this.local(V128) };
    this.assign(made, a);
    return made;
  }

  /** What is done only where the mask is not set in both lanes: rare cases. */
  otherwise(mask: Vector, body: () => void): void {
    this.get(mask.local);
    this.raw(0xfd, 0xc3, 0x01, 0x45, 0x04, 0x40);
    body();
    this.raw(0x0b);
  }

  /** What is done only where two locals of type i32 differ. */
  whenDifferent(a: number, b: number, body: () => void): void {
    this.get(a);
    this.get(b);
    this.raw(0x47, 0x04, 0x40);
    body();
    this.raw(0x0b);
  }

  /** What is done only where the bits of `mask` in a counter are all set. */
  whenAllSet(counter: number, mask: number, body: () => void): void {
    this.get(counter);
    this.raw(0x41, ...signed(mask), 0x71, 0x41, ...signed(mask), 0x46, 0x04, 0x40);
    body();
    this.raw(0x0b);
  }

  /** `into = a`. */
  assign(into: Vector, a: Vector): void {
    this.get(a.local);
    this.set(into.local);
  }

  /** A fresh vector of zeros that may be assigned to. */
  variable(): Vector {
    return this.copy(this.constant(0));
  }

  /** Two doubles from memory; with `lanes` 1 only the first, the other being 0. */
  load(from: Address, lanes: 1 | 2 = 2): Vector {
    this.#base(from);
    this.raw(0xfd, ...unsigned(lanes === 2 ? 0x00 : 0x5d), 3, ...unsigned(from.bytes));
    return this.#bound();
  }

  /** One double from memory in both lanes. */
  loadSpread(from: Address): Vector {
    this.#base(from);
    this.raw(0xfd, 0x0a, 3, ...unsigned(from.bytes));
    return this.#bound();
  }

  /** One lane of `into` replaced by a double from memory. */
  loadLane(into: Vector, lane: 0 | 1, from: Address): Vector {
    this.#base(from);
    this.get(into.local);
    this.raw(0xfd, 0x57, 3, ...unsigned(from.bytes), lane);
    return this.#bound();
  }

  store(to: Address, a: Vector): void {
    this.#base(to);
    this.get(a.local);
    this.raw(0xfd, 0x0b, 3, ...unsigned(to.bytes));
  }

  storeLane(to: Address, a: Vector, lane: 0 | 1): void {
    this.#base(to);
    this.get(a.local);
    this.raw(0xfd, 0x5b, 3, ...unsigned(to.bytes), lane);
  }

  /** Call an imported function of doubles, lane by lane. */
  callEach(imported: number, operands: readonly Vector[], lanes: 1 | 2): Vector {
    const call = (lane: 0 | 1) => {
      for (const { local } of operands) {
        this.get(local);
        this.raw(0xfd, 0x21, lane);
      }
      this.raw(0x10, ...unsigned(imported));
    };
    call(0);
    this.raw(0xfd, 0x14);
    if (lanes === 1) return this.#bound();
    call(1);
    this.raw(0xfd, 0x22, 1);
    return this.#bound();
  }

  /** Integer arithmetic on locals of type i32: `into = a + bytes`. */
  advance(into: number, bytes: number): void {
    this.get(into);
    this.raw(0x41, ...signed(bytes), 0x6a);
    this.set(into);
  }

  /** A new local: a local of type i32 times a fixed number. */
  multiple(of: number, by: number): number {
    const made = this.local(I32);
    this.get(of);
    this.raw(0x41, ...signed(by), 0x6c);
    this.set(made);
    return made;
  }

  /** `into = from − local`, all of type i32. */
  distance(from: number, local: number, into: number): void {
    this.raw(0x41, ...signed(from));
    this.get(local);
    this.raw(0x6b);
    this.set(into);
  }

  /** Repeat `body` while the counter, which `body` does not touch, is below `end`; it grows by `step`. */
  loop(counter: number, end: number, step: number, body: () => void): void {
    if (end <= 0) return;
    this.raw(0x03, 0x40);
    body();
    this.advance(counter, step);
    this.get(counter);
    this.raw(0x41, ...signed(end), 0x49, 0x0d, 0x00, 0x0b);
  }

  /** A counter that starts from 0. */
  counter(): number {
    const made = this.local(I32);
    this.raw(0x41, 0x00);
    this.set(made);
    return made;
  }

  #base({ base }: Address): void {
    if (base === undefined) this.raw(0x41, 0x00);
    else this.get(base);
  }

  #bound(): Vector {
    const made = { local: this.local(V128) };
    this.set(made.local);
    return made;
  }
}

/** Types of `count` parameters of type f64. */
export function doubles(count: number): number[] {
  return new Array<number>(count).fill(F64);
}
