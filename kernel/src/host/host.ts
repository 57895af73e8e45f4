/**
 * What the place that runs us offers a computation: a live display, and word of an interrupt.
 *
 * The library never imports the kernel. The kernel (or any other host) puts a `Host` on
 * `globalThis[Symbol.for('estimand.host')]`; where there is none, everything still runs, silently.
 * The global symbol, rather than a module variable, lets two copies of the library share one host.
 */
import type { CommHost } from './comms.ts';
import type { Display, DisplayOptions } from './show.ts';

/** One MIME bundle: media type → data (text, or JSON for types that end in +json). */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** An output that can be replaced while a computation runs. */
export interface LiveDisplay {
  update(bundle: MimeBundle): void;
}

export interface Host {
  /** Show a bundle below the running cell; the returned handle replaces it. */
  display(bundle: MimeBundle): LiveDisplay;
  /** Show any value; what `display` does. */
  show?(value: unknown, options: DisplayOptions): Display;
  /** What `clearOutput` does. */
  clear?(wait: boolean): void;
  /** Aborted when the running cell is interrupted. */
  signal(): AbortSignal | undefined;
  /** Lines to what the front end shows, where the host has them. */
  readonly comms?: CommHost;
  /**
   * Run `work` and await it; what it prints, shows, returns and throws, also later, goes to `receive` instead of
   * below the cell. Never rejects.
   */
  capture?(work: () => unknown, receive: (output: CapturedOutput) => void): Promise<void>;
  /** `work`, as if called by the cell that runs now: what it prints or throws is shown there. */
  bind?<A extends unknown[]>(work: (...args: A) => unknown): (...args: A) => void;
}

/** An output as a notebook file keeps it (nbformat 4), with what says how it replaces others. */
export type CapturedOutput =
  | { readonly type: 'stream'; readonly name: 'stdout' | 'stderr'; readonly text: string }
  | { readonly type: 'display_data' | 'update_display_data'; readonly content: DisplayContent }
  | { readonly type: 'error'; readonly content: object }
  | { readonly type: 'clear_output'; readonly content: object };

/** The content of a `display_data` message. */
export interface DisplayContent {
  readonly data: MimeBundle;
  readonly metadata: object;
  readonly transient?: { readonly display_id?: string };
}

const key = Symbol.for('estimand.host');

/** The host of this process, if one is installed. */
export function currentHost(): Host | undefined {
  return (globalThis as { [key]?: Host })[key];
}

/** Install `host` for this process (or remove it with `undefined`). Called by the kernel, and by tests. */
export function installHost(host: Host | undefined): void {
  (globalThis as { [key]?: Host | undefined })[key] = host;
}
