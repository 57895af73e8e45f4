/**
 * What the wire process and the engine process say to each other, and how it is framed on a pipe:
 *
 *     length of the note (u32, little endian) | length of the body (u32) | note (JSON) | body (bytes)
 *
 * The body carries what is only passed on, such as the content of an output: it is not parsed on its way.
 */
import type { Cell, CommNote, OutputType, StreamName } from './engine.ts';

/** Engine → wire. The body is printed text, the JSON content of an output, or the JSON outcome of a cell. */
export type FromEngine =
  | { readonly kind: 'ready' }
  | { readonly kind: 'stream'; readonly cell: number; readonly name: StreamName }
  | { readonly kind: 'output'; readonly cell: number; readonly type: OutputType }
  | { readonly kind: 'input'; readonly cell: number; readonly prompt: string; readonly password: boolean }
  | { readonly kind: 'done'; readonly cell: number }
  /** Nothing that a cell has started is left: it will show nothing more. */
  | { readonly kind: 'over'; readonly cell: number }
  | CommHeader
  /** A comm has opened, to its target, or ended. */
  | { readonly kind: 'line'; readonly id: string; readonly target?: string }
  /** A comm message from the front end has been handled. */
  | { readonly kind: 'handled'; readonly cell: number }
  /** The answer to a question, as JSON in the body. */
  | { readonly kind: 'told'; readonly id: number };

/** The note of a comm message, whichever way it goes. The body is its buffers, one behind the other. */
export interface CommHeader extends Omit<CommNote, 'buffers'> {
  readonly kind: 'comm';
  /** Bytes of each buffer. */
  readonly sizes: readonly number[];
}

/** What is asked of an engine that looks names up itself. Places are in code points. */
export type Question =
  | { readonly about: 'completion' | 'inspection'; readonly code: string; readonly cursor: number }
  | { readonly about: 'completeness'; readonly code: string };

/** Wire → engine's main thread. */
export type ToEngine =
  | { readonly kind: 'evaluate'; readonly cell: Cell }
  | CommHeader
  | { readonly kind: 'ask'; readonly id: number; readonly question: Question };

/** Wire → engine's guard thread, which listens even while a cell blocks. Cell 0 means: no cell. */
export type ToGuard =
  | { readonly kind: 'interrupt'; readonly cell: number }
  /** Something waits for the main thread: what an interrupted cell has left behind must not keep it. */
  | { readonly kind: 'clear' }
  | { readonly kind: 'answer'; readonly value: string };

/** The file descriptors of the engine process beside its standard streams. */
export const descriptors = { toWire: 3, toMain: 4, toGuard: 5 } as const;

/** JSON as bytes: the body of an output, or of a cell's ending. */
export function encodeBody(content: object): Uint8Array {
  return Buffer.from(stringify(content));
}

/** A comm message as note and body. */
export function encodeComm({ cell, type, content, metadata, buffers }: CommNote): [CommHeader, Uint8Array] {
  const sizes = buffers.map((buffer) => buffer.length);
  return [{ kind: 'comm', cell, type, content, metadata, sizes }, Buffer.concat(buffers)];
}

export function decodeComm({ cell, type, content, metadata, sizes }: CommHeader, body: Uint8Array): CommNote {
  let end = 0;
  const buffers = sizes.map((size) => {
    end += size;
    // A copy: its start in its memory is then 0, as a Float64Array over it wants.
    return Uint8Array.from(body.subarray(end - size, end));
  });
  return { cell, type, content, metadata, buffers };
}

const headerSize = 8;
/** Taken now: a cell may put something else in their place. */
const { parse, stringify } = JSON;
/** Bodies below this size, in bytes, are copied together with their note. */
const copied = 1 << 16;

export function encodeFrame(note: object, body: Uint8Array = new Uint8Array(0)): Uint8Array[] {
  const text = Buffer.from(stringify(note));
  const header = Buffer.alloc(headerSize);
  header.writeUInt32LE(text.length, 0);
  header.writeUInt32LE(body.length, 4);
  // One piece, for one system call, unless the body is worth not being copied.
  return body.length < copied ? [Buffer.concat([header, text, body])] : [Buffer.concat([header, text]), body];
}

/** Cuts a byte stream into frames, whatever pieces it comes in. */
export class FrameReader<Note> {
  #pieces: Buffer[] = [];
  #size = 0;
  readonly #receive: (note: Note, body: Buffer) => void;

  constructor(receive: (note: Note, body: Buffer) => void) {
    this.#receive = receive;
  }

  push(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#size += piece.length;
    for (;;) {
      if (this.#size < headerSize) return;
      const header = this.#peek(headerSize);
      const noteSize = header.readUInt32LE(0);
      const size = headerSize + noteSize + header.readUInt32LE(4);
      if (this.#size < size) return;
      const frame = this.#peek(size);
      const rest = this.#pieces[0]!.subarray(size);
      this.#pieces = rest.length > 0 ? [rest, ...this.#pieces.slice(1)] : this.#pieces.slice(1);
      this.#size -= size;
      const note = parse(frame.toString('utf8', headerSize, headerSize + noteSize)) as Note;
      this.#receive(note, frame.subarray(headerSize + noteSize, size));
    }
  }

  /** The first `size` bytes; joins pieces only where they must be, so that large bodies are copied once. */
  #peek(size: number): Buffer {
    const first = this.#pieces[0]!;
    if (first.length >= size) return first;
    const joined = Buffer.concat(this.#pieces);
    this.#pieces = [joined];
    return joined;
  }
}
