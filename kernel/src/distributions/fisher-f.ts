/** F distribution (Fisher & Snedecor). */
import { betaQuantilePair, betaTails } from '../numeric/special/index.ts';
import { gammaVariate } from '../numeric/variates/index.ts';
import type { Arg, Broadcast, ShapeOfArg } from '../program/types.ts';
import { positive } from './constraints.ts';
import { betaLower, logBeta, xlogy } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

/** P(X ≤ x) and P(X > x). */
function tails(x: number, nu1: number, nu2: number): readonly [number, number] {
  if (!(x > 0)) return Number.isNaN(x) ? [x, x] : [0, 1];
  const ratio = (nu1 / nu2) * x;
  if (ratio === Infinity) return [1, 0];
  if (ratio === 0) return [0, 1];
  return betaTails(nu1 / 2, nu2 / 2, ratio / (1 + ratio), 1 / (1 + ratio));
}

const family = defineDistribution({
  name: 'fisherF',
  summary: 'F: ratio of two mean squares',
  kind: 'real',
  parameters: { nu1: positive, nu2: positive },
  support: { lower: 0 },
  logDensity: (x, { nu1, nu2 }) => {
    const [a, b] = [nu1.mul(0.5), nu2.mul(0.5)];
    const ratio = nu1.div(nu2);
    const power = xlogy(a.sub(1), x).add(a.mul(ratio.log()));
    return power.sub(a.add(b).mul(ratio.mul(x).log1p())).sub(logBeta(a, b));
  },
  cdf: (x, { nu1, nu2 }) => tails(x, nu1, nu2)[0],
  upperCdf: (x, { nu1, nu2 }) => tails(x, nu1, nu2)[1],
  tracedLogCdf: (x, { nu1, nu2 }) => betaLower(nu1.mul(0.5), nu2.mul(0.5), nu1.mul(x).div(nu1.mul(x).add(nu2))).log(),
  tracedLogUpperCdf: (x, { nu1, nu2 }) => betaLower(nu2.mul(0.5), nu1.mul(0.5), nu2.div(nu1.mul(x).add(nu2))).log(),
  quantile: (p, { nu1, nu2 }) => {
    if (p === 0 || p === 1) return p === 0 ? 0 : Infinity;
    const [x, y] = betaQuantilePair(p, 1 - p, nu1 / 2, nu2 / 2);
    return (nu2 / nu1) * (x / y);
  },
  mean: ({ nu2 }) => (nu2 > 2 ? nu2 / (nu2 - 2) : Infinity),
  variance: ({ nu1, nu2 }) => (nu2 > 4 ? (2 * (nu2 / (nu2 - 2)) ** 2 * (nu1 + nu2 - 2)) / (nu1 * (nu2 - 4)) : Infinity),
  sample: (stream, { nu1, nu2 }) => gammaVariate(stream, nu1 / 2) / nu1 / (gammaVariate(stream, nu2 / 2) / nu2),
});

/**
 * F: the ratio of two independent chi-squared variables, each over its degrees of freedom.
 *
 * @param nu1 degrees of freedom of the numerator, > 0: scalar or array, broadcast with `nu2`
 * @param nu2 degrees of freedom of the denominator, > 0; the mean is there for ν₂ > 2
 * @throws RangeError when a parameter known at definition is not positive, or the lengths do not fit
 * @example fisherF(5, 10).upperCdf(3.33)
 */
export function fisherF<A extends Arg, B extends Arg>(
  nu1: A,
  nu2: B,
): Distribution<Broadcast<ShapeOfArg<A>, ShapeOfArg<B>>, 'real'> {
  return family.of(nu1, nu2);
}
