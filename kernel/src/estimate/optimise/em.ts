/**
 * Expectation–maximisation (Dempster, Laird & Rubin 1977) as an optimiser: an iteration is the M step of the E step.
 *
 * The objective (minus the observed-data log likelihood) never rises; the two steps are the user's, and anything that
 * maximises may stand in the M step, another optimiser included.
 */
import { allFinite, type Objective, type Optimiser, type OptimiserState } from './objective.ts';
import { type CommonOptimiserOptions, checkOptions, firstState, moveOn, standStill } from './shared.ts';

/** The two halves of an iteration; E is what the first hands to the second (responsibilities, moments). */
export interface Halves<E> {
  /** What is expected of the unseen, given the parameters. */
  expect(position: Float64Array): E;
  /** The parameters (d,) that are best given what is expected. */
  maximise(expected: E): Float64Array;
}

export interface Options extends CommonOptimiserOptions {
  /** Converged when the objective falls by less than this times max(1, |f|) (default 1e-14). */
  readonly tolerance?: number;
}

/**
 * EM on `objective`, minus the log likelihood of what was observed.
 *
 * @example em(objective, { expect: responsibilities, maximise: weightedMeans })
 */
export function em<E>(objective: Objective, halves: Halves<E>, options: Options = {}): Optimiser {
  checkOptions('em', options);
  const { tolerance = 1e-14, log } = options;

  function step(state: OptimiserState): ReturnType<Optimiser['step']> {
    if (!allFinite(state.value, state.gradient)) return standStill(state, 'not finite', 0);
    const position = halves.maximise(halves.expect(state.position)); // (d,)
    const gradient = new Float64Array(position.length); // (d,)
    const value = objective.valueAndGradient(position, gradient);
    if (!allFinite(value, gradient)) return standStill(state, 'not finite', 1);
    const gain = state.value - value;
    const size = Math.max(1, Math.abs(state.value));
    // By theory it cannot rise: when it does by more than rounding, the two halves do not fit the objective.
    if (gain < -1e-9 * size) return standStill(state, 'line search failed', 1);
    const still = position.every((x, i) => Math.abs(x - state.position[i]!) <= 1e-9 * Math.max(1, Math.abs(x)));
    const ending = gain <= tolerance * size && still ? 'converged' : 'running';
    return moveOn({ iteration: state.iteration + 1, position, value, gradient }, 1, { ending, log });
  }

  return { name: 'em', init: (position) => firstState('em', objective, position, log), step };
}
