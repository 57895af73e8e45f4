/**
 * Adadelta (Zeiler 2012, algorithm 1): steps in the units of the parameter, as `torch.optim.Adadelta` has it.
 */
import type { Optimiser } from '../types.ts';
import { blend, type CommonOptions, checkAbove, checkKept, defineOptimiser } from './define.ts';

export interface AdadeltaOptions extends CommonOptions {
  /** Share of the means of squares that is kept, in [0, 1); default 0.9. */
  readonly smoothing?: number;
  /** Added below the roots, > 0; default 1e-6. */
  readonly epsilon?: number;
}

/**
 * w ← w − rate · Δ with Δ = g √(u + ε) / √(v + ε); v and u are running means of g² and of Δ².
 *
 * @param options rate default 1, weightDecay 0 (coupled)
 * @throws RangeError for options out of range
 * @example adadelta();
 */
export function adadelta(options: AdadeltaOptions = {}): Optimiser {
  const { rate = 1, smoothing = 0.9, epsilon = 1e-6, weightDecay = 0, decoupled = false } = options;
  checkKept('adadelta', 'smoothing', smoothing);
  checkAbove('adadelta', 'epsilon', epsilon);
  return defineOptimiser({
    name: 'adadelta',
    options: { rate, smoothing, epsilon, weightDecay, decoupled },
    groups: options.groups,
    slots: ['square', 'squaredChange'],
    rule({ gradient, slots, rate: size }) {
      const square = blend(slots.square!, gradient.square(), smoothing);
      const change = gradient.mul(slots.squaredChange!.add(epsilon).sqrt()).div(square.add(epsilon).sqrt());
      const squaredChange = blend(slots.squaredChange!, change.square(), smoothing);
      return { change: change.mul(size), slots: { square, squaredChange } };
    },
  });
}
