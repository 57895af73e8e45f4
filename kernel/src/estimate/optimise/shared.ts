/**
 * What optimisers have in common beside their interface: the first state, standing still, moving on, and the loop.
 */
import { checkNames, checkWhole } from '../options.ts';
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

/** Refuse option names that are not known, and a tolerance that is no number ≥ 0. @throws TypeError, RangeError */
export function checkOptions(
  caller: string,
  options: CommonOptimiserOptions & { readonly tolerance?: number },
  known: readonly string[] = [],
): void {
  checkNames(caller, options, [...known, 'tolerance', 'log']);
  const { tolerance } = options;
  if (tolerance !== undefined && !(tolerance >= 0 && Number.isFinite(tolerance))) {
    throw new RangeError(`${caller}: tolerance must be a number ≥ 0, got ${String(tolerance)}`);
  }
}

/** A copy of the start (d,). @throws RangeError when it is not one number a coordinate */
export function startAt(caller: string, dimension: number, position: ArrayLike<number>): Float64Array {
  const given: unknown = position;
  const isVector = given instanceof Float64Array || Array.isArray(given);
  if (!isVector || given.length !== dimension) {
    const what = isVector ? `${given.length}: [${given.slice(0, 6).join(', ')}]` : String(given);
    throw new RangeError(`${caller}: the start must be ${dimension} numbers, one a coordinate, got ${what}`);
  }
  return Float64Array.from(given);
}

/** The state before the first iteration: value and gradient at `start` (d,), which is copied. */
export function firstState(
  caller: string,
  objective: Objective,
  start: ArrayLike<number>,
  log?: EventLog,
): OptimiserState {
  const position = startAt(caller, objective.dimension, start); // (d,)
  const gradient = new Float64Array(position.length); // (d,)
  const value = objective.valueAndGradient(position, gradient);
  const state = { iteration: 0, position, value, gradient };
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

/** How long `minimise` goes on. */
export interface MinimiseOptions {
  /** Most steps, ≥ 0 (default 1000). */
  readonly iterations?: number;
  /** Looked at before each step; where it is aborted, the run ends as 'interrupted' with what it has. */
  readonly signal?: AbortSignal;
}

/**
 * Step an optimiser from `start` (d,) until it ends.
 *
 * @param options most steps (default 1000), and a signal; a number is the most steps
 * @throws RangeError for a start of another length than the objective's dimension
 * @example minimise(bfgs(rosenbrock), [-1.2, 1]).state.position; // 1, 1
 */
export function minimise<S extends OptimiserState>(
  optimiser: Optimiser<S>,
  start: Float64Array | readonly number[],
  options: number | MinimiseOptions = {},
): Minimum<S> {
  const given = typeof options === 'number' ? { iterations: options } : options;
  checkNames('minimise', given, ['iterations', 'signal']);
  const iterations = checkWhole('minimise', 'iterations', given.iterations ?? 1000, 0);
  let state = optimiser.init(start as Float64Array);
  let evaluations = 1;
  for (let i = 0; i < iterations; i++) {
    if (given.signal?.aborted) return { state, ending: 'interrupted', evaluations };
    const [next, info] = optimiser.step(state);
    state = next;
    evaluations += info.evaluations;
    if (info.ending !== 'running') return { state, ending: info.ending, evaluations };
  }
  return { state, ending: 'iterations', evaluations };
}
