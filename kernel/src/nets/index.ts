/**
 * Networks: layers, initialisers, losses, optimisers and the training of them.
 */
export type { Numbers, Values } from './arrays.ts';
export * from './checkpoint/index.ts';
export * from './data/index.ts';
export { initialisers, type Scheme } from './initialise/index.ts';
export type { GainOptions, HeOptions, Nonlinearity } from './initialise/schemes.ts';
export { gainOf } from './initialise/schemes.ts';
export type { InputOption } from './inputs.ts';
export type { LayerRow, LayerStatistics } from './inspect.ts';
export {
  type ActivationName,
  elu,
  gelu,
  leakyRelu,
  logSoftmax,
  relu,
  sigmoid,
  silu,
  softmax,
  softplus,
  tanh,
} from './layers/activations.ts';
export { type AttentionInputs, type AttentionOptions, multiHeadAttention } from './layers/attention.ts';
export { layer, type OwnLayerOptions, residual, tie } from './layers/compose.ts';
export {
  averagePool1d,
  averagePool2d,
  type ConvolutionLayerOptions,
  conv1d,
  conv2d,
  maxPool1d,
  maxPool2d,
} from './layers/convolution.ts';
export { dropout } from './layers/dropout.ts';
export { type EmbeddingOptions, embedding, learnedPositions, sinusoidalPositions } from './layers/embedding.ts';
export {
  type GatedFeedForwardOptions,
  gatedFeedForward,
  type MixtureOfExpertsOptions,
  mixtureOfExperts,
} from './layers/experts.ts';
export { type LinearLayerOptions, linear } from './layers/linear.ts';
export {
  type BatchNormOptions,
  batchNorm,
  groupNorm,
  type LayerNormOptions,
  layerNorm,
  rmsNorm,
} from './layers/normalisation.ts';
export {
  gru,
  type LstmOutput,
  lstm,
  type RecurrentOptions,
  type RecurrentOutput,
  type RnnOptions,
  rnn,
} from './layers/recurrent.ts';
export { sequential } from './layers/sequential.ts';
export { flatten, identity, reshape } from './layers/shape.ts';
export {
  type TransformerOptions,
  type TransformerStackOptions,
  transformerDecoder,
  transformerDecoderLayer,
  transformerEncoder,
  transformerEncoderLayer,
} from './layers/transformer.ts';
export { type BinaryCrossEntropyOptions, binaryCrossEntropy, hinge, klDivergence } from './losses/classification.ts';
export { type CrossEntropyOptions, crossEntropy } from './losses/cross-entropy.ts';
export { negativeLogLikelihood } from './losses/likelihood.ts';
export { huber, meanAbsoluteError, meanSquaredError } from './losses/regression.ts';
export { type Differentiated, type NetTrace, Network, type NetworkOptions, network } from './net.ts';
export * from './optimisers/index.ts';
export { type ParameterRow, type ParameterTable, parametersOf } from './parameter-table.ts';
export type { Selector } from './paths.ts';
export type { Examples, Predicted } from './predict.ts';
export { digitsBackbone, digitsFeatures, pretrained, type Weights } from './pretrained.ts';
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
export type { NetSummary, NetSummaryRow } from './summary.ts';
export * from './train/index.ts';
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
