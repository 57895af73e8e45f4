/**
 * One chain of a sampler that moves a point by pure steps: warm-up and sampling around the step, for every sampler of
 * this folder that is not a population.
 */
import { foldIn, type Key } from '../../numeric/random.ts';
import { findBeginning, settle } from './beginning.ts';
import { Collector } from './collect.ts';
import type { ChainResult, Run, RunOptions } from './run.ts';

/** Where a chain stands. The log density is kept because it is the costly part. */
export interface Point {
  readonly position: Float64Array; // (d,), unconstrained scale
  readonly logDensity: number;
}

/** What one step did; collectors and adaptation read it, the sampler does not. */
export interface StepInfo {
  readonly ending: 'accepted' | 'rejected' | 'outside support' | 'diverging';
  /** Probability with which the proposal was taken, in [0, 1]; 1 for samplers that never refuse. */
  readonly acceptance: number;
  /** Evaluations of the log density. */
  readonly evaluations: number;
  readonly energy?: number;
}

/** The pure part of a sampler. */
export interface Stepper<S extends Point, P> {
  readonly name: string;
  /** @throws RangeError where the log density is not finite */
  init(position: Float64Array): S;
  /** The same key, state and parameters give the same result; none of them is changed. */
  step(key: Key, state: S, parameters: P): [S, StepInfo];
}

/** How a warm-up finds the parameters of the steps. Pure, and its state is plain data. */
export interface Tuning<S extends Point, P, A> {
  start(state: S, key: Key): A;
  /** Take in an iteration of the warm-up. */
  adapt(tuning: A, state: S, info: StepInfo): A;
  /** What the next step of the warm-up uses. */
  parameters(tuning: A): P;
  /** What sampling uses. */
  settled(tuning: A): P;
}

interface Checkpoint<S, A> {
  readonly state: S;
  readonly tuning: A;
}

/** Run a chain of `stepper`; see the head of `run.ts`. */
export function* runMarkov<S extends Point, P, A>(
  stepper: Stepper<S, P>,
  { start, adapt, parameters, settled }: Tuning<S, P, A>,
  dimension: number,
  key: Key,
  options: RunOptions,
): Run {
  const collector = new Collector(dimension, options);
  let point = options.from?.checkpoint as Checkpoint<S, A> | undefined;
  if (point === undefined) {
    const search = findBeginning((q) => stepper.init(q), dimension, foldIn(key, 'start'), options.init);
    const state = yield* settle(search, collector);
    if (state === undefined) return collector.result('interrupted', {});
    if ('reason' in state) return collector.result('failed', {}, { failure: state });
    point = { state, tuning: start(state, foldIn(key, 'tuning')) };
  }
  let { state, tuning } = point;
  const leave = (ending: ChainResult['ending']) => {
    const stepSize = (settled(tuning) as { stepSize?: number }).stepSize;
    return collector.result(ending, stepSize === undefined ? {} : { stepSize }, { checkpoint: { state, tuning } });
  };

  const drawKey = foldIn(key, 'draw');
  let spent = 0;
  const iterations = options.warmup + options.draws;
  let go = yield collector.progress(collector.iterations);
  if (go.stop && collector.iterations < iterations) return leave('interrupted');
  for (let iteration = collector.iterations; iteration < iterations; iteration++) {
    const warmingUp = iteration < options.warmup;
    let info: StepInfo;
    [state, info] = stepper.step(foldIn(drawKey, iteration), state, warmingUp ? parameters(tuning) : settled(tuning));
    const divergent = info.ending === 'diverging';
    collector.take(iteration, { ...info, position: state.position, logDensity: state.logDensity, divergent });
    if (warmingUp) tuning = adapt(tuning, state, info);
    spent += info.evaluations;
    if (spent < go.budget && !go.stop) continue;
    go = yield collector.progress(iteration + 1);
    if (go.stop && iteration + 1 < iterations) return leave('interrupted');
    spent = 0;
  }
  return leave('complete');
}

/** A point where the log density is finite. @throws RangeError where it is not */
export function pointAt(name: string, value: (position: Float64Array) => number, position: Float64Array): Point {
  const logDensity = value(position);
  if (!Number.isFinite(logDensity)) {
    throw new RangeError(`${name}: the log density is ${logDensity} at the start; give a start inside the support`);
  }
  return { position: position.slice(), logDensity };
}
