/**
 * What optimisers have in common beside their interface: the first state, standing still, moving on, and the loop.
 */
import type { EventLog } from '../step.ts';
import {
  type Ending,
  maxNorm,
  type Objective,
  type Optimiser,
  type OptimiserInfo,
  type OptimiserState,
} from './objective.ts';

/** Options every optimiser takes. */
export interface CommonOptimiserOptions {
  /** The iterates are written here. */
  readonly log?: EventLog;
}

/** The state before the first iteration: value and gradient at `position` (d,), which is copied. */
export function firstState(objective: Objective, position: Float64Array, log?: EventLog): OptimiserState {
  const gradient = new Float64Array(position.length); // (d,)
  const value = objective.valueAndGradient(position, gradient);
  const state = { iteration: 0, position: position.slice(), value, gradient };
  recordIterate(log, state, 0);
  return state;
}

/** No step was taken, and why. */
export function standStill<S extends OptimiserState>(
  state: S,
  ending: Ending,
  evaluations: number,
): [S, OptimiserInfo] {
  return [state, { ending, gradientNorm: maxNorm(state.gradient), stepLength: 0, evaluations }];
}

/** A step was taken to `next`. */
export function moveOn<S extends OptimiserState>(
  next: S,
  evaluations: number,
  {
    stepLength = 1,
    ending = 'running',
    log,
  }: { stepLength?: number; ending?: Ending; log?: EventLog | undefined } = {},
): [S, OptimiserInfo] {
  recordIterate(log, next, stepLength);
  return [next, { ending, gradientNorm: maxNorm(next.gradient), stepLength, evaluations }];
}

export function recordIterate(log: EventLog | undefined, state: OptimiserState, stepLength: number): void {
  log?.push({
    type: 'iterate',
    iteration: state.iteration,
    position: state.position.slice(),
    value: state.value,
    gradientNorm: maxNorm(state.gradient),
    stepLength,
  });
}

/** A finite number above 0. @throws RangeError */
export function checkPositive(caller: string, name: string, value: number): number {
  if (!(value > 0 && Number.isFinite(value))) {
    throw new RangeError(`${caller}: ${name} must be a number > 0, got ${String(value)}`);
  }
  return value;
}

/** Where a run of an optimiser ended. */
export interface Minimum<S extends OptimiserState = OptimiserState> {
  readonly state: S;
  readonly ending: Exclude<Ending, 'running'>;
  readonly evaluations: number;
}

/**
 * Step an optimiser from `start` (d,) until it ends.
 *
 * @param iterations most steps, default 1000
 * @example minimise(bfgs(rosenbrock), Float64Array.of(-1.2, 1)).state.position; // 1, 1
 */
export function minimise<S extends OptimiserState>(
  optimiser: Optimiser<S>,
  start: Float64Array,
  iterations = 1000,
): Minimum<S> {
  let state = optimiser.init(start);
  let evaluations = 1;
  for (let i = 0; i < iterations; i++) {
    const [next, info] = optimiser.step(state);
    state = next;
    evaluations += info.evaluations;
    if (info.ending !== 'running') return { state, ending: info.ending, evaluations };
  }
  return { state, ending: 'iterations', evaluations };
}
