/**
 * What happens beside training: callbacks after steps and epochs, early stopping among them.
 */
import type { Network } from '../net.ts';
import type { Value } from '../types.ts';
import type { TrainingEnding } from './history.ts';
import type { CallbackState, EpochRow, RunState, StepEvent } from './run.ts';

/** What a callback sees of a run. */
export interface Run {
  readonly net: Network<Value>;
  /** Epochs that are over, and updates so far. */
  readonly epoch: number;
  readonly step: number;
  /** One row an epoch that is over. */
  readonly rows: readonly EpochRow[];
  /** The whole state of the run, as a checkpoint keeps it. */
  state(): RunState;
  /** What else a checkpoint keeps: how the run was set up. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** How the run stands: 'complete' while nothing ended it early. */
  readonly ending: TrainingEnding;
  /** End the run after this batch or epoch. */
  stop(reason: string): void;
}

/** Work beside training. Each function may be left out, and may be async where it says so. */
export interface Callback {
  /** Names it in checkpoints: what it remembers is given back to the callback of the same name. */
  readonly name: string;
  begin?(run: Run): void | Promise<void>;
  step?(run: Run, event: StepEvent): void;
  epoch?(run: Run): void | Promise<void>;
  /** However the run ended. */
  end?(run: Run): void | Promise<void>;
  save?(): CallbackState;
  restore?(state: CallbackState): void;
}

/** A callback, or a function to call after each epoch. */
export type CallbackOption = Callback | ((run: Run) => void | Promise<void>);

/** @throws RangeError for two callbacks of one name: a checkpoint could not tell them apart */
export function readCallbacks(options: readonly CallbackOption[]): Callback[] {
  const callbacks = options.map((each, i) =>
    typeof each === 'function' ? { name: `callback ${i}`, epoch: each } : each,
  );
  const names = callbacks.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new RangeError(`train: two callbacks are called '${twice}'; give one another name`);
  return callbacks;
}

export interface EarlyStoppingOptions {
  /** What is watched: a column of the history; default 'validation loss'. */
  readonly watch?: string;
  /** Epochs without a gain that are waited for, ≥ 0; default 5. */
  readonly patience?: number;
  /** What counts as a gain, ≥ 0; default 0: anything better. */
  readonly leastGain?: number;
  /** Default 'smaller'; give 'larger' for an accuracy. */
  readonly better?: 'smaller' | 'larger';
  /** Put the parameters of the best epoch back at the end; default true. */
  readonly restore?: boolean;
}

/**
 * Stop when a figure has not become better for more than `patience` epochs, with the parameters of the best epoch.
 *
 * @throws RangeError for options out of range; when run, for a figure that is not in the history
 * @example train(net, data, { validation: 0.2, callbacks: [earlyStopping({ patience: 3 })] });
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): Callback {
  const { watch = 'validation loss', patience = 5, leastGain = 0, better = 'smaller', restore = true } = options;
  if (!(Number.isInteger(patience) && patience >= 0)) {
    throw new RangeError(`earlyStopping: patience must be a whole number ≥ 0, got ${String(patience)}`);
  }
  if (!(leastGain >= 0)) throw new RangeError(`earlyStopping: leastGain must be ≥ 0, got ${String(leastGain)}`);
  const sign = better === 'smaller' ? 1 : -1;
  let best = Number.POSITIVE_INFINITY; // sign · value
  let bestEpoch = 0;
  let waited = 0;
  let kept: Readonly<Record<string, Float32Array | Float64Array>> = {};
  return {
    name: 'early stopping',
    begin({ rows }) {
      if (rows.length > 0) return;
      best = Number.POSITIVE_INFINITY;
      bestEpoch = 0;
      waited = 0;
      kept = {};
    },
    epoch(run) {
      const row = run.rows.at(-1)!;
      const value = row.values[watch];
      if (value === undefined) {
        throw new RangeError(
          `earlyStopping: there is no '${watch}' to watch; there are ${Object.keys(row.values).join(', ')} (give validation: 0.2 for a validation loss)`,
        );
      }
      if (sign * value < best - leastGain) {
        best = sign * value;
        bestEpoch = row.epoch;
        waited = 0;
        if (restore) kept = copyOf(run.net);
        return;
      }
      waited++;
      if (waited > patience) run.stop(`${watch} was best after epoch ${bestEpoch}`);
    },
    end({ net, ending }) {
      if (ending === 'interrupted') return; // so that it can be resumed
      for (const [name, values] of Object.entries(kept)) net.set(name, values);
    },
    save: () => ({ numbers: { best, bestEpoch, waited }, arrays: kept }),
    restore({ numbers, arrays = {} }) {
      best = numbers.best ?? Number.POSITIVE_INFINITY;
      bestEpoch = numbers.bestEpoch ?? 0;
      waited = numbers.waited ?? 0;
      kept = arrays;
    },
  };
}

/** Copies of all parameters and buffers. */
function copyOf(net: Network<Value>): Record<string, Float32Array | Float64Array> {
  const { parameters, buffers } = net.inventory;
  return Object.fromEntries([...parameters, ...buffers].map(({ path }) => [path, net.get(path).values]));
}
