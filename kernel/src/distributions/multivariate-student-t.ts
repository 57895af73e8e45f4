/** Multivariate Student's t distribution. */
import { cholesky as choleskyOf } from '../numeric/linalg/index.ts';
import { gammaVariate } from '../numeric/variates/index.ts';
import { cholesky, constant, triangularSolve } from '../program/index.ts';
import type { Arg, ShapeOfArg } from '../program/types.ts';
import { positive, real } from './constraints.ts';
import { logDiagonal, positiveDefiniteComplaint, squaredLengths, vectorShape } from './events.ts';
import { LOG_PI, logRising } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

const family = defineDistribution({
  name: 'multivariateStudentT',
  summary: "multivariate Student's t with degrees of freedom, location and scale matrix",
  kind: 'real',
  parameters: { nu: positive, location: real, scale: real },
  ranks: { location: 1, scale: 2 },
  support: {},
  eventRank: 1,
  eventShape: vectorShape('location', 'scale'),
  validateEvent: ({ scale }) => positiveDefiniteComplaint('scale', scale),
  logDensity: (x, { nu, location, scale }) => {
    const d = location.shape.at(-1)!;
    const factor = cholesky(scale);
    const lengths = squaredLengths(x.sub(location), (columns) => triangularSolve(factor, columns));
    const power = lengths.div(nu).log1p().mul(nu.add(d)).mul(-0.5);
    // log Γ((ν + d)/2) − log Γ(ν/2) − d/2 log(ν π) = logRising(ν/2, d/2) − d/2 log 2π
    const normaliser = logRising(nu.mul(0.5), constant(d / 2)).sub((d / 2) * (LOG_PI + Math.LN2));
    return power.add(normaliser).sub(logDiagonal(factor));
  },
  sampleEvent: (stream, out, { nu, location, scale }) => {
    const d = out.length;
    const factor = choleskyOf(scale, d);
    const z = Float64Array.from(out, () => stream.normal());
    const stretch = Math.sqrt(nu[0]! / 2 / gammaVariate(stream, nu[0]! / 2));
    for (let i = 0; i < d; i++) {
      let sum = 0;
      for (let j = 0; j <= i; j++) sum += factor[i * d + j]! * z[j]!;
      out[i] = location[i]! + stretch * sum;
    }
  },
  meanEvent: (out, { nu, location }) => out.set(location.map((m) => (nu[0]! > 1 ? m : Number.NaN))),
  varianceEvent: (out, { nu, scale }) => {
    const factor = nu[0]! > 2 ? nu[0]! / (nu[0]! - 2) : nu[0]! > 1 ? Infinity : Number.NaN;
    for (let i = 0; i < out.length; i++) out[i] = factor * scale[i * (out.length + 1)]!;
  },
});

/**
 * Multivariate Student's t: multivariate normal with one heavy tail in all directions. The log density is one number a
 * vector.
 *
 * @param nu degrees of freedom ν > 0: scalar, or one a vector
 * @param location d numbers, or one row a vector // (d,) or (…, d)
 * @param scale symmetric, positive definite; the covariance is ν / (ν − 2) times this // (d, d)
 * @throws RangeError when a known argument is out of range, or the sizes do not fit
 * @example model().parameters({ beta: multivariateStudentT(4, [0, 0], [[1, 0.5], [0.5, 2]]) })
 */
export function multivariateStudentT<A extends Arg, B extends Arg, C extends Arg>(
  nu: A,
  location: B,
  scale: C,
): Distribution<ShapeOfArg<B>, 'real'> {
  return family.of(nu, location, scale);
}
