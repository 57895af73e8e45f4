/**
 * Lion (Chen et al. 2023, algorithm 2): the sign of a blend of momentum and gradient; every coordinate moves by the
 * same length.
 */
import type { Optimiser } from '../types.ts';
import { blend, type CommonOptions, checkKept, defineOptimiser } from './define.ts';

export interface LionOptions extends CommonOptions {
  /** Share of the momentum in the direction, and in the next momentum, each in [0, 1); default [0.9, 0.99]. */
  readonly betas?: readonly [number, number];
}

/**
 * w ← w − rate · sign(β₁ m + (1 − β₁) g), m ← β₂ m + (1 − β₂) g.
 *
 * @param options rate default 1e-4, weightDecay 0 (decoupled)
 * @throws RangeError for options out of range
 * @example lion({ rate: 1e-4, weightDecay: 1 });
 */
export function lion(options: LionOptions = {}): Optimiser {
  const { rate = 1e-4, betas = [0.9, 0.99], weightDecay = 0, decoupled = true } = options;
  const [first, second] = betas;
  checkKept('lion', 'betas[0]', first);
  checkKept('lion', 'betas[1]', second);
  return defineOptimiser({
    name: 'lion',
    options: { rate, betas, weightDecay, decoupled },
    groups: options.groups,
    slots: ['momentum'],
    rule({ gradient, slots, rate: size }) {
      const direction = blend(slots.momentum!, gradient, first).sign();
      return { change: direction.mul(size), slots: { momentum: blend(slots.momentum!, gradient, second) } };
    },
  });
}
