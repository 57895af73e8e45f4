/** Categorical distribution, by probabilities and by logits. */
import { exp } from '../numeric/elementary.ts';
import type { Stream } from '../numeric/random.ts';
import type { Arg, ShapeOfArg } from '../program/types.ts';
import { codes, knownByWeights } from './codes.ts';
import { real, unitInterval } from './constraints.ts';
import { sumComplaint, takeLast } from './events.ts';
import { defineDistribution } from './registry.ts';
import type { Batch, Distribution } from './types.ts';

/** A code by inversion of weights that need not sum to 1. */
function codeOf(stream: Stream, weights: Float64Array): number {
  let rest = stream.uniform() * weights.reduce((sum, w) => sum + w, 0);
  for (let k = 0; k < weights.length - 1; k++) {
    rest -= weights[k]!;
    if (rest < 0) return k;
  }
  return weights.length - 1;
}

/** e^logit over the largest. */
function weightsOf(logits: Float64Array): Float64Array {
  const most = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  return logits.map((logit) => exp(logit - most));
}

const probabilityFamily = defineDistribution({
  name: 'categorical',
  summary: 'categorical: one of several codes, with a probability each',
  kind: 'int',
  parameters: { probabilities: unitInterval },
  ranks: { probabilities: 1 },
  support: { lower: 0, integer: true },
  validateEvent: ({ probabilities }) => sumComplaint('probabilities', probabilities),
  logDensity: (x, { probabilities }) => takeLast(probabilities, x).log(),
  sampleEvent: (stream, out, { probabilities }) => {
    out[0] = codeOf(stream, probabilities);
  },
  ...knownByWeights(({ probabilities }: Readonly<Record<'probabilities', Float64Array>>) => probabilities),
});

const logitFamily = defineDistribution({
  name: 'categoricalLogit',
  summary: 'categorical by unnormalised log probabilities',
  kind: 'int',
  parameters: { logits: real },
  ranks: { logits: 1 },
  support: { lower: 0, integer: true },
  logDensity: (x, { logits }) => takeLast(logits, x).sub(logits.logSumExp(-1)),
  sampleEvent: (stream, out, { logits }) => {
    out[0] = codeOf(stream, weightsOf(logits));
  },
  ...knownByWeights(({ logits }: Readonly<Record<'logits', Float64Array>>) => weightsOf(logits)),
});

/**
 * Categorical: the code k = 0 … K − 1 with probability pₖ. (Stan counts from 1.)
 *
 * @param probabilities K numbers that sum to 1, or one row an observation // (K,) or (…, K)
 * @throws RangeError when they are known at definition and negative or do not sum to 1; data that are no codes of
 * 0 … K − 1 are refused
 * @example
 * const votes = model()
 *   .data({ party: [0, 2, 1, 0] })
 *   .parameters({ shares: dirichlet([1, 1, 1]) })
 *   .observe(({ shares }) => ({ party: categorical(shares) }));
 */
export function categorical<A extends Arg>(probabilities: A): Distribution<Batch<ShapeOfArg<A>>, 'int'> {
  const distribution = codes(probabilityFamily, [probabilities], (d) => d.parameters.probabilities!.shape.at(-1)! - 1);
  return distribution as unknown as Distribution<Batch<ShapeOfArg<A>>, 'int'>;
}

/**
 * Categorical by logits: the code k = 0 … K − 1 with probability e^lₖ / Σ e^l. What multinomial logistic regression is
 * made of; a constant added to all logits changes nothing, so one of them is usually held at 0.
 *
 * @param logits K numbers, or one row an observation // (K,) or (…, K)
 * @throws RangeError for data that are no codes of 0 … K − 1
 * @example model().data({ choice: [0, 2, 1] }).parameters({ l: normal(0, 1).size(3) }).observe(({ l }) => ({ choice: categoricalLogit(l) }))
 */
export function categoricalLogit<A extends Arg>(logits: A): Distribution<Batch<ShapeOfArg<A>>, 'int'> {
  const distribution = codes(logitFamily, [logits], (d) => d.parameters.logits!.shape.at(-1)! - 1);
  return distribution as unknown as Distribution<Batch<ShapeOfArg<A>>, 'int'>;
}
