/** Rules by which training changes parameters, and what is done to gradients before. */
export { type AdadeltaOptions, adadelta } from './adadelta.ts';
export { type AdagradOptions, adagrad } from './adagrad.ts';
export { type AdamOptions, adam, adamW } from './adam.ts';
export type { Clipping } from './clip.ts';
export type { CommonOptions as OptimiserOptions, ParameterGroup } from './define.ts';
export { lbfgs, type WholeOptimiser } from './lbfgs.ts';
export { type LionOptions, lion } from './lion.ts';
export { type NadamOptions, nadam } from './nadam.ts';
export { type RmspropOptions, rmsprop } from './rmsprop.ts';
export { type SgdOptions, sgd } from './sgd.ts';
