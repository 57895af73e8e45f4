/**
 * What the pool and its workers say to each other. Everything is plain data that can be structured-cloned.
 */

/** To a worker. */
export type Order =
  | {
      readonly type: 'run';
      readonly job: number;
      /** URL of the module whose export `run` does the work. */
      readonly module: string;
      readonly payload: unknown;
      /** Numbers of shared objects, in the order the task names them. */
      readonly shared: readonly number[];
    }
  /** Load a module that will be needed; where that fails, the run that needs it says so. */
  | { readonly type: 'load'; readonly module: string }
  | { readonly type: 'keep'; readonly number: number; readonly object: unknown }
  | { readonly type: 'forget'; readonly number: number }
  | { readonly type: 'stop'; readonly job: number };

/** From a worker. */
export type Answer =
  | { readonly type: 'ready' }
  /** A module it was told to load is there, or cannot be loaded. */
  | { readonly type: 'loaded'; readonly module: string }
  | { readonly type: 'message'; readonly job: number; readonly data: unknown }
  | { readonly type: 'done'; readonly job: number; readonly data: unknown }
  | { readonly type: 'failed'; readonly job: number; readonly error: unknown };

/** What a task's `run` is given besides its payload. */
export interface Work {
  /** The shared objects of the task: the same object each time this worker is given it. */
  readonly shared: readonly unknown[];
  /** True once the caller has asked to stop; looked at after a pause, which lets messages in. */
  readonly stopped: boolean;
  /** Tell the caller something while the work goes on. */
  send(data: unknown, transfer?: readonly Transferable[]): void;
}

/** A result whose buffers are to be moved, not copied. */
export interface Moved {
  readonly data: unknown;
  readonly transfer: readonly Transferable[];
}

/** What a task's module exports as `run`. */
export type Run = (payload: never, work: Work) => Promise<Moved>;
