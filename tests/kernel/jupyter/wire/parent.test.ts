import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchParent } from '#kernel/jupyter/wire/parent';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('watching the parent', () => {
  it('leaves once when the process it was told of has ended', () => {
    const ended = spawnSync(process.execPath, ['-e', '']).pid;
    const leave = vi.fn();
    watchParent(leave, { JPY_PARENT_PID: String(ended) });
    vi.advanceTimersByTime(5000);
    expect(leave).toHaveBeenCalledTimes(1);
  });

  it('stays while the process lives, parent or not', () => {
    const leave = vi.fn();
    watchParent(leave, { JPY_PARENT_PID: String(process.ppid) });
    watchParent(leave, { JPY_PARENT_PID: String(process.pid) });
    vi.advanceTimersByTime(5000);
    expect(leave).not.toHaveBeenCalled();
  });

  it('watches nobody without a name', () => {
    const leave = vi.fn();
    for (const value of [undefined, '', 'x', '0', '1', '-5', 'NaN']) {
      watchParent(leave, value === undefined ? {} : { JPY_PARENT_PID: value });
    }
    vi.advanceTimersByTime(5000);
    expect(leave).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});
