/**
 * Autocovariances of chains, only as far as they are asked for: four lags at a time by sums of products, and where many
 * are needed, all of them by a Fourier transform.
 */
import { autocorrelationSums } from '../numeric/autocorrelation.ts';
import type { Chains } from './chains.ts';

/** Lags in one pass over the draws. */
const inOnePass = 4;
/** Lags by sums of products: about as many as cost what a transform does, of chains of 1000 to 10,000 draws. */
const mostByProducts = 12 * inOnePass;

export class Autocovariance {
  readonly #centred: Chains; // chains × (n,)
  readonly #draws: number;
  readonly #total: number;
  #sums: Float64Array = new Float64Array(0);

  /** @param centred chains of one length, each with mean 0 */
  constructor(centred: Chains) {
    this.#centred = centred;
    this.#draws = centred[0]!.length;
    this.#total = centred.length * this.#draws;
  }

  /** Mean over chains of Σ xᵢ xᵢ₊ₗ / n. @param lag 0 to n − 1 */
  at(lag: number): number {
    while (lag >= this.#sums.length) this.#sums = this.#more(lag);
    return this.#sums[lag]! / this.#total;
  }

  #more(lag: number): Float64Array {
    const n = this.#draws;
    // Room for a quarter of the lags is most often room for all, and a transform of twice the length takes twice as long.
    if (lag >= mostByProducts) return autocorrelationSums(this.#centred, lag < n >> 2 ? n >> 2 : n);
    const sums = new Float64Array(this.#sums.length + inOnePass);
    sums.set(this.#sums);
    for (const chain of this.#centred) addProducts(chain, sums, this.#sums.length);
    return sums;
  }
}

/** Add to the sums of four lags from `first` on: one pass, four draws a turn, in which no sum waits for another. */
function addProducts(x: Float64Array, sums: Float64Array, first: number): void {
  const n = x.length;
  let s0 = sums[first]!;
  let s1 = sums[first + 1]!;
  let s2 = sums[first + 2]!;
  let s3 = sums[first + 3]!;
  // The draws `first` + 1, + 2 and + 3 before the one in turn; 0 before the first of all.
  let a = 0;
  let b = 0;
  let c = 0;
  let i = first;
  for (; i + 3 < n; i += 4) {
    const v0 = x[i]!;
    const v1 = x[i + 1]!;
    const v2 = x[i + 2]!;
    const v3 = x[i + 3]!;
    const y0 = x[i - first]!;
    const y1 = x[i - first + 1]!;
    const y2 = x[i - first + 2]!;
    const y3 = x[i - first + 3]!;
    s0 = s0 + v0 * y0 + v1 * y1 + v2 * y2 + v3 * y3;
    s1 = s1 + v0 * a + v1 * y0 + v2 * y1 + v3 * y2;
    s2 = s2 + v0 * b + v1 * a + v2 * y0 + v3 * y1;
    s3 = s3 + v0 * c + v1 * b + v2 * a + v3 * y0;
    a = y3;
    b = y2;
    c = y1;
  }
  for (; i < n; i++) {
    const value = x[i]!;
    s0 += value * x[i - first]!;
    s1 += value * a;
    s2 += value * b;
    s3 += value * c;
    c = b;
    b = a;
    a = x[i - first]!;
  }
  sums.set([s0, s1, s2, s3], first);
}
