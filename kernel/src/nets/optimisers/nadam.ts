/**
 * NAdam: Adam with Nesterov's momentum (Dozat 2016), with the momentum's schedule of `torch.optim.NAdam`.
 */
import type { Optimiser } from '../types.ts';
import { blend, type CommonOptions, checkAbove, checkAtLeast, checkKept, defineOptimiser } from './define.ts';

/** Base of the momentum's schedule: μₜ = β₁ (1 − ½ · 0.96^(t ψ)) (Dozat 2016, section 3; torch.optim.NAdam). */
const SCHEDULE = 0.96;

export interface NadamOptions extends CommonOptions {
  /** Shares of the running means of g and g² that are kept, each in [0, 1); default [0.9, 0.999]. */
  readonly betas?: readonly [number, number];
  /** Added to the root, > 0; default 1e-8. */
  readonly epsilon?: number;
  /** ψ of the momentum's schedule, ≥ 0; default 0.004. */
  readonly momentumDecay?: number;
}

/**
 * w ← w − rate · ((1 − μₜ) g / (1 − Πμ) + μₜ₊₁ m / (1 − μₜ₊₁ Πμ)) / (√v̂ + ε).
 *
 * @param options rate default 0.002, weightDecay 0 (coupled)
 * @throws RangeError for options out of range
 * @example nadam({ rate: 2e-3 });
 */
export function nadam(options: NadamOptions = {}): Optimiser {
  const { rate = 2e-3, betas = [0.9, 0.999], epsilon = 1e-8, momentumDecay = 4e-3 } = options;
  const { weightDecay = 0, decoupled = false } = options;
  const [first, second] = betas;
  checkKept('nadam', 'betas[0]', first);
  checkKept('nadam', 'betas[1]', second);
  checkAbove('nadam', 'epsilon', epsilon);
  checkAtLeast('nadam', 'momentumDecay', momentumDecay);
  const momentumAt = (step: number) => first * (1 - 0.5 * SCHEDULE ** (step * momentumDecay));
  const products = [1]; // Πμ up to each step, as far as it was asked for
  const productAt = (step: number): number => {
    while (products.length <= step) products.push(products.at(-1)! * momentumAt(products.length));
    return products[step]!;
  };
  return defineOptimiser({
    name: 'nadam',
    options: { rate, betas, epsilon, momentumDecay, weightDecay, decoupled },
    groups: options.groups,
    slots: ['mean', 'square'],
    scalars: (step) => ({
      gradientScale: (1 - momentumAt(step)) / (1 - productAt(step)),
      meanScale: momentumAt(step + 1) / (1 - productAt(step + 1)),
      rootScale: 1 / Math.sqrt(1 - second ** step),
    }),
    rule({ gradient, slots, rate: size, scalars }) {
      const mean = blend(slots.mean!, gradient, first);
      const square = blend(slots.square!, gradient.square(), second);
      const root = square.sqrt().mul(scalars.rootScale!).add(epsilon);
      const direction = gradient.mul(scalars.gradientScale!).add(mean.mul(scalars.meanScale!));
      return { change: direction.div(root).mul(size), slots: { mean, square } };
    },
  });
}
