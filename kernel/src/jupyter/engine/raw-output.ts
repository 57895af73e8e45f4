/**
 * What reaches the engine process's own stdout and stderr: the output of child processes and of native code, which
 * belongs to the notebook, and V8's last words, which do not.
 */
import { StringDecoder } from 'node:string_decoder';
import type { StreamName } from './engine.ts';

/** How V8 and Node begin to tell why they die. */
const lastWords =
  /(?:^|\n)(?:\n<--- Last few GCs --->|<--- Last few GCs --->|FATAL ERROR: |\n?#\n# Fatal |\n?# Fatal error |----- Native stack trace -----|Waiting for the debugger to disconnect)/;
/** Node's complaint, in words of its own, when a runaway recursion of async functions leaves it no stack. */
const complaint = /Exception in PromiseRejectCallback:\n.*\n.*\n\s*\^+\n\n.*\n\n/g;
const openComplaint = /Exception in PromiseRejectCallback:\n(?:.*\n?){0,6}$/;
const outOfMemory = /heap out of memory|Reached heap limit|Allocation failed|invalid (?:array|table) size/i;

interface Stream {
  readonly decoder: StringDecoder;
  /** Text that may be the beginning of a complaint. */
  rest: string;
}

export class RawOutput {
  readonly #send: (name: StreamName, text: string) => void;
  readonly #streams: Record<StreamName, Stream> = { stdout: stream(), stderr: stream() };
  #dying = '';

  constructor(send: (name: StreamName, text: string) => void) {
    this.#send = send;
  }

  push(name: StreamName, piece: Buffer): void {
    const state = this.#streams[name];
    let text = state.rest + state.decoder.write(piece);
    state.rest = '';
    if (name === 'stderr') {
      text = text.replace(complaint, '');
      // A complaint that is still being written; what follows it, or the end of the cell, shows what it is.
      const open = text.search(openComplaint);
      if (open >= 0) {
        state.rest = text.slice(open);
        text = text.slice(0, open);
      }
    }
    this.#forward(name, text);
  }

  /** Once all has come that was written until now. */
  settle(): Promise<void> {
    return new Promise((resolve) => {
      // What stands in the pipes is read where the event loop polls: in this turn, or in the next where it was written
      // after this one had looked, but before the message that tells of the cell's end.
      setImmediate(() => {
        setImmediate(() => {
          const { stderr } = this.#streams;
          this.#forward('stderr', stderr.rest);
          stderr.rest = '';
          resolve();
        });
      });
    });
  }

  #forward(name: StreamName, text: string): void {
    if (text === '') return;
    if (this.#dying !== '') {
      this.#dying += text;
      return;
    }
    const at = name === 'stderr' ? text.search(lastWords) : -1;
    if (at >= 0) {
      this.#dying = text.slice(at);
      text = text.slice(0, at);
    }
    if (text !== '') this.#send(name, text);
  }

  /** Why the process died, as far as it said so. */
  cause(): string | undefined {
    if (this.#dying === '') return undefined;
    return outOfMemory.test(this.#dying) ? 'out of memory' : 'a fatal error inside Node';
  }
}

function stream(): Stream {
  return { decoder: new StringDecoder('utf8'), rest: '' };
}
