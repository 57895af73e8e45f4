/**
 * The options of training, and their checks.
 */
import { type CommonOptions, checkNames, checkWhole } from '../../estimate/options.ts';
import type { Expr } from '../../program/index.ts';
import type { Augmentation } from '../data/augmentation.ts';
import type { Network } from '../net.ts';
import type { Clipping } from '../optimisers/clip.ts';
import type { WholeOptimiser } from '../optimisers/lbfgs.ts';
import type { OwnSchedule, Schedule } from '../schedules.ts';
import type { Loss, Optimiser, Value } from '../types.ts';
import type { CallbackOption } from './callbacks.ts';
import type { TrainingData } from './examples.ts';
import type { Metric } from './metrics/metric.ts';
import type { RunState, StepEvent } from './run.ts';

/** How a net is trained. */
export interface TrainOptions<Out extends Value = Expr> extends CommonOptions {
  readonly loss: Loss<Out>;
  readonly optimiser: Optimiser | WholeOptimiser;
  /** How often every example is used, ≥ 0; a resumed run counts those before. Give this or `steps`. */
  readonly epochs?: number;
  /** Updates in all, instead of epochs. */
  readonly steps?: number;
  /** Examples a batch, ≥ 1; default 32. The last of an epoch may be shorter. */
  readonly batchSize?: number;
  /** Leave a last, shorter batch out; default false. */
  readonly dropLast?: boolean;
  /** Another random order in each epoch (default), that of the data, or one of one's own. */
  readonly shuffle?: boolean | ((epoch: number, rows: number) => ArrayLike<number>);
  /** Data to validate on after each epoch, or the share of the data that is put aside for it. */
  readonly validation?: TrainingData | number;
  readonly metrics?: readonly Metric[];
  /** What metrics are computed on; default validation where there is, else the training data. */
  readonly measure?: 'training' | 'validation' | 'both';
  readonly callbacks?: readonly CallbackOption[];
  readonly schedule?: Schedule | OwnSchedule;
  /** At most this norm of all gradients, or this absolute value of each number. */
  readonly clip?: Clipping;
  /** Random changes of each example each time it is trained on; of nets with one input, of numbers. */
  readonly augment?: Augmentation | readonly Augmentation[];
  /** Batches whose mean gradient makes one update; default 1. */
  readonly accumulate?: number;
  /** The same bits on every machine; default false. */
  readonly reproducible?: boolean;
  /** Called after each update. */
  readonly onStep?: (event: StepEvent) => void;
  /** A history or a checkpoint to go on from, on the same data with the same options. */
  readonly resume?: { readonly run: RunState };
}

const known: readonly (keyof TrainOptions)[] = [
  'loss',
  'optimiser',
  'epochs',
  'steps',
  'batchSize',
  'dropLast',
  'shuffle',
  'validation',
  'metrics',
  'measure',
  'callbacks',
  'schedule',
  'clip',
  'augment',
  'accumulate',
  'reproducible',
  'onStep',
  'resume',
  'seed',
  'signal',
  'onProgress',
];

/** The options with their defaults. */
export interface Settings {
  readonly batchSize: number;
  readonly dropLast: boolean;
  readonly accumulate: number;
  readonly seed: number;
  readonly reproducible: boolean;
  readonly shuffle: Exclude<TrainOptions['shuffle'], undefined>;
  /** As a checkpoint keeps them: the hyper-parameters of the run. */
  readonly words: Readonly<Record<string, unknown>>;
  readonly title: string;
}

/** @throws RangeError, or TypeError for an option that is not known */
export function readOptions<Out extends Value>(net: Network<Out>, options: TrainOptions<Out>): Settings {
  checkNames('train', options, known);
  checkParts(options);
  const { optimiser, loss, epochs, steps, schedule, clip, shuffle = true } = options;
  const { batchSize = 32, accumulate = 1, dropLast = false, seed = net.seed, reproducible = false } = options;
  if ((epochs === undefined) === (steps === undefined)) {
    throw new RangeError('train: give either epochs or steps, for example epochs: 10');
  }
  if (epochs !== undefined) checkWhole('train', 'epochs', epochs, 0);
  if (steps !== undefined) checkWhole('train', 'steps', steps, 0);
  checkWhole('train', 'batchSize', batchSize, 1);
  checkWhole('train', 'accumulate', accumulate, 1);
  checkWhole('train', 'seed', seed, 0, Number.MAX_SAFE_INTEGER);
  if (net.trainable.length === 0) {
    throw new RangeError(
      'train: every parameter of the net is frozen, or it has none; net.unfreeze() lets them be trained',
    );
  }
  const changes = changesOf(options);
  if (changes.length > 0 && (net.inputs.length !== 1 || net.inputs[0]!.integer)) {
    throw new RangeError('train: augment is for nets with one input of numbers; make the changes in the data');
  }
  if (isWhole(optimiser)) {
    const other = Object.entries({ schedule, augment: options.augment, clip, steps, resume: options.resume }).find(
      ([, value]) => value !== undefined,
    );
    if (other || accumulate > 1) {
      throw new RangeError(
        `train: lbfgs goes over all data at once by a line search, so it takes no ${other?.[0] ?? 'accumulate'}; leave it out, or use adam`,
      );
    }
  }
  const words = {
    optimiser: { name: optimiser.name, ...optimiser.options },
    loss: { name: loss.name, ...loss.options },
    batchSize,
    accumulate,
    dropLast,
    seed,
    reproducible,
    ...(clip && { clip }),
    ...(changes.length > 0 && { augment: changes.map(({ name, options: own }) => ({ name, ...own })) }),
    ...(schedule && {
      schedule: typeof schedule === 'function' ? String(schedule) : { name: schedule.name, ...schedule.options },
    }),
  };
  const title = `${loss.name} by ${optimiser.name}, ${net.count({ trainable: true })} parameters`;
  return { batchSize, dropLast, accumulate, seed, reproducible, shuffle, words, title };
}

/** Options made by functions: one that was named by a text, or not called, would fail in the middle of an epoch. */
function checkParts<Out extends Value>({ loss, optimiser, metrics = [] }: TrainOptions<Out>): void {
  const need = (name: string, value: unknown, member: string, example: string): void => {
    if (typeof value === 'object' && value !== null && member in value) return;
    const came = typeof value === 'function' ? `the function ${value.name} itself; call it` : JSON.stringify(value);
    throw new TypeError(`train: ${name} expects ${example}, got ${came ?? 'nothing'}`);
  };
  need('loss', loss, 'compute', 'what a loss function returns, for example crossEntropy()');
  need('optimiser', optimiser, 'options', 'what an optimiser function returns, for example adam()');
  if (!Array.isArray(metrics)) throw new TypeError('train: metrics expects a list, for example [accuracy()]');
  for (const metric of metrics)
    need('metrics', metric, 'compute', 'what metric functions return, for example [accuracy()]');
}

export function isWhole(optimiser: Optimiser | WholeOptimiser): optimiser is WholeOptimiser {
  return 'whole' in optimiser;
}

/** The changes of examples, in order. */
export function changesOf<Out extends Value>({ augment = [] }: TrainOptions<Out>): readonly Augmentation[] {
  return 'apply' in augment ? [augment] : augment;
}
