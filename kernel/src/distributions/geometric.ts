/** Geometric distribution of the failures before the first success. */
import { exp, expm1, log1p } from '../numeric/elementary.ts';
import type { Arg, ShapeOfArg } from '../program/types.ts';
import { unitIntervalAboveZero } from './constraints.ts';
import { log1mExp, xlog1py } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

/** log P(X > x). */
function logUpper(x: number, p: number): number {
  if (Number.isNaN(x)) return x;
  if (x < 0) return 0;
  return p === 1 ? -Infinity : (Math.floor(x) + 1) * log1p(-p);
}

const family = defineDistribution({
  name: 'geometric',
  summary: 'geometric: failures before the first success',
  kind: 'int',
  parameters: { probability: unitIntervalAboveZero },
  support: { lower: 0, integer: true },
  logDensity: (x, { probability }) => probability.log().add(xlog1py(x, probability.neg())),
  cdf: (x, { probability }) => (x < 0 ? 0 : -expm1(logUpper(x, probability))),
  upperCdf: (x, { probability }) => exp(logUpper(x, probability)),
  tracedLogCdf: (x, { probability }) => log1mExp(x.floor().add(1).mul(probability.neg().log1p())),
  tracedLogUpperCdf: (x, { probability }) => x.floor().add(1).mul(probability.neg().log1p()),
  quantile: (u, { probability: p }) => {
    if (p === 1 || u === 0) return 0;
    if (u === 1) return Infinity;
    const near = Math.max(Math.ceil(log1p(-u) / log1p(-p)) - 1, 0);
    const below = (k: number): boolean => -expm1(logUpper(k, p)) < u; // rounding may put `near` one off
    return below(near) ? near + 1 : near > 0 && !below(near - 1) ? near - 1 : near;
  },
  mean: ({ probability: p }) => (1 - p) / p,
  variance: ({ probability: p }) => (1 - p) / p ** 2,
  sample: (stream, { probability: p }) => (p === 1 ? 0 : Math.floor(-stream.exponential() / log1p(-p))),
});

/**
 * Geometric: the number of failures before the first success, p (1 − p)^x for x = 0, 1, 2, …
 *
 * @param probability p of a success, above 0 and at most 1: scalar or array
 * @throws RangeError when it is known at definition and out of range; data that are not counts are refused
 * @example model().data({ misses: [0, 3, 1] }).parameters({ p: beta(1, 1) }).observe(({ p }) => ({ misses: geometric(p) }))
 */
export function geometric<A extends Arg>(probability: A): Distribution<ShapeOfArg<A>, 'int'> {
  return family.of(probability);
}
