/**
 * Estimand: define a small model once, and get from it the maximum-likelihood estimate, the MAP estimate and
 * the whole posterior.
 */
export * from './data/index.ts';
export * from './diagnose/index.ts';
export * from './distributions/index.ts';
export * from './estimate/index.ts';
export * from './figure/index.ts';
export * from './landscape/index.ts';
export * from './model/index.ts';
export * from './numeric/index.ts';
export * from './program/index.ts';
export * from './regression/index.ts';
