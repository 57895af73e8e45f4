import { afterEach, describe, expect, it, vi } from 'vitest';
import { hold, holdEach } from '#kernel/jupyter/repl/hold';
import { Interrupted, Run } from '#kernel/jupyter/repl/run';

afterEach(() => void vi.useRealTimers());

describe('an interrupt', () => {
  it('stops at once a cell in which nobody listens', async () => {
    const run = new Run(1, 'cell[1]');
    run.interrupt();
    await expect(run.stopped).rejects.toThrow(Interrupted);
  });

  it('says so there and then', () => {
    const run = new Run(1, 'cell[1]');
    const reasons: unknown[] = [];
    run.whenStopped = (reason) => reasons.push(reason);
    run.interrupt();
    expect(reasons).toEqual([expect.any(Interrupted)]);
  });

  it('aborts the signal first, and stops at once when it comes again', async () => {
    const run = new Run(1, 'cell[1]');
    const signal = run.signal();
    let stopped = false;
    run.stopped.catch(() => {
      stopped = true;
    });
    run.interrupt();
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toBeInstanceOf(Interrupted);
    await Promise.resolve();
    expect(stopped).toBe(false);
    run.interrupt();
    await expect(run.stopped).rejects.toThrow(Interrupted);
  });

  it('that came before the signal was asked for aborts it all the same', () => {
    const run = new Run(1, 'cell[1]');
    run.interrupt();
    expect(run.signal().aborted).toBe(true);
  });

  it('leaves no unhandled rejection when the cell ends first', async () => {
    const seen = vi.fn();
    process.on('unhandledRejection', seen);
    new Run(1, 'cell[1]').interrupt();
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', seen);
    expect(seen).not.toHaveBeenCalled();
  });
});

describe('what a cell awaits', () => {
  it('is held, and comes through unchanged', async () => {
    const run = new Run(1, 'cell[1]');
    const promise = Promise.resolve(5);
    expect(hold(run, promise)).toBe(promise);
    expect(run.held).toBe(promise);
    expect(await hold(run, 7)).toBe(7);
  });

  it('may be a sequence, of either kind', async () => {
    const run = new Run(1, 'cell[1]');
    async function* asynchronous() {
      yield 1;
      yield 2;
    }
    const seen: unknown[] = [];
    for await (const x of holdEach(run, asynchronous())) seen.push(x);
    for await (const x of holdEach(run, [3, Promise.resolve(4)])) seen.push(x);
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  it('lets a sequence clean up after a break', async () => {
    const run = new Run(1, 'cell[1]');
    let cleaned = false;
    async function* generator() {
      try {
        yield 1;
        yield 2;
      } finally {
        cleaned = true;
      }
    }
    for await (const _ of holdEach(run, generator())) break;
    expect(cleaned).toBe(true);
    const bare = { [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false, value: 1 }) }) };
    for await (const _ of holdEach(run, bare as AsyncIterable<number>)) break;
  });
});
