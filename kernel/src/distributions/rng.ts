/**
 * A random number generator as one holds it in a lesson: draws of every distribution, whole numbers, shuffles and
 * samples, all from one seed. It reads a counter-based stream (Philox; Salmon et al. 2011): the same seed and the same
 * calls give the same numbers everywhere.
 */
import { type Key, key, Stream } from '../numeric/random.ts';
import type { Distribution } from './types.ts';

/** What is taken from a list. */
export interface ChoiceOptions {
  /** Whether an element may come more than once; default false. */
  readonly replace?: boolean;
  /** How much each element weighs; default all alike. */
  readonly weights?: ArrayLike<number>;
}

/** Draws that follow one another; each call moves it on. */
export class RandomGenerator {
  readonly #stream: Stream;

  /** @param streamKey the stream it reads */
  constructor(streamKey: Key) {
    this.#stream = new Stream(streamKey);
  }

  /** Uniform on (0, 1): one number, or `n` of them. */
  uniform(): number;
  uniform(n: number): Float64Array<ArrayBuffer>;
  uniform(n?: number): number | Float64Array<ArrayBuffer> {
    return n === undefined ? this.#stream.uniform() : this.#many(n, () => this.#stream.uniform());
  }

  /** Normal with this mean and standard deviation: one number, or `n` of them. */
  normal(mean?: number, sd?: number): number;
  normal(mean: number, sd: number, n: number): Float64Array<ArrayBuffer>;
  normal(mean = 0, sd = 1, n?: number): number | Float64Array<ArrayBuffer> {
    if (!(sd >= 0)) throw new RangeError(`rng.normal: sd must be a number from 0, got ${sd}`);
    const one = () => mean + sd * this.#stream.normal();
    return n === undefined ? one() : this.#many(n, one);
  }

  /** A whole number from 0 to `below` − 1, each as likely: one, or `n` of them. */
  integer(below: number): number;
  integer(below: number, n: number): Int32Array<ArrayBuffer>;
  integer(below: number, n?: number): number | Int32Array<ArrayBuffer> {
    if (n === undefined) return this.#stream.integer(below);
    return Int32Array.from({ length: checkCount(n) }, () => this.#stream.integer(below));
  }

  /**
   * Draws of any distribution: one (a number, or the whole array of one with a shape), or `n`, one after another.
   *
   * @throws Error for improper distributions, and parameters that are expressions of a model
   * @example
   * rng(1).draw(gamma(2, 0.5), 100); // Float64Array of 100
   * rng(1).draw(multivariateNormal([0, 0], [[1, 0.5], [0.5, 1]]), 3); // three pairs, row-major
   */
  draw(distribution: Distribution<[]>): number;
  draw(distribution: Distribution): number | Float64Array<ArrayBuffer>;
  draw(distribution: Distribution, n: number): Float64Array<ArrayBuffer>;
  draw(distribution: Distribution, n?: number): number | Float64Array<ArrayBuffer> {
    if (typeof distribution?.sample !== 'function') {
      throw new TypeError(`rng.draw: expected a distribution, such as normal(0, 1), got ${typeof distribution}`);
    }
    if (n !== undefined) return distribution.size(checkCount(n)).sample(this.#stream);
    const values = distribution.sample(this.#stream);
    return distribution.shape.length === 0 ? values[0]! : values;
  }

  /** The elements in random order (Fisher & Yates 1938; Durstenfeld 1964); the list itself stays. */
  shuffle<E>(list: ArrayLike<E>): E[] {
    const order = Array.from(list);
    for (let i = order.length - 1; i > 0; i--) {
      const j = this.#stream.integer(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order;
  }

  /**
   * Some elements of a list: without replacement `n` different ones, with replacement each anew.
   *
   * @throws RangeError for more than there are, or weights that are none
   * @example rng(3).sample(['heads', 'tails'], 10, { replace: true })
   */
  sample<E>(list: ArrayLike<E>, n: number, { replace = false, weights }: ChoiceOptions = {}): E[] {
    const elements = Array.from(list);
    checkCount(n);
    if (n > 0 && elements.length === 0) throw new RangeError('rng.sample: the list is empty');
    if (!replace && n > elements.length) {
      throw new RangeError(
        `rng.sample: ${n} different elements asked for, and the list has ${elements.length}; give { replace: true } to draw with replacement`,
      );
    }
    if (weights === undefined) {
      if (!replace) return this.shuffle(elements).slice(0, n);
      return Array.from({ length: n }, () => elements[this.#stream.integer(elements.length)]!);
    }
    const shares = Float64Array.from(weights);
    if (shares.length !== elements.length || shares.some((share) => !(share >= 0 && share < Infinity))) {
      throw new RangeError(
        `rng.sample: weights must be ${elements.length} finite numbers from 0, got ${Array.from(shares).slice(0, 8).join(', ')}`,
      );
    }
    if (replace) return this.#weighted(elements, n, shares);
    return Array.from({ length: n }, () => {
      const [element] = this.#weighted(
        elements.map((_, i) => i),
        1,
        shares,
      );
      shares[element!] = 0;
      return elements[element!]!;
    });
  }

  /** Each anew, by where a uniform number falls among the sums of the shares. */
  #weighted<E>(elements: readonly E[], n: number, shares: Float64Array): E[] {
    let total = 0;
    const sums = shares.map((share) => {
      total += share;
      return total;
    });
    if (n > 0 && !(total > 0)) throw new RangeError('rng.sample: nothing with a weight above 0 is left to draw');
    const last = shares.findLastIndex((share) => share > 0);
    return Array.from({ length: n }, () => {
      const at = this.#stream.uniform() * total;
      let [low, high] = [0, last];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (sums[middle]! > at) high = middle;
        else low = middle + 1;
      }
      return elements[low]!;
    });
  }

  #many(n: number, one: () => number): Float64Array<ArrayBuffer> {
    return Float64Array.from({ length: checkCount(n) }, one);
  }
}

function checkCount(n: number): number {
  if (Number.isInteger(n) && n >= 0) return n;
  throw new RangeError(`rng: the number of draws must be a whole number from 0, got ${n}`);
}

/**
 * A random number generator.
 *
 * @param seed a whole number from 0
 * @throws RangeError for anything else
 * @example
 * const random = rng(1);
 * random.normal(0, 1, 5);
 * random.draw(poisson(3), 100);
 * random.shuffle(['a', 'b', 'c']);
 */
export function rng(seed: number | bigint): RandomGenerator {
  return new RandomGenerator(key(seed));
}
