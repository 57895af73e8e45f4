/**
 * Distributions: families with their parameters, support, log density, distribution function, sampler and moments.
 * One file a family; a new one needs its file, a line here, and a row in the reference figures of the tests.
 */
export { bernoulli, bernoulliLogit } from './bernoulli.ts';
export { beta } from './beta.ts';
export { binomial, binomialLogit } from './binomial.ts';
export { cauchy } from './cauchy.ts';
export { exponential } from './exponential.ts';
export { flat } from './flat.ts';
export { gamma } from './gamma.ts';
export { halfCauchy } from './half-cauchy.ts';
export { halfNormal } from './half-normal.ts';
export { logNormal } from './log-normal.ts';
export { normal } from './normal.ts';
export { ordered, positiveOrdered } from './ordered.ts';
export { poisson, poissonLog } from './poisson.ts';
export { type DistributionDescription, describeDistributions } from './registry.ts';
export { simplex } from './simplex.ts';
export { studentT } from './student-t.ts';
export type { Distribution, Family, Kind, Structure, Support } from './types.ts';
export { uniform } from './uniform.ts';
