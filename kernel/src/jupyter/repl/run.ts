/**
 * One run of a cell: what it has started, what must be waited for, and how it is stopped.
 */
import type { CapturedOutput } from '../../host/host.ts';
import type { Throttled } from './displays.ts';

/** How long a computation that listens for the interrupt may take to hand over what it has, ms. */
const grace = 3000;

const later = setTimeout;

/** Thrown into a cell, or in its place, when it is interrupted. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor() {
    super('the cell was interrupted; the variables are kept');
  }
}

export class Run {
  /** The cell's id. */
  readonly cell: number;
  /** What the cell's code is called in stacks. */
  readonly name: string;
  /** Rejects when the cell is stopped, whatever its code is doing. */
  readonly stopped: Promise<never>;
  /** Called when the cell is stopped, there and then: a reaction of `stopped` can be lost with the code that is. */
  whenStopped: (reason: Interrupted) => void = () => {};
  /** The value of the cell's last expression. */
  value: unknown = undefined;
  /** Keeps what the cell awaits from being collected. */
  held: unknown = undefined;
  /** What the cell's top-level `using` declarations hold until its end. */
  readonly resources = new AsyncDisposableStack();
  /** The turn of the event loop that its end waits for. */
  turn: NodeJS.Immediate | undefined;
  /** Displays that are still being made. */
  readonly pending = new Set<Promise<void>>();
  /** Live displays, whose last state is due before the cell ends. */
  readonly displays = new Set<Throttled>();
  /** The run around one that captures what it shows: not over before this is. */
  around: Run | undefined;
  /** Takes what the run shows, in place of the cell. */
  receive: ((output: CapturedOutput) => void) | undefined;
  /** It has asked the front end to leave. */
  leaves = false;
  interrupted = false;
  ended = false;
  #controller: AbortController | undefined;
  #stop!: (reason: Interrupted) => void;

  constructor(cell: number, name: string) {
    this.cell = cell;
    this.name = name;
    this.stopped = new Promise((_, reject) => {
      this.#stop = (reason) => {
        reject(reason);
        this.whenStopped(reason);
      };
    });
    this.stopped.catch(() => {}); // a cell that ends first leaves it alone
  }

  /** Aborted when the cell is interrupted. */
  signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.interrupted) this.#controller.abort(new Interrupted());
    return this.#controller.signal;
  }

  /**
   * Stop the cell. A computation that listens gets a moment to hand over what it has; a second interrupt, or a cell
   * in which nobody listens, stops at once.
   */
  interrupt(): void {
    const again = this.interrupted;
    this.interrupted = true;
    if (again || !this.#controller) {
      this.#stop(new Interrupted());
      return;
    }
    later(() => this.#stop(new Interrupted()), grace).unref();
    this.#controller.abort(new Interrupted());
  }
}
