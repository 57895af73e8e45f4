/**
 * Estimand: define a small model once, and get from it the maximum-likelihood estimate, the MAP estimate and
 * the whole posterior.
 */
export * from './data/index.ts';
export * from './diagnose/index.ts';
export * from './distributions/index.ts';
export * from './estimate/index.ts';
export * from './figure/index.ts';
export {
  type Comm,
  type CommMessage,
  type CommOptions,
  type CommTarget,
  openComm,
  registerCommTarget,
} from './host/comms.ts';
export { type ProgressOptions, progress } from './host/progress.ts';
export { html, jpeg, json, latex, markdown, type PictureOptions, png, Rich, svg } from './host/rich.ts';
export { clearOutput, type Display, type DisplayOptions, display } from './host/show.ts';
export * from './hypothesis/index.ts';
export * from './jupyter/widgets/index.ts';
export * from './landscape/index.ts';
export * from './model/index.ts';
export * from './nets/index.ts';
// Called without an expression these are layers; with one, the functions of the compute core.
export {
  averagePool1d,
  averagePool2d,
  conv1d,
  conv2d,
  dropout,
  elu,
  gelu,
  leakyRelu,
  logSoftmax,
  maxPool1d,
  maxPool2d,
  relu,
  silu,
  softmax,
} from './nets/index.ts';
export * from './numeric/index.ts';
export * from './program/index.ts';
export * from './regression/index.ts';
