import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeBody, encodeFrame, FrameReader, type FromEngine } from '#kernel/jupyter/engine/protocol';

type Frame = [note: FromEngine, body: string];

function read(pieces: readonly Uint8Array[]): Frame[] {
  const frames: Frame[] = [];
  const reader = new FrameReader<FromEngine>((note, body) => frames.push([note, body.toString()]));
  for (const piece of pieces) reader.push(Buffer.from(piece));
  return frames;
}

const note = (cell: number): FromEngine => ({ kind: 'done', cell });

describe('frames', () => {
  it('come back as they were sent', () => {
    expect(read(encodeFrame({ kind: 'ready' }))).toEqual([[{ kind: 'ready' }, '']]);
    expect(read(encodeFrame(note(3), encodeBody({ text: 'é😀' })))).toEqual([[note(3), '{"text":"é😀"}']]);
  });

  it('are one piece when small, and do not copy a large body', () => {
    expect(encodeFrame(note(1), Buffer.alloc(100))).toHaveLength(1);
    const large = Buffer.alloc(1 << 20);
    expect(encodeFrame(note(1), large)[1]).toBe(large);
  });

  it('are found in whatever pieces they come', () => {
    const sent: Frame[] = [
      [note(1), ''],
      [note(2), 'body'],
      [note(3), 'x'.repeat(200_000)],
      [note(4), 'é'],
    ];
    const bytes = Buffer.concat(sent.flatMap(([n, body]) => encodeFrame(n, Buffer.from(body))));
    fc.assert(
      fc.property(fc.array(fc.nat({ max: bytes.length }), { maxLength: 8 }), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const pieces = places.slice(1).map((end, i) => bytes.subarray(places[i], end));
        expect(read(pieces)).toEqual(sent);
      }),
    );
  });

  it('are found byte by byte', () => {
    const bytes = Buffer.concat([...encodeFrame(note(1), Buffer.from('ab')), ...encodeFrame(note(2))]);
    expect(read([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual([
      [note(1), 'ab'],
      [note(2), ''],
    ]);
  });
});
