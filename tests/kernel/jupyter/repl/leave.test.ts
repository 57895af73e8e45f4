import { describe, expect, it, vi } from 'vitest';
import { bundleOf } from '#kernel/jupyter/repl/format';
import { leaver } from '#kernel/jupyter/repl/leave';

describe('exit', () => {
  it.each([
    ['the word', (leave: ReturnType<typeof leaver>) => leave],
    ['the call', (leave: ReturnType<typeof leaver>) => leave()],
    ['a call of a call', (leave: ReturnType<typeof leaver>) => leave()()],
  ])('asks to leave where %s is shown as a value, and says what to do in a notebook', (_, value) => {
    const ask = vi.fn();
    const shown = value(leaver(ask));
    expect(ask, 'nothing is asked by a mention').not.toHaveBeenCalled();
    expect(bundleOf(shown)).toEqual({ 'text/plain': expect.stringContaining('Restart Kernel') });
    expect(ask).toHaveBeenCalledTimes(1);
  });
});
