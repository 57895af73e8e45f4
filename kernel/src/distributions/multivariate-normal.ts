/** Multivariate normal distribution, by covariance, by precision and by Cholesky factor. */
import { cholesky as choleskyOf, solveTriangular, symmetricInverse } from '../numeric/linalg/index.ts';
import type { Stream } from '../numeric/random.ts';
import { cholesky, matmul, triangularSolve } from '../program/index.ts';
import type { Arg, Expr, ShapeOfArg } from '../program/types.ts';
import { real } from './constraints.ts';
import { factorComplaint, logDiagonal, positiveDefiniteComplaint, squaredLengths, vectorShape } from './events.ts';
import { HALF_LOG_TWO_PI } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

type Vectors = Readonly<Record<'mean' | 'covariance', Float64Array>>;

/** Log density given the factor L of the covariance L Lᵀ. // (…, d) → (…) */
function byFactor(x: Expr, mean: Expr, factor: Expr): Expr {
  const lengths = squaredLengths(x.sub(mean), (columns) => triangularSolve(factor, columns));
  return lengths
    .mul(-0.5)
    .sub(logDiagonal(factor))
    .sub(HALF_LOG_TWO_PI * mean.shape.at(-1)!);
}

/** mean + L z, L (d, d) lower triangular, z standard normal. */
function moveAlong(stream: Stream, out: Float64Array, mean: Float64Array, factor: Float64Array): void {
  const d = out.length;
  const z = out.map(() => stream.normal());
  for (let i = 0; i < d; i++) {
    let sum = mean[i]!;
    for (let j = 0; j <= i; j++) sum += factor[i * d + j]! * z[j]!;
    out[i] = sum;
  }
}

/** Diagonal of a matrix. */
const diagonalOf = (matrix: Float64Array, d: number): Float64Array =>
  Float64Array.from({ length: d }, (_, i) => matrix[i * (d + 1)]!);

/** What the three forms have in common, given the matrix each is written with. */
const vectorsAround = <M extends string>(matrix: M) => ({
  kind: 'real' as const,
  parameters: { mean: real, [matrix]: real } as Readonly<Record<'mean' | M, typeof real>>,
  ranks: { mean: 1, [matrix]: 2 } as Readonly<Record<'mean', 1> & Record<M, 2>>,
  support: {},
  eventRank: 1,
  eventShape: vectorShape('mean', matrix),
  meanEvent: (out: Float64Array, { mean }: Readonly<Record<'mean' | M, Float64Array>>) => out.set(mean),
});

/** The functions of the normal by its covariance; a Gaussian process has the same. */
export const byCovariance = {
  ...vectorsAround('covariance'),
  validateEvent: ({ covariance }: Vectors) => positiveDefiniteComplaint('covariance', covariance),
  logDensity: (x: Expr, { mean, covariance }: Readonly<Record<'mean' | 'covariance', Expr>>) =>
    byFactor(x, mean, cholesky(covariance)),
  sampleEvent: (stream: Stream, out: Float64Array, { mean, covariance }: Vectors) =>
    moveAlong(stream, out, mean, choleskyOf(covariance, out.length)),
  varianceEvent: (out: Float64Array, { covariance }: Vectors) => out.set(diagonalOf(covariance, out.length)),
};

const covarianceFamily = defineDistribution({
  name: 'multivariateNormal',
  summary: 'multivariate normal by its covariance',
  ...byCovariance,
});

const precisionFamily = defineDistribution({
  name: 'multivariateNormalPrecision',
  summary: 'multivariate normal by its precision, the inverse of the covariance',
  ...vectorsAround('precision'),
  validateEvent: ({ precision }) => positiveDefiniteComplaint('precision', precision),
  logDensity: (x, { mean, precision }) => {
    const factor = cholesky(precision);
    const lengths = squaredLengths(x.sub(mean), (columns) => matmul(factor.transpose(), columns));
    return lengths
      .mul(-0.5)
      .add(logDiagonal(factor))
      .sub(HALF_LOG_TWO_PI * mean.shape.at(-1)!);
  },
  sampleEvent: (stream, out, { mean, precision }) => {
    const d = out.length;
    const z = Float64Array.from(out, () => stream.normal());
    const shift = solveTriangular(choleskyOf(precision, d), d, z, { columns: 1, transpose: true });
    out.set(shift.map((v, i) => mean[i]! + v));
  },
  varianceEvent: (out, { precision }) => out.set(diagonalOf(symmetricInverse(precision, out.length), out.length)),
});

const factorFamily = defineDistribution({
  name: 'multivariateNormalCholesky',
  summary: 'multivariate normal by the Cholesky factor of its covariance',
  ...vectorsAround('factor'),
  validateEvent: ({ factor }) => factorComplaint('factor', factor),
  logDensity: (x, { mean, factor }) => byFactor(x, mean, factor),
  sampleEvent: (stream, out, { mean, factor }) => moveAlong(stream, out, mean, factor),
  varianceEvent: (out, { factor }) => {
    const d = out.length;
    for (let i = 0; i < d; i++) {
      out[i] = factor.subarray(i * d, i * d + i + 1).reduce((sum, v) => sum + v * v, 0);
    }
  },
});

/**
 * Multivariate normal: vectors around `mean` with this covariance. The log density is one number a vector.
 *
 * @param mean d numbers, or one row a vector // (d,) or (…, d)
 * @param covariance symmetric, positive definite; its lower triangle is read // (d, d)
 * @throws RangeError when a known covariance is not symmetric and positive definite, or the sizes do not fit
 * @example model().parameters({ beta: multivariateNormal([0, 0], [[1, 0.5], [0.5, 2]]) })
 */
export function multivariateNormal<A extends Arg, B extends Arg>(
  mean: A,
  covariance: B,
): Distribution<ShapeOfArg<A>, 'real'> {
  return covarianceFamily.of(mean, covariance);
}

/**
 * Multivariate normal by its precision matrix, the inverse of the covariance.
 *
 * @param mean d numbers, or one row a vector // (d,) or (…, d)
 * @param precision symmetric, positive definite; its lower triangle is read // (d, d)
 * @throws RangeError when a known precision is not symmetric and positive definite, or the sizes do not fit
 * @example model().parameters({ beta: multivariateNormalPrecision([0, 0], [[2, 0], [0, 4]]) })
 */
export function multivariateNormalPrecision<A extends Arg, B extends Arg>(
  mean: A,
  precision: B,
): Distribution<ShapeOfArg<A>, 'real'> {
  return precisionFamily.of(mean, precision);
}

/**
 * Multivariate normal by the Cholesky factor L of its covariance L Lᵀ: the cheapest form, and the one for
 * `lkjCholesky` times scales.
 *
 * @param mean d numbers, or one row a vector // (d,) or (…, d)
 * @param factor lower triangular with a positive diagonal // (d, d)
 * @throws RangeError when a known factor is not lower triangular with a positive diagonal, or the sizes do not fit
 * @example model().parameters({ beta: multivariateNormalCholesky([0, 0], [[1, 0], [0.5, 2]]) })
 */
export function multivariateNormalCholesky<A extends Arg, B extends Arg>(
  mean: A,
  factor: B,
): Distribution<ShapeOfArg<A>, 'real'> {
  return factorFamily.of(mean, factor);
}
