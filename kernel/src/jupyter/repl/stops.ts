/**
 * What an interrupt may stop, and what it must not: the main thread's side of an agreement with the guard thread.
 *
 * The guard sets `stopping`, then reads whose code runs; the main thread says whose code runs, then reads `stopping`.
 * So either the guard sees that our own code has begun, and lets it be, or the main thread sees that a stop is on its
 * way, and waits for it where it does no harm. A cell that prints without end is nearly always in our own code: so the
 * guard then says that it will stop it soon, and the main thread waits for that when it is back in the cell's code.
 */
import { ownCode, type Shared, slots, stoppingStates } from './shared.ts';

export class Stops {
  readonly #slots: Int32Array;
  readonly #burn: (pending: () => boolean) => void;

  /** @param burn runs code that may be stopped for as long as a stop is pending */
  constructor({ slots: view }: Shared, burn: (pending: () => boolean) => void) {
    this.#slots = view;
    this.#burn = burn;
  }

  readonly #pending = (): boolean => Atomics.load(this.#slots, slots.stopping) === stoppingStates.now;

  /** From here on runs a cell's code; 0 where code runs that earlier cells have left behind. */
  open(cell: number): void {
    Atomics.store(this.#slots, slots.running, cell);
  }

  /** From here on runs our own code, with none of the user's beneath it; a stop that comes late is spent. */
  close(): void {
    Atomics.store(this.#slots, slots.running, ownCode);
    if (this.#pending()) this.#burn(this.#pending);
  }

  /** Do something of our own that the user's code has called, such as writing to the wire. */
  during(work: () => void): void {
    const before = Atomics.exchange(this.#slots, slots.running, ownCode);
    while (this.#pending()); // the stop takes effect here, in the name of the code that called us
    try {
      work();
    } finally {
      Atomics.store(this.#slots, slots.running, before);
      if (before !== ownCode) this.#offer();
    }
  }

  /** Back in a cell's code: if a stop was announced meanwhile, wait for it here. */
  #offer(): void {
    const { none, soon, here } = stoppingStates;
    while (Atomics.compareExchange(this.#slots, slots.stopping, soon, here) !== none);
  }

  /** An interrupt has come through to the main thread. */
  heard(number: number): void {
    Atomics.store(this.#slots, slots.heard, number);
  }
}
