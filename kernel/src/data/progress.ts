/**
 * How far a file has come: told to the caller, and shown below the running cell when it takes longer than a moment.
 */
import { currentHost, type LiveDisplay } from '../host/host.ts';

/** How far reading has come. */
export interface ReadProgress {
  /** Bytes read so far. */
  readonly bytes: number;
  /** Bytes there are, where that is known. */
  readonly total: number | undefined;
  /** The same in words, as the notebook shows it. */
  readonly text: string;
}

/** Milliseconds between two reports, and before the first. */
const interval = 200;
const patience = 500;

/** Throttled reports of one file. */
export class ReadReport {
  readonly #source: string;
  readonly #tell: ((progress: ReadProgress) => void) | undefined;
  #display: LiveDisplay | undefined;
  #next = performance.now() + patience;

  constructor(source: string, tell?: (progress: ReadProgress) => void) {
    this.#source = source;
    this.#tell = tell;
  }

  /** So much is there; reported when it is time again. */
  update(bytes: number, total?: number): void {
    if (performance.now() < this.#next) return;
    this.#next = performance.now() + interval;
    const of = total === undefined ? '' : ` of ${megabytes(total)}`;
    const progress = { bytes, total, text: `${this.#source}: ${megabytes(bytes)}${of} read` };
    const bundle = { 'text/plain': progress.text };
    if (this.#display) this.#display.update(bundle);
    else this.#display = currentHost()?.display(bundle);
    this.#tell?.(progress);
  }

  /** All is read: the last report, whatever the time; the notebook's line is replaced where one was shown. */
  finish(bytes: number): void {
    const text = `${this.#source}: ${megabytes(bytes)} read`;
    this.#display?.update({ 'text/plain': text });
    this.#tell?.({ bytes, total: bytes, text });
  }
}

/** 1234567 → '1.23 MB'. */
export function megabytes(bytes: number): string {
  return `${Number((bytes / 1e6).toPrecision(3))} MB`;
}
