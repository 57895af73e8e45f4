/**
 * How every run begins: at a point where the log density is finite.
 */
import { foldIn, type Key, Stream } from '../../numeric/random.ts';
import type { Collector } from './collect.ts';
import type { ChainProgress, Failure, Go } from './run.ts';

const attempts = 100; // as Stan
const radius = 2; // as Stan: uniform(−2, 2) on the unconstrained scale

/**
 * A state at `init`, or at the first of 100 random points where `make` does not throw a RangeError; or why there is
 * none. Pauses after each attempt.
 */
export function* findBeginning<S extends object>(
  make: (position: Float64Array) => S,
  dimension: number,
  key: Key,
  init: Float64Array | undefined,
): Generator<void, S | Failure> {
  let position = init ?? new Float64Array(dimension);
  for (let attempt = 0; attempt < (init ? 1 : attempts); attempt++) {
    if (!init) {
      const stream = new Stream(foldIn(key, attempt));
      position = position.map(() => radius * (2 * stream.uniform() - 1)); // (d,)
    }
    try {
      return make(position);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      yield;
    }
  }
  const reason = init
    ? 'the log density or its gradient is not finite at the start given by init'
    : `the log density or its gradient was not finite at any of ${attempts} random starts`;
  return { reason, position };
}

/** Run a computation to its end with a pause at each of its own; undefined when told to stop. */
export function* settle<R>(
  computation: Generator<void, R>,
  collector: Collector,
  iteration = 0,
): Generator<ChainProgress, R | undefined, Go> {
  let next = computation.next();
  while (!next.done) {
    const go = yield collector.progress(iteration);
    if (go.stop) return undefined;
    next = computation.next();
  }
  return next.value;
}
