/** Multinomial distribution. */
import { binomialVariate } from '../numeric/variates/index.ts';
import { where } from '../program/index.ts';
import type { Arg, ShapeOfArg } from '../program/types.ts';
import { count, unitInterval } from './constraints.ts';
import { sumComplaint } from './events.ts';
import { logGamma, xlogy } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

const family = defineDistribution({
  name: 'multinomial',
  summary: 'multinomial: counts of each of several outcomes',
  kind: 'int',
  parameters: { trials: count, probabilities: unitInterval },
  ranks: { probabilities: 1 },
  support: { lower: 0, integer: true },
  eventRank: 1,
  eventShape: ({ probabilities }) => probabilities,
  validateEvent: ({ probabilities }) => sumComplaint('probabilities', probabilities),
  logDensity: (x, { trials, probabilities }) => {
    const arrangements = logGamma(trials.add(1)).sub(logGamma(x.add(1)).sum(-1));
    const density = xlogy(x, probabilities).sum(-1).add(arrangements);
    return where(x.sum(-1).eq(trials), density, -Infinity);
  },
  sampleEvent: (stream, out, { trials, probabilities }) => {
    let left = trials[0]!;
    let rest = 1;
    for (let k = 0; k < out.length - 1; k++) {
      const p = probabilities[k]!;
      out[k] = rest > 0 ? binomialVariate(stream, left, Math.min(p / rest, 1)) : 0;
      left -= out[k]!;
      rest -= p;
    }
    out[out.length - 1] = left;
  },
  meanEvent: (out, { trials, probabilities }) => {
    out.set(probabilities.map((p) => trials[0]! * p));
  },
  varianceEvent: (out, { trials, probabilities }) => {
    out.set(probabilities.map((p) => trials[0]! * p * (1 - p)));
  },
});

/**
 * Multinomial: how often each of K outcomes comes in `trials` trials. The log probability is one number a vector, −∞
 * for counts that do not sum to `trials`.
 *
 * @param trials n, a whole number of at least 0: scalar or one a vector
 * @param probabilities K numbers that sum to 1 // (K,) or (…, K)
 * @throws RangeError when an argument known at definition is out of range, or the lengths do not fit; data that are not
 * counts are refused
 * @example model().data({ seats: [4, 3, 3] }).parameters({ shares: dirichlet([1, 1, 1]) }).observe(({ shares }) => ({ seats: multinomial(10, shares) }))
 */
export function multinomial<A extends Arg, B extends Arg>(
  trials: A,
  probabilities: B,
): Distribution<ShapeOfArg<B>, 'int'> {
  return family.of(trials, probabilities);
}
