import { expect, it, vi } from 'vitest';
import { whereAvailable } from '#kernel/program/generate/webassembly/available';

it('makes what is asked for once, and not before', () => {
  const make = vi.fn(() => ({ made: true }));
  const get = whereAvailable(make);
  expect(make).not.toHaveBeenCalled();
  expect(get()).toEqual({ made: true });
  expect(get()).toBe(get());
  expect(make).toHaveBeenCalledOnce();
});

it('is undefined, and tries no second time, where it cannot be made', () => {
  const make = vi.fn((): object => {
    throw new Error('no vectors here');
  });
  const get = whereAvailable(make);
  expect([get(), get()]).toEqual([undefined, undefined]);
  expect(make).toHaveBeenCalledOnce();
});
