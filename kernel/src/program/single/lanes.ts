/**
 * Arithmetic in single precision, as what a function is written in: the same text computes one number in JavaScript
 * (`scalarLanes`, each operation rounded by Math.fround) and writes WebAssembly for four (`generate/single`), so both
 * have the same bits.
 */

/** What functions in single precision are made of. `V` is a number, or four in a register. */
export interface Lanes<V> {
  /** The same bits on every machine. */
  readonly reproducible: boolean;
  constant(x: number): V;
  add(a: V, b: V): V;
  sub(a: V, b: V): V;
  mul(a: V, b: V): V;
  /** a · b + c, the product rounded unless bits may depend on the machine. */
  multiplyAdd(a: V, b: V, c: V): V;
  div(a: V, b: V): V;
  /** IEEE 754-2019 minimum and maximum: NaN if either is, −0 below 0. */
  min(a: V, b: V): V;
  max(a: V, b: V): V;
  /** b where it is less than a, else a: one instruction. */
  lesser(a: V, b: V): V;
  /** b where a is less than it, else a. */
  greater(a: V, b: V): V;
  neg(a: V): V;
  abs(a: V): V;
  sqrt(a: V): V;
  floor(a: V): V;
  ceil(a: V): V;
  trunc(a: V): V;
  /** Nearest whole number, halves to the even one. */
  nearest(a: V): V;
  /** Comparisons give a mask, for `select` alone. */
  lt(a: V, b: V): V;
  le(a: V, b: V): V;
  gt(a: V, b: V): V;
  ge(a: V, b: V): V;
  eq(a: V, b: V): V;
  ne(a: V, b: V): V;
  select(mask: V, a: V, b: V): V;
  /** `size` ≥ 0 with the sign of `sign`. */
  withSign(size: V, sign: V): V;
  /** The nearest whole number k (halves to the even one) of a number of size below 2^21, in a form `power` takes. */
  whole(x: V): { readonly k: V; readonly bits: V };
  /** 2^k for k from −126 to 127. */
  power(bits: V): V;
  /** Two powers of two, the first that of ⌊k / 2⌋, whose product is 2^k, for k from −252 to 254. */
  powers(bits: V): readonly [V, V];
  /** x = m 2^e with √½ ≤ m < √2, for a positive normal x. */
  split(x: V): { readonly m: V; readonly e: V };
}

const single = Math.fround;
const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The bits of √½. */
const ROOT_HALF = 0x3f3504f3;

function bitsOf(x: number): number {
  float[0] = x;
  return bits[0]!;
}

function fromBits(x: number): number {
  bits[0] = x;
  return float[0]!;
}

function nearest(a: number): number {
  if (!(Math.abs(a) < 2 ** 23)) return a;
  const shifted = Math.abs(a) + 2 ** 52 - 2 ** 52; // rounds halves to the even one
  return a < 0 || Object.is(a, -0) ? -shifted : shifted;
}

/** One number at a time: what the interpreter computes with. */
export const scalarLanes: Lanes<number> = {
  reproducible: true,
  constant: single,
  add: (a, b) => single(a + b),
  sub: (a, b) => single(a - b),
  mul: (a, b) => single(a * b),
  multiplyAdd: (a, b, c) => single(single(a * b) + c),
  div: (a, b) => single(a / b),
  min: Math.min,
  max: Math.max,
  lesser: (a, b) => (b < a ? b : a),
  greater: (a, b) => (a < b ? b : a),
  neg: (a) => -a,
  abs: Math.abs,
  sqrt: (a) => single(Math.sqrt(a)),
  floor: Math.floor,
  ceil: Math.ceil,
  trunc: Math.trunc,
  nearest,
  lt: (a, b) => (a < b ? 1 : 0),
  le: (a, b) => (a <= b ? 1 : 0),
  gt: (a, b) => (a > b ? 1 : 0),
  ge: (a, b) => (a >= b ? 1 : 0),
  eq: (a, b) => (a === b ? 1 : 0),
  ne: (a, b) => (a !== b ? 1 : 0),
  select: (mask, a, b) => (mask !== 0 ? a : b),
  withSign: (size, sign) => (sign < 0 || Object.is(sign, -0) ? -size : size),
  whole(x) {
    const k = nearest(x);
    return { k, bits: k };
  },
  power: (k) => fromBits((Math.trunc(k) + 127) << 23),
  powers(k) {
    const half = Math.floor(k / 2);
    return [fromBits((half + 127) << 23), fromBits((k - half + 127) << 23)];
  },
  split(x) {
    const e = (bitsOf(x) - ROOT_HALF) >> 23;
    return { m: fromBits(bitsOf(x) - (e << 23)), e };
  },
};
