/**
 * Keep what a cell awaits alive until it is there (why: see cell-code.ts).
 */
import type { Run } from './run.ts';

/** Called on the operand of every top-level `await`. */
export function hold(run: Run, value: unknown): Promise<unknown> {
  // A cell that was interrupted goes no further: its loop would work on, unseen, for as long as the session lives.
  if (run.interrupted && run.ended) return new Promise(() => {});
  const promise = Promise.resolve(value);
  run.held = promise;
  return promise;
}

/** Called on the sequence of every top-level `for await`. */
export function holdEach(run: Run, values: AsyncIterable<unknown> | Iterable<unknown>): AsyncIterableIterator<unknown> {
  const iterator = iteratorOf(values);
  const ask = (method: 'next' | 'return' | 'throw', value?: unknown): Promise<IteratorResult<unknown>> => {
    const call = iterator[method];
    if (!call) return Promise.resolve({ done: true, value });
    return hold(run, call.call(iterator, value)) as Promise<IteratorResult<unknown>>;
  };
  return {
    next: (value?: unknown) => ask('next', value),
    return: (value?: unknown) => ask('return', value),
    throw: (error?: unknown) => ask('throw', error),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

interface AnyIterator {
  next(value?: unknown): unknown;
  return?(value?: unknown): unknown;
  throw?(error?: unknown): unknown;
}

/** The async iterator of a sequence; one of promises is awaited element by element, as the language does. */
function iteratorOf(values: AsyncIterable<unknown> | Iterable<unknown>): AnyIterator {
  const asynchronous = (values as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator];
  if (asynchronous) return asynchronous.call(values as AsyncIterable<unknown>) as AnyIterator;
  return (async function* () {
    for (const value of values as Iterable<unknown>) yield await value;
  })();
}
