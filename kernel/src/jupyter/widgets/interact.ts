/**
 * A function run again whenever a control moves, its output shown below the controls.
 */
import { jupyterDisplay } from '../../host/display.ts';
import { currentHost } from '../../host/host.ts';
import { OutputArea } from './output-area.ts';
import { Box } from './views.ts';
import type { Control } from './widget.ts';

/** At most this many runs a second begin; a screen shows no more of text and figures. */
const runsPerSecond = 20;
const interval = 1000 / runsPerSecond;

export type Controls = Readonly<Record<string, Control<never> | Control<unknown>>>;

/** What the function is given: the value of each control, by its name. */
export type InteractValues<C> = { readonly [K in keyof C]: C[K] extends Control<infer V> ? V : never };

/** Taken now: a cell may put something else in their place. */
const later = setTimeout;
const now = performance.now.bind(performance);

/** Runs work again when asked, never twice at a time, never too often, and always once after the last request. */
export class Rerunner {
  readonly #work: () => Promise<void>;
  #wanted = false;
  #busy = false;
  #began = Number.NEGATIVE_INFINITY;

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  request(): void {
    this.#wanted = true;
    if (!this.#busy) void this.#go();
  }

  /** How long the next run has to wait, ms. */
  #early(): number {
    return this.#began + interval - now();
  }

  async #go(): Promise<void> {
    this.#busy = true;
    try {
      while (this.#wanted) {
        // Again, for a timer counts from when its turn of the loop began, and may be early.
        for (let early = this.#early(); early > 0; early = this.#early()) {
          await new Promise((resolve) => later(resolve, Math.ceil(early)));
        }
        this.#wanted = false;
        this.#began = now();
        await this.#work();
      }
    } finally {
      this.#busy = false;
    }
  }
}

/** Controls and the output of a function of their values. */
export class Interaction<C extends Controls> extends Box {
  readonly controls: C;
  readonly output: OutputArea;

  constructor(run: (values: InteractValues<C>) => unknown, controls: C) {
    const output = new OutputArea();
    super('VBox', [...Object.values(controls), output], {});
    this.controls = controls;
    this.output = output;
    const rerunner = new Rerunner(() => output.run(() => run(this.values)));
    for (const [name, control] of Object.entries(controls)) {
      if (control.model.get('description') === '') control.model.set({ description: name });
      control.changed(() => rerunner.request());
    }
    rerunner.request();
  }

  /** The values of all controls now. */
  get values(): InteractValues<C> {
    const entries = Object.entries(this.controls).map(([name, control]) => [name, control.value]);
    return Object.fromEntries(entries) as InteractValues<C>;
  }

  override toString(): string {
    return [...Object.values(this.controls), this.output].map(String).filter(Boolean).join('\n');
  }
}

/**
 * Controls and the output of `run`, to be shown where it is wanted: as the value of a cell, or in a box.
 *
 * @example
 * const view = interactive(({ a }) => a ** 2, { a: slider(0, 1) });
 * view.values.a;
 */
export function interactive<C extends Controls>(
  run: (values: InteractValues<C>) => unknown,
  controls: C,
): Interaction<C> {
  return new Interaction(run, controls);
}

/**
 * Show controls, and below them what `run` shows, prints, returns or throws for their values, as it comes. It runs at
 * once, and again when a control moves: at most 20 times a second, one run at a time (an async function is awaited), and
 * always with the last values in the end.
 *
 * @param run given the values by their names
 * @param controls names and controls; a control without a description gets its name
 * @example
 * interact(({ mean, sd }) => normal(mean, sd), { mean: slider(-3, 3), sd: slider(0.1, 3) });
 */
export function interact<C extends Controls>(run: (values: InteractValues<C>) => unknown, controls: C): void {
  const interaction = new Interaction(run, controls);
  currentHost()?.display(interaction[jupyterDisplay]());
}
