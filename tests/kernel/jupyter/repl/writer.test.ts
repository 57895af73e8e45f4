import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FrameReader, type FromEngine } from '#kernel/jupyter/engine/protocol';

const { writes, full } = vi.hoisted(() => ({
  writes: [] as { descriptor: number; bytes: Buffer }[],
  full: { times: 0 },
}));
vi.mock('node:fs', () => ({
  writeSync: (descriptor: number, bytes: Uint8Array, offset: number, length: number) => {
    if (full.times-- > 0) throw Object.assign(new Error('full'), { code: 'EAGAIN' });
    const taken = Math.min(length, 50_000); // a pipe takes what it has room for
    writes.push({ descriptor, bytes: Buffer.from(bytes.subarray(offset, offset + taken)) });
    return taken;
  },
}));

vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
const { sendToWire, sendWithNext } = await import('#kernel/jupyter/repl/writer');

beforeEach(() => {
  writes.length = 0;
  full.times = 0;
});

/** What the wire process reads. */
function read(): [FromEngine, string][] {
  const frames: [FromEngine, string][] = [];
  const reader = new FrameReader<FromEngine>((note, body) => frames.push([note, body.toString()]));
  for (const { bytes } of writes) reader.push(bytes);
  return frames;
}

const value: FromEngine = { kind: 'output', cell: 1, type: 'execute_result' };
const end: FromEngine = { kind: 'done', cell: 1 };

describe('frames to the wire process', () => {
  it('are written at once, to the descriptor that is for them', () => {
    sendToWire({ kind: 'stream', cell: 1, name: 'stdout' }, Buffer.from('é'));
    expect(writes.map(({ descriptor }) => descriptor)).toEqual([3]);
    expect(read()).toEqual([[{ kind: 'stream', cell: 1, name: 'stdout' }, 'é']]);
  });

  it('are written whole where the pipe takes a part, or nothing for a moment', () => {
    full.times = 3;
    const body = 'x'.repeat(200_000);
    sendToWire(value, Buffer.from(body));
    expect(read()).toEqual([[value, body]]);
  });

  it('are one write where one was to wait for the next, in their order', () => {
    sendWithNext(value, Buffer.from('42'));
    expect(writes).toEqual([]);
    sendToWire(end, Buffer.from('{}'));
    expect(writes).toHaveLength(1);
    expect(read()).toEqual([
      [value, '42'],
      [end, '{}'],
    ]);
    vi.advanceTimersByTime(100);
    expect(writes).toHaveLength(1);
  });

  it('do not wait long for the next', () => {
    sendWithNext(value, Buffer.from('42'));
    sendWithNext(value, Buffer.from('43'));
    vi.advanceTimersByTime(4);
    expect(writes).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(read()).toEqual([
      [value, '42'],
      [value, '43'],
    ]);
    sendWithNext(value, Buffer.from('44'));
    vi.advanceTimersByTime(5);
    expect(writes).toHaveLength(2);
  });
});
