/**
 * Ranks and their normal scores (Vehtari et al. 2021, §4.1).
 */
import { normalQuantile } from '../numeric/special/normal.ts';
import { type Chains, flatten } from './chains.ts';

/** Normal scores of the ranks over all chains together; ties share their mean rank (eq. 14). */
export function rankNormalise(chains: Chains): Chains {
  const all = flatten(chains); // (n,)
  const n = all.length;
  const order = ascendingOrder(all); // (n,)
  const scores = new Float64Array(n);
  for (let start = 0; start < n; ) {
    const value = all[order[start]!]!;
    let end = start + 1;
    while (end < n && all[order[end]!] === value) end++;
    const rank = (start + 1 + end) / 2; // ranks from 1: 3 and 4 tied → 3.5
    const score = normalQuantile((rank - 3 / 8) / (n + 1 / 4)); // Blom 1958
    for (let k = start; k < end; k++) scores[order[k]!] = score;
    start = end;
  }
  let from = 0;
  return chains.map((chain) => {
    from += chain.length;
    return scores.subarray(from - chain.length, from);
  });
}

/**
 * The indices that put numbers (without NaN) in ascending order, equal ones as they come: a radix sort by bytes of
 * the bit patterns, made to rise with the value: negative numbers with all bits turned, others with the sign bit.
 * Eight passes over n indices; a comparison sort with a callback takes some ten times longer.
 */
export function ascendingOrder(values: Float64Array): Uint32Array {
  const n = values.length;
  const words = new Uint32Array(Float64Array.from(values, (x) => x + 0).buffer); // + 0 makes −0 equal to 0
  for (let i = 0; i < n; i++) {
    const negative = words[2 * i + 1]! >>> 31 === 1;
    words[2 * i] = negative ? ~words[2 * i]! : words[2 * i]!;
    words[2 * i + 1] = words[2 * i + 1]! ^ (negative ? 0xffffffff : 0x80000000);
  }
  let order = new Uint32Array(n).map((_, i) => i);
  let next = new Uint32Array(n);
  const counts = new Uint32Array(257);
  for (let pass = 0; pass < 8; pass++) {
    const word = pass < 4 ? 0 : 1; // the low word first: typed arrays are little-endian wherever JavaScript runs
    const shift = 8 * (pass % 4);
    counts.fill(0);
    for (let i = 0; i < n; i++) counts[((words[2 * i + word]! >>> shift) & 255) + 1]!++;
    if (counts.includes(n)) continue; // all bytes alike
    for (let b = 0; b < 256; b++) counts[b + 1]! += counts[b]!;
    for (let k = 0; k < n; k++) {
      const i = order[k]!;
      const byte = (words[2 * i + word]! >>> shift) & 255;
      next[counts[byte]!++] = i;
    }
    [order, next] = [next, order];
  }
  return order;
}
