/**
 * The optimiser a user names for `mle` or `map`, in place of L-BFGS followed by Newton's method.
 */
import type { CompiledModel } from '../model/index.ts';
import { foldIn, key } from '../numeric/random.ts';
import { expectedInformation } from './expected.ts';
import type { Objective, Optimiser } from './optimise/objective.ts';
import { optimisers } from './optimise/registry.ts';
import type { EventLog } from './step.ts';

const { gradients, values, composite, information } = optimisers;

/** Optimisers that need no more than a model. Least squares have `nls`; EM needs its two halves. */
export type OptimiserName =
  | keyof typeof gradients
  | keyof typeof values
  | keyof typeof composite
  | keyof typeof information;

/** A name, or what makes an optimiser of an objective (minus the log density over the unconstrained position). */
export type OptimiserChoice = OptimiserName | ((objective: Objective) => Optimiser);

/** What the choice may ask for. */
export interface Surroundings {
  readonly compiled: CompiledModel;
  /** Whether the objective is minus the log likelihood itself. */
  readonly isLikelihood: boolean;
  /** Weights of |uᵢ − location| that the objective leaves out, (d,); undefined where it is the whole. */
  readonly penalty: Float64Array | undefined;
  readonly seed: number;
  readonly log: EventLog | undefined;
}

const names = [gradients, values, composite, information].flatMap((group) => Object.keys(group)) as OptimiserName[];

/** True for an optimiser that is given the smooth part and the penalty apart. */
export function takesPenalty(choice: OptimiserChoice | undefined): boolean {
  return typeof choice === 'string' && choice in composite;
}

/**
 * The function that makes the optimiser chosen.
 *
 * @throws TypeError for what is no choice; Error for Fisher scoring of a model without a known expected information
 */
export function optimiserFrom(
  caller: string,
  choice: OptimiserChoice,
  { compiled, isLikelihood, penalty, seed, log }: Surroundings,
): (objective: Objective) => Optimiser {
  if (typeof choice === 'function') return (objective) => checked(caller, choice(objective));
  const options = log ? { log } : {};
  const made = choice as string;
  if (made in gradients)
    return (objective) => gradients[made as keyof typeof gradients](objective, options) as Optimiser;
  if (made in composite) {
    const make = composite[made as keyof typeof composite];
    return (smooth) => {
      return make({ smooth, penalty: penalty ?? new Float64Array(smooth.dimension) }, options) as Optimiser;
    };
  }
  switch (choice) {
    case 'nelderMead':
      return (objective) => values.nelderMead(objective, options) as Optimiser;
    case 'differentialEvolution': {
      const own = { ...options, key: foldIn(key(seed), 'differential evolution') };
      return (objective) => values.differentialEvolution(objective, own) as Optimiser;
    }
    case 'fisherScoring': {
      if (!isLikelihood) {
        throw new TypeError(
          `${caller}: optimiser 'fisherScoring' is for mle without parameters integrated out; take 'newton' or 'trustRegion'`,
        );
      }
      const expected = expectedInformation(compiled);
      return (objective) => information.fisherScoring(objective, expected, options);
    }
    default:
      throw new TypeError(
        `${caller}: optimiser must be one of ${names.map((name) => `'${name}'`).join(', ')}, or a function from an ` +
          `objective to an optimiser, got ${typeof choice === 'string' ? `'${choice}'` : String(choice)}`,
      );
  }
}

function checked(caller: string, made: Optimiser): Optimiser {
  if (typeof made?.init !== 'function' || typeof made.step !== 'function') {
    throw new TypeError(
      `${caller}: the function given as optimiser must return one, such as optimisers.gradients.lbfgs(objective), got ${String(made)}`,
    );
  }
  return made;
}
