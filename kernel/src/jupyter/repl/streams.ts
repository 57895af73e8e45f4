/**
 * The streams that take the place of `process.stdout` and `process.stderr` in a session.
 */
import { Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** A stream that takes the place of `process.stdout` or `process.stderr`, and like those never ends. */
export function notebookStream(write: (text: string) => void): Writable {
  const decoder = new StringDecoder('utf8');
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, encoding, done): void {
      const isText = typeof chunk === 'string' && (encoding === 'utf8' || encoding === ('utf-8' as never));
      write(isText ? chunk : decoder.write(Buffer.from(chunk as string, encoding as BufferEncoding)));
      done();
    },
  });
  return Object.assign(stream, {
    end: (...last: unknown[]) => {
      if (typeof last[0] === 'string' || last[0] instanceof Uint8Array) stream.write(last[0]);
      for (const argument of last) if (typeof argument === 'function') argument();
      return stream;
    },
    destroy: () => stream,
  });
}
