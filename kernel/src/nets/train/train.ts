/**
 * Training: batches in a seeded order, an update each, and after an epoch validation, metrics and callbacks.
 *
 * What a step does depends on the seed, the number of the epoch and that of the step alone. So a run that is stopped,
 * also in the middle of an epoch, and goes on later has the bits of one that was never stopped.
 */
import type { Expr } from '../../program/index.ts';
import type { Network } from '../net.ts';
import type { Value } from '../types.ts';
import type { TrainingData } from './examples.ts';
import type { History } from './history.ts';
import { Loop } from './loop.ts';
import type { TrainOptions } from './options.ts';

/**
 * Train a net: make its mean loss over the data small. The net is changed in place.
 *
 * Interrupted, it keeps what there is, and `resume: history` goes on. All random choices come from `seed` (default the
 * net's own).
 *
 * @param data examples `x` and targets `y`: nested or flat arrays, labels as whole numbers or a factor
 * @throws RangeError for data that do not fit the net and the loss, and options out of range
 * @throws TrainingError as soon as the loss is not finite, with the layer, the step, and what to try
 * @example
 * const net = network(sequential(linear(64, 32), relu(), linear(32, 10)), { input: [64] });
 * const history = await train(net, { x: pixels, y: digit }, { loss: crossEntropy(), optimiser: adam(), epochs: 10 });
 */
export async function train<Out extends Value = Expr>(
  net: Network<Out>,
  data: TrainingData,
  options: TrainOptions<Out>,
): Promise<History> {
  return new Loop(net, data, options).run();
}
