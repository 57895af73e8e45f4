/**
 * Adagrad (Duchi, Hazan & Singer 2011): each coordinate's steps shrink with the squares of its gradients so far, as
 * `torch.optim.Adagrad` has it.
 */
import type { Optimiser } from '../types.ts';
import { type CommonOptions, checkAbove, checkAtLeast, defineOptimiser } from './define.ts';

export interface AdagradOptions extends CommonOptions {
  /** The rate of step t is rate / (1 + (t − 1) rateDecay); ≥ 0, default 0. */
  readonly rateDecay?: number;
  /** What the sum of squares begins with, ≥ 0; default 0. */
  readonly initialSum?: number;
  /** Added to the root, > 0; default 1e-10. */
  readonly epsilon?: number;
}

/**
 * w ← w − rate · g / (√Σg² + ε).
 *
 * @param options rate default 0.01, weightDecay 0 (coupled)
 * @throws RangeError for options out of range
 * @example adagrad({ rate: 0.1 });
 */
export function adagrad(options: AdagradOptions = {}): Optimiser {
  const { rate = 0.01, rateDecay = 0, initialSum = 0, epsilon = 1e-10, weightDecay = 0, decoupled = false } = options;
  checkAtLeast('adagrad', 'rateDecay', rateDecay);
  checkAtLeast('adagrad', 'initialSum', initialSum);
  checkAbove('adagrad', 'epsilon', epsilon);
  return defineOptimiser({
    name: 'adagrad',
    options: { rate, rateDecay, initialSum, epsilon, weightDecay, decoupled },
    groups: options.groups,
    slots: ['sum'],
    rule({ gradient, slots, rate: size, step }) {
      const sum = slots.sum!.add(gradient.square());
      const falling = rateDecay > 0 ? size.div(step.sub(1).mul(rateDecay).add(1)) : size;
      const root = (initialSum > 0 ? sum.add(initialSum) : sum).sqrt().add(epsilon);
      return { change: gradient.div(root).mul(falling), slots: { sum } };
    },
  });
}
