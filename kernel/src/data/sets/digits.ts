/**
 * Handwritten digits, 8 × 8 (Alpaydin & Kaynak 1998).
 */
import type { Factor } from '../factor.ts';
import { digitLabels, digitPixels } from './digits-pixels.ts';

/** Images and what they show. Unlike the other sets this is a matrix and one column. */
export interface Digits {
  /** All images one after another, each row by row: ink from 0 (none) to 16. */
  readonly pixels: Float64Array; // (1797 · 64,), row-major (1797, 8, 8)
  /** [images, rows, columns]. */
  readonly shape: readonly [images: 1797, rows: 8, columns: 8];
  /** The digit each image shows; code = digit. */
  readonly digit: Factor<'0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9'>;
}

/**
 * 1797 handwritten digits from 13 people, as 8 × 8 images of 17 grey levels.
 *
 * Source: Alpaydin E, Kaynak C (1998), "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository,
 * doi 10.24432/C50P49, its test part, as in scikit-learn 1.9.1. Licence: CC BY 4.0.
 *
 * @example
 * const { pixels, digit } = digits();
 * const first = pixels.subarray(0, 64); // an image of digit.levels[digit.codes[0]], a 0
 */
export function digits(): Digits {
  const levels = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;
  const codes = Int32Array.from(digitLabels, Number);
  return { pixels: unpackPixels(digitPixels), shape: [1797, 8, 8], digit: { codes, levels } };
}

/**
 * Letters are pixels, 'a' = 0 to 'q' = 16; a figure is that many zeros: 'c3q' → 2, 0, 0, 0, 16.
 */
export function unpackPixels(packed: string): Float64Array {
  const pixels: number[] = [];
  for (const character of packed) {
    if (character >= 'a') pixels.push(character.charCodeAt(0) - 97);
    else for (let zeros = Number(character); zeros > 0; zeros--) pixels.push(0);
  }
  return Float64Array.from(pixels);
}
