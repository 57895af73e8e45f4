/** Probability vectors, all equally likely. */
import { lgamma } from '../numeric/special/index.ts';
import { broadcastTo } from '../program/index.ts';
import { FamilyDistribution } from './distribution.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

const family = defineDistribution({
  name: 'simplex',
  summary: 'flat over probability vectors: elements at least 0 that sum to 1',
  signature: 'simplex(size)',
  kind: 'real',
  parameters: {},
  support: { lower: 0, upper: 1 },
  structure: 'simplex',
  eventRank: 1,
  logDensity: (x) => broadcastTo(lgamma(x.shape.at(-1)!), x.shape.slice(0, -1)), // volume 1 / Γ(n)
  sampleEvent: (stream, out) => {
    let sum = 0;
    for (let i = 0; i < out.length; i++) {
      out[i] = stream.exponential();
      sum += out[i]!;
    }
    for (let i = 0; i < out.length; i++) out[i]! /= sum;
  },
  meanEvent: (out) => out.fill(1 / out.length),
  varianceEvent: (out) => out.fill((out.length - 1) / (out.length ** 2 * (out.length + 1))),
});

/**
 * Flat over the simplex: vectors of n numbers of at least 0 that sum to 1 (Dirichlet with all parameters 1). The log
 * density is one number a vector, log Γ(n), with respect to the first n − 1 elements.
 *
 * @param n length of the vector, a whole number of at least 2
 * @throws RangeError for anything else
 * @example model().parameters({ shares: simplex(3) })
 */
export function simplex<const N extends number>(n: N): Distribution<[N], 'real'> {
  if (!(Number.isInteger(n) && n >= 2)) {
    throw new RangeError(`simplex: expected a whole number of elements of at least 2, got ${n}`);
  }
  return FamilyDistribution.of(family as never, [], [n]) as unknown as Distribution<[N], 'real'>;
}
