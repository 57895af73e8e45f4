/**
 * LKJ distribution of correlation matrices, and of their Cholesky factors (Lewandowski, Kurowicka & Joe 2009, Journal
 * of Multivariate Analysis 100, 1989–2001).
 */
import { exp } from '../numeric/elementary.ts';
import type { Stream } from '../numeric/random.ts';
import { logBeta as logBetaOf } from '../numeric/special/index.ts';
import { betaVariate } from '../numeric/variates/index.ts';
import { cholesky, diagonal } from '../program/index.ts';
import type { Arg, Expr } from '../program/types.ts';
import { positive } from './constraints.ts';
import { FamilyDistribution } from './distribution.ts';
import { eachMatrix, logDiagonal } from './events.ts';
import { logBeta } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution, Family } from './types.ts';

/**
 * Minus the log of the integral of |Ω|^(η−1) over correlation matrices: equation 17 of the paper,
 * Σ (d − k) ((2η − 2 + d − k) log 2 + log B(b, b)), b = η + (d − k − 1)/2, k = 1 … d − 1.
 */
function logNormaliser(d: number, eta: Expr): Expr {
  const terms = Array.from({ length: d - 1 }, (_, i) => {
    const rest = d - 1 - i; // d − k
    const b = eta.add((rest - 1) / 2);
    return eta
      .mul(2)
      .add(rest - 2)
      .mul(Math.LN2)
      .add(logBeta(b, b))
      .mul(rest);
  });
  return terms.reduce((sum, term) => sum.add(term)).neg();
}

/** Cholesky factor of a correlation matrix from its canonical partial correlations, each a beta on −1 … 1. */
function drawFactor(stream: Stream, out: Float64Array, eta: number): void {
  const d = Math.sqrt(out.length);
  out.fill(0);
  for (let i = 0; i < d; i++) {
    let rest = 1;
    for (let j = 0; j < i; j++) {
      const shape = eta + (d - 2 - j) / 2;
      const z = 2 * betaVariate(stream, shape, shape) - 1;
      out[i * d + j] = z * Math.sqrt(rest);
      rest *= 1 - z * z;
    }
    out[i * (d + 1)] = Math.sqrt(rest);
  }
}

/** L Lᵀ with a diagonal of exactly 1. */
function correlationOf(factor: Float64Array, out: Float64Array): void {
  const d = Math.sqrt(out.length);
  for (let i = 0; i < d; i++) {
    out[i * (d + 1)] = 1;
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let k = 0; k <= j; k++) sum += factor[i * d + k]! * factor[j * d + k]!;
      out[i * d + j] = sum;
      out[j * d + i] = sum;
    }
  }
}

/** Identity, and the variance 1 / (2η + d − 1) of each correlation. */
const identity = (out: Float64Array): void => {
  const d = Math.sqrt(out.length);
  out.fill(0);
  for (let i = 0; i < d; i++) out[i * (d + 1)] = 1;
};

const correlationFamily = defineDistribution({
  name: 'lkjCorrelation',
  summary: 'LKJ over correlation matrices',
  signature: 'lkjCorrelation(size, eta)',
  kind: 'real',
  parameters: { eta: positive },
  support: { lower: -1, upper: 1 },
  structure: 'correlation',
  eventRank: 2,
  logDensity: (x, { eta }) =>
    eachMatrix(x, (matrix) => logDiagonal(cholesky(matrix)))
      .mul(2)
      .mul(eta.sub(1))
      .add(logNormaliser(x.shape.at(-1)!, eta)),
  sampleEvent: (stream, out, { eta }) => {
    const factor = new Float64Array(out.length);
    drawFactor(stream, factor, eta[0]!);
    correlationOf(factor, out);
  },
  meanEvent: identity,
  varianceEvent: (out, { eta }) => {
    const d = Math.sqrt(out.length);
    out.fill(1 / (2 * eta[0]! + d - 1));
    for (let i = 0; i < d; i++) out[i * (d + 1)] = 0;
  },
});

const factorFamily = defineDistribution({
  name: 'lkjCholesky',
  summary: 'LKJ over Cholesky factors of correlation matrices',
  signature: 'lkjCholesky(size, eta)',
  kind: 'real',
  parameters: { eta: positive },
  support: { lower: -1, upper: 1 },
  structure: 'correlation cholesky',
  eventRank: 2,
  // Π Lₖₖ^(d − k + 2η − 2), k = 2 … d: the determinant, and the Jacobian of L ↦ L Lᵀ
  logDensity: (x, { eta }) => {
    const d = x.shape.at(-1)!;
    const logs = x.shape.length === 2 ? diagonal(x).log() : undefined;
    const weights = Float64Array.from({ length: d }, (_, k) => (k === 0 ? 0 : d - 1 - k));
    const rows = (matrix: Expr): Expr => diagonal(matrix).log();
    const jacobian = eachMatrix(x, (matrix) => (logs ?? rows(matrix)).mul(weights).sum());
    const determinant = eachMatrix(x, (matrix) => (logs ?? rows(matrix)).slice(1).sum());
    return determinant.mul(eta.sub(1)).mul(2).add(jacobian).add(logNormaliser(d, eta));
  },
  sampleEvent: (stream, out, { eta }) => drawFactor(stream, out, eta[0]!),
  meanEvent: (out, { eta }) => factorMoments(out, eta[0]!, 'mean'),
  varianceEvent: (out, { eta }) => factorMoments(out, eta[0]!, 'variance'),
});

/**
 * Moments of the elements of a factor: products of those of its partial correlations z, 2 beta(b, b) − 1, of which
 * E z² = 1 / (2b + 1) and E √(1 − z²) = 2 B(b + ½, b + ½) / B(b, b).
 */
function factorMoments(out: Float64Array, eta: number, which: 'mean' | 'variance'): void {
  const d = Math.sqrt(out.length);
  out.fill(0);
  for (let i = 0; i < d; i++) {
    let rest = 1; // E Π (1 − z²)
    let root = 1; // E Π √(1 − z²)
    for (let j = 0; j < i; j++) {
      const b = eta + (d - 2 - j) / 2;
      if (which === 'variance') out[i * d + j] = rest / (2 * b + 1);
      rest *= (2 * b) / (2 * b + 1);
      root *= 2 * exp(logBetaOf(b + 0.5, b + 0.5) - logBetaOf(b, b));
    }
    out[i * (d + 1)] = which === 'mean' ? root : rest - root * root;
  }
}

function matrices(family: unknown, name: string, dimension: number, eta: Arg): FamilyDistribution {
  if (!(Number.isInteger(dimension) && dimension >= 2)) {
    throw new RangeError(`${name}: expected a whole number of rows of at least 2, got ${dimension}`);
  }
  return FamilyDistribution.of(family as Family, [eta], [dimension, dimension]);
}

/**
 * LKJ: correlation matrices Ω with density proportional to |Ω|^(η−1), with respect to the elements below the diagonal.
 * η = 1 is flat, larger η draws towards no correlation. `lkjCholesky` is cheaper where only a factor is needed.
 *
 * @param dimension d, the number of rows, at least 2
 * @param eta η > 0
 * @throws RangeError when an argument known at definition is out of range
 * @example model().parameters({ omega: lkjCorrelation(3, 2) })
 */
export function lkjCorrelation<const N extends number>(dimension: N, eta: Arg): Distribution<[N, N], 'real'> {
  return matrices(correlationFamily, 'lkjCorrelation', dimension, eta) as unknown as Distribution<[N, N], 'real'>;
}

/**
 * LKJ by Cholesky factors L of correlation matrices L Lᵀ: what hierarchical models with correlated effects are made of.
 *
 * @param dimension d, the number of rows, at least 2
 * @param eta η > 0, as `lkjCorrelation`
 * @throws RangeError when an argument known at definition is out of range
 * @example
 * const slopes = model()
 *   .parameters({ factor: lkjCholesky(2, 2), tau: halfNormal(0, 1).size(2) })
 *   .parameters(({ factor, tau }) => ({
 *     effects: multivariateNormalCholesky([0, 0], factor.mul(tau.reshape(2, 1))).size(8),
 *   }));
 */
export function lkjCholesky<const N extends number>(dimension: N, eta: Arg): Distribution<[N, N], 'real'> {
  return matrices(factorFamily, 'lkjCholesky', dimension, eta) as unknown as Distribution<[N, N], 'real'>;
}
