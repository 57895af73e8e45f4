/**
 * Gaussian processes: a prior over functions, seen at points (Rasmussen & Williams 2006, chapter 2). With noise it is the
 * marginal likelihood of observations, the function integrated out; without, the function's values themselves.
 */
import { cholesky as choleskyOf } from '../numeric/linalg/index.ts';
import { asExpression, broadcastTo, cholesky, matmul, triangularSolve } from '../program/index.ts';
import { formatShape } from '../program/shape.ts';
import type { Arg, Expr } from '../program/types.ts';
import { nonNegative, satisfies } from './constraints.ts';
import { FamilyDistribution } from './distribution.ts';
import { defaultJitter, jitterOf, Kernel, withDiagonal } from './kernels.ts';
import { knownValues, settled } from './known.ts';
import { byCovariance } from './multivariate-normal.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution, Family } from './types.ts';

const family = defineDistribution({
  name: 'gaussianProcess',
  summary: 'Gaussian process at points, by its kernel, with noise or without',
  signature: 'gaussianProcess(x, kernel, { mean, noise })',
  ...byCovariance,
  // Of a kernel's matrix symmetry is known, and the advice is another one.
  validateEvent: ({ covariance }) => {
    try {
      choleskyOf(covariance, Math.sqrt(covariance.length));
      return undefined;
    } catch {
      return 'the covariance of the points is not positive definite: some are too close together for the kernel; add noise, or give a larger jitter';
    }
  },
});

/** What surrounds a Gaussian process. */
export interface GaussianProcessOptions {
  /** Mean function at the points: one number, or one a point (default 0). */
  readonly mean?: Arg;
  /** Standard deviation of the observations around the function, ≥ 0 (default 0): one number, or one a point. */
  readonly noise?: Arg;
  /**
   * What is added to the diagonal of the covariance besides, as a share of the kernel's mean variance (default 1e-9): a
   * little white noise, without which rounding makes the matrix of close points indefinite. 0 leaves it out.
   */
  readonly jitter?: number;
}

/** Numbers of points. // (n,) or (n, d) → n */
function countOf(x: Arg): number {
  const { shape } = asExpression(x);
  if (shape.length === 1 || shape.length === 2) return shape[0]!;
  throw new RangeError(
    `gaussianProcess: x is a vector, or a matrix with one point a row; got shape ${formatShape(shape)}`,
  );
}

/** One number a point. */
function eachPoint(what: string, value: Arg, n: number): Expr {
  const { shape } = asExpression(value);
  if (shape.length === 0 || (shape.length === 1 && shape[0] === n)) return broadcastTo(value, [n]);
  throw new RangeError(
    `gaussianProcess: ${what} is one number, or one a point (${n}); got shape ${formatShape(shape)}`,
  );
}

function kernelOf(kernel: unknown): Kernel {
  if (kernel instanceof Kernel) return kernel;
  throw new TypeError('gaussianProcess: expected a kernel, e.g. kernels.squaredExponential(1, 0.5)');
}

/** Covariance of the observations: the kernel's, and on the diagonal noise² and jitter. // (n, n) */
function observed(x: Arg, kernel: Kernel, { noise = 0, jitter = defaultJitter }: GaussianProcessOptions): Expr {
  const n = countOf(x);
  const bad = knownValues(noise)?.find((v) => !satisfies(v, nonNegative));
  if (bad !== undefined) {
    throw new RangeError(`gaussianProcess: noise must be at least 0, got ${bad}; it is a standard deviation`);
  }
  const added = eachPoint('noise', noise, n)
    .square()
    .add(jitterOf(kernel, x, jitter));
  return withDiagonal(kernel.covariance(x), added);
}

function processOf(mean: Expr, covariance: Expr, text: string): Distribution<[number], 'real'> {
  const described = { ...family, describe: () => text } as unknown as Family;
  return FamilyDistribution.of(described, [settled(mean), settled(covariance)]) as unknown as Distribution<
    [number],
    'real'
  >;
}

/**
 * A Gaussian process at the points x. With `noise` it is the distribution of observations, the function integrated out
 * (PyMC's marginal form); without, it is that of the function's own values. As a parameter those are best written
 * non-centred, `kernel.factor(x).matmul(z)`. The log density is one number; it costs n³/3 operations.
 *
 * @param x points // (n,) or (n, d)
 * @param kernel covariance function, from `kernels`
 * @throws RangeError when lengths do not fit, noise is below 0, or a known covariance is not positive definite
 * @example
 * const smooth = model()
 *   .data({ x: [0, 0.4, 1.1, 2], y: [0.1, 0.9, 0.7, -0.6] })
 *   .parameters({ alpha: halfNormal(0, 1), rho: inverseGamma(5, 5), sigma: halfNormal(0, 1) })
 *   .observe(({ x, alpha, rho, sigma }) => ({ y: gaussianProcess(x, kernels.squaredExponential(alpha, rho), { noise: sigma }) }));
 */
export function gaussianProcess(
  x: Arg,
  kernel: Kernel,
  options: GaussianProcessOptions = {},
): Distribution<[number], 'real'> {
  const covariance = observed(x, kernelOf(kernel), options);
  const mean = eachPoint('mean', options.mean ?? 0, covariance.shape[0]!);
  return processOf(mean, covariance, `gaussianProcess(x, ${kernel.name})`);
}

/** The function at new points: a multivariate normal, whose mean and covariance are expressions inside a model. */
export type GaussianProcessPrediction = Distribution<[number], 'real'> & {
  readonly parameters: { readonly mean: Expr<[number]>; readonly covariance: Expr<[number, number]> };
};

/** What a prediction is made from. */
export interface GaussianProcessData extends GaussianProcessOptions {
  /** The points seen // (n,) or (n, d) */
  readonly x: Arg;
  /** What was seen there // (n,) */
  readonly y: Arg;
  readonly kernel: Kernel;
  /** Mean function at the new points (default: `mean`, which must then be one number). */
  readonly meanAt?: Arg;
  /** Predict new observations, with this noise, instead of the function. Default 0. */
  readonly newNoise?: Arg;
}

/**
 * The function at new points given observations (Rasmussen & Williams 2006, equations 2.22 to 2.24): a multivariate
 * normal. With numbers, `.mean()`, `.variance()` and `.sample(…)` give figures; inside a model's `.derived`,
 * `.parameters.mean` and `.parameters.covariance` are expressions, so that each posterior draw predicts. To the
 * diagonal is added the same jitter as to that of the observations.
 *
 * @param at new points // (m,) or (m, d)
 * @throws RangeError when lengths do not fit
 * @example
 * const there = predictGaussianProcess([0.5, 1.5], { x, y, kernel: kernels.matern52(1, 0.4), noise: 0.1 });
 * there.mean(); // (2,)
 * @example
 * smooth.derived(({ x, y, alpha, rho, sigma }) => {
 *   const kernel = kernels.squaredExponential(alpha, rho);
 *   const there = predictGaussianProcess([0.5, 1.5], { x, y, kernel, noise: sigma });
 *   return { f: there.parameters.mean, sd: diagonal(there.parameters.covariance).sqrt() };
 * });
 */
export function predictGaussianProcess(at: Arg, seen: GaussianProcessData): GaussianProcessPrediction {
  const { x, y, mean = 0, meanAt = mean, newNoise = 0, jitter = defaultJitter } = seen;
  const kernel = kernelOf(seen.kernel);
  const [n, m] = [countOf(x), countOf(at)];
  const values = asExpression(y) as unknown as Expr;
  if (values.shape.length !== 1 || values.size !== n) {
    throw new RangeError(
      `predictGaussianProcess: y has one value a point of x (${n}), got shape ${formatShape(values.shape)}`,
    );
  }
  const factor = cholesky(observed(x, kernel, seen)); // (n, n)
  const residual = triangularSolve(factor, values.sub(eachPoint('mean', mean, n))); // (n,)
  const reach = triangularSolve(factor, kernel.covariance(x, at)); // (n, m)
  const shift = matmul(reach.transpose(), residual); // (m,)
  const added = eachPoint('newNoise', newNoise, m)
    .square()
    .add(jitterOf(kernel, x, jitter));
  const covariance = withDiagonal(kernel.covariance(at).sub(matmul(reach.transpose(), reach)), added); // (m, m)
  const text = `predictGaussianProcess(at, ${kernel.name})`;
  return processOf(eachPoint('meanAt', meanAt, m).add(shift), covariance, text) as unknown as GaussianProcessPrediction;
}
