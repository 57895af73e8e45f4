/**
 * RMSProp (Tieleman & Hinton 2012, lecture 6.5; centred: Graves 2013): gradients over the root of the mean of their
 * recent squares, as `torch.optim.RMSprop` has it.
 */
import type { Optimiser } from '../types.ts';
import { blend, type CommonOptions, checkAbove, checkKept, defineOptimiser } from './define.ts';

export interface RmspropOptions extends CommonOptions {
  /** Share of the mean of squares that is kept, in [0, 1); default 0.99. */
  readonly smoothing?: number;
  /** Added to the root, > 0; default 1e-8. */
  readonly epsilon?: number;
  /** Share of the last change that is kept, in [0, 1); default 0. */
  readonly momentum?: number;
  /** Divide by the deviation of the gradients about their mean; default false. */
  readonly centred?: boolean;
}

/**
 * w ← w − rate · g / (√v + ε) with v ← α v + (1 − α) g².
 *
 * @param options rate default 0.01, weightDecay 0 (coupled)
 * @throws RangeError for options out of range
 * @example rmsprop({ rate: 1e-3, centred: true });
 */
export function rmsprop(options: RmspropOptions = {}): Optimiser {
  const { rate = 0.01, smoothing = 0.99, epsilon = 1e-8, momentum = 0, centred = false } = options;
  const { weightDecay = 0, decoupled = false } = options;
  checkKept('rmsprop', 'smoothing', smoothing);
  checkKept('rmsprop', 'momentum', momentum);
  checkAbove('rmsprop', 'epsilon', epsilon);
  return defineOptimiser({
    name: 'rmsprop',
    options: { rate, smoothing, epsilon, momentum, centred, weightDecay, decoupled },
    groups: options.groups,
    slots: ['square', ...(centred ? ['mean'] : []), ...(momentum > 0 ? ['momentum'] : [])],
    rule({ gradient, slots, rate: size }) {
      const square = blend(slots.square!, gradient.square(), smoothing);
      const mean = centred ? blend(slots.mean!, gradient, smoothing) : undefined;
      const root = (mean ? square.sub(mean.square()) : square).sqrt().add(epsilon);
      const scaled = gradient.div(root);
      const kept = momentum > 0 ? slots.momentum!.mul(momentum).add(scaled) : undefined;
      return {
        change: (kept ?? scaled).mul(size),
        slots: { square, ...(mean && { mean }), ...(kept && { momentum: kept }) },
      };
    },
  });
}
