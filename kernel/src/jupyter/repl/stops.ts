/**
 * What an interrupt may stop, and what it must not.
 *
 * The guard thread asks for a stop while the main thread has not heard of an interrupt. V8 answers in the midst of
 * whatever runs here, so it is here, with the stack at hand, that the choice is made, and nothing can move between the
 * choice and the stop: code is stopped only where the user's is among the frames. Otherwise our own or Node's runs,
 * such as the one that reads the next cell, and ends soon. What we do for code that has called us is not cut either:
 * it is stopped right behind.
 */

import { type Shared, slots } from './shared.ts';
import { currentFrames } from './stack.ts';

/** This room: its code is not the user's. */
const room = new URL('../', import.meta.url).href;

export class Stops {
  readonly #slots: Int32Array;
  readonly #terminate: () => void;
  readonly #frames: () => readonly NodeJS.CallSite[];
  /** How deep we are in work for the user's code that must come to its end, and whether a stop waits for that. */
  #depth = 0;
  #due = false;
  #heard = 0;

  /** @param terminate ends all JavaScript that is on the stack, at its next step */
  constructor({ slots: view }: Shared, terminate: () => void, frames = currentFrames) {
    this.#slots = view;
    this.#terminate = terminate;
    this.#frames = frames;
  }

  /** Do something of our own that the user's code has called, such as writing to the wire. */
  during(work: () => void): void {
    this.#depth++;
    try {
      work();
    } finally {
      this.#depth--;
      if (this.#due && this.#depth === 0) this.#stopHere();
    }
  }

  /** Stop the user's code on whose behalf the interrupt of that number has not been heard, if any runs. */
  ask(number: number): void {
    if (number <= this.#heard || !this.#frames().some(isTheUsers)) return;
    if (this.#depth > 0) this.#due = true;
    else this.#terminate();
  }

  /** An interrupt has come through to the main thread, where nothing else is on the stack. */
  heard(number: number): void {
    this.#heard = number;
    this.#depth = 0;
    this.#due = false;
    Atomics.store(this.#slots, slots.heard, number);
  }

  #stopHere(): void {
    this.#due = false;
    this.#terminate();
    for (let step = 0; step < 1e6; step++); // a step of a loop is where it takes effect
  }
}

/** Whether a frame is of a cell or of what cells use: not of Node, not of this room, no built-in function's. */
function isTheUsers(frame: NodeJS.CallSite): boolean {
  const name = frame.getScriptNameOrSourceURL() as string | null;
  if (!name) return frame.isEval(); // what `new Function` made
  return !name.startsWith('node:') && !name.startsWith(room);
}
