/**
 * One chain from start to last draw: a pure function of density, key and options, written as a generator so that
 * whoever drives it (the main thread between other chains, or a worker) decides when to pause and when to stop.
 *
 * Keys are folded in by purpose and iteration, so a draw depends neither on other chains nor on pauses.
 */
import { foldIn, type Key, Stream } from '../../numeric/random.ts';
import type { LogDensity } from '../../program/types.ts';
import type { EventLog } from '../step.ts';
import { type Info, type Nuts, nuts, type Parameters, type State } from './nuts.ts';
import { type Guess, guessStepSize } from './step-size.ts';
import { adapt, adapted, restart, startWarmup, type Warmup } from './warmup.ts';

export interface ChainOptions {
  readonly warmup: number;
  readonly draws: number;
  /** Mean acceptance statistic the step size is adapted to, in (0, 1). */
  readonly targetAcceptance: number;
  readonly maxTreeDepth: number;
  /** Where to start (d,), unconstrained; otherwise uniform on (−2, 2) in each coordinate, tried up to 100 times. */
  readonly init?: Float64Array;
  readonly log?: EventLog;
}

/** What the driver says at each pause. */
export interface Go {
  /** Leapfrogs until the next pause. */
  readonly budget: number;
  /** Stop now, with the draws so far. */
  readonly stop: boolean;
}

export interface ChainProgress {
  readonly phase: 'warm-up' | 'sampling';
  /** Iterations done, warm-up included. */
  readonly iteration: number;
  readonly iterations: number;
  readonly divergences: number;
  readonly leapfrogs: number;
}

/** What the warm-up learned and cost. */
export interface WarmupInfo {
  readonly stepSize: number;
  /** (d,) the diagonal metric: variances on the unconstrained scale. */
  readonly variance: Float64Array;
  readonly gradients: number;
  readonly divergences: number;
}

export interface ChainResult {
  readonly ending: 'complete' | 'interrupted' | 'failed';
  /** Why the chain failed, in words, and where it stood. */
  readonly failure?: { readonly reason: string; readonly position: Float64Array };
  /** Iterations done, warm-up included. */
  readonly iterations: number;
  /** Draws on the unconstrained scale, row-major. */
  readonly positions: Float64Array; // (draws, d)
  readonly logDensity: Float64Array; // (draws,)
  readonly acceptance: Float64Array; // (draws,)
  readonly energy: Float64Array; // (draws,)
  readonly treeDepth: Int32Array; // (draws,)
  readonly leapfrogs: Int32Array; // (draws,)
  readonly divergent: Uint8Array; // (draws,)
  readonly warmup: WarmupInfo;
  /** Gradients of the sampling phase. */
  readonly gradients: number;
}

const startAttempts = 100; // as Stan
const startRadius = 2; // as Stan: uniform(−2, 2) on the unconstrained scale

/** Run a chain; see the head of this file. */
export function* runChain(
  density: LogDensity,
  key: Key,
  options: ChainOptions,
): Generator<ChainProgress, ChainResult, Go> {
  const chain = new Chain(density, options);
  const sampler = nuts(density, {
    maxTreeDepth: options.maxTreeDepth,
    ...(options.log ? { log: options.log } : {}),
  });
  const start = yield* settle(findStart(sampler, density, foldIn(key, 'start'), options.init), chain, 0);
  if (start === undefined) return chain.result('interrupted');
  if ('reason' in start) return chain.result('failed', start);

  let state: State = start;
  let parameters: Parameters = { stepSize: 1, variance: new Float64Array(density.dimension).fill(1) };
  const guessKey = foldIn(key, 'step size');
  let guess = yield* settle(guessStepSize(density, guessKey, state, parameters), chain, 0);
  if (guess === undefined) return chain.result('interrupted');
  chain.warmupGradients += guess.leapfrogs;
  if (guess.ending !== 'found')
    return chain.result('failed', { reason: guessFailure(guess), position: state.position });
  parameters = { ...parameters, stepSize: guess.stepSize };
  let warmup: Warmup = startWarmup(density.dimension, options.warmup, guess.stepSize, options.targetAcceptance);

  const drawKey = foldIn(key, 'draw');
  const iterations = options.warmup + options.draws;
  for (let iteration = 0; iteration < iterations; iteration++) {
    sampler.begin(foldIn(drawKey, iteration), state, parameters);
    let go = yield chain.progress(iteration);
    while (!go.stop && !sampler.advance(go.budget)) go = yield chain.progress(iteration);
    if (go.stop) return chain.result('interrupted');

    const info = sampler.info();
    state = sampler.current; // a view: nothing is allocated a draw
    chain.take(iteration, state, info);
    if (iteration >= options.warmup) continue;

    warmup = adapt(warmup, state.position, info.acceptance);
    if (warmup.metricChanged) {
      const { stepSize } = warmup.averaging;
      const before = { stepSize, variance: warmup.variance };
      guess = yield* settle(guessStepSize(density, foldIn(guessKey, iteration), state, before), chain, iteration);
      if (guess === undefined) return chain.result('interrupted');
      chain.warmupGradients += guess.leapfrogs;
      warmup = restart(warmup, guess.ending === 'found' ? guess.stepSize : stepSize);
    }
    const last = iteration === options.warmup - 1;
    parameters = last ? adapted(warmup) : { stepSize: warmup.averaging.stepSize, variance: warmup.variance };
    chain.parameters = parameters;
    options.log?.push({ type: 'adaptation', iteration, stepSize: parameters.stepSize });
  }
  return chain.result('complete');
}

/** Run a computation to its end with a pause at each of its own; undefined when told to stop. */
function* settle<R>(
  computation: Generator<void, R>,
  chain: Chain,
  iteration: number,
): Generator<ChainProgress, R | undefined, Go> {
  let next = computation.next();
  while (!next.done) {
    const go = yield chain.progress(iteration);
    if (go.stop) return undefined;
    next = computation.next();
  }
  return next.value;
}

/** A start with finite log density and gradient, or why there is none. Pauses after each attempt. */
function* findStart(
  sampler: Nuts,
  density: LogDensity,
  key: Key,
  init: Float64Array | undefined,
): Generator<void, State | { reason: string; position: Float64Array }> {
  let position = init ?? new Float64Array(density.dimension);
  const attempts = init ? 1 : startAttempts;
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (!init) {
      const stream = new Stream(foldIn(key, attempt));
      position = position.map(() => startRadius * (2 * stream.uniform() - 1)); // (d,)
    }
    try {
      return sampler.init(position);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      yield;
    }
  }
  const reason = init
    ? 'the log density or its gradient is not finite at the start given by init'
    : `the log density or its gradient was not finite at any of ${startAttempts} random starts`;
  return { reason, position };
}

function guessFailure(guess: Guess): string {
  return guess.ending === 'too large'
    ? 'the log density is flat over any distance: the posterior is improper (a parameter has neither prior nor data)'
    : 'no step size is small enough: the log density is not continuous at the start';
}

/** Collects what a chain leaves behind; the sampler does not know of it. */
class Chain {
  warmupGradients = 0;
  parameters: Parameters;
  private readonly options: ChainOptions;
  private readonly d: number;
  private readonly positions: Float64Array; // (draws, d)
  private readonly logDensity: Float64Array;
  private readonly acceptance: Float64Array;
  private readonly energy: Float64Array;
  private readonly treeDepth: Int32Array;
  private readonly leapfrogs: Int32Array;
  private readonly divergent: Uint8Array;
  private count = 0;
  private done = 0;
  private warmupDivergences = 0;
  private divergences = 0;
  private gradients = 0;

  constructor(density: LogDensity, options: ChainOptions) {
    const { draws } = options;
    this.options = options;
    this.d = density.dimension;
    this.parameters = { stepSize: Number.NaN, variance: new Float64Array(this.d).fill(1) };
    this.positions = new Float64Array(draws * this.d);
    this.logDensity = new Float64Array(draws);
    this.acceptance = new Float64Array(draws);
    this.energy = new Float64Array(draws);
    this.treeDepth = new Int32Array(draws);
    this.leapfrogs = new Int32Array(draws);
    this.divergent = new Uint8Array(draws);
  }

  take(iteration: number, state: State, info: Info): void {
    this.done = iteration + 1;
    const diverged = info.ending === 'diverging';
    if (iteration < this.options.warmup) {
      this.warmupGradients += info.leapfrogs;
      this.warmupDivergences += diverged ? 1 : 0;
      return;
    }
    const i = this.count++;
    this.positions.set(state.position, i * this.d);
    this.logDensity[i] = state.logDensity;
    this.acceptance[i] = info.acceptance;
    this.energy[i] = info.energy;
    this.treeDepth[i] = info.treeDepth;
    this.leapfrogs[i] = info.leapfrogs;
    this.divergent[i] = diverged ? 1 : 0;
    this.divergences += diverged ? 1 : 0;
    this.gradients += info.leapfrogs;
  }

  progress(iteration: number): ChainProgress {
    const { warmup, draws } = this.options;
    return {
      phase: iteration < warmup ? 'warm-up' : 'sampling',
      iteration,
      iterations: warmup + draws,
      divergences: this.divergences,
      leapfrogs: this.gradients + this.warmupGradients,
    };
  }

  result(ending: ChainResult['ending'], failure?: { reason: string; position: Float64Array }): ChainResult {
    const n = this.count;
    const whole = n === this.options.draws;
    return {
      ending,
      ...(failure ? { failure } : {}),
      iterations: this.done,
      positions: whole ? this.positions : this.positions.slice(0, n * this.d),
      logDensity: whole ? this.logDensity : this.logDensity.slice(0, n),
      acceptance: whole ? this.acceptance : this.acceptance.slice(0, n),
      energy: whole ? this.energy : this.energy.slice(0, n),
      treeDepth: whole ? this.treeDepth : this.treeDepth.slice(0, n),
      leapfrogs: whole ? this.leapfrogs : this.leapfrogs.slice(0, n),
      divergent: whole ? this.divergent : this.divergent.slice(0, n),
      warmup: {
        stepSize: this.parameters.stepSize,
        variance: this.parameters.variance,
        gradients: this.warmupGradients,
        divergences: this.warmupDivergences,
      },
      gradients: this.gradients,
    };
  }
}
