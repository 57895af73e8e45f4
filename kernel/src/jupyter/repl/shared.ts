/**
 * The memory that the engine's main thread and its guard thread share. The guard hears of interrupts while a cell
 * blocks the main thread; these few numbers are how the two agree on whom an interrupt may stop.
 */

/** Places in the shared `Int32Array`. */
export const slots = {
  /** The last interrupt the main thread has heard of, by its number. */
  heard: 0,
  /** What a cell that asked for input waits on: see `inputStates`. */
  input: 1,
  /** Bytes of the answer. */
  inputLength: 2,
} as const;

export const inputStates = { none: 0, waiting: 1, answered: 2, interrupted: 3 } as const;

/** The longest line of input, in bytes of UTF-8. */
const inputCapacity = 1 << 20;
const slotBytes = 64;

export interface Shared {
  readonly slots: Int32Array;
  readonly input: Uint8Array;
}

export function newSharedMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(slotBytes + inputCapacity);
}

export function viewShared(memory: SharedArrayBuffer): Shared {
  return { slots: new Int32Array(memory, 0, slotBytes / 4), input: new Uint8Array(memory, slotBytes) };
}
