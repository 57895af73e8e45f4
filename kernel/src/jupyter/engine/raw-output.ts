/**
 * What reaches the engine process's own stdout and stderr: the output of child processes and of native code, which
 * belongs to the notebook, and V8's last words, which do not.
 */
import { StringDecoder } from 'node:string_decoder';
import type { StreamName } from './engine.ts';
import { endMark } from './protocol.ts';

/** How V8 and Node begin to tell why they die. */
const lastWords =
  /(?:^|\n)(?:\n<--- Last few GCs --->|<--- Last few GCs --->|FATAL ERROR: |\n?#\n# Fatal |\n?# Fatal error |----- Native stack trace -----|Waiting for the debugger to disconnect)/;
/** Node's complaint, in words of its own, when a runaway recursion of async functions leaves it no stack. */
const complaint = /Exception in PromiseRejectCallback:\n.*\n.*\n\s*\^+\n\n.*\n\n/g;
const openComplaint = /Exception in PromiseRejectCallback:\n(?:.*\n?){0,6}$/;
const outOfMemory = /heap out of memory|Reached heap limit|Allocation failed|invalid (?:array|table) size/i;

interface Stream {
  readonly decoder: StringDecoder;
  /** Text that may be the beginning of a mark, or of a complaint. */
  rest: string;
  /** The last cell whose mark has come. */
  marked: number;
}

export class RawOutput {
  readonly #token: string;
  readonly #send: (name: StreamName, text: string) => void;
  readonly #streams: Record<StreamName, Stream> = { stdout: stream(), stderr: stream() };
  #dying = '';
  #waiting: { cell: number; done(): void } | undefined;

  /** @param token the secret in this engine's end marks */
  constructor(token: string, send: (name: StreamName, text: string) => void) {
    this.#token = token;
    this.#send = send;
  }

  push(name: StreamName, piece: Buffer): void {
    const state = this.#streams[name];
    let text = state.rest + state.decoder.write(piece);
    state.rest = '';
    if (name === 'stderr') text = text.replace(complaint, '');
    const start = endMark(this.#token, 0).slice(0, -2); // NUL, token, colon
    for (let at = text.indexOf('\u0000'); at >= 0; at = text.indexOf('\u0000', at + 1)) {
      const candidate = text.slice(at);
      if (!candidate.startsWith(start.slice(0, candidate.length))) continue;
      const end = text.indexOf('\u0000', at + start.length);
      if (end < 0) {
        state.rest = candidate;
        text = text.slice(0, at);
        break;
      }
      state.marked = Number(text.slice(at + start.length, end));
      this.#forward(name, text.slice(0, at));
      text = text.slice(end + 1);
      at = -1;
    }
    // A complaint that is still being written; what follows it, the end mark at the latest, shows what it is.
    const open = name === 'stderr' && state.rest === '' ? text.search(openComplaint) : -1;
    if (open >= 0) {
      state.rest = text.slice(open);
      text = text.slice(0, open);
    }
    this.#forward(name, text);
    this.#look();
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

  /** Resolves once both streams have brought the end mark of a cell, or after `patience` ms. */
  until(cell: number, patience: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, patience);
      const done = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.#waiting = { cell, done };
      this.#look();
    });
  }

  #look(): void {
    const { stdout, stderr } = this.#streams;
    if (!this.#waiting || stdout.marked < this.#waiting.cell || stderr.marked < this.#waiting.cell) return;
    this.#waiting.done();
    this.#waiting = undefined;
  }

  /** Why the process died, as far as it said so. */
  cause(): string | undefined {
    if (this.#dying === '') return undefined;
    return outOfMemory.test(this.#dying) ? 'out of memory' : 'a fatal error inside Node';
  }
}

function stream(): Stream {
  return { decoder: new StringDecoder('utf8'), rest: '', marked: 0 };
}
