/**
 * Adam (Kingma & Ba 2015, algorithm 1), AMSGrad (Reddi, Kale & Kumar 2018) and AdamW (Loshchilov & Hutter 2019), as
 * `torch.optim.Adam` and `AdamW` have them.
 */
import type { Optimiser } from '../types.ts';
import { blend, type CommonOptions, checkAbove, checkKept, defineOptimiser } from './define.ts';

export interface AdamOptions extends CommonOptions {
  /** Shares of the running means of g and g² that are kept, each in [0, 1); default [0.9, 0.999]. */
  readonly betas?: readonly [number, number];
  /** Added to the root, > 0; default 1e-8. */
  readonly epsilon?: number;
  /** Divide by the largest mean of squares so far; default false. */
  readonly amsgrad?: boolean;
}

/**
 * w ← w − rate · m̂ / (√v̂ + ε), m̂ and v̂ being running means of g and g² without the pull of their start at 0.
 *
 * @param options rate default 0.001, weightDecay 0 (coupled)
 * @throws RangeError for options out of range
 * @example adam({ rate: 1e-3 });
 */
export function adam(options: AdamOptions = {}): Optimiser {
  return make('adam', options, 0, false);
}

/**
 * Adam whose weight decay is taken off the weights themselves. It is no penalty in the loss, and no prior.
 *
 * @param options rate default 0.001, weightDecay 0.01 (decoupled)
 * @throws RangeError for options out of range
 * @example adamW({ rate: 1e-3, weightDecay: 0.1 });
 */
export function adamW(options: Omit<AdamOptions, 'decoupled'> = {}): Optimiser {
  return make('adamW', options, 0.01, true);
}

function make(name: string, options: AdamOptions, decay: number, apart: boolean): Optimiser {
  const { rate = 1e-3, betas = [0.9, 0.999], epsilon = 1e-8, amsgrad = false } = options;
  const { weightDecay = decay, decoupled = apart } = options;
  const [first, second] = betas;
  checkKept(name, 'betas[0]', first);
  checkKept(name, 'betas[1]', second);
  checkAbove(name, 'epsilon', epsilon);
  return defineOptimiser({
    name,
    options: { rate, betas, epsilon, amsgrad, weightDecay, decoupled },
    groups: options.groups,
    slots: ['mean', 'square', ...(amsgrad ? ['largest'] : [])],
    // Means that start at 0 are too small by 1 − βᵗ. √(v / c) = √v · (1 / √c): no division an element.
    scalars: (step) => ({ meanScale: 1 / (1 - first ** step), rootScale: 1 / Math.sqrt(1 - second ** step) }),
    rule({ gradient, slots, rate: size, scalars }) {
      const mean = blend(slots.mean!, gradient, first);
      const square = blend(slots.square!, gradient.square(), second);
      const largest = amsgrad ? slots.largest!.maximum(square) : undefined;
      const root = (largest ?? square).sqrt().mul(scalars.rootScale!).add(epsilon);
      const change = mean.div(root).mul(size.mul(scalars.meanScale!));
      return { change, slots: { mean, square, ...(largest && { largest }) } };
    },
  });
}
