import { describe, expect, it } from 'vitest';
import { progress, progressText } from '#kernel/host/progress';
import { clearOutput, display } from '#kernel/host/show';

describe('progress', () => {
  it('gives every element, of an iterable as of an async one', async () => {
    expect([...progress([1, 2, 3])]).toEqual([1, 2, 3]);
    const seen: number[] = [];
    async function* numbers() {
      yield 1;
      yield 2;
    }
    for await (const n of progress(numbers())) seen.push(n);
    expect(seen).toEqual([1, 2]);
  });

  it('closes the iterator when the loop is left', () => {
    let closed = false;
    function* numbers() {
      try {
        yield 1;
        yield 2;
      } finally {
        closed = true;
      }
    }
    for (const _ of progress(numbers())) break;
    expect(closed).toBe(true);
  });

  it('refuses a total that is no count', () => {
    expect(() => progress([], { total: Number.NaN })).toThrow(/total is a count/);
  });

  it.each([
    ['', 0, 4, 0, '░░░░░░░░░░░░░░░░░░░░ 0 of 4, 0.0 s'],
    ['fits', 1, 4, 12_000, 'fits ▓▓▓▓▓░░░░░░░░░░░░░░░ 1 of 4, 12 s, 36 s left'],
    ['', 3, undefined, 900, '3 done, 0.9 s'],
    ['', 4, 4, 75_000, '▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓ 4 of 4, 1 min 15 s'],
    ['', 0, 0, 0, '▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓ 0 of 0, 0.0 s'],
    ['', 5, 5, 7_320_000, '▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓ 5 of 5, 2 h 2 min'],
  ])('says %s %d of %s after %d ms', (label, done, total, elapsed, text) => {
    expect(progressText(label, done, total, elapsed)).toBe(text);
  });
});

describe('outside a notebook', () => {
  it('display shows nothing and still gives a handle', () => {
    const shown = display(1, { id: 'x' });
    shown.update(2);
    shown.clear();
    clearOutput();
    expect(shown.id).toBe('x');
  });
});
