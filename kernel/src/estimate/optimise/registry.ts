/**
 * Every optimiser of this room, with what it asks for: what is not here is not held by the protocol test.
 */
import { bfgs } from './bfgs.ts';
import { coordinateDescent } from './coordinate-descent.ts';
import { differentialEvolution } from './differential-evolution.ts';
import { em } from './em.ts';
import { fisherScoring } from './fisher-scoring.ts';
import { gradientDescent } from './gradient-descent.ts';
import { lbfgs } from './lbfgs.ts';
import { levenbergMarquardt } from './levenberg-marquardt.ts';
import { nelderMead } from './nelder-mead.ts';
import { newton } from './newton.ts';
import { proximalGradient } from './proximal-gradient.ts';
import { trustRegion } from './trust-region.ts';

/**
 * By what each needs of the problem: `gradients` an objective with gradients; `values` an objective of which only
 * values are read; `composite` a smooth objective and a penalty; `residuals`, `information` and `halves` what their
 * names say. All give an `Optimiser`: `init(position)`, `step(state)`.
 */
export const optimisers = {
  gradients: { gradientDescent, lbfgs, bfgs, newton, trustRegion },
  values: { nelderMead, differentialEvolution },
  composite: { coordinateDescent, proximalGradient },
  residuals: { levenbergMarquardt },
  information: { fisherScoring },
  halves: { em },
} as const;
