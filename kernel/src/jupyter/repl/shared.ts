/**
 * The memory that the engine's main thread and its guard thread share. The guard hears of interrupts while a cell
 * blocks the main thread; these few numbers are how the two agree on whom an interrupt may stop.
 */

/** Places in the shared `Int32Array`. */
export const slots = {
  /** The cell whose code runs: its id; 0 none; −1 our own code, which must not be stopped. */
  running: 0,
  /** The last interrupt the main thread has heard of, by its number. */
  heard: 1,
  /** What the guard is about: see `stoppingStates`. */
  stopping: 2,
  /** What a cell that asked for input waits on: see `inputStates`. */
  input: 3,
  /** Bytes of the answer. */
  inputLength: 4,
} as const;

/**
 * none; the guard looks whose code runs and stops the main thread; it waits for our own code, which a cell may have
 * called, to end; the main thread is back in the code of a cell, and waits there to be stopped.
 */
export const stoppingStates = { none: 0, now: 1, soon: 2, here: 3 } as const;

export const inputStates = { none: 0, waiting: 1, answered: 2, interrupted: 3 } as const;

/** The cell slot's value while the engine's own code runs. */
export const ownCode = -1;

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
