/**
 * Distributions: families with their parameters, support, log density, distribution function, sampler and moments.
 * One file a family; a new one needs its file, a line here, and a row in the reference figures of the tests.
 */
export { type ArmaCoefficients, type ArmaOptions, arma } from './arma.ts';
export { autoregressiveCoefficients } from './arma-start.ts';
export { bernoulli, bernoulliLogit } from './bernoulli.ts';
export { beta } from './beta.ts';
export { betaBinomial } from './beta-binomial.ts';
export { betaProportion } from './beta-proportion.ts';
export { binomial, binomialLogit } from './binomial.ts';
export { categorical, categoricalLogit } from './categorical.ts';
export { cauchy } from './cauchy.ts';
export { censored } from './censored.ts';
export { chiSquared } from './chi-squared.ts';
export { dirichlet } from './dirichlet.ts';
export { discreteUniform } from './discrete-uniform.ts';
export { expModNormal } from './exp-mod-normal.ts';
export { exponential } from './exponential.ts';
export { fisherF } from './fisher-f.ts';
export { flat } from './flat.ts';
export { frechet } from './frechet.ts';
export { gamma } from './gamma.ts';
export {
  type GaussianProcessData,
  type GaussianProcessOptions,
  type GaussianProcessPrediction,
  gaussianProcess,
  predictGaussianProcess,
} from './gaussian-process.ts';
export { generalisedPareto } from './generalised-pareto.ts';
export { geometric } from './geometric.ts';
export { gumbel } from './gumbel.ts';
export { halfCauchy } from './half-cauchy.ts';
export { halfNormal } from './half-normal.ts';
export { halfStudentT } from './half-student-t.ts';
export { hiddenMarkov, hiddenMarkovLogDensity, stationaryProbabilities } from './hidden-markov.ts';
export { type HiddenStates, hiddenStates } from './hidden-states.ts';
export { hypergeometric } from './hypergeometric.ts';
export { inverseChiSquared } from './inverse-chi-squared.ts';
export { inverseGamma } from './inverse-gamma.ts';
export { inverseGaussian } from './inverse-gaussian.ts';
export { type Kernel, kernels } from './kernels.ts';
export { laplace } from './laplace.ts';
export { lkjCholesky, lkjCorrelation } from './lkj.ts';
export { logLogistic } from './log-logistic.ts';
export { logNormal } from './log-normal.ts';
export { logistic } from './logistic.ts';
export { lomax } from './lomax.ts';
export { mixture } from './mixture.ts';
export { multinomial } from './multinomial.ts';
export { multivariateNormal, multivariateNormalCholesky, multivariateNormalPrecision } from './multivariate-normal.ts';
export { multivariateStudentT } from './multivariate-student-t.ts';
export { gammaPoisson, negativeBinomial, negativeBinomialLog, negativeBinomialSuccesses } from './negative-binomial.ts';
export { normal } from './normal.ts';
export { ordered, positiveOrdered } from './ordered.ts';
export { orderedLogistic } from './ordered-logistic.ts';
export { pareto } from './pareto.ts';
export { poisson, poissonLog } from './poisson.ts';
export { autoregressive, gaussianRandomWalk } from './random-walk.ts';
export { rayleigh } from './rayleigh.ts';
export { type DistributionDescription, describeDistributions } from './registry.ts';
export { type ChoiceOptions, RandomGenerator, rng } from './rng.ts';
export { scaledInverseChiSquared } from './scaled-inverse-chi-squared.ts';
export { simplex } from './simplex.ts';
export { skewNormal } from './skew-normal.ts';
export { studentT } from './student-t.ts';
export { truncated } from './truncated.ts';
export type { Distribution, Family, Kind, Structure, Support } from './types.ts';
export { uniform } from './uniform.ts';
export { vonMises } from './von-mises.ts';
export { weibull } from './weibull.ts';
export { inverseWishart, wishart } from './wishart.ts';
export { hurdle, zeroInflated } from './zero-inflated.ts';
