/**
 * Powers of two and the pieces of a double: value = mantissa · 2^exponent.
 * IEEE 754 binary64; typed arrays are little-endian on every platform that runs JavaScript or WebAssembly today.
 */

/** log 2 in two parts: the first has 32 significant bits, so k · LN2_HIGH is exact for every exponent k. */
export const LN2_HIGH = 0.6931471803691238; // 0x3fe62e42_fee00000
export const LN2_LOW = 1.9082149292705877e-10;

/** 2^k for k = −1023 … 1023 at index k + 1023. */
const POWERS = new Float64Array(2047);
for (let k = 0, power = 2 ** -1023; k < 2047; k++, power *= 2) POWERS[k] = power;

/** 2^k, exact, for −1023 ≤ k ≤ 1023. */
export function powerOfTwo(k: number): number {
  return POWERS[k + 1023]!;
}

/** y · 2^k with a single rounding, for y of the order of 1 and −1100 < k < 1100. */
export function scaleByPowerOfTwo(y: number, k: number): number {
  if (k > 1023) return y * 2 * powerOfTwo(k - 1);
  if (k < -1021) return y * powerOfTwo(k + 200) * 2 ** -200; // the first product is exact
  return y * powerOfTwo(k);
}

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer); // low word, high word

let exponentPart = 0;

/** Exponent found by the last call of `mantissa`. */
export function exponent(): number {
  return exponentPart;
}

/**
 * Mantissa of a positive finite number, between √½ and √2, chosen so that numbers near 1 have exponent 0;
 * `exponent()` then holds the power of two. 6 → 0.75 with exponent 3; 1.4 → 1.4 with exponent 0.
 */
export function mantissa(x: number): number {
  let shift = -1023;
  if (x < 2.2250738585072014e-308) {
    x *= 2 ** 54; // subnormal
    shift -= 54;
  }
  double[0] = x;
  const biased = words[1]! >>> 20;
  const m = x * POWERS[2046 - biased]!; // 1 ≤ m < 2, exact; faster than reading it back from changed words
  exponentPart = biased + shift;
  if (m > Math.SQRT2) {
    exponentPart += 1;
    return m / 2;
  }
  return m;
}
