/**
 * Comms: lines between the session and what a front end shows of it, such as a slider. Either side opens one by
 * naming a target the other side has registered; then both send JSON with binary buffers beside it.
 * Source: jupyter-client documentation, "Messaging in Jupyter", custom messages.
 */
import { currentHost } from './host.ts';

/** What came over a comm. */
export interface CommMessage {
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly buffers: readonly Uint8Array[];
}

/** What may go beside the data of a message. */
export interface CommOptions {
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly buffers?: readonly (ArrayBuffer | ArrayBufferView)[];
}

/** One open line. */
export interface Comm {
  readonly id: string;
  readonly target: string;
  readonly closed: boolean;
  /** Send a message. @throws Error when the comm is closed */
  send(data: object, options?: CommOptions): void;
  /** Close the comm on both sides; a second time does nothing. */
  close(data?: object, options?: CommOptions): void;
  /** What to do with messages from the front end; replaces what was said before. */
  onMessage(handler: (message: CommMessage) => unknown): void;
  /** What to do when the front end closes the comm; replaces what was said before. */
  onClose(handler: (message: CommMessage) => unknown): void;
}

/** Called when the front end opens a comm to a registered target. When it throws, the comm is closed. */
export type CommTarget = (comm: Comm, opened: CommMessage) => unknown;

/** What a host with comms offers. */
export interface CommHost {
  open(target: string, data: object, options?: CommOptions & { readonly id?: string }): Comm;
  /** @returns how to forget the target again */
  register(target: string, handler: CommTarget): () => void;
}

/**
 * Say what happens when a front end opens a comm to `target`. A second handler for a target replaces the first.
 *
 * Messages are handled when the session is free: between cells, and while a cell awaits. What a handler prints,
 * shows or throws belongs to the message it answers.
 *
 * @returns a function that forgets the target again
 * @throws Error outside a notebook
 * @example
 * registerCommTarget('echo', (comm) => comm.onMessage(({ data, buffers }) => comm.send(data, { buffers })));
 */
export function registerCommTarget(target: string, handler: CommTarget): () => void {
  return commsOfHost('registerCommTarget').register(target, handler);
}

/**
 * Open a comm to a target that the front end knows.
 *
 * @throws Error outside a notebook
 * @example
 * const comm = openComm('my-extension', { start: true });
 * comm.onMessage(({ data }) => console.log(data));
 */
export function openComm(target: string, data: object = {}, options: CommOptions = {}): Comm {
  return commsOfHost('openComm').open(target, data, options);
}

function commsOfHost(caller: string): CommHost {
  const comms = currentHost()?.comms;
  if (!comms) throw new Error(`${caller}: comms need a notebook, and none is here; run this in a cell`);
  return comms;
}
