/**
 * Arrays as text: base64 of little-endian 16-bit or 32-bit numbers (see `PackedArray`).
 *
 * Sixteen bits place a point to 1/65534 of its axis, finer than any screen, in 2.7 characters a number; JSON
 * numbers take ten to twenty.
 */
import type { PackedArray } from './types.ts';

const missing = 65535;
const steps = 65534;

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/**
 * Pack numbers into 16 bits each, linearly between the smallest and the largest; what is not finite is missing.
 * @example
 * unpack(packU16([0, 0.5, 1])); // Float64Array [0, 0.5, 1]
 */
export function packU16(values: ArrayLike<number>): PackedArray {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (min > max) min = max = 0;
  // Halves, so that −1.7e308 … 1.7e308 does not overflow.
  const halfSpan = max / 2 - min / 2;
  const view = new DataView(new ArrayBuffer(2 * values.length));
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const share = halfSpan > 0 ? (value / 2 - min / 2) / halfSpan : 0;
    view.setUint16(2 * i, Number.isFinite(value) ? Math.round(share * steps) : missing, true);
  }
  return { type: 'u16', min, max, data: toBase64(new Uint8Array(view.buffer)) };
}

/** Pack numbers as 32-bit floats; ±∞ and NaN are kept. */
export function packF32(values: ArrayLike<number>): PackedArray {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  for (let i = 0; i < values.length; i++) view.setFloat32(4 * i, values[i]!, true);
  return { type: 'f32', data: toBase64(new Uint8Array(view.buffer)) };
}

/** The numbers of a packed array; missing ones are NaN. @throws when the text is not base64. */
export function unpack(packed: PackedArray): Float64Array {
  const bytes = fromBase64(packed.data);
  const view = new DataView(bytes.buffer);
  if (packed.type === 'f32') {
    return Float64Array.from({ length: bytes.length >> 2 }, (_, i) => view.getFloat32(4 * i, true));
  }
  const { min, max } = packed;
  return Float64Array.from({ length: bytes.length >> 1 }, (_, i) => {
    const code = view.getUint16(2 * i, true);
    const share = code / steps;
    return code === missing ? Number.NaN : min * (1 - share) + max * share;
  });
}
