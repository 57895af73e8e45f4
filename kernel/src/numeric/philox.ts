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

const TWO_TO_MINUS_32 = 2 ** -32;

/**
 * One block: four uniform 32-bit words into `out`.
 *
 * @param out (4,) where the words go
 * @param c0 … c3 the counter, unsigned 32-bit words, lowest first
 * @param k0, k1 the key, unsigned 32-bit words, lowest first
 */
export function philox(out: Uint32Array, c0: number, c1: number, c2: number, c3: number, k0: number, k1: number): void {
  for (let round = 0; round < 10; round++) {
    const low0 = Math.imul(M0, c0) >>> 0;
    const low1 = Math.imul(M1, c2) >>> 0;
    // The product in doubles is off by at most 2^10, so removing the exact low word and rounding gives the high word.
    const high0 = ((M0 * c0 - low0) * TWO_TO_MINUS_32 + 0.5) >>> 0;
    const high1 = ((M1 * c2 - low1) * TWO_TO_MINUS_32 + 0.5) >>> 0;
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c1 = low1;
    c3 = low0;
    k0 = (k0 + W0) >>> 0;
    k1 = (k1 + W1) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}
