import { Console } from 'node:console';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it, vi } from 'vitest';
import { notebookStream } from '#kernel/jupyter/repl/streams';

function recorder() {
  const texts: string[] = [];
  return { texts, stream: notebookStream((text) => texts.push(text)) };
}

describe('the stream in place of process.stdout', () => {
  it('hands text over at once, and says so', () => {
    const { texts, stream } = recorder();
    const written = vi.fn();
    expect(stream.write('a', written)).toBe(true);
    expect(texts).toEqual(['a']);
  });

  it('takes bytes and encodings', () => {
    const { texts, stream } = recorder();
    stream.write(Buffer.from('é'));
    stream.write('c3a9', 'hex');
    stream.write(Uint8Array.of(0xf0, 0x9f));
    stream.write(Uint8Array.of(0x98, 0x80));
    expect(texts.join('')).toBe('éé😀');
  });

  it('carries a console', () => {
    const { texts, stream } = recorder();
    const console = new Console({ stdout: stream, stderr: stream, colorMode: false });
    console.log('%d %s', 1, 'two', { three: 3 });
    console.error(new Map([[1, 2]]));
    expect(texts).toEqual(['1 two { three: 3 }\n', 'Map(1) { 1 => 2 }\n']);
  });

  it('never ends', async () => {
    const { texts, stream } = recorder();
    const done = vi.fn();
    stream.end('last', done);
    stream.end();
    stream.destroy();
    stream.write('after');
    expect(done).toHaveBeenCalledTimes(1);
    expect(texts).toEqual(['last', 'after']);
  });

  it('takes what is piped into it', async () => {
    const { texts, stream } = recorder();
    await pipeline(Readable.from(['a', 'b']), stream, { end: false });
    expect(texts).toEqual(['a', 'b']);
  });
});
