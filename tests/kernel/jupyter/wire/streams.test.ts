import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StreamBuffer } from '#kernel/jupyter/wire/streams';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function recorder() {
  const sent: [number, string, string][] = [];
  return { sent, buffer: new StreamBuffer((cell, name, text) => sent.push([cell, name, text])) };
}

describe('printed text', () => {
  it('is joined while it belongs to one cell and one stream', () => {
    const { sent, buffer } = recorder();
    for (let i = 0; i < 1000; i++) buffer.write(1, 'stdout', `${i}\n`);
    expect(sent).toHaveLength(0);
    buffer.flush();
    expect(sent).toHaveLength(1);
    expect(sent[0]![2].split('\n')).toHaveLength(1001);
  });

  it('keeps its order across streams and cells', () => {
    const { sent, buffer } = recorder();
    buffer.write(1, 'stdout', 'a');
    buffer.write(1, 'stderr', 'b');
    buffer.write(1, 'stdout', 'c');
    buffer.write(2, 'stdout', 'd');
    buffer.flush();
    expect(sent).toEqual([
      [1, 'stdout', 'a'],
      [1, 'stderr', 'b'],
      [1, 'stdout', 'c'],
      [2, 'stdout', 'd'],
    ]);
  });

  it('is sent by itself after a moment', () => {
    const { sent, buffer } = recorder();
    buffer.write(1, 'stdout', 'a');
    vi.advanceTimersByTime(50);
    expect(sent).toEqual([[1, 'stdout', 'a']]);
    buffer.write(1, 'stdout', 'b');
    vi.advanceTimersByTime(50);
    expect(sent).toHaveLength(2);
  });

  it('is sent before the moment is over once there is much of it', () => {
    const { sent, buffer } = recorder();
    buffer.write(1, 'stdout', 'x'.repeat(30_000));
    expect(sent).toHaveLength(0);
    buffer.write(1, 'stdout', 'x'.repeat(3000));
    expect(sent.map(([, , text]) => text.length)).toEqual([32_768, 232]);
  });

  it('is cut into pieces where it is long, but never inside a character', () => {
    const { sent, buffer } = recorder();
    const text = `a${'😀'.repeat(50_000)}`;
    buffer.write(1, 'stdout', text);
    buffer.flush();
    expect(sent.map(([, , piece]) => piece).join('')).toBe(text);
    expect(sent).toHaveLength(4);
    for (const [, , piece] of sent) expect(piece).toBe(piece.toWellFormed());
  });

  it('is nothing when it is empty', () => {
    const { sent, buffer } = recorder();
    buffer.write(1, 'stdout', '');
    buffer.flush();
    buffer.flush();
    vi.advanceTimersByTime(100);
    expect(sent).toEqual([]);
  });
});
