/**
 * L-BFGS (Nocedal & Wright 2006, algorithms 7.4 and 7.5): a quasi-Newton method that remembers the last few steps.
 *
 * The initial inverse Hessian is γI with γ = sᵀy / yᵀy (eq. 7.20). A pair with sᵀy not clearly positive is left
 * out, so that the direction always points downhill.
 */
import type { EventLog } from '../step.ts';
import { lineSearch } from './line-search.ts';
import {
  allFinite,
  dot,
  maxNorm,
  type Objective,
  type Optimiser,
  type OptimiserInfo,
  type OptimiserState,
} from './objective.ts';
import { checkOptions, startAt } from './shared.ts';

/** One remembered step: how the position and the gradient changed. */
interface Pair {
  readonly s: Float64Array; // (d,) change of position
  readonly y: Float64Array; // (d,) change of gradient
  readonly rho: number; // 1 / yᵀs
}

export interface State extends OptimiserState {
  readonly pairs: readonly Pair[]; // oldest first, at most `memory`
}

export interface Options {
  /** Pairs remembered, ≥ 1 (default 10; Nocedal & Wright 2006 recommend 3 to 20). */
  readonly memory?: number;
  /**
   * Converged when the predicted gain ½ gᵀHg falls below this times max(1, |f|) (default 1e-14). Unlike a norm of
   * the gradient, the gain does not depend on the units of the parameters.
   */
  readonly tolerance?: number;
  /** It ends as well when the predicted gain falls below this many units of the objective (default 0). */
  readonly enough?: number;
  readonly log?: EventLog;
}

/**
 * An L-BFGS optimiser of `objective`.
 *
 * @example
 * const optimiser = lbfgs(rosenbrock);
 * let state = optimiser.init(Float64Array.of(-1.2, 1));
 * let info;
 * do [state, info] = optimiser.step(state);
 * while (info.ending === 'running');
 */
export function lbfgs(objective: Objective, options: Options = {}): Optimiser<State> {
  checkOptions('lbfgs', options, ['memory', 'enough']);
  const { memory = 10, tolerance = 1e-14, enough = 0, log } = options;
  if (!(Number.isInteger(memory) && memory >= 1)) {
    throw new RangeError(`lbfgs: memory must be a whole number ≥ 1, got ${memory}`);
  }

  function init(start: Float64Array): State {
    const position = startAt('lbfgs', objective.dimension, start); // (d,)
    const gradient = new Float64Array(position.length); // (d,)
    const value = objective.valueAndGradient(position, gradient);
    const state = { iteration: 0, position, value, gradient, pairs: [] };
    record(log, state, 0);
    return state;
  }

  function step(state: State): [State, OptimiserInfo] {
    const stay = (ending: OptimiserInfo['ending'], evaluations = 0): [State, OptimiserInfo] => [
      state,
      { ending, gradientNorm: maxNorm(state.gradient), stepLength: 0, evaluations },
    ];
    if (!allFinite(state.value, state.gradient)) return stay('not finite');
    const direction = searchDirection(state); // (d,)
    const slope = dot(state.gradient, direction);
    const least = Math.max(enough, tolerance * Math.max(1, Math.abs(state.value)));
    // Without pairs the direction is the bare gradient, whose gain says nothing of the distance to the optimum.
    if (slope === 0 || (state.pairs.length > 0 && -slope / 2 <= least)) return stay('converged');

    const initial = state.pairs.length > 0 ? 1 : Math.min(1, 1 / maxNorm(state.gradient));
    const found = lineSearch(objective, state.position, state.value, state.gradient, direction, { initial });
    if (found.ending === 'failed') {
      // Forget the curvature once: a bad model of it is the likeliest cause.
      if (state.pairs.length > 0) {
        return [{ ...state, pairs: [] }, { ...stay('running', found.evaluations)[1] }];
      }
      return stay('line search failed', found.evaluations);
    }

    const s = found.position.map((x, i) => x - state.position[i]!); // (d,)
    const y = found.gradient.map((g, i) => g - state.gradient[i]!); // (d,)
    const sy = dot(s, y);
    const usable = sy > 1e-10 * Math.sqrt(dot(s, s) * dot(y, y));
    const pairs = usable ? [...state.pairs, { s, y, rho: 1 / sy }].slice(-memory) : state.pairs;
    const next: State = {
      iteration: state.iteration + 1,
      position: found.position,
      value: found.value,
      gradient: found.gradient,
      pairs,
    };
    record(log, next, found.stepLength);
    return [
      next,
      {
        ending: 'running',
        gradientNorm: maxNorm(next.gradient),
        stepLength: found.stepLength,
        evaluations: found.evaluations,
      },
    ];
  }

  return { name: 'lbfgs', init, step };
}

/** The two-loop recursion (algorithm 7.4): −H·gradient. */
function searchDirection({ gradient, pairs }: State): Float64Array {
  const q = gradient.map((g) => -g); // (d,)
  const alpha = new Float64Array(pairs.length);
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { s, y, rho } = pairs[k]!;
    alpha[k] = rho * dot(s, q);
    for (let i = 0; i < q.length; i++) q[i]! -= alpha[k]! * y[i]!;
  }
  const last = pairs.at(-1);
  if (last) {
    const gamma = 1 / (last.rho * dot(last.y, last.y)); // eq. 7.20
    for (let i = 0; i < q.length; i++) q[i]! *= gamma;
  }
  for (let k = 0; k < pairs.length; k++) {
    const { s, y, rho } = pairs[k]!;
    const beta = rho * dot(y, q);
    for (let i = 0; i < q.length; i++) q[i]! += (alpha[k]! - beta) * s[i]!;
  }
  return q;
}

function record(log: EventLog | undefined, state: OptimiserState, stepLength: number): void {
  log?.push({
    type: 'iterate',
    iteration: state.iteration,
    position: state.position.slice(),
    value: state.value,
    gradientNorm: maxNorm(state.gradient),
    stepLength,
  });
}
