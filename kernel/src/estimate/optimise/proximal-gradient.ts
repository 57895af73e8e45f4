/**
 * Proximal gradient descent with Nesterov's acceleration, backtracking and restarts (FISTA: Beck & Teboulle 2009;
 * restarts: O'Donoghue & Candès 2015, gradient scheme), for a smooth function plus Σ λᵢ|xᵢ|.
 *
 * The kink is not smoothed: coordinates become exactly 0.
 */
import { type Composite, checkComposite, penaltyAt, shortestSubgradient, softThreshold } from './composite.ts';
import { allFinite, dot, maxNorm, type Optimiser, type OptimiserState } from './objective.ts';
import { type CommonOptimiserOptions, checkOptions, moveOn, recordIterate, standStill, startAt } from './shared.ts';

/** `gradient` is the shortest subgradient of the whole. */
export interface State extends OptimiserState {
  /** (d,) the point the gradient is taken at: the position, carried on along the last step. */
  readonly ahead: Float64Array;
  /** t of the acceleration. */
  readonly momentum: number;
  readonly rate: number;
}

export interface Options extends CommonOptimiserOptions {
  /** Converged when the shortest subgradient's largest element falls to this times max(1, |f|) (default 1e-10). */
  readonly tolerance?: number;
}

/**
 * @throws RangeError for a penalty of another length or below 0
 * @example proximalGradient({ smooth: leastSquares, penalty: Float64Array.of(0, 2, 2) })
 */
export function proximalGradient(composite: Composite, options: Options = {}): Optimiser<State> {
  checkOptions('proximal gradient', options);
  const { tolerance = 1e-10, log } = options;
  checkComposite('proximal gradient', composite);
  const { smooth, penalty } = composite;

  function init(start: Float64Array): State {
    const position = startAt('proximal gradient', smooth.dimension, start); // (d,)
    const gradient = new Float64Array(position.length); // (d,)
    const value = smooth.valueAndGradient(position, gradient) + penaltyAt(composite, position);
    const state = {
      iteration: 0,
      position,
      value,
      gradient: shortestSubgradient(composite, position, gradient),
      ahead: position.slice(),
      momentum: 1,
      rate: 1 / Math.max(1, maxNorm(gradient)),
    };
    recordIterate(log, state, 0);
    return state;
  }

  function step(state: State): ReturnType<Optimiser<State>['step']> {
    if (!allFinite(state.value, state.gradient)) return standStill(state, 'not finite', 0);
    if (maxNorm(state.gradient) <= tolerance * Math.max(1, Math.abs(state.value))) {
      return standStill(state, 'converged', 0);
    }
    const d = state.position.length;
    const slope = new Float64Array(d); // (d,)
    const base = smooth.valueAndGradient(state.ahead, slope);
    if (!allFinite(base, slope)) return restart(state, 1);
    const gradient = new Float64Array(d); // (d,)
    let evaluations = 1;
    for (let rate = 1.5 * state.rate; rate > 1e-300; rate /= 2) {
      const position = state.ahead.map((x, i) => softThreshold(x - rate * slope[i]!, rate * penalty[i]!)); // (d,)
      const move = position.map((x, i) => x - state.ahead[i]!); // (d,)
      const value = smooth.valueAndGradient(position, gradient);
      evaluations++;
      // The quadratic bound (Beck & Teboulle eq. 2.5); by slopes where the values differ in rounding only.
      const bound = base + dot(slope, move) + dot(move, move) / (2 * rate);
      const bend = dot(move, gradient) - dot(move, slope);
      const close = Math.abs(value - base) <= 1e-10 * Math.max(1, Math.abs(base));
      if (!(allFinite(value, gradient) && (close ? bend <= dot(move, move) / rate : value <= bound))) continue;
      const last = position.map((x, i) => x - state.position[i]!); // (d,)
      const uphill = -dot(move, last) > 0; // the step goes against the momentum
      const momentum = uphill ? 1 : (1 + Math.sqrt(1 + 4 * state.momentum ** 2)) / 2;
      const share = uphill ? 0 : (state.momentum - 1) / momentum;
      const next: State = {
        iteration: state.iteration + 1,
        position,
        value: value + penaltyAt(composite, position),
        gradient: shortestSubgradient(composite, position, gradient),
        ahead: position.map((x, i) => x + share * last[i]!),
        momentum,
        rate,
      };
      return moveOn(next, evaluations, { stepLength: rate, log });
    }
    return standStill(state, 'line search failed', evaluations);
  }

  function restart(state: State, evaluations: number): ReturnType<Optimiser<State>['step']> {
    const stuck = state.ahead.every((x, i) => x === state.position[i]);
    if (stuck) return standStill(state, 'not finite', evaluations);
    const next = { ...state, ahead: state.position.slice(), momentum: 1 };
    return [next, standStill(state, 'running', evaluations)[1]];
  }

  return { name: 'proximal gradient', init, step };
}
