import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Paced } from '#kernel/jupyter/widgets/paced';

describe('what grows', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => vi.useRealTimers());

  /** The module takes its timers when it is loaded: load it under the false ones. */
  async function paced(show: () => void): Promise<Paced> {
    vi.resetModules();
    const { Paced: Timed } = await import('#kernel/jupyter/widgets/paced');
    return new Timed(show);
  }

  it('is shown a moment after it began, then at most ten times a second', async () => {
    const show = vi.fn();
    const shown = await paced(show);
    shown.changed();
    await vi.advanceTimersByTimeAsync(99);
    expect(show).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(show).toHaveBeenCalledTimes(1);
    for (let i = 0; i < 1000; i++) {
      shown.changed();
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(show.mock.calls.length).toBeLessThanOrEqual(11);
    expect(show.mock.calls.length).toBeGreaterThanOrEqual(10);
  });

  it('is shown at once when it is time, though no timer comes through', async () => {
    const show = vi.fn();
    const shown = await paced(show);
    await vi.advanceTimersByTimeAsync(150);
    shown.changed();
    expect(show).toHaveBeenCalledTimes(1);
  });

  it('is shown at its end without delay, and not again', async () => {
    const show = vi.fn();
    const shown = await paced(show);
    shown.changed();
    shown.flush();
    expect(show).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(show).toHaveBeenCalledTimes(1);
  });

  it('is shown the less often the longer that takes', async () => {
    const show = vi.fn(() => void vi.advanceTimersByTime(50));
    const shown = await paced(show);
    shown.changed();
    await vi.advanceTimersByTimeAsync(100);
    expect(show).toHaveBeenCalledTimes(1);
    shown.changed();
    await vi.advanceTimersByTimeAsync(400);
    expect(show).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(show).toHaveBeenCalledTimes(2);
  });
});
