/**
 * Every constructor by its family's name, and parameter sets for the tests that go over the registry: usual ones and
 * extreme ones. A family that is not here, or not in the reference figures, fails the tests.
 */
import * as d from '#kernel/distributions/index';

/** Makes a distribution from arguments in the constructor's order. */
type Make = (...parameters: [number, number, number]) => d.Distribution;
type Sets = readonly (readonly number[])[];

/** Family → constructor, and parameter sets of which the first is the usual one. */
// biome-ignore format: one family a line
export const cases: Readonly<Record<string, readonly [make: Make, sets: Sets]>> = {
  normal: [(a, b) => d.normal(a, b), [[0.5, 1.5], [-3, 1e-4], [1e6, 1e4]]],
  halfNormal: [(a, b) => d.halfNormal(a, b), [[0.5, 1.5], [2, 1e-3], [-5, 300]]],
  cauchy: [(a, b) => d.cauchy(a, b), [[0.5, 1.5], [7, 1e-3], [-2, 1e5]]],
  halfCauchy: [(a, b) => d.halfCauchy(a, b), [[0.5, 1.5], [0, 1e-4], [0, 2500]]],
  studentT: [(a, b, c) => d.studentT(a, b, c), [[4, 0.5, 1.5], [0.3, 0, 1], [1e6, -2, 0.1], [2.5, 10, 100]]],
  exponential: [(a) => d.exponential(a), [[1.5], [1e-6], [1e6]]],
  gamma: [(a, b) => d.gamma(a, b), [[2.5, 1.5], [0.02, 1], [1, 3], [1e5, 10], [0.7, 1e-5]]],
  beta: [(a, b) => d.beta(a, b), [[2.5, 1.5], [0.3, 0.3], [1, 1], [3000, 2000], [0.2, 80]]],
  uniform: [(a, b) => d.uniform(a, b), [[-0.5, 1.5], [1e6, 1e6 + 1e-3], [-1e300, 1e300]]],
  flat: [() => d.flat(), [[]]],
  logNormal: [(a, b) => d.logNormal(a, b), [[0.5, 1.5], [50, 0.01], [-5, 3]]],
  bernoulli: [(a) => d.bernoulli(a), [[0.3], [1e-4], [0.999], [0], [1]]],
  bernoulliLogit: [(a) => d.bernoulliLogit(a), [[0.3], [-8], [40]]],
  binomial: [(a, b) => d.binomial(a, b), [[10, 0.3], [1000, 0.4], [1e6, 1e-6], [50, 0.97], [0, 0.5], [5, 0], [5, 1]]],
  binomialLogit: [(a, b) => d.binomialLogit(a, b), [[10, -1], [1000, 0.3], [200, 6], [3, -40]]],
  poisson: [(a) => d.poisson(a), [[3.5], [0.01], [12], [1e5], [0]]],
  poissonLog: [(a) => d.poissonLog(a), [[1.2], [-6], [9]]],
  logistic: [(a, b) => d.logistic(a, b), [[0.5, 1.5], [-20, 1e-3], [1e5, 300]]],
  laplace: [(a, b) => d.laplace(a, b), [[0.5, 1.5], [-20, 1e-3], [1e5, 300]]],
  gumbel: [(a, b) => d.gumbel(a, b), [[0.5, 1.5], [-20, 1e-3], [1e5, 300]]],
  skewNormal: [(a, b, c) => d.skewNormal(a, b, c), [[0.5, 1.5, 2], [-3, 1e-3, -6], [100, 40, 0.01]]],
  inverseGamma: [(a, b) => d.inverseGamma(a, b), [[2.5, 1.5], [0.3, 2], [400, 1e4]]],
  weibull: [(a, b) => d.weibull(a, b), [[1.5, 2], [0.2, 1], [1, 3], [20, 1e3]]],
  pareto: [(a, b) => d.pareto(a, b), [[1.5, 3], [1e-3, 0.3], [1e4, 20]]],
  lomax: [(a, b, c) => d.lomax(a, b, c), [[0.5, 1.5, 3], [-10, 1e-3, 0.4], [0, 100, 50]]],
  generalisedPareto: [(a, b, c) => d.generalisedPareto(a, b, c), [[0.5, 1.5, 0.2], [-2, 0.1, -0.3], [0, 10, 1.5], [1, 2, 1e-9]]],
  chiSquared: [(a) => d.chiSquared(a), [[3], [0.5], [2], [400]]],
  inverseChiSquared: [(a) => d.inverseChiSquared(a), [[5], [0.6], [300]]],
  scaledInverseChiSquared: [(a, b) => d.scaledInverseChiSquared(a, b), [[5, 2], [0.6, 0.01], [300, 40]]],
  halfStudentT: [(a, b, c) => d.halfStudentT(a, b, c), [[4, 0.5, 1.5], [0.4, 0, 1], [300, -3, 1e-3]]],
  betaProportion: [(a, b) => d.betaProportion(a, b), [[0.3, 5], [0.02, 0.5], [0.9, 3000]]],
  vonMises: [(a, b) => d.vonMises(a, b), [[0.5, 2], [-1, 0.01], [3, 40], [0, 3e4]]],
  fisherF: [(a, b) => d.fisherF(a, b), [[5, 10], [0.7, 1.2], [200, 300]]],
  rayleigh: [(a) => d.rayleigh(a), [[1.5], [1e-4], [1e5]]],
  frechet: [(a, b) => d.frechet(a, b), [[3, 1.5], [0.4, 1e-2], [20, 1e4]]],
  inverseGaussian: [(a, b) => d.inverseGaussian(a, b), [[1, 1.5], [3, 0.05], [0.2, 500]]],
  expModNormal: [(a, b, c) => d.expModNormal(a, b, c), [[0.5, 1.5, 0.7], [0, 0.01, 30], [-5, 2, 20]]],
  logLogistic: [(a, b) => d.logLogistic(a, b), [[1.5, 3], [1e-3, 0.3], [1e4, 20]]],
  negativeBinomial: [(a, b) => d.negativeBinomial(a, b), [[5, 2], [0.1, 0.02], [30, 1e6], [2000, 50]]],
  negativeBinomialLog: [(a, b) => d.negativeBinomialLog(a, b), [[1.2, 2], [-5, 0.3], [6, 1e4]]],
  gammaPoisson: [(a, b) => d.gammaPoisson(a, b), [[3, 0.7], [0.05, 0.01], [400, 20]]],
  negativeBinomialSuccesses: [(a, b) => d.negativeBinomialSuccesses(a, b), [[3, 0.4], [0.5, 0.01], [80, 0.9]]],
  betaBinomial: [(a, b, c) => d.betaBinomial(a, b, c), [[10, 2, 3], [200, 0.3, 0.2], [30, 500, 900], [0, 1, 1]]],
  geometric: [(a) => d.geometric(a), [[0.3], [1e-4], [0.99], [1]]],
  hypergeometric: [(a, b, c) => d.hypergeometric(a, b, c), [[10, 7, 20], [50, 60, 10], [3, 500, 800], [0, 4, 4]]],
  discreteUniform: [(a, b) => d.discreteUniform(a, b), [[0, 9], [-5, 5], [7, 7], [1, 1e6]]],
};

/** Whether variates and parameters are one number each; the others' cases are in vectors.ts. */
export const isScalar = (name: string): boolean => Object.hasOwn(cases, name);
