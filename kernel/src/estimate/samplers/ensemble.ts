/**
 * The affine-invariant ensemble sampler (Goodman & Weare 2010): many walkers, each moved along the line to another one
 * (the stretch move), so that scales and correlations need no tuning; or along the difference of two others (the
 * snooker-less move of ter Braak 2006, differential evolution). Two halves move in turn, as in emcee (Foreman-Mackey et
 * al. 2013), so that a half is moved given the other.
 *
 * One chain is one ensemble. Of n draws of W walkers each walker keeps n / W, spread over the run, and the draws of a
 * walker stand together: their autocorrelation, and so the effective sample size, is that of a walker.
 */
import { exp, log as ln, pow } from '../../numeric/elementary.ts';
import { foldIn, type Key, Stream } from '../../numeric/random.ts';
import type { EventLog } from '../step.ts';
import { findBeginning, settle } from './beginning.ts';
import { Collector } from './collect.ts';
import { type Point, pointAt, type StepInfo } from './markov.ts';
import type { ChainResult, Run, RunOptions, Target } from './run.ts';

export type EnsembleMove = 'stretch' | 'difference';

export interface EnsembleParameters {
  readonly move: EnsembleMove;
  /** Of the stretch: factors between 1/stretch and stretch, > 1 (Goodman & Weare: 2). */
  readonly stretch: number;
}

/** All walkers. */
export interface Ensemble {
  readonly walkers: readonly Point[];
}

/** The pure part: a start from given walkers, and a sweep over all of them. */
export interface EnsembleStepper {
  readonly name: string;
  init(positions: readonly Float64Array[]): Ensemble;
  step(key: Key, state: Ensemble, parameters: EnsembleParameters): [Ensemble, StepInfo];
}

/**
 * @example
 * const sampler = ensemble({ dimension: 1, value: (x) => -0.5 * x[0] ** 2 });
 * const start = sampler.init([-1, 0, 1, 2].map((x) => Float64Array.of(x)));
 * const [next] = sampler.step(key(1), start, { move: 'stretch', stretch: 2 });
 */
export function ensemble(target: Target, log?: EventLog): EnsembleStepper {
  const d = target.dimension;
  return {
    name: 'ensemble',
    init: (positions) => ({ walkers: positions.map((q) => pointAt('ensemble', target.value, q)) }),
    step(key, { walkers }, { move, stretch }) {
      const stream = new Stream(key);
      const next = [...walkers];
      const half = Math.ceil(next.length / 2);
      let acceptance = 0;
      for (const [from, to] of [
        [0, half],
        [half, next.length],
      ] as const) {
        const others = from === 0 ? next.slice(half) : next.slice(0, half);
        for (let k = from; k < to; k++) {
          const here = next[k]!;
          const { position, factor } =
            move === 'stretch' ? stretched(stream, here, others, stretch) : differed(stream, here, others);
          const logDensity = target.value(position);
          // z^(d − 1) is the Jacobian of the stretch (Goodman & Weare 2010, eq. 7).
          const probability = Math.min(1, exp((d - 1) * ln(factor) + logDensity - here.logDensity)) || 0;
          acceptance += probability / next.length;
          const accepted = stream.uniform() < probability;
          log?.push({ type: 'proposal', position, logDensity });
          if (accepted) next[k] = { position, logDensity };
          log?.push({ type: 'acceptance', position: next[k]!.position, probability, accepted });
        }
      }
      return [{ walkers: next }, { ending: 'accepted', acceptance, evaluations: next.length }];
    },
  };
}

/** A point on the line through another walker; the density of the factor z is ∝ 1/√z on [1/a, a]. */
function stretched(stream: Stream, { position }: Point, others: readonly Point[], a: number) {
  const factor = pow((a - 1) * stream.uniform() + 1, 2) / a;
  const other = others[stream.integer(others.length)]!.position;
  return { position: position.map((x, i) => other[i]! + factor * (x - other[i]!)), factor };
}

/** A step along the difference of two walkers, 2.38/√(2d) long (ter Braak 2006), now and then of its whole length. */
function differed(stream: Stream, { position }: Point, others: readonly Point[]) {
  const first = stream.integer(others.length);
  const second = (first + 1 + stream.integer(others.length - 1)) % others.length;
  const a = others[first]!.position;
  const b = others[second]!.position;
  const length = stream.uniform() < 0.1 ? 1 : 2.38 / Math.sqrt(2 * position.length);
  return { position: position.map((x, i) => x + length * (a[i]! - b[i]!) + 1e-6 * stream.normal()), factor: 1 };
}

export interface EnsembleOptions extends RunOptions, EnsembleParameters {
  /** Walkers of a chain; 0: twice the coordinates and two, at least ten. */
  readonly walkers: number;
}

interface Checkpoint {
  readonly state: Ensemble;
  /** Positions kept so far, sweep by sweep. */
  readonly kept: readonly (readonly Point[])[];
  readonly cost: readonly StepInfo[];
  readonly sweeps: number;
}

/** One chain: an ensemble from walkers that start where each is finite. */
export function* runEnsemble(target: Target, key: Key, options: EnsembleOptions): Run {
  const { warmup, draws, from, sink, ...rest } = options;
  const d = target.dimension;
  const count = options.walkers === 0 ? Math.max(10, 2 * d + 2) : options.walkers;
  const collector = new Collector(d, { ...rest, draws, warmup: 0 });
  const sampler = ensemble(target, options.log);
  const told = (sweeps: number) => ({
    ...collector.progress(sweeps),
    phase: sweeps < warmup ? ('warm-up' as const) : ('sampling' as const),
    iterations: warmup + draws,
  });

  let checkpoint = from?.checkpoint as Checkpoint | undefined;
  if (checkpoint === undefined) {
    const walkers: Point[] = [];
    for (let k = 0; k < count; k++) {
      // Walkers around a given start: at the very same point they could not move.
      const near = new Stream(foldIn(foldIn(key, 'near'), k));
      const init = options.init?.map((x) => x + 0.1 * near.normal() * Math.max(1e-3, Math.abs(x)));
      const search = findBeginning(
        (q) => pointAt('ensemble', target.value, q),
        d,
        foldIn(foldIn(key, 'start'), k),
        init,
      );
      const found = yield* settle(search, collector);
      if (found === undefined) return collector.result('interrupted', {});
      if ('reason' in found) return collector.result('failed', {}, { failure: found });
      walkers.push(found);
    }
    checkpoint = { state: { walkers }, kept: [], cost: [], sweeps: 0 };
  }

  let { state, sweeps } = checkpoint;
  const kept = [...checkpoint.kept];
  const cost = [...checkpoint.cost];
  const leave = (ending: ChainResult['ending']) => {
    arrange(collector, kept, cost, draws);
    const result = collector.result(ending, {}, { checkpoint: { state, kept, cost, sweeps } satisfies Checkpoint });
    return { ...result, iterations: sweeps };
  };
  // Each walker keeps one draw in `count` sweeps, so that there are as many draws as sweeps after the warm-up.
  const enough = Math.ceil(draws / count);
  /** Hands out what a sweep has kept, under the numbers that `arrange` gives where nothing stops it. */
  const tell = (walkers: readonly Point[]) => {
    walkers.forEach(({ position, logDensity }, walker) => {
      const number = walker * enough + kept.length - 1;
      if (number < draws) sink?.(number, position, logDensity);
    });
  };
  const drawKey = foldIn(key, 'draw');
  let spent = 0;
  collector.warmupGradients = Math.min(sweeps, warmup) * count;
  let go = yield told(sweeps);
  if (go.stop && kept.length < enough) return leave('interrupted');
  while (kept.length < enough) {
    let info: StepInfo;
    [state, info] = sampler.step(foldIn(drawKey, sweeps), state, options);
    sweeps++;
    if (sweeps <= warmup) collector.warmupGradients += info.evaluations;
    else if ((sweeps - warmup) % count === 0) {
      kept.push(state.walkers);
      tell(state.walkers);
      cost.push({ ...info, evaluations: info.evaluations * count });
    }
    spent += info.evaluations;
    if (spent < go.budget && !go.stop) continue;
    go = yield told(sweeps);
    if (go.stop && kept.length < enough) return leave('interrupted');
    spent = 0;
  }
  return leave('complete');
}

/** Draws walker by walker. */
function arrange(
  collector: Collector,
  kept: readonly (readonly Point[])[],
  cost: readonly StepInfo[],
  draws: number,
): void {
  const count = kept[0]?.length ?? 0;
  let i = 0;
  for (let walker = 0; walker < count; walker++) {
    kept.forEach((walkers, k) => {
      if (i >= draws) return;
      const { acceptance, evaluations } = cost[k]!;
      collector.take(i++, { ...walkers[walker]!, acceptance, evaluations: evaluations / count });
    });
  }
}
