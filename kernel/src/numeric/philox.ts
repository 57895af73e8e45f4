/**
 * Philox4x32-10: a counter-based generator (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as
 * 1, 2, 3", SC '11, section 3.3). A block of four 32-bit words is a pure function of a 128-bit counter and a 64-bit
 * key, so any part of any stream can be computed alone, in any order, on any machine.
 */

// Multipliers and Weyl increments: the paper's section 3.3 and Random123's philox.h.
const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9; // golden ratio
const W1 = 0xbb67ae85; // √3 − 1

/** High word of the 64-bit product of a word and the constant (high · 2^16 + low), in halves that do not overflow. */
function highWord(x: number, high: number, low: number): number {
  const x0 = x & 0xffff;
  const x1 = x >>> 16;
  const carry = (Math.imul(x1, low) + (Math.imul(x0, low) >>> 16)) | 0;
  const middle = (Math.imul(x0, high) + (carry & 0xffff)) | 0;
  return (Math.imul(x1, high) + (carry >>> 16) + (middle >>> 16)) | 0;
}

/**
 * One block: four uniform 32-bit words into `out`.
 *
 * @param out (4,) where the words go
 * @param c0 … c3 the counter, unsigned 32-bit words, lowest first
 * @param k0, k1 the key, unsigned 32-bit words, lowest first
 */
export function philox(out: Uint32Array, c0: number, c1: number, c2: number, c3: number, k0: number, k1: number): void {
  c0 |= 0; // signed 32-bit words inside: the same bits, and the engine keeps them in integer registers
  c1 |= 0;
  c2 |= 0;
  c3 |= 0;
  k0 |= 0;
  k1 |= 0;
  for (let round = 0; round < 10; round++) {
    const high0 = highWord(c0, M0 >>> 16, M0 & 0xffff);
    const high1 = highWord(c2, M1 >>> 16, M1 & 0xffff);
    const low0 = Math.imul(M0, c0);
    const low1 = Math.imul(M1, c2);
    c0 = high1 ^ c1 ^ k0;
    c2 = high0 ^ c3 ^ k1;
    c1 = low1;
    c3 = low0;
    k0 = (k0 + W0) | 0;
    k1 = (k1 + W1) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/**
 * The blocks of counters c0 and c0 + 1, one after the other: the same words as two calls of `philox`. A round waits for
 * the one before; two chains of rounds side by side keep the processor busy.
 *
 * @param out (8,) where the words go
 * @param c0 … c3 the first counter; c0 must not be the last word, 2^32 − 1
 */
export function philoxPair(
  out: Uint32Array,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
): void {
  c0 |= 0;
  c1 |= 0;
  c2 |= 0;
  c3 |= 0;
  k0 |= 0;
  k1 |= 0;
  let d0 = (c0 + 1) | 0;
  let d1 = c1;
  let d2 = c2;
  let d3 = c3;
  for (let round = 0; round < 10; round++) {
    const high0 = highWord(c0, M0 >>> 16, M0 & 0xffff);
    const high2 = highWord(d0, M0 >>> 16, M0 & 0xffff);
    const high1 = highWord(c2, M1 >>> 16, M1 & 0xffff);
    const high3 = highWord(d2, M1 >>> 16, M1 & 0xffff);
    const low0 = Math.imul(M0, c0);
    const low2 = Math.imul(M0, d0);
    const low1 = Math.imul(M1, c2);
    const low3 = Math.imul(M1, d2);
    c0 = high1 ^ c1 ^ k0;
    c2 = high0 ^ c3 ^ k1;
    c1 = low1;
    c3 = low0;
    d0 = high3 ^ d1 ^ k0;
    d2 = high2 ^ d3 ^ k1;
    d1 = low3;
    d3 = low2;
    k0 = (k0 + W0) | 0;
    k1 = (k1 + W1) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
  out[4] = d0;
  out[5] = d1;
  out[6] = d2;
  out[7] = d3;
}
