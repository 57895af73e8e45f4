/**
 * Checkpoints as training goes.
 */
import type { Callback, Run } from '../train/callbacks.ts';
import { saveNet } from './checkpoint.ts';

/** When checkpoints are written. */
export interface CheckpointsOptions {
  /** After every so many epochs; default 1. */
  readonly every?: number;
  /** Only when this column of the history is better than ever before. */
  readonly best?: string;
  /** Which way is better; default 'smaller'. */
  readonly better?: 'smaller' | 'larger';
}

/**
 * Write the net and the run to a safetensors file after epochs, and at the end of a run that was interrupted. Give it
 * after other callbacks: it keeps what those before it know.
 *
 * @throws RangeError for `every` below 1; when run, for a `best` that is not in the history, and where it cannot be written
 * @example train(net, data, { callbacks: [checkpoints('run.safetensors', { every: 5 })] });
 */
export function checkpoints(path: string, { every = 1, best, better = 'smaller' }: CheckpointsOptions = {}): Callback {
  if (!(Number.isInteger(every) && every >= 1)) {
    throw new RangeError(`checkpoints: every must be a whole number ≥ 1, got ${String(every)}`);
  }
  const sign = better === 'smaller' ? 1 : -1;
  let record = Number.POSITIVE_INFINITY;
  const write = (run: Run) => saveNet(run.net, path, { run });
  return {
    name: `checkpoints ${path}`,
    begin({ rows }) {
      if (rows.length === 0) record = Number.POSITIVE_INFINITY;
    },
    async epoch(run) {
      if (run.epoch % every !== 0) return;
      if (best === undefined) return write(run);
      const value = run.rows.at(-1)!.values[best];
      if (value === undefined) {
        const names = Object.keys(run.rows.at(-1)!.values).join(', ');
        throw new RangeError(`checkpoints: there is no '${best}' to be best; there are ${names}`);
      }
      if (!(sign * value < record)) return;
      record = sign * value;
      await write(run);
    },
    async end(run) {
      if (run.ending === 'interrupted' && best === undefined) await write(run);
    },
    save: () => ({ numbers: { record } }),
    restore({ numbers }) {
      record = numbers.record ?? Number.POSITIVE_INFINITY;
    },
  };
}
