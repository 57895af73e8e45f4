/**
 * Sums of products of a series with itself at every lag, through fast Fourier transforms (Wiener–Khinchin: the
 * autocorrelation is the transform of the power spectrum).
 *
 * The transform is of radix 4, decimation in frequency one way (Gentleman & Sande 1966) and in time the other (Cooley &
 * Tukey 1965): between them the spectrum stands in digit-reversed order, which its powers do not mind, so nothing is
 * ever put in order. Real and imaginary parts alternate.
 */
import { cos, sin } from './elementary.ts';

/**
 * Σᵢ xᵢ xᵢ₊ₗ, added up over all series, for the lags l = 0, 1, …
 *
 * @param series of one length n, n ≥ 1
 * @param lags how many at least, 1 to n (default): fewer take a shorter transform
 * @returns (≥ lags,) one sum a lag, as many as the transform gives, with an error of about 1e-16 of the first times log n
 * @example autocorrelationSums([Float64Array.of(1, 2, 3)]) // 14, 8, 3
 */
export function autocorrelationSums(series: readonly Float64Array[], lags = series[0]!.length): Float64Array {
  const n = series[0]!.length;
  const transform = transformFor(n + lags); // zeros keep the end of a series from its beginning
  const { size, values, power } = transform;
  power.fill(0);
  // Two series at a time: |transform of x + iy|² belongs to the sum of both autocorrelations, in its real part.
  for (let k = 0; k < series.length; k += 2) {
    const x = series[k]!;
    const y = series[k + 1];
    for (let i = 0; i < n; i++) {
      values[2 * i] = x[i]!;
      values[2 * i + 1] = y ? y[i]! : 0;
    }
    values.fill(0, 2 * n);
    forward(transform);
    for (let i = 0; i < 2 * size; i += 2) {
      power[i >> 1] = power[i >> 1]! + values[i]! * values[i]! + values[i + 1]! * values[i + 1]!;
    }
  }
  for (let i = 0; i < size; i++) {
    values[2 * i] = power[i]!;
    values[2 * i + 1] = 0;
  }
  backward(transform);
  const sums = new Float64Array(Math.min(n, size - n));
  for (let l = 0; l < sums.length; l++) sums[l] = values[2 * l]! / size;
  return sums;
}

/** Everything a transform of one size needs. */
interface Transform {
  readonly size: number;
  /** For each stage, largest first, cos and −sin of α, 2α, 3α in turn, with α = 2πj / (elements of a block). */
  readonly turns: readonly Float64Array[]; // stages × (6 · block / 4,)
  readonly values: Float64Array; // (2 size,)
  readonly power: Float64Array; // (size,)
}

/** That of the length used last: a summary asks for the same one again and again. */
let last: Transform | undefined;

/** @param least fewest elements; the size is the next power of two */
function transformFor(least: number): Transform {
  let size = 2;
  while (size < least) size *= 2;
  if (last?.size === size) return last;
  const turns: Float64Array[] = [];
  for (let block = size; block >= 4; block /= 4) {
    const before = turns.at(-1); // every fourth of whose angles are those of this one
    const own = new Float64Array((6 * block) / 4);
    for (let j = 0; j < block / 4; j++) {
      for (let k = 0; k < 3; k++) {
        const angle = (2 * Math.PI * (k + 1) * j) / block;
        own[6 * j + 2 * k] = before ? before[24 * j + 2 * k]! : cos(angle);
        own[6 * j + 2 * k + 1] = before ? before[24 * j + 2 * k + 1]! : -sin(angle);
      }
    }
    turns.push(own);
  }
  last = { size, turns, values: new Float64Array(2 * size), power: new Float64Array(size) };
  return last;
}

/** In place, from natural into digit-reversed order. */
function forward({ size, turns, values }: Transform): void {
  for (const turn of turns) {
    const quarter = turn.length / 3; // numbers, two an element
    for (let start = 0; start < 2 * size; start += 4 * quarter) {
      for (let j = 0; j < quarter; j += 2) {
        const a = start + j;
        const b = a + quarter;
        const c = b + quarter;
        const d = c + quarter;
        const sumRe = values[a]! + values[c]!;
        const sumIm = values[a + 1]! + values[c + 1]!;
        const differenceRe = values[a]! - values[c]!;
        const differenceIm = values[a + 1]! - values[c + 1]!;
        const otherRe = values[b]! + values[d]!;
        const otherIm = values[b + 1]! + values[d + 1]!;
        const turnedRe = values[b + 1]! - values[d + 1]!; // −i (b − d)
        const turnedIm = values[d]! - values[b]!;
        values[a] = sumRe + otherRe;
        values[a + 1] = sumIm + otherIm;
        const w = 3 * j;
        const re1 = differenceRe + turnedRe;
        const im1 = differenceIm + turnedIm;
        values[b] = re1 * turn[w]! - im1 * turn[w + 1]!;
        values[b + 1] = re1 * turn[w + 1]! + im1 * turn[w]!;
        const re2 = sumRe - otherRe;
        const im2 = sumIm - otherIm;
        values[c] = re2 * turn[w + 2]! - im2 * turn[w + 3]!;
        values[c + 1] = re2 * turn[w + 3]! + im2 * turn[w + 2]!;
        const re3 = differenceRe - turnedRe;
        const im3 = differenceIm - turnedIm;
        values[d] = re3 * turn[w + 4]! - im3 * turn[w + 5]!;
        values[d + 1] = re3 * turn[w + 5]! + im3 * turn[w + 4]!;
      }
    }
  }
  if (!isPowerOfFour(size)) pairs(values);
}

/** In place, from digit-reversed into natural order, without the division by the size. */
function backward({ size, turns, values }: Transform): void {
  if (!isPowerOfFour(size)) pairs(values);
  for (const turn of turns.toReversed()) {
    const quarter = turn.length / 3;
    for (let start = 0; start < 2 * size; start += 4 * quarter) {
      for (let j = 0; j < quarter; j += 2) {
        const a = start + j;
        const b = a + quarter;
        const c = b + quarter;
        const d = c + quarter;
        const w = 3 * j;
        const re1 = values[b]! * turn[w]! + values[b + 1]! * turn[w + 1]!;
        const im1 = values[b + 1]! * turn[w]! - values[b]! * turn[w + 1]!;
        const re2 = values[c]! * turn[w + 2]! + values[c + 1]! * turn[w + 3]!;
        const im2 = values[c + 1]! * turn[w + 2]! - values[c]! * turn[w + 3]!;
        const re3 = values[d]! * turn[w + 4]! + values[d + 1]! * turn[w + 5]!;
        const im3 = values[d + 1]! * turn[w + 4]! - values[d]! * turn[w + 5]!;
        const evenRe = values[a]! + re2;
        const evenIm = values[a + 1]! + im2;
        const differenceRe = values[a]! - re2;
        const differenceIm = values[a + 1]! - im2;
        const oddRe = re1 + re3;
        const oddIm = im1 + im3;
        const turnedRe = im3 - im1; // i (1 − 3)
        const turnedIm = re1 - re3;
        values[a] = evenRe + oddRe;
        values[a + 1] = evenIm + oddIm;
        values[b] = differenceRe + turnedRe;
        values[b + 1] = differenceIm + turnedIm;
        values[c] = evenRe - oddRe;
        values[c + 1] = evenIm - oddIm;
        values[d] = differenceRe - turnedRe;
        values[d + 1] = differenceIm - turnedIm;
      }
    }
  }
}

function isPowerOfFour(size: number): boolean {
  return (31 - Math.clz32(size)) % 2 === 0; // 4 → 2 → true, 8 → 3 → false
}

/** The stage of radix 2 that is left where the size is no power of four. */
function pairs(values: Float64Array): void {
  for (let k = 0; k < values.length; k += 4) {
    const re = values[k]!;
    const im = values[k + 1]!;
    values[k] = re + values[k + 2]!;
    values[k + 1] = im + values[k + 3]!;
    values[k + 2] = re - values[k + 2]!;
    values[k + 3] = im - values[k + 3]!;
  }
}
