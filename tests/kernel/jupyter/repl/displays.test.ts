import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetModules(); // the module takes the clock when it is loaded, before user code can replace it
});
afterEach(() => void vi.useRealTimers());

async function shown() {
  const { Throttled } = await import('#kernel/jupyter/repl/displays');
  const sent: [string, boolean][] = [];
  const display = new Throttled({ 'text/plain': 'first' }, (bundle, update) => {
    sent.push([String(bundle['text/plain']), update]);
  });
  return { sent, display, update: (text: number) => display.update({ 'text/plain': String(text) }) };
}

describe('a live display', () => {
  it('is shown at once', async () => {
    expect((await shown()).sent).toEqual([['first', false]]);
  });

  it('drops states in between and keeps the last', async () => {
    const { sent, update } = await shown();
    for (let i = 0; i < 100; i++) update(i);
    expect(sent).toHaveLength(1);
    vi.advanceTimersByTime(100);
    expect(sent).toEqual([
      ['first', false],
      ['99', true],
    ]);
  });

  it('sends at most fifteen states a second', async () => {
    const { sent, update } = await shown();
    for (let ms = 0; ms < 1000; ms++) {
      update(ms);
      vi.advanceTimersByTime(1);
    }
    expect(sent.length).toBeGreaterThanOrEqual(14);
    expect(sent.length).toBeLessThanOrEqual(17);
  });

  it('sends the last state when it is flushed, and nothing twice', async () => {
    const { sent, display, update } = await shown();
    update(1);
    display.flush();
    display.flush();
    vi.advanceTimersByTime(500);
    expect(sent.at(-1)).toEqual(['1', true]);
    expect(sent).toHaveLength(2);
  });
});
