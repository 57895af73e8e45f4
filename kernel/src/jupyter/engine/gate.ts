/**
 * Holds back what a cell says until what is to stand before it is there. The cell runs meanwhile.
 */
import type { EngineEvents } from './engine.ts';

export class Gate {
  readonly #waiting: (() => void)[] = [];
  #isOpen = true;
  #opened: Promise<void> = Promise.resolve();

  /** The events as they pass through the gate: at once where it is open, else in order once it is. */
  events(events: EngineEvents): EngineEvents {
    return {
      stream: (...said) => this.#pass(() => events.stream(...said)),
      output: (...said) => this.#pass(() => events.output(...said)),
      over: (...said) => this.#pass(() => events.over(...said)),
      comm: (...said) => this.#pass(() => events.comm(...said)),
      line: (...said) => this.#pass(() => events.line(...said)),
      lost: (...said) => this.#pass(() => events.lost(...said)),
      input: (...said) => this.#pass(() => events.input(...said)),
    };
  }

  /** Hold back all that comes from now on until `until` has settled. */
  closeUntil(until: Promise<unknown>): void {
    this.#isOpen = false;
    this.#opened = until.then(() => this.#open());
  }

  /** Settles when everything has passed that came before. */
  get opened(): Promise<void> {
    return this.#opened;
  }

  #pass(event: () => void): void {
    if (this.#isOpen) event();
    else this.#waiting.push(event);
  }

  #open(): void {
    this.#isOpen = true;
    for (const event of this.#waiting.splice(0)) event();
  }
}
