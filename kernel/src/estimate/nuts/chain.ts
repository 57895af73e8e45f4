/**
 * One chain of NUTS, from start to last draw: warm-up and sampling around the pure step.
 *
 * Keys are folded in by purpose and iteration, so a draw depends neither on other chains nor on pauses.
 */
import { foldIn, type Key } from '../../numeric/random.ts';
import { findBeginning, settle } from '../samplers/beginning.ts';
import { Collector } from '../samplers/collect.ts';
import type { ChainResult, Run, RunOptions, SmoothTarget, WarmupCost } from '../samplers/run.ts';
import type { MetricChoice } from './learn-metric.ts';
import type { Metric } from './metric.ts';
import { nuts, type State } from './nuts.ts';
import { type Guess, guessStepSize } from './step-size.ts';
import { adapt, adapted, startWarmup, type TargetAcceptance, type Warmup } from './warmup.ts';

export interface ChainOptions extends RunOptions {
  readonly targetAcceptance: TargetAcceptance;
  readonly maxTreeDepth: number;
  /** Default 'auto': diagonal, low-rank or dense, by the rule of `learn-metric.ts`. */
  readonly metric?: MetricChoice;
}

/** What the warm-up learned and cost. */
export interface WarmupInfo extends WarmupCost {
  readonly stepSize: number;
  /** Scales of the coordinates in the metric: variances on the unconstrained scale. */
  readonly variance: Float64Array; // (d,)
  readonly metric: Metric;
}

/** Where a chain stands between two draws. */
interface Checkpoint {
  readonly state: State;
  readonly stepSize: number;
  readonly metric: Metric;
  readonly warmup: Warmup;
}

/** Run a chain; see the head of `samplers/run.ts`. */
export function* runChain(density: SmoothTarget, key: Key, options: ChainOptions): Run<ChainResult<WarmupInfo>> {
  const collector = new Collector(density.dimension, options);
  const { log, from } = options;
  const sampler = nuts(density, { maxTreeDepth: options.maxTreeDepth, ...(log ? { log } : {}) });
  const blank: Metric = { variance: new Float64Array(density.dimension).fill(1) };
  const empty = { stepSize: Number.NaN, variance: blank.variance, metric: blank };

  let point = from?.checkpoint as Checkpoint | undefined;
  if (point === undefined) {
    const search = findBeginning((q) => sampler.init(q), density.dimension, foldIn(key, 'start'), options.init);
    const state = yield* settle(search, collector);
    if (state === undefined) return collector.result('interrupted', empty);
    if ('reason' in state) return collector.result('failed', empty, { failure: state });
    const metric = firstMetric(state);
    const first = { stepSize: 1, ...metric };
    const guess = yield* settle(guessStepSize(density, foldIn(key, 'step size'), state, first), collector);
    if (guess === undefined) return collector.result('interrupted', empty);
    collector.warmupGradients = guess.leapfrogs;
    if (guess.ending !== 'found') {
      const failure = { reason: guessFailure(guess), position: state.position };
      return collector.result('failed', empty, { failure });
    }
    const { stepSize } = guess;
    const warmup = startWarmup(options.warmup, stepSize, options.targetAcceptance, metric, options.metric);
    point = { state, stepSize, metric, warmup };
  }

  let { state, stepSize, metric, warmup } = point;
  // The state at the beginning of an iteration: where a run that is stopped inside one goes on from.
  const position = state.position.slice();
  const gradient = state.gradient.slice();
  let { logDensity } = state;
  const leave = (ending: ChainResult['ending']) =>
    collector.result(
      ending,
      { stepSize, variance: metric.variance, metric },
      { checkpoint: { state: { position, gradient, logDensity }, stepSize, metric, warmup } satisfies Checkpoint },
    );

  const drawKey = foldIn(key, 'draw');
  const iterations = options.warmup + options.draws;
  let parameters = { stepSize, ...metric };
  let left = 0; // leapfrogs until the next pause
  for (let iteration = collector.iterations; iteration < iterations; iteration++) {
    if (iteration === options.warmup) left = 0; // so that who counts the time knows where warm-up has ended
    sampler.begin(foldIn(drawKey, iteration), state, parameters);
    let complete = false;
    while (!complete) {
      if (left <= 0) {
        const go = yield collector.progress(iteration);
        if (go.stop) return leave('interrupted');
        left = go.budget;
      }
      const before = sampler.leapfrogs;
      complete = sampler.advance(left);
      left -= sampler.leapfrogs - before;
    }

    const { ending, acceptance, leapfrogs: evaluations, treeDepth, energy } = sampler.info();
    state = sampler.current; // a view: nothing is allocated a draw
    position.set(state.position);
    gradient.set(state.gradient);
    logDensity = state.logDensity;
    const divergent = ending === 'diverging';
    collector.take(iteration, { position, logDensity, acceptance, evaluations, divergent, treeDepth, energy });
    if (iteration >= options.warmup) continue;

    warmup = adapt(warmup, position, gradient, acceptance, divergent);
    const last = iteration === options.warmup - 1;
    ({ stepSize, metric } = last ? adapted(warmup) : { stepSize: warmup.averaging.stepSize, metric: warmup.metric });
    parameters = { stepSize, ...metric };
    log?.push({ type: 'adaptation', iteration, stepSize });
  }
  return leave('complete');
}

/** A first metric from one gradient: a normal at distance 1 from its centre has slope 1 / variance. // (d,) */
function firstMetric({ gradient }: State): Metric {
  return {
    variance: gradient.map((g) => {
      const variance = 1 / Math.abs(g);
      return variance > 1e-10 && variance < 1e10 ? variance : 1;
    }),
  };
}

function guessFailure(guess: Guess): string {
  return guess.ending === 'too large'
    ? 'the log density is flat over any distance: the posterior is improper (a parameter has neither prior nor data)'
    : 'no step size is small enough: the log density is not continuous at the start';
}
