/** Distributions of codes 0 … K − 1 by the weight of each: moments, distribution function and quantiles are sums. */
import { constant } from '../program/index.ts';
import type { Arg } from '../program/types.ts';
import { FamilyDistribution } from './distribution.ts';
import type { Family } from './types.ts';

/** A distribution of codes 0 … `last`, of the family's parameters. */
export function codes(
  family: unknown,
  args: readonly Arg[],
  last: (d: FamilyDistribution) => number,
): FamilyDistribution {
  const distribution = FamilyDistribution.of(family as Family, args);
  const upper = { side: 'upper', value: constant(last(distribution)), open: false, origin: 'family' } as const;
  return distribution.structured('real', [upper]);
}

/** Σ of weights of the codes from … to, to left out. */
function sum(weights: Float64Array, from: number, to: number): number {
  let total = 0;
  for (let k = from; k < to; k++) total += weights[k]!;
  return total;
}

function meanOf(weights: Float64Array): number {
  return weights.reduce((total, w, k) => total + k * w, 0) / sum(weights, 0, weights.length);
}

/** What is known of codes by weights that need not sum to 1. */
export function knownByWeights<P>(weightsOf: (parameters: P) => Float64Array) {
  return {
    meanEvent: (out: Float64Array, parameters: P): void => {
      out[0] = meanOf(weightsOf(parameters));
    },
    varianceEvent: (out: Float64Array, parameters: P): void => {
      const weights = weightsOf(parameters);
      const mean = meanOf(weights);
      out[0] = weights.reduce((total, w, k) => total + (k - mean) ** 2 * w, 0) / sum(weights, 0, weights.length);
    },
    tailsEvent: (x: number, parameters: P): readonly [lower: number, upper: number] => {
      if (Number.isNaN(x)) return [x, x];
      const weights = weightsOf(parameters);
      const after = Math.min(Math.max(Math.floor(x) + 1, 0), weights.length);
      const total = sum(weights, 0, weights.length);
      return [sum(weights, 0, after) / total, sum(weights, after, weights.length) / total];
    },
    quantileEvent: (p: number, parameters: P): number => {
      const weights = weightsOf(parameters);
      const wanted = p * sum(weights, 0, weights.length);
      let k = 0;
      for (let below = weights[0]!; below < wanted && k < weights.length - 1; k++) below += weights[k + 1]!;
      return k;
    },
  };
}
