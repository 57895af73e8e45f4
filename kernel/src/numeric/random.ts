/**
 * Random numbers from keys: pure, splittable, the same on every machine and in every order of evaluation.
 *
 * A key names a stream of Philox blocks. `split` and `foldIn` derive independent keys (one per chain, per purpose,
 * per parameter), as in JAX (Bradbury et al. 2018); a key should be used for one thing only. Hot loops read a key's
 * stream through `Stream`.
 */
import { log } from './elementary.ts';
import { philox, philoxPair } from './philox.ts';
import { normalQuantile } from './special/normal.ts';

/**
 * Names a stream of random numbers: four unsigned 32-bit words (the generator's key, and the upper half of its
 * counter). Plain data: it can be stored as JSON and sent to a worker. Make one with `key`, `split` or `foldIn`.
 */
export type Key = readonly [number, number, number, number];

/** What the second counter word says a block is for, so that draws and derived keys never meet. */
const DRAWS = 0;
const SPLIT = 1;
const FOLD_NUMBER = 2;
const FOLD_TEXT = 3;
const PURPOSES = 8;

const WORD = 2 ** 32;

/** Where a block is written before it is read: used within one call, so that none is set aside for each. */
const block = new Uint32Array(8);

function derive(parent: Key, index: number, purpose: number): Key {
  philox(block, index >>> 0, purpose, parent[2], parent[3], parent[0], parent[1]);
  return [block[0]!, block[1]!, block[2]!, block[3]!];
}

/**
 * The key of a seed.
 *
 * @param seed an integer from 0 to 2^53 − 1, or a bigint below 2^64
 * @throws RangeError for anything else
 * @example const [first, second] = split(key(1));
 */
export function key(seed: number | bigint): Key {
  if (typeof seed === 'bigint') {
    if (!(seed >= 0n && seed < 1n << 64n)) {
      throw new RangeError(`key: expected a seed from 0 to 2^64 − 1, got ${seed}; give a seed in that range`);
    }
    return [Number(seed & 0xffffffffn), Number(seed >> 32n), 0, 0];
  }
  if (!(Number.isSafeInteger(seed) && seed >= 0)) {
    throw new RangeError(
      `key: expected a whole seed from 0 to 2^53 − 1, got ${String(seed)}; give for example 1, or a bigint for a larger seed`,
    );
  }
  return [seed % WORD, Math.floor(seed / WORD), 0, 0];
}

/**
 * Independent keys from one.
 *
 * @param count how many, at least 1; default 2
 * @example const chainKeys = split(key(1), 4);
 */
export function split(parent: Key, count = 2): Key[] {
  if (!(Number.isSafeInteger(count) && count >= 1 && count < WORD)) {
    throw new RangeError(`split: expected a whole number of keys of at least 1, got ${count}`);
  }
  return Array.from({ length: count }, (_, index) => derive(parent, index, SPLIT));
}

/**
 * The key for one named or numbered purpose: `foldIn(key, 'proposal')`, `foldIn(key, chain)`.
 *
 * @param data a non-negative safe integer, or a text
 * @throws RangeError for a negative or fractional number
 * @example const initialKey = foldIn(foldIn(key(1), 'initial'), 3);
 */
export function foldIn(parent: Key, data: number | string): Key {
  if (typeof data === 'string') {
    let child = derive(parent, data.length, FOLD_TEXT);
    for (let i = 0; i < data.length; i++) child = derive(child, data.charCodeAt(i), FOLD_TEXT);
    return child;
  }
  if (!(Number.isSafeInteger(data) && data >= 0)) {
    throw new RangeError(`foldIn: expected a whole number of at least 0 or a text, got ${data}`);
  }
  return derive(derive(parent, data % WORD, FOLD_NUMBER), Math.floor(data / WORD), FOLD_NUMBER);
}

/** Where a stream stands: `new Stream(state.key, state.position)` goes on with the same numbers. */
export interface StreamState {
  readonly key: Key;
  /** Uniform numbers already read. */
  readonly position: number;
}

/**
 * Reads one key's stream in sequence: the cheap way for hot loops and for samplers that need an unknown number of
 * uniforms. Two streams of the same key give the same numbers.
 *
 * @example
 * const stream = new Stream(key(1));
 * stream.normal(); // one standard normal draw
 */
export class Stream {
  readonly #key: Key;
  #position: number;
  // The second uniform of the block that was read last, in its two words.
  #high = 0;
  #low = 0;

  /**
   * @param streamKey the stream to read
   * @param position how many uniform numbers to leave out at its start; default 0
   */
  constructor(streamKey: Key, position = 0) {
    this.#key = streamKey;
    this.#position = position;
    if (position % 2 === 1) this.#fill(Math.floor(position / 2));
  }

  #fill(index: number): void {
    const [k0, k1, c2, c3] = this.#key;
    philox(block, index % WORD, Math.floor(index / WORD) * PURPOSES + DRAWS, c2, c3, k0, k1);
    this.#high = block[2]!;
    this.#low = block[3]!;
  }

  /** A uniform whole number from 0 to 2^52 − 1. */
  #bits(): number {
    const position = this.#position++;
    if (position % 2 === 1) return this.#high * 0x100000 + (this.#low >>> 12);
    this.#fill(position / 2);
    return block[0]! * 0x100000 + (block[1]! >>> 12);
  }

  /** Uniform on the open interval (0, 1): a multiple of 2^−52 plus 2^−53, so neither 0 nor 1 can come. */
  uniform(): number {
    return (this.#bits() + 0.5) * 2 ** -52;
  }

  /** Standard normal, by inversion (Wichura's AS 241): one uniform a draw. */
  normal(): number {
    return normalQuantile(this.uniform());
  }

  /** As many standard normals as `out` holds: the numbers `normal` would give, one by one, in less time. */
  normals(out: Float64Array): void {
    const n = out.length;
    let i = 0;
    if (this.#position % 2 === 1 && n > 0) out[i++] = this.normal();
    const [k0, k1, c2, c3] = this.#key;
    for (; n - i >= 4; i += 4) {
      const index = this.#position / 2;
      const low = index % WORD;
      if (low === WORD - 1) break; // the pair would reach over the end of the first word
      philoxPair(block, low, Math.floor(index / WORD) * PURPOSES + DRAWS, c2, c3, k0, k1);
      for (let k = 0; k < 4; k++) {
        const bits = block[2 * k]! * 0x100000 + (block[2 * k + 1]! >>> 12);
        out[i + k] = normalQuantile((bits + 0.5) * 2 ** -52);
      }
      this.#position += 4;
    }
    for (; i < n; i++) out[i] = this.normal();
  }

  /** Exponential with mean 1, by inversion. */
  exponential(): number {
    return -log(this.uniform());
  }

  /**
   * Uniform whole number from 0 to n − 1, without bias (rejection).
   *
   * @throws RangeError unless n is a whole number from 1 to 2^52
   */
  integer(n: number): number {
    if (!(Number.isInteger(n) && n >= 1 && n <= 2 ** 52)) {
      throw new RangeError(`Stream.integer: expected a whole number from 1 to 2^52, got ${n}`);
    }
    const limit = 2 ** 52 - remainder(2 ** 52, n);
    let bits = this.#bits();
    while (bits >= limit) bits = this.#bits();
    return remainder(bits, n);
  }

  /** Where the stream stands, as plain data. */
  state(): StreamState {
    return { key: this.#key, position: this.#position };
  }
}

/**
 * x % n of whole numbers, x ≤ 2^52, n ≥ 1: a division and a product, where the operator calls a loop. The quotient may be
 * rounded up to the next whole number; the product is exact, so that the remainder then is x % n − n.
 */
function remainder(x: number, n: number): number {
  const rest = x - Math.floor(x / n) * n;
  return rest < 0 ? rest + n : rest;
}

function fill(count: number, name: string, draw: () => number): Float64Array<ArrayBuffer> {
  if (!(Number.isSafeInteger(count) && count >= 0)) {
    throw new RangeError(`${name}: expected a whole number of draws of at least 0, got ${count}`);
  }
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) values[i] = draw();
  return values;
}

/**
 * One uniform number on the open interval (0, 1): the first of the key's stream.
 *
 * @example uniform(key(1))
 */
export function uniform(streamKey: Key): number {
  return new Stream(streamKey).uniform();
}

/** The first `n` uniform numbers of the key's stream. (n,) */
export function uniformVector(streamKey: Key, n: number): Float64Array<ArrayBuffer> {
  const stream = new Stream(streamKey);
  return fill(n, 'uniformVector', () => stream.uniform());
}

/** One standard normal number: the first of the key's stream. */
export function normal(streamKey: Key): number {
  return new Stream(streamKey).normal();
}

/**
 * The first `n` standard normal numbers of the key's stream. (n,)
 *
 * @example const momentum = normalVector(foldIn(key(1), 'momentum'), 10); // (10,)
 */
export function normalVector(streamKey: Key, n: number): Float64Array<ArrayBuffer> {
  const values = fill(n, 'normalVector', () => 0);
  new Stream(streamKey).normals(values);
  return values;
}
