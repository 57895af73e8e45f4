/**
 * BFGS (Broyden, Fletcher, Goldfarb, Shanno 1970; Nocedal & Wright 2006, algorithm 6.1): a quasi-Newton method that
 * keeps the whole inverse Hessian. For up to some hundred parameters; L-BFGS for more.
 */
import { lineSearch } from './line-search.ts';
import { allFinite, dot, maxNorm, type Objective, type Optimiser, type OptimiserState } from './objective.ts';
import { type CommonOptimiserOptions, checkOptions, firstState, moveOn, standStill } from './shared.ts';

export interface State extends OptimiserState {
  /** (d, d) approximation of the inverse Hessian; undefined before the first step. */
  readonly inverse: Float64Array | undefined;
  /** The value at the last restart; undefined before one. */
  readonly restartedAt: number | undefined;
}

export interface Options extends CommonOptimiserOptions {
  /** Converged when the predicted gain ½ gᵀHg falls below this times max(1, |f|) (default 1e-14). */
  readonly tolerance?: number;
}

/**
 * A BFGS optimiser of `objective`.
 *
 * @example minimise(bfgs(rosenbrock), Float64Array.of(-1.2, 1)).state.position; // 1, 1
 */
export function bfgs(objective: Objective, options: Options = {}): Optimiser<State> {
  checkOptions('bfgs', options);
  const { tolerance = 1e-14, log } = options;
  function step(state: State): ReturnType<Optimiser<State>['step']> {
    if (!allFinite(state.value, state.gradient)) return standStill(state, 'not finite', 0);
    const direction = state.inverse ? times(state.inverse, state.gradient) : state.gradient.map((g) => -g); // (d,)
    const slope = dot(state.gradient, direction);
    const enough = tolerance * Math.max(1, Math.abs(state.value));
    if (slope === 0) return standStill(state, 'converged', 0);
    // A small gain may be an inverse that shrank in a steeper place. It is believed if a fresh one gains no more.
    const settled = state.restartedAt !== undefined && state.restartedAt - state.value <= enough;
    const restart = (evaluations: number): ReturnType<Optimiser<State>['step']> => {
      const next = { ...state, inverse: undefined, restartedAt: state.value };
      return [next, standStill(state, 'running', evaluations)[1]];
    };
    if (state.inverse && -slope / 2 <= enough) return settled ? standStill(state, 'converged', 0) : restart(0);

    const initial = state.inverse ? 1 : Math.min(1, 1 / maxNorm(state.gradient));
    const found =
      slope < 0
        ? lineSearch(objective, state.position, state.value, state.gradient, direction, { initial })
        : { ending: 'failed' as const, evaluations: 0 };
    if (found.ending === 'failed') {
      if (state.inverse) return restart(found.evaluations); // rounding has spoilt it
      return standStill(state, settled ? 'converged' : 'line search failed', found.evaluations);
    }
    const { position, value, gradient, stepLength } = found;
    const inverse = updated(state, position, gradient);
    const next = { ...state, iteration: state.iteration + 1, position, value, gradient, inverse };
    return moveOn(next, found.evaluations, { stepLength, log });
  }

  function init(position: Float64Array): State {
    return { ...firstState('bfgs', objective, position, log), inverse: undefined, restartedAt: undefined };
  }

  return { name: 'bfgs', init, step };
}

/** −H g. */
function times(h: Float64Array, g: Float64Array): Float64Array {
  const d = g.length;
  return g.map((_, i) => -dot(h.subarray(i * d, (i + 1) * d), g));
}

/** H⁺ = (I − ρ s yᵀ) H (I − ρ y sᵀ) + ρ s sᵀ (eq. 6.17), from γI with γ = sᵀy / yᵀy (eq. 6.20) at first. */
function updated({ position, gradient, inverse }: State, x: Float64Array, g: Float64Array): Float64Array | undefined {
  const d = x.length;
  const s = x.map((v, i) => v - position[i]!); // (d,)
  const y = g.map((v, i) => v - gradient[i]!); // (d,)
  const sy = dot(s, y);
  if (!(sy > 1e-10 * Math.sqrt(dot(s, s) * dot(y, y)))) return inverse;
  const h = inverse?.slice() ?? new Float64Array(d * d); // (d, d)
  if (!inverse) for (let i = 0; i < d; i++) h[i * d + i] = sy / dot(y, y);
  const hy = times(h, y).map((v) => -v); // (d,)
  const scale = (1 + dot(y, hy) / sy) / sy;
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      const value = h[i * d + j]! + scale * s[i]! * s[j]! - (hy[i]! * s[j]! + s[i]! * hy[j]!) / sy;
      h[i * d + j] = value;
      h[j * d + i] = value;
    }
  }
  return h;
}
