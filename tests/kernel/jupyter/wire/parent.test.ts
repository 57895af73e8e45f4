import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
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

  // Where nobody asks for its end, as in a container without an init, a killed server stays in the list of processes.
  it.runIf(existsSync('/proc/self/stat'))(
    'leaves when the process has ended and its parent does not look',
    async () => {
      vi.useRealTimers();
      const script = 'sleep 0 & echo $!; exec sleep 60'; // sleep 60 has a child now that it knows nothing of
      const parent = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
      const [text] = (await once(parent.stdout, 'data')) as [Buffer];
      const zombie = Number(text.toString());
      await vi.waitUntil(() => readFileSync(`/proc/${zombie}/stat`, 'utf8').includes(') Z '), { timeout: 10_000 });
      vi.useFakeTimers();
      const leave = vi.fn();
      watchParent(leave, { JPY_PARENT_PID: String(zombie) });
      vi.advanceTimersByTime(5000);
      expect(leave).toHaveBeenCalledTimes(1);
      parent.kill();
    },
  );

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
