/**
 * The parts of `process` a cell must not reach as they are: its streams, which lead to the notebook, and its exit,
 * which would take all variables along.
 */
import { Console } from 'node:console';
import { define } from './host.ts';
import type { Repl } from './repl.ts';
import { notebookStream } from './streams.ts';

/** Thrown by `process.exit()` and its like in a cell. */
class ExitRefused extends Error {
  override readonly name = 'ExitRefused';

  constructor(name: string, code: unknown) {
    super(
      `process.${name}(${code === undefined ? '' : String(code)}) would end the session and lose its variables, so it stops this cell only; ` +
        'to begin anew, restart the kernel',
    );
  }
}

/** Lead streams, console, exits and late errors to the notebook. */
export function captureProcess(repl: Repl): void {
  const stdout = notebookStream((text) => repl.print('stdout', text));
  const stderr = notebookStream((text) => repl.print('stderr', text));
  for (const [name, stream] of Object.entries({ stdout, stderr })) {
    Object.defineProperty(process, name, { configurable: true, enumerable: true, get: () => stream });
  }
  // A console of its own: the global one also reports every call, with its stack, to the inspector.
  define('console', true, new Console({ stdout, stderr, colorMode: false }));

  for (const name of ['exit', 'reallyExit', 'abort']) {
    const refuse = (code?: unknown): never => {
      throw new ExitRefused(name, code);
    };
    Object.assign(process, { [name]: refuse });
  }
  const late = (thrown: unknown): void => repl.late(thrown);
  const listeners = {
    uncaughtException: late,
    unhandledRejection: late,
    SIGINT: () => {}, // Ctrl-C in a terminal reaches the whole group; the wire process answers it
  };
  const listen = (): void => {
    for (const [event, listener] of Object.entries(listeners)) {
      if (!process.listeners(event as 'SIGINT').includes(listener)) process.on(event, listener);
    }
  };
  listen();
  // A cell, or a library, that removes all listeners means its own: without ours the next late error would end the session.
  const removeAll = process.removeAllListeners.bind(process);
  process.removeAllListeners = (event?: string | symbol) => {
    if (event === undefined) removeAll();
    else removeAll(event);
    listen();
    return process;
  };
}
