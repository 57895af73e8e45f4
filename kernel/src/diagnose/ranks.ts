/**
 * Ranks and their normal scores (Vehtari et al. 2021, §4.1).
 */
import { normalQuantile } from '../numeric/special/normal.ts';
import { type Chains, flatten } from './chains.ts';

/** Normal scores of the ranks over all chains together; ties share their mean rank (eq. 14). */
export function rankNormalise(chains: Chains): Chains {
  const all = flatten(chains); // (n,)
  const order = ascendingOrder(all); // (n,)
  return scoresOf(chains, order, inOrder(all, order));
}

/** `rankNormalise` where the order is known. @param sorted the draws of all chains in that order */
export function scoresOf(chains: Chains, order: Uint32Array, sorted: Float64Array): Chains {
  const n = order.length;
  const scoreOfRank = scoresOfRanks(n);
  const scores = new Float64Array(n);
  for (let start = 0; start < n; ) {
    const value = sorted[start]!;
    let end = start + 1;
    while (end < n && sorted[end] === value) end++;
    const score = end === start + 1 ? scoreOfRank[start]! : scoreAt((start + 1 + end) / 2, n); // 3 and 4 tied → 3.5
    for (let k = start; k < end; k++) scores[order[k]!] = score;
    start = end;
  }
  let from = 0;
  return chains.map((chain) => {
    from += chain.length;
    return scores.subarray(from - chain.length, from);
  });
}

/** The normal score of a rank among n, from 1 (Blom 1958). */
function scoreAt(rank: number, n: number): number {
  return normalQuantile((rank - 3 / 8) / (n + 1 / 4));
}

/** The scores of n different numbers: those of the n used last, which all scalars of a posterior share. */
let last: Float64Array = new Float64Array(0);

function scoresOfRanks(n: number): Float64Array {
  if (last.length !== n) last = Float64Array.from({ length: n }, (_, i) => scoreAt(i + 1, n));
  return last;
}

/** Values in an order. */
export function inOrder(values: Float64Array, order: Uint32Array): Float64Array {
  const n = order.length;
  const sorted = new Float64Array(n);
  for (let k = 0; k < n; k++) sorted[k] = values[order[k]!]!;
  return sorted;
}

/**
 * The order of the distances from a centre, where that of the values is known: those below it, backwards, and those
 * above it are both in order already.
 *
 * @param sorted the values in `order`
 * @returns the order, and the distances in it
 */
export function foldedOrder(
  order: Uint32Array,
  sorted: Float64Array,
  centre: number,
): { readonly order: Uint32Array; readonly distances: Float64Array } {
  const n = order.length;
  const folded = new Uint32Array(n);
  const distances = new Float64Array(n);
  let above = 0;
  while (above < n && sorted[above]! < centre) above++;
  let below = above - 1;
  for (let k = 0; k < n; k++) {
    const down = below >= 0 ? Math.abs(sorted[below]! - centre) : Number.POSITIVE_INFINITY;
    const up = above < n ? Math.abs(sorted[above]! - centre) : Number.POSITIVE_INFINITY;
    const takeDown = below >= 0 && (down <= up || above >= n);
    distances[k] = takeDown ? down : up;
    folded[k] = order[takeDown ? below-- : above++]!;
  }
  return { order: folded, distances };
}

/** Bits of a digit, and how many there are in the 64 of a number. */
const digitBits = 11;
const digitValues = 1 << digitBits;

/**
 * The indices that put numbers (without NaN) in ascending order, equal ones as they come: a radix sort of the bit
 * patterns, made to rise with the value: negative numbers with all bits turned, others with the sign bit. Six passes
 * over n indices; a comparison sort with a callback takes some ten times longer.
 */
export function ascendingOrder(values: Float64Array): Uint32Array {
  const n = values.length;
  const words = new Uint32Array(Float64Array.from(values).buffer);
  for (let i = 0; i < n; i++) {
    // Typed arrays are little-endian wherever JavaScript runs: the low word comes first.
    const high = words[2 * i + 1]!;
    if (high >>> 31 === 0) words[2 * i + 1] = high ^ 0x80000000;
    else if (values[i] === 0)
      words[2 * i + 1] = 0x80000000; // −0 is equal to 0
    else {
      words[2 * i] = ~words[2 * i]!;
      words[2 * i + 1] = ~high;
    }
  }
  let order = new Uint32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  let next = new Uint32Array(n);
  const places = new Uint32Array(digitValues);
  // Each word in three digits: of its 32 bits the last takes 10.
  for (const word of [0, 1]) {
    for (let shift = 0; shift < 32; shift += digitBits) {
      places.fill(0);
      for (let i = 0; i < n; i++) {
        const digit = (words[2 * i + word]! >>> shift) & (digitValues - 1);
        places[digit] = places[digit]! + 1;
      }
      if (n > 0 && places[(words[word]! >>> shift) & (digitValues - 1)] === n) continue; // all digits alike
      let place = 0;
      for (let digit = 0; digit < digitValues; digit++) {
        const count = places[digit]!;
        places[digit] = place;
        place += count;
      }
      for (let k = 0; k < n; k++) {
        const i = order[k]!;
        const digit = (words[2 * i + word]! >>> shift) & (digitValues - 1);
        const at = places[digit]!;
        places[digit] = at + 1;
        next[at] = i;
      }
      [order, next] = [next, order];
    }
  }
  return order;
}
