/** Dirichlet distribution over probability vectors. */
import { exp } from '../numeric/elementary.ts';
import { logGammaVariate } from '../numeric/variates/index.ts';
import type { Arg, ShapeOfArg } from '../program/types.ts';
import { positive } from './constraints.ts';
import { logGamma, xlogy } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

const family = defineDistribution({
  name: 'dirichlet',
  summary: 'Dirichlet over probability vectors',
  kind: 'real',
  parameters: { concentration: positive },
  ranks: { concentration: 1 },
  support: { lower: 0, upper: 1 },
  structure: 'simplex',
  eventRank: 1,
  eventShape: ({ concentration }) =>
    concentration[0]! >= 2 ? concentration : `concentration must have at least 2 elements, got ${concentration[0]}`,
  logDensity: (x, { concentration }) => {
    const normaliser = logGamma(concentration.sum(-1)).sub(logGamma(concentration).sum(-1));
    return xlogy(concentration.sub(1), x).sum(-1).add(normaliser);
  },
  sampleEvent: (stream, out, { concentration }) => {
    const logs = concentration.map((alpha) => logGammaVariate(stream, alpha)); // they do not underflow
    const most = logs.reduce((a, b) => Math.max(a, b), -Infinity);
    const sum = sumOf(logs.map((v) => exp(v - most)));
    for (let i = 0; i < out.length; i++) out[i] = exp(logs[i]! - most) / sum;
  },
  meanEvent: (out, { concentration }) => {
    out.set(concentration.map((alpha) => alpha / sumOf(concentration)));
  },
  varianceEvent: (out, { concentration }) => {
    const sum = sumOf(concentration);
    out.set(concentration.map((alpha) => ((alpha / sum) * (1 - alpha / sum)) / (sum + 1)));
  },
});

/**
 * Dirichlet with density Γ(Σ α) / Π Γ(αₖ) · Π xₖ^(αₖ−1) over vectors of numbers of at least 0 that sum to 1, with
 * respect to all elements but the last; all α = 1 is flat, as `simplex`. The log density is one number a vector.
 *
 * @param concentration α, at least two positive numbers // (K,) or (…, K)
 * @throws RangeError when an element known at definition is not positive
 * @example model().data({ party: [0, 2, 1] }).parameters({ shares: dirichlet([2, 2, 2]) }).observe(({ shares }) => ({ party: categorical(shares) }))
 */
export function dirichlet<A extends Arg>(concentration: A): Distribution<ShapeOfArg<A>, 'real'> {
  return family.of(concentration);
}
