/**
 * L-BFGS for training: the optimiser of `estimate/optimise`, on the loss of all data at once. Its steps are chosen by a
 * line search, so it takes no rate, no schedule and no batches, and is no rule for one parameter alone.
 */
import type { Options } from '../../estimate/optimise/lbfgs.ts';

/** L-BFGS with its options; the training loop knows it by `whole`. */
export interface WholeOptimiser {
  readonly name: 'lbfgs';
  readonly options: Readonly<Record<string, unknown>>;
  /** It sees all parameters and all data at once. */
  readonly whole: true;
}

/**
 * L-BFGS (Nocedal & Wright 2006, algorithm 7.5) with a strong Wolfe line search, on all data at once; an epoch is an
 * iteration. For nets in double precision and small data.
 *
 * @param options memory: pairs remembered, default 10; tolerance of the predicted gain, default 1e-14
 * @throws RangeError for a memory that is no whole number ≥ 1
 * @example await train(net, data, { loss: crossEntropy(), optimiser: lbfgs(), epochs: 200 });
 */
export function lbfgs({ memory = 10, tolerance = 1e-14 }: Omit<Options, 'log'> = {}): WholeOptimiser {
  if (!(Number.isInteger(memory) && memory >= 1)) {
    throw new RangeError(`lbfgs: memory must be a whole number ≥ 1, got ${String(memory)}`);
  }
  if (!(tolerance >= 0)) throw new RangeError(`lbfgs: tolerance must be a number ≥ 0, got ${String(tolerance)}`);
  return { name: 'lbfgs', options: { memory, tolerance }, whole: true };
}
