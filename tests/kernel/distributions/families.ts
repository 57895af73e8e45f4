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
  simplex: [() => d.simplex(3), [[]]],
};

/** Whether the variates of this case are one number each. */
export const isScalar = (name: string): boolean => name !== 'simplex';
