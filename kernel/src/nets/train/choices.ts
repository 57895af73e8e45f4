/**
 * What an update is made of besides the parameters: its rate, the order of the examples, and their random changes. All
 * depend on the seed, the epoch and the step alone, so a resumed run has the bits of an unbroken one.
 */
import { foldIn, type Key, Stream } from '../../numeric/random.ts';
import { sizeOf } from '../../program/shape.ts';
import type { Network } from '../net.ts';
import type { Value } from '../types.ts';
import { permutation } from './examples.ts';
import { changesOf, type Settings, type TrainOptions } from './options.ts';
import type { RunState } from './run.ts';
import type { StepOptions } from './steps.ts';

/** The learning rate of an update, counted from 0. @throws RangeError where the schedule gives none */
export function rateOf<Out extends Value>(
  { schedule }: TrainOptions<Out>,
  { epoch, schedule: remembered }: RunState,
  base: number,
  step: number,
): number {
  if (schedule === undefined) return base;
  const rate =
    typeof schedule === 'function'
      ? schedule({ epoch, step, base })
      : schedule.rate(schedule.per === 'epoch' ? epoch : step, base, remembered);
  if (!(rate >= 0 && rate < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`train: the schedule gave the rate ${rate} for step ${step}; a rate is a number ≥ 0`);
  }
  return rate;
}

/** The order of the examples in an epoch. */
export function orderOf({ shuffle }: Settings, key: Key, epoch: number, rows: number): ArrayLike<number> {
  if (typeof shuffle === 'function') return shuffle(epoch, rows);
  if (shuffle) return permutation(foldIn(foldIn(key, 'order'), epoch), rows);
  return Int32Array.from({ length: rows }, (_, i) => i);
}

/** What changes the examples of a batch: each has random numbers of its own. */
export function augmentOf<Out extends Value>(
  net: Network<Out>,
  options: TrainOptions<Out>,
  key: Key,
): StepOptions['augment'] {
  const changes = changesOf(options);
  const [input] = net.inputs;
  if (changes.length === 0 || !input) return undefined;
  const size = sizeOf(input.shape);
  return (inputOf, step, batch) => {
    const values = inputOf(input.name) as Float32Array | Float64Array;
    const stream = new Stream(foldIn(foldIn(foldIn(key, 'augment'), step), batch));
    for (let from = 0; from < values.length; from += size) {
      const example = values.subarray(from, from + size);
      for (const change of changes) change.apply(example, input.shape, stream);
    }
  };
}
