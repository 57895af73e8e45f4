/**
 * Networks: layers, losses, optimisers, and training steps.
 */
export { relu } from './layers/activations.ts';
export { type LinearLayerOptions, linear } from './layers/linear.ts';
export { sequential } from './layers/sequential.ts';
export { type CrossEntropyOptions, crossEntropy } from './losses/cross-entropy.ts';
export { type Differentiated, type NetTrace, Network, type NetworkOptions, network } from './net.ts';
export * from './optimisers/index.ts';
export {
  cosineDecay,
  exponentialDecay,
  multiStepDecay,
  type OwnSchedule,
  oneCycle,
  plateau,
  type Schedule,
  stepDecay,
  warmUp,
} from './schedules.ts';
export type { StepBatch, StepProgress, TrainingStep, TrainingStepOptions } from './training-step.ts';
export type {
  AnyLayer,
  Initialiser,
  InitialiserRequest,
  InputSpec,
  Layer,
  Loss,
  Optimiser as NetOptimiser,
  ParameterSpec,
  Scope as LayerScope,
  SlotSpec,
  TargetSpec,
  UpdateRequest,
  Value,
} from './types.ts';
