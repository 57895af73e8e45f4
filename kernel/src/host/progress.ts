/**
 * `for (const x of progress(xs))`: a loop that says how far it is.
 */
import { currentHost, type LiveDisplay } from './host.ts';

export interface ProgressOptions {
  /** What stands before the bar, such as 'epochs'. */
  readonly label?: string;
  /** How many there will be, where the sequence does not tell (an array, a Set and a Map do). */
  readonly total?: number;
}

/** Milliseconds between two updates: ten a second is what a notebook keeps up with. */
const interval = 100;
/** Milliseconds before the first: what is over at once needs no progress. */
const patience = 300;
const barWidth = 20;

/**
 * The elements of `values`, one after the other, with a line below the cell that says how many are done and how long
 * the others will take. Nothing is shown for loops shorter than 0.3 s, nor outside a notebook.
 *
 * @param values an iterable, or an async iterable for `for await`
 * @throws RangeError when `total` is not a count
 * @example
 * for (const seed of progress(seeds, { label: 'fits' })) fits.push(await mle(model, { seed }));
 */
export function progress<T>(values: Iterable<T>, options?: ProgressOptions): Generator<T, void>;
export function progress<T>(values: AsyncIterable<T>, options?: ProgressOptions): AsyncGenerator<T, void>;
export function progress<T>(
  values: Iterable<T> | AsyncIterable<T>,
  { label = '', total = lengthOf(values) }: ProgressOptions = {},
): Generator<T, void> | AsyncGenerator<T, void> {
  if (total !== undefined && !(total >= 0)) {
    throw new RangeError(`progress: total is a count of elements, at least 0; got ${total}`);
  }
  return Symbol.iterator in values ? steps(values, label, total) : asyncSteps(values, label, total);
}

function lengthOf(values: object): number | undefined {
  const { length, size } = values as { length?: unknown; size?: unknown };
  return [length, size].find((count) => typeof count === 'number') as number | undefined;
}

function* steps<T>(values: Iterable<T>, label: string, total: number | undefined): Generator<T, void> {
  const line = new Line(label, total);
  let complete = false;
  try {
    for (const value of values) {
      yield value;
      line.step();
    }
    complete = true;
  } finally {
    line.end(complete);
  }
}

async function* asyncSteps<T>(
  values: AsyncIterable<T>,
  label: string,
  total: number | undefined,
): AsyncGenerator<T, void> {
  const line = new Line(label, total);
  let complete = false;
  try {
    for await (const value of values) {
      yield value;
      line.step();
    }
    complete = true;
  } finally {
    line.end(complete);
  }
}

/** The line below the cell. */
class Line {
  readonly #label: string;
  readonly #total: number | undefined;
  readonly #begin = performance.now();
  #next = this.#begin + patience;
  #done = 0;
  #shown: LiveDisplay | undefined;

  constructor(label: string, total: number | undefined) {
    this.#label = label;
    this.#total = total;
  }

  /** One more is done. */
  step(): void {
    this.#done++;
    const now = performance.now();
    if (now < this.#next) return;
    this.#next = now + interval;
    const bundle = { 'text/plain': progressText(this.#label, this.#done, this.#total, now - this.#begin) };
    if (this.#shown) this.#shown.update(bundle);
    else this.#shown = currentHost()?.display(bundle);
  }

  /** @param complete false when the loop was left before its end */
  end(complete: boolean): void {
    const elapsed = performance.now() - this.#begin;
    const text = progressText(this.#label, this.#done, complete ? this.#done : this.#total, elapsed);
    this.#shown?.update({ 'text/plain': complete ? text : `${text}, stopped` });
  }
}

/** 'fits ▓▓▓▓▓░░░░░░░░░░░░░░░ 25 of 100, 12 s, 36 s left' */
export function progressText(label: string, done: number, total: number | undefined, elapsed: number): string {
  const name = label === '' ? '' : `${label} `;
  if (total === undefined) return `${name}${done} done, ${duration(elapsed)}`;
  const share = total > 0 ? Math.min(1, done / total) : 1;
  const filled = Math.floor(barWidth * share);
  const bar = '▓'.repeat(filled) + '░'.repeat(barWidth - filled);
  const left = done > 0 && done < total ? `, ${duration((elapsed / done) * (total - done))} left` : '';
  return `${name}${bar} ${done} of ${total}, ${duration(elapsed)}${left}`;
}

/** 850 → '0.9 s', 75_000 → '1 min 15 s', 7_320_000 → '2 h 2 min' */
function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
