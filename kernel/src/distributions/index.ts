/**
 * Distributions: families with their parameters, support, log density, distribution function, sampler and moments.
 * One file a family; a new one needs its file, a line here, and a row in the reference figures of the tests.
 */
export { bernoulli, bernoulliLogit } from './bernoulli.ts';
export { beta } from './beta.ts';
export { betaBinomial } from './beta-binomial.ts';
export { betaProportion } from './beta-proportion.ts';
export { binomial, binomialLogit } from './binomial.ts';
export { cauchy } from './cauchy.ts';
export { chiSquared } from './chi-squared.ts';
export { discreteUniform } from './discrete-uniform.ts';
export { expModNormal } from './exp-mod-normal.ts';
export { exponential } from './exponential.ts';
export { fisherF } from './fisher-f.ts';
export { flat } from './flat.ts';
export { frechet } from './frechet.ts';
export { gamma } from './gamma.ts';
export { generalisedPareto } from './generalised-pareto.ts';
export { geometric } from './geometric.ts';
export { gumbel } from './gumbel.ts';
export { halfCauchy } from './half-cauchy.ts';
export { halfNormal } from './half-normal.ts';
export { halfStudentT } from './half-student-t.ts';
export { hypergeometric } from './hypergeometric.ts';
export { inverseChiSquared } from './inverse-chi-squared.ts';
export { inverseGamma } from './inverse-gamma.ts';
export { inverseGaussian } from './inverse-gaussian.ts';
export { laplace } from './laplace.ts';
export { logLogistic } from './log-logistic.ts';
export { logNormal } from './log-normal.ts';
export { logistic } from './logistic.ts';
export { lomax } from './lomax.ts';
export { gammaPoisson, negativeBinomial, negativeBinomialLog, negativeBinomialSuccesses } from './negative-binomial.ts';
export { normal } from './normal.ts';
export { ordered, positiveOrdered } from './ordered.ts';
export { pareto } from './pareto.ts';
export { poisson, poissonLog } from './poisson.ts';
export { rayleigh } from './rayleigh.ts';
export { type DistributionDescription, describeDistributions } from './registry.ts';
export { scaledInverseChiSquared } from './scaled-inverse-chi-squared.ts';
export { simplex } from './simplex.ts';
export { skewNormal } from './skew-normal.ts';
export { studentT } from './student-t.ts';
export type { Distribution, Family, Kind, Structure, Support } from './types.ts';
export { uniform } from './uniform.ts';
export { vonMises } from './von-mises.ts';
export { weibull } from './weibull.ts';
