/**
 * What the engine at hand can do.
 */
import { encodeModule, V128 } from '../webassembly/encoder.ts';

let vectors: boolean | undefined;
let relaxed: boolean | undefined;

function validates(instructions: readonly number[]): boolean {
  if (typeof WebAssembly === 'undefined') return false;
  const signature = { parameters: [V128], results: [V128] };
  return WebAssembly.validate(encodeModule([], [{ name: 'f', signature, locals: [], body: instructions }]));
}

/** Vectors of four numbers. */
export function hasVectors(): boolean {
  vectors ??= validates([0x20, 0x00, 0x20, 0x00, 0xfd, 0xe4, 0x01]);
  return vectors;
}

/** Products that are added without being rounded (relaxed SIMD). */
export function hasRelaxedProducts(): boolean {
  relaxed ??= validates([0x20, 0x00, 0x20, 0x00, 0x20, 0x00, 0xfd, 0x85, 0x02]);
  return relaxed;
}
