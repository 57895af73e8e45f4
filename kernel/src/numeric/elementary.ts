/**
 * The elementary functions of the whole library, in one place: no other file calls a transcendental function of
 * `Math`, because those differ from engine to engine in the last bits. Square root is exact by IEEE 754, so
 * `Math.sqrt` stays.
 */
export { exp, expm1 } from './elementary/exponential.ts';
export { log1mexp, logit, logSigmoid, sigmoid, softplus, tanh } from './elementary/hyperbolic.ts';
export { acos, acosh, asin, asinh, atan2, atanh, cbrt, cosh, sinh } from './elementary/inverse.ts';
export { log, log1p, log1pMinus, log2, log10 } from './elementary/logarithm.ts';
export { pow } from './elementary/power.ts';
export { atan, cos, sin, tan } from './elementary/trigonometric.ts';
