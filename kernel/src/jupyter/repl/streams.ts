/**
 * What a cell prints, gathered into few messages, in order. A loop that prints 10,000 lines sends a handful.
 *
 * The text belongs to the cell whose code printed it, however late, even from a timer.
 */

import { Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

export type StreamName = 'stdout' | 'stderr';

/** Text is sent once this much has gathered, in UTF-16 units … */
const fullAt = 1 << 16;
/** … or once the first of it has waited this long, ms. */
const waitAtMost = 40;

const now = performance.now.bind(performance);
const later = setTimeout;

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
      this.#since = now();
      this.#timer ??= later(() => {
        this.#timer = undefined;
        this.flush();
      }, waitAtMost).unref();
    }
    this.#pieces.push(text);
    this.#size += text.length;
    // A busy loop lets no timer run, so the clock is read at every write.
    if (this.#size >= fullAt || now() - this.#since >= waitAtMost) this.flush();
  }

  flush(): void {
    if (this.#size === 0) return;
    const text = this.#pieces.length === 1 ? this.#pieces[0]! : this.#pieces.join('');
    this.#pieces = [];
    this.#size = 0;
    this.#send(this.#cell, this.#name, text);
  }
}

/** A stream that takes the place of `process.stdout` or `process.stderr`. */
export function notebookStream(write: (text: string) => void): Writable {
  const decoder = new StringDecoder('utf8');
  return new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, encoding, done): void {
      const isText = typeof chunk === 'string' && (encoding === 'utf8' || encoding === ('utf-8' as never));
      write(isText ? chunk : decoder.write(Buffer.from(chunk as string, encoding as BufferEncoding)));
      done();
    },
  });
}
