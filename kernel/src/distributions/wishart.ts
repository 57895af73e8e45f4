/** Wishart and inverse Wishart distributions of covariance matrices. */
import { cholesky as choleskyOf, symmetricInverse } from '../numeric/linalg/index.ts';
import type { Stream } from '../numeric/random.ts';
import { gammaVariate } from '../numeric/variates/index.ts';
import { cholesky, triangularSolve } from '../program/index.ts';
import type { Arg, Expr, ShapeOfArg } from '../program/types.ts';
import { positive, real } from './constraints.ts';
import { eachMatrix, logDiagonal, multivariateLogGamma, positiveDefiniteComplaint, squareShape } from './events.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

/** What is wrong with degrees of freedom and a scale matrix together. */
function complaint(nu: number, scale: Float64Array): string | undefined {
  const d = Math.sqrt(scale.length);
  if (!(nu > d - 1))
    return `nu must be above ${d - 1} for ${d} × ${d} matrices, got ${nu}; give more degrees of freedom`;
  return positiveDefiniteComplaint('scale', scale);
}

/** ν d / 2 log 2 + log Γ_d(ν / 2). */
const logNormaliser = (nu: Expr, d: number): Expr =>
  nu.mul(0.5 * d * Math.LN2).add(multivariateLogGamma(nu.mul(0.5), d));

/** ½ log |X| of each matrix. // (…, d, d) → (…) */
const logDeterminants = (x: Expr): Expr => eachMatrix(x, (matrix) => logDiagonal(cholesky(matrix)));

/** L A Aᵀ Lᵀ, scale = L Lᵀ, with Bartlett's (1933) triangular A: roots of chi-squared variates over normal ones. */
function drawWishart(stream: Stream, out: Float64Array, nu: number, scale: Float64Array): void {
  const d = Math.sqrt(out.length);
  const l = choleskyOf(scale, d);
  const a = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < i; j++) a[i * d + j] = stream.normal();
    a[i * (d + 1)] = Math.sqrt(2 * gammaVariate(stream, (nu - i) / 2));
  }
  const b = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) for (let k = j; k <= i; k++) b[i * d + j]! += l[i * d + k]! * a[k * d + j]!;
  }
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k <= j; k++) sum += b[i * d + k]! * b[j * d + k]!;
      out[i * d + j] = sum;
      out[j * d + i] = sum;
    }
  }
}

/** f of element, diagonal of its row, diagonal of its column, for each element of a matrix. */
function fill(out: Float64Array, scale: Float64Array, f: (s: number, row: number, column: number) => number): void {
  const d = Math.sqrt(out.length);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) out[i * d + j] = f(scale[i * d + j]!, scale[i * (d + 1)]!, scale[j * (d + 1)]!);
  }
}

/** What both families are described by. */
const covarianceMatrices = {
  kind: 'real',
  parameters: { nu: positive, scale: real },
  ranks: { scale: 2 },
  support: {},
  structure: 'covariance',
  eventRank: 2,
  eventShape: squareShape('scale'),
  validateEvent: ({ nu, scale }: Readonly<Record<'nu' | 'scale', Float64Array>>) => complaint(nu[0]!, scale),
} as const;

const family = defineDistribution({
  name: 'wishart',
  summary: 'Wishart over covariance matrices',
  ...covarianceMatrices,
  // ½(ν − d − 1) log |X| − ½ tr(S⁻¹ X) − ½ ν log |S| − …, the trace as |L_S⁻¹ L_X|²
  logDensity: (x, { nu, scale }) => {
    const d = x.shape.at(-1)!;
    const factor = cholesky(scale);
    const trace = eachMatrix(x, (matrix) => triangularSolve(factor, cholesky(matrix)).square().sum());
    const own = logDeterminants(x)
      .mul(nu.sub(d + 1))
      .sub(trace.mul(0.5));
    return own.sub(nu.mul(logDiagonal(factor))).sub(logNormaliser(nu, d));
  },
  sampleEvent: (stream, out, { nu, scale }) => drawWishart(stream, out, nu[0]!, scale),
  meanEvent: (out, { nu, scale }) => fill(out, scale, (s) => nu[0]! * s),
  varianceEvent: (out, { nu, scale }) => fill(out, scale, (s, a, b) => nu[0]! * (s * s + a * b)),
});

const inverseFamily = defineDistribution({
  name: 'inverseWishart',
  summary: 'inverse Wishart over covariance matrices',
  ...covarianceMatrices,
  // ½ ν log |S| − ½(ν + d + 1) log |X| − ½ tr(S X⁻¹) − …, the trace as |L_X⁻¹ L_S|²
  logDensity: (x, { nu, scale }) => {
    const d = x.shape.at(-1)!;
    const factor = cholesky(scale);
    const trace = eachMatrix(x, (matrix) => triangularSolve(cholesky(matrix), factor).square().sum());
    const own = logDeterminants(x)
      .mul(nu.add(d + 1))
      .add(trace.mul(0.5));
    return nu.mul(logDiagonal(factor)).sub(own).sub(logNormaliser(nu, d));
  },
  sampleEvent: (stream, out, { nu, scale }) => {
    const d = Math.sqrt(out.length);
    const precision = new Float64Array(out.length);
    drawWishart(stream, precision, nu[0]!, symmetricInverse(scale, d));
    out.set(symmetricInverse(precision, d));
  },
  meanEvent: (out, { nu, scale }) => {
    const free = nu[0]! - Math.sqrt(out.length) - 1;
    fill(out, scale, (s) => (free > 0 ? s / free : Number.NaN));
  },
  varianceEvent: (out, { nu, scale }) => {
    const free = nu[0]! - Math.sqrt(out.length) - 1;
    const divisor = (free + 1) * free ** 2 * (free - 2);
    fill(out, scale, (s, a, b) =>
      free > 2 ? ((free + 2) * s * s + free * a * b) / divisor : free > 0 ? Infinity : Number.NaN,
    );
  },
});

/**
 * Wishart: the sum of ν outer products of normal vectors of covariance `scale`; mean ν · scale. The density is with
 * respect to the elements on and below the diagonal.
 *
 * @param nu degrees of freedom, above d − 1
 * @param scale symmetric, positive definite // (d, d)
 * @throws RangeError when a known argument is out of range
 * @example model().parameters({ precision: wishart(4, [[1, 0], [0, 1]]) })
 */
export function wishart<A extends Arg, B extends Arg>(nu: A, scale: B): Distribution<ShapeOfArg<B>, 'real'> {
  return family.of(nu, scale);
}

/**
 * Inverse Wishart: covariance matrices whose inverse is wishart(ν, scale⁻¹); mean scale / (ν − d − 1).
 *
 * @param nu degrees of freedom, above d − 1
 * @param scale symmetric, positive definite // (d, d)
 * @throws RangeError when a known argument is out of range
 * @example model().parameters({ sigma: inverseWishart(5, [[1, 0], [0, 1]]) })
 */
export function inverseWishart<A extends Arg, B extends Arg>(nu: A, scale: B): Distribution<ShapeOfArg<B>, 'real'> {
  return inverseFamily.of(nu, scale);
}
