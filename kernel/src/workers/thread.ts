/**
 * One worker: a thread of Node's `worker_threads`, or a Web Worker, behind one interface.
 */
import type { Answer, Order } from './messages.ts';

/** What a thread tells its owner. */
export interface Listener {
  answer(answer: Answer): void;
  /** It ended, and not because it was asked to: why, in words. */
  lost(reason: string): void;
}

export interface Thread {
  post(order: Order): void;
  /** Whether the process is to stay alive for it: a thread that waits for work must keep no program from ending. */
  hold(held: boolean): void;
  end(): void;
}

/** Opens a thread; undefined where there are none. */
export type Opener = (listener: Listener) => Thread | undefined;

/** `process.getBuiltinModule` (Node ≥ 20.16) reaches Node's modules without an import a browser would trip over. */
const node = (globalThis as { process?: NodeJS.Process }).process;

/** TypeScript where the sources run as they are, JavaScript where they were compiled. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

/** The file beside `base` that a thread is to load: `'./job'`, written without its extension. */
export function moduleBeside(base: string, name: string): string {
  return new URL(`${name}.${extension}`, base).href;
}

/** How many threads can compute at the same time; 2 where it is not said. */
export function processors(): number {
  if (node?.getBuiltinModule) return node.getBuiltinModule('node:os').availableParallelism();
  return globalThis.navigator?.hardwareConcurrency ?? 2;
}

/** Open a thread on this machine. */
export const openThread: Opener = (listener) => {
  if (node?.getBuiltinModule) return openNodeThread(node.getBuiltinModule('node:worker_threads').Worker, listener);
  return typeof Worker === 'function' ? openWebWorker(listener) : undefined;
};

function openNodeThread(Threads: typeof import('node:worker_threads').Worker, listener: Listener): Thread {
  // No flags of the host are inherited: loaders and inspectors are its own affair.
  const worker = new Threads(new URL(moduleBeside(import.meta.url, './entry')), { execArgv: [] });
  let ended = false;
  let reason: string | undefined;
  worker.on('message', (answer: Answer) => listener.answer(answer));
  worker.unref(); // after the listener, which holds it
  worker.on('error', (error: unknown) => {
    reason = error instanceof Error ? error.message : String(error);
  });
  worker.on('exit', (code) => {
    if (!ended) listener.lost(reason ?? `it ended with code ${code}`);
  });
  return {
    post: (order) => worker.postMessage(order),
    hold: (held) => (held ? worker.ref() : worker.unref()),
    end: () => {
      ended = true;
      void worker.terminate();
    },
  };
}

function openWebWorker(listener: Listener): Thread | undefined {
  let worker: Worker;
  try {
    // Spelt out, so that bundlers see which file to bring along.
    worker =
      extension === 'ts'
        ? new Worker(new URL('./entry.ts', import.meta.url), { type: 'module' })
        : new Worker(new URL('./entry.js', import.meta.url), { type: 'module' });
  } catch {
    return undefined; // a page may forbid workers
  }
  worker.onmessage = ({ data }: MessageEvent<Answer>) => listener.answer(data);
  worker.onerror = (event) => {
    event.preventDefault();
    worker.terminate();
    listener.lost(event.message || 'it could not be loaded');
  };
  return {
    post: (order) => worker.postMessage(order),
    hold: () => undefined,
    end: () => worker.terminate(),
  };
}
