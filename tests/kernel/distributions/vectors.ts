/**
 * Families whose variates or parameters are vectors or matrices: for each its constructor, arguments in order, and
 * points inside the support. What is not here fails the tests that go over the registry.
 */
import * as d from '#kernel/distributions/index';
import type { Arg } from '#kernel/program/types';

type Value = number | readonly number[] | readonly (readonly number[])[];

export interface VectorCase {
  readonly make: (...args: never[]) => d.Distribution;
  /** Arguments, in the constructor's order. */
  readonly args: readonly Value[];
  /** Points of positive density. */
  readonly points: readonly Value[];
  /** Arguments that are no real numbers to differentiate by (counts, sizes). Default none. */
  readonly fixed?: readonly number[];
}

const covariance = [
  [1.5, 0.3, -0.4],
  [0.3, 0.8, 0.1],
  [-0.4, 0.1, 2.2],
];
const vectors = [
  [0.3, -1.2, 2],
  [-2, 0.4, 0.1],
];

const correlation = [
  [1, 0.3, -0.4],
  [0.3, 1, 0.1],
  [-0.4, 0.1, 1],
];
const factor = [
  [1, 0, 0],
  [0.6, 0.8, 0],
  [-0.48, 0.6, 0.64],
];

export const vectorCases: Readonly<Record<string, readonly VectorCase[]>> = {
  simplex: [{ make: d.simplex, args: [3], fixed: [0], points: [[0.2, 0.3, 0.5]] }],
  categorical: [
    { make: d.categorical, args: [[0.2, 0.5, 0.3]], points: [0, 1, 2] },
    { make: d.categorical, args: [[0.999, 0.001, 1e-9].map((p) => p / 1.000000001)], points: [1, 2] },
  ],
  categoricalLogit: [
    { make: d.categoricalLogit, args: [[0.2, -1.5, 3]], points: [0, 1, 2] },
    { make: d.categoricalLogit, args: [[700, -700, 20, 0]], points: [0, 1, 3] },
  ],
  orderedLogistic: [
    { make: d.orderedLogistic, args: [0.3, [-1, 0.5, 2]], points: [0, 1, 2, 3] },
    { make: d.orderedLogistic, args: [-30, [0, 0.01]], points: [0, 1, 2] },
  ],
  dirichlet: [
    { make: d.dirichlet, args: [[1.5, 0.4, 3]], points: [[0.2, 0.3, 0.5]] },
    { make: d.dirichlet, args: [[0.02, 0.01]], points: [[0.999, 0.001]] },
    { make: d.dirichlet, args: [[1e4, 2e4, 3e4, 1]], points: [[0.1666, 0.3333, 0.5, 0.0001]] },
  ],
  multinomial: [
    {
      make: d.multinomial,
      args: [10, [0.2, 0.5, 0.3]],
      fixed: [0],
      points: [
        [2, 5, 3],
        [0, 10, 0],
      ],
    },
    { make: d.multinomial, args: [5000, [0.01, 0.99]], fixed: [0], points: [[40, 4960]] },
  ],
  multivariateNormal: [{ make: d.multivariateNormal, args: [[0.5, -1, 2], covariance], points: vectors }],
  multivariateNormalPrecision: [
    { make: d.multivariateNormalPrecision, args: [[0.5, -1, 2], covariance], points: vectors },
  ],
  multivariateNormalCholesky: [
    {
      make: d.multivariateNormalCholesky,
      args: [
        [0.5, -1, 2],
        [
          [1.2, 0, 0],
          [0.3, 0.4, 0],
          [-2, 0.7, 3],
        ],
      ],
      points: vectors,
    },
  ],
  multivariateStudentT: [
    { make: d.multivariateStudentT, args: [4.5, [0.5, -1, 2], covariance], points: vectors },
    { make: d.multivariateStudentT, args: [900, [0.5, -1, 2], covariance], points: vectors },
  ],
  lkjCorrelation: [
    { make: d.lkjCorrelation, args: [3, 1.7], fixed: [0], points: [correlation] },
    {
      make: d.lkjCorrelation,
      args: [2, 0.4],
      fixed: [0],
      points: [
        [
          [1, 0.3],
          [0.3, 1],
        ],
      ],
    },
  ],
  lkjCholesky: [{ make: d.lkjCholesky, args: [3, 1.7], fixed: [0], points: [factor] }],
  wishart: [{ make: d.wishart, args: [4.5, covariance], points: [covariance, correlation] }],
  inverseWishart: [{ make: d.inverseWishart, args: [9.5, covariance], points: [covariance, correlation] }],
  gaussianRandomWalk: [{ make: d.gaussianRandomWalk, args: [0.5, 1.3, 4], fixed: [2], points: [[0.2, -0.5, 1, 3]] }],
  autoregressive: [
    { make: d.autoregressive, args: [0.5, 0.7, 1.3, 4], fixed: [3], points: [[0.2, -0.5, 1, 3]] },
    { make: d.autoregressive, args: [2, -0.8, 0.1, 3], fixed: [3], points: [[2.2, 1.9, 2]] },
  ],
  gaussianProcess: [
    {
      make: (x: Arg, scale: Arg, length: Arg, mean: Arg, noise: Arg) =>
        d.gaussianProcess(x, d.kernels.matern32(scale, length), { mean, noise }),
      args: [[0, 0.4, 1.1], 1.3, 0.6, 0.5, 0.3],
      points: vectors,
    },
    {
      make: (x: Arg, lengths: Arg, noise: Arg) =>
        d.gaussianProcess(x, d.kernels.squaredExponential(2, lengths).add(d.kernels.periodic(0.3, 1, 2)), { noise }),
      args: [
        [
          [0, 1],
          [0.4, 1],
          [1.1, -0.2],
        ],
        [0.6, 2],
        [0.3, 0.1, 0.5],
      ],
      points: vectors,
    },
  ],
  arma: [
    {
      make: (mean: Arg, ar: Arg, sd: Arg) => d.arma(mean, { ar }, sd, 5),
      args: [0.5, [0.5, -0.3], 1.3],
      points: [[0.2, -0.5, 1, 3, 2]],
    },
    {
      make: (mean: Arg, ar: Arg, ma: Arg, sd: Arg) => d.arma(mean, { ar, ma }, sd, 4),
      args: [0.5, [0.8], [0.4, -0.2], 0.1],
      points: [[0.6, 0.5, 0.4, 0.55]],
    },
    {
      make: (mean: Arg, ar: Arg, ma: Arg, sd: Arg, start: Arg) => d.arma(mean, { ar, ma }, sd, 4, { start }),
      args: [0.5, [1.1, 0.2], [0.4], 0.7, [0.3, -1]],
      points: [[0.6, 0.5, 0.4, 0.55]],
    },
  ],
};
