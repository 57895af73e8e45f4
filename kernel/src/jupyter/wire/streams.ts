/**
 * What cells print, gathered into few messages, in order: a loop that prints 10,000 lines sends a handful.
 *
 * The engine hands over every piece of text at once, for a cell that blocks afterwards could not; this process is
 * never blocked, so it is here that they wait for each other.
 */
import type { StreamName } from '../engine/engine.ts';

/** The longest text of one message, in UTF-16 units: so much gathers at most … */
export const longestPiece = 1 << 15;
/** … or once the first of it has waited this long, ms. */
const waitAtMost = 40;

/** Gathers text; `send` gets it in order, a piece for each stretch of one cell and one stream. */
export class StreamBuffer {
  readonly #send: (cell: number, name: StreamName, text: string) => void;
  #pieces: string[] = [];
  #size = 0;
  #cell = 0;
  #name: StreamName = 'stdout';
  #since = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(send: (cell: number, name: StreamName, text: string) => void) {
    this.#send = send;
  }

  write(cell: number, name: StreamName, text: string): void {
    if (text === '') return;
    if (this.#size > 0 && (cell !== this.#cell || name !== this.#name)) this.flush();
    if (this.#size === 0) {
      this.#cell = cell;
      this.#name = name;
      this.#since = performance.now();
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.flush();
      }, waitAtMost).unref();
    }
    this.#pieces.push(text);
    this.#size += text.length;
    if (this.#size >= longestPiece || performance.now() - this.#since >= waitAtMost) this.flush();
  }

  flush(): void {
    if (this.#size === 0) return;
    const text = this.#pieces.length === 1 ? this.#pieces[0]! : this.#pieces.join('');
    this.#pieces = [];
    this.#size = 0;
    for (const piece of cut(text)) this.#send(this.#cell, this.#name, piece);
  }
}

/** Pieces of a text that are not too long; no character is cut in two. */
function* cut(text: string): Generator<string> {
  let start = 0;
  while (text.length - start > longestPiece) {
    const isFirstHalf = (text.charCodeAt(start + longestPiece - 1) & 0xfc00) === 0xd800;
    const end = start + longestPiece - (isFirstHalf ? 1 : 0);
    yield text.slice(start, end);
    start = end;
  }
  yield start === 0 ? text : text.slice(start);
}
