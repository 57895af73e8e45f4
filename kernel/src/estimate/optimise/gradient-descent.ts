/**
 * Gradient descent (Cauchy 1847), with the momentum of Polyak (1964, heavy ball) or Nesterov (1983).
 *
 * Without a rate each step is searched along the gradient; with one it is fixed, as in training. Slow on narrow
 * valleys, and kept because its path is what the better methods are compared with.
 */
import { lineSearch } from './line-search.ts';
import { allFinite, dot, maxNorm, type Objective, type Optimiser, type OptimiserState } from './objective.ts';
import { type CommonOptimiserOptions, checkOptions, checkPositive, firstState, moveOn, standStill } from './shared.ts';

export interface State extends OptimiserState {
  /** (d,) the last change of position. */
  readonly velocity: Float64Array;
  /** The rate of the last step: where the next search begins. */
  readonly rate: number;
}

export interface Options extends CommonOptimiserOptions {
  /** Step as a multiple of the gradient, > 0; searched for in each iteration when left out. */
  readonly rate?: number;
  /** Share of the last step that is kept, in [0, 1) (default 0); needs a `rate`. */
  readonly momentum?: number;
  /** Take the gradient where the momentum leads, not where it starts (default false). */
  readonly nesterov?: boolean;
  /** Converged when max |∂f/∂xᵢ| falls to this (default 1e-8). */
  readonly tolerance?: number;
}

/**
 * A gradient descent on `objective`.
 *
 * @throws RangeError for options out of range, and for momentum without a rate
 * @example gradientDescent(bowl, { rate: 0.1, momentum: 0.9, nesterov: true })
 */
export function gradientDescent(objective: Objective, options: Options = {}): Optimiser<State> {
  checkOptions('gradient descent', options, ['rate', 'momentum', 'nesterov']);
  const { rate, momentum = 0, nesterov = false, tolerance = 1e-8, log } = options;
  if (rate !== undefined) checkPositive('gradient descent', 'rate', rate);
  if (!(momentum >= 0 && momentum < 1)) {
    throw new RangeError(`gradient descent: momentum must lie in [0, 1), got ${momentum}`);
  }
  if (momentum > 0 && rate === undefined) {
    throw new RangeError('gradient descent: momentum needs a fixed rate; give one, such as rate: 0.01');
  }

  function init(position: Float64Array): State {
    const first = firstState('gradient descent', objective, position, log);
    return { ...first, velocity: new Float64Array(objective.dimension), rate: rate ?? 0 };
  }

  function step(state: State): ReturnType<Optimiser<State>['step']> {
    if (!allFinite(state.value, state.gradient)) return standStill(state, 'not finite', 0);
    if (maxNorm(state.gradient) <= tolerance) return standStill(state, 'converged', 0);
    return rate === undefined ? searched(state) : fixed(state, rate);
  }

  function searched(state: State): ReturnType<Optimiser<State>['step']> {
    const direction = state.gradient.map((g) => -g); // (d,)
    const initial = state.rate > 0 ? state.rate : Math.min(1, 1 / maxNorm(state.gradient));
    const found = lineSearch(objective, state.position, state.value, state.gradient, direction, { initial });
    if (found.ending === 'failed') return standStill(state, 'line search failed', found.evaluations);
    const { position, value, gradient, stepLength } = found;
    const velocity = position.map((x, i) => x - state.position[i]!); // (d,)
    const next = { iteration: state.iteration + 1, position, value, gradient, velocity, rate: stepLength };
    return moveOn(next, found.evaluations, { stepLength, log });
  }

  function fixed(state: State, size: number): ReturnType<Optimiser<State>['step']> {
    const d = state.position.length;
    let slope = state.gradient; // (d,)
    let evaluations = 1;
    if (nesterov && dot(state.velocity, state.velocity) > 0) {
      slope = new Float64Array(d);
      objective.valueAndGradient(
        state.position.map((x, i) => x + momentum * state.velocity[i]!),
        slope,
      );
      evaluations = 2;
    }
    const velocity = state.velocity.map((v, i) => momentum * v - size * slope[i]!); // (d,)
    const position = state.position.map((x, i) => x + velocity[i]!); // (d,)
    const gradient = new Float64Array(d); // (d,)
    const value = objective.valueAndGradient(position, gradient);
    const next = { iteration: state.iteration + 1, position, value, gradient, velocity, rate: size };
    return moveOn(next, evaluations, { stepLength: size, log });
  }

  return { name: 'gradient descent', init, step };
}
