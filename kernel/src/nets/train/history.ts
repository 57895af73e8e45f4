/**
 * What training gives: the losses and metrics of its epochs, and how it ended.
 */

import { formatTable } from '../../data/table.ts';
import { formatNumber, Table } from '../../estimate/table.ts';
import { Displayable } from '../../host/display.ts';
import type { EpochRow, RunState } from './run.ts';

/** Why training stopped. */
export type TrainingEnding = 'complete' | 'stopped early' | 'interrupted';

/** Rows of the text: of a long run the first, the last, and some between. */
const shownRows = 12;

interface HistoryOptions {
  readonly run: RunState;
  readonly partial: EpochRow | undefined;
  readonly ending: TrainingEnding;
  /** Why, in words, where it did not just end. */
  readonly reason?: string;
  readonly stepLosses: readonly number[];
  readonly seconds: number;
  readonly title: string;
}

/**
 * The history of a run. `String(history)` is a table; in a notebook it draws its curves.
 *
 * @example
 * const history = await train(net, data, { loss: crossEntropy(), optimiser: adam(), epochs: 20 });
 * history.column('validation loss'); // Float64Array, one number an epoch
 */
export class History extends Displayable {
  override readonly kind = 'history';
  /** Where the run stands; `resume: history` goes on from it. */
  readonly run: RunState;
  /** One row an epoch; the last is of a part where `steps` ended within one. */
  readonly rows: readonly EpochRow[];
  readonly ending: TrainingEnding;
  readonly reason: string | undefined;
  /** The loss of each batch of this call, in order. */
  readonly stepLosses: Float64Array;
  /** Wall-clock seconds this call took. */
  readonly seconds: number;
  /** The net and the optimiser in words. */
  readonly title: string;

  constructor({ run, partial, ending, reason, stepLosses, seconds, title }: HistoryOptions) {
    super();
    this.run = run;
    this.rows = partial ? [...run.rows, partial] : run.rows;
    this.ending = ending;
    this.reason = reason;
    this.stepLosses = Float64Array.from(stepLosses);
    this.seconds = seconds;
    this.title = title;
  }

  /** Names of what was followed: 'loss', 'validation loss', 'accuracy', 'validation accuracy', … */
  get columns(): string[] {
    return [...new Set(this.rows.flatMap(({ values }) => Object.keys(values)))];
  }

  /** Epochs that are over. */
  get epochs(): number {
    return this.run.epoch;
  }

  /**
   * One figure over the epochs; NaN where it was not computed.
   *
   * @throws RangeError for a name that is not there
   */
  column(name: string): Float64Array {
    if (!this.columns.includes(name)) {
      throw new RangeError(`history: there is no '${name}'; there are ${this.columns.join(', ') || 'none yet'}`);
    }
    return Float64Array.from(this.rows, ({ values }) => values[name] ?? Number.NaN);
  }

  /** One figure after the last epoch. @throws RangeError for a name that is not there */
  last(name: string): number {
    return this.column(name).at(-1)!;
  }

  /** The epoch (from 1) at which a figure was best; the smallest, or with `better: 'larger'` the largest. */
  best(name: string, better: 'smaller' | 'larger' = 'smaller'): { readonly epoch: number; readonly value: number } {
    const values = this.column(name);
    let at = -1;
    values.forEach((value, i) => {
      if (Number.isNaN(value)) return;
      if (at < 0 || (better === 'smaller' ? value < values[at]! : value > values[at]!)) at = i;
    });
    return { epoch: this.rows[at]?.epoch ?? Number.NaN, value: values[at] ?? Number.NaN };
  }

  /** All rows as a table. */
  summary(): Table<{ readonly name: string } & Readonly<Record<string, number | string>>> {
    const columns = [...this.columns, 'rate'].map((key) => ({ key, label: key }));
    const rows = this.rows.map(({ epoch, rate, values }) => ({ name: `epoch ${epoch}`, ...values, rate }));
    return new Table(columns, rows as never);
  }

  override toString(): string {
    const { rows, columns } = this;
    const first = `${this.title}: ${rows.length} ${rows.length === 1 ? 'epoch' : 'epochs'}, ${this.run.step} steps, ${this.ending}`;
    const head = ['epoch', ...columns, 'rate'];
    const shown = chosenRows(rows.length).map((i) => {
      const { epoch, rate, values } = rows[i]!;
      return [String(epoch), ...columns.map((name) => formatNumber(values[name] ?? Number.NaN)), formatNumber(rate)];
    });
    const lines = [this.reason === undefined ? first : `${first}: ${this.reason}`];
    if (shown.length > 0) lines.push(formatTable(head, shown));
    return lines.join('\n');
  }
}

/** Which of n rows the text shows: at most `shownRows`, the first and the last among them. */
function chosenRows(n: number): number[] {
  if (n <= shownRows) return Array.from({ length: n }, (_, i) => i);
  return Array.from({ length: shownRows }, (_, i) => Math.round((i * (n - 1)) / (shownRows - 1)));
}
