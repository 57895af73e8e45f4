/** Variates of families that need more than one uniform number, from a stream. */
export { betaVariate } from './beta.ts';
export { binomialVariate } from './binomial.ts';
export { gammaVariate, logGammaVariate } from './gamma.ts';
export { poissonVariate } from './poisson.ts';
