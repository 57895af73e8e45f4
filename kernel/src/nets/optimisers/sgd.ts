/**
 * Stochastic gradient descent (Robbins & Monro 1951), with momentum (Polyak 1964) and Nesterov's (1983) in the form of
 * Sutskever et al. (2013), as `torch.optim.SGD` has it.
 */
import { where } from '../../program/functions.ts';
import type { Optimiser } from '../types.ts';
import { type CommonOptions, checkKept, defineOptimiser } from './define.ts';

export interface SgdOptions extends CommonOptions {
  /** Share of the last change that is kept, in [0, 1); default 0. */
  readonly momentum?: number;
  /** Share of the gradient that does not enter the momentum, in [0, 1); default 0. */
  readonly dampening?: number;
  /** Look ahead along the momentum; needs momentum, and no dampening. Default false. */
  readonly nesterov?: boolean;
}

/**
 * w ← w − rate · b with b ← momentum · b + (1 − dampening) g; the first b is g. Without momentum b is g.
 *
 * @param options rate default 0.001, weightDecay 0 (coupled)
 * @throws RangeError for options out of range
 * @example sgd({ rate: 0.05, momentum: 0.9 });
 */
export function sgd(options: SgdOptions = {}): Optimiser {
  const { rate = 1e-3, momentum = 0, dampening = 0, nesterov = false, weightDecay = 0, decoupled = false } = options;
  checkKept('sgd', 'momentum', momentum);
  checkKept('sgd', 'dampening', dampening);
  if (nesterov && !(momentum > 0 && dampening === 0)) {
    throw new RangeError('sgd: nesterov needs a momentum above 0 and no dampening; give for example momentum: 0.9');
  }
  return defineOptimiser({
    name: 'sgd',
    options: { rate, momentum, dampening, nesterov, weightDecay, decoupled },
    groups: options.groups,
    slots: momentum > 0 ? ['momentum'] : [],
    rule({ gradient, slots, rate: size, step }) {
      if (momentum === 0) return { change: gradient.mul(size), slots: {} };
      const added = dampening === 0 ? gradient : where(step.le(1), gradient, gradient.mul(1 - dampening));
      const kept = slots.momentum!.mul(momentum).add(added);
      const direction = nesterov ? gradient.add(kept.mul(momentum)) : kept;
      return { change: direction.mul(size), slots: { momentum: kept } };
    },
  });
}
