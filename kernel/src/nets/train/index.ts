/** The training loop, and what it gives. */
export {
  type Callback,
  type CallbackOption,
  type EarlyStoppingOptions,
  earlyStopping,
  type Run as TrainingRun,
} from './callbacks.ts';
export type { TrainingData } from './examples.ts';
export { History, type TrainingEnding } from './history.ts';
export * from './metrics/index.ts';
export { TrainingError } from './not-finite.ts';
export type { TrainOptions } from './options.ts';
export type { CallbackState, EpochRow, RunState, StepEvent } from './run.ts';
export { train } from './train.ts';
