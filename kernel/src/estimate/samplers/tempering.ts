/**
 * Parallel tempering (Geyer 1991; Earl & Deem 2005): copies of the target at rising temperatures, π^β, exchange their
 * points, so that what the hot ones find between the modes reaches the cold one, which is kept.
 *
 * Neighbours exchange in even and odd pairs by turns (Okabe et al. 2001; Syed et al. 2022: never at random), and the
 * warm-up moves the temperatures until all pairs exchange equally often. Within a temperature points move by random
 * walks whose shape is learned (Vihola 2012), so no gradient is needed.
 */
import { exp, log } from '../../numeric/elementary.ts';
import { foldIn, type Key, Stream } from '../../numeric/random.ts';
import { type ShapedParameters, shapedMetropolis } from './adaptive-metropolis.ts';
import { type Point, pointAt, runMarkov, type StepInfo, type Stepper, type Tuning } from './markov.ts';
import { type RobustTuning, robustTuning, withTrial } from './robust-metropolis.ts';
import type { Run, RunOptions, Target } from './run.ts';

/** The cold point, and those at the other temperatures with it. */
export interface Ladder extends Point {
  /** All points, the cold one first; log densities at temperature 1. */
  readonly points: readonly Point[];
  /** 0: the pairs (0, 1), (2, 3) … exchange next; 1: (1, 2), (3, 4) … */
  readonly turn: 0 | 1;
}

export interface LadderParameters {
  /** Inverse temperatures, falling from 1. */
  readonly betas: Float64Array; // (levels,)
  readonly shapes: readonly ShapedParameters[];
  /** Steps of each walk between two exchanges. */
  readonly moves: number;
}

/** What each level did: for the adaptation. */
interface LadderInfo extends StepInfo {
  /** Probability of exchange of each pair that had its turn, else NaN. */
  readonly exchanges: readonly number[]; // (levels − 1,)
  readonly steps: readonly (readonly { readonly acceptance: number; readonly tried: Float64Array }[])[];
}

function tempering(target: Target, levels: number): Stepper<Ladder, LadderParameters> {
  return {
    name: 'tempering',
    init(position) {
      const point = pointAt('tempering', target.value, position);
      return { ...point, points: Array.from({ length: levels }, () => point), turn: 0 };
    },
    step(key, state, { betas, shapes, moves }) {
      const points: Point[] = [];
      const steps: LadderInfo['steps'][number][] = [];
      state.points.forEach((point, level) => {
        const beta = betas[level]!;
        const hot: Target = { dimension: target.dimension, value: (q) => beta * target.value(q) };
        const walk = withTrial(hot, shapedMetropolis('tempering', hot));
        let at: Point = { position: point.position, logDensity: beta * point.logDensity };
        const done: { acceptance: number; tried: Float64Array }[] = [];
        for (let move = 0; move < moves; move++) {
          const [next, info] = walk(foldIn(foldIn(key, level), move), at, shapes[level]!);
          at = next;
          done.push(info);
        }
        points.push({ position: at.position, logDensity: at.logDensity / beta });
        steps.push(done);
      });
      const stream = new Stream(foldIn(key, 'exchange'));
      const exchanges = new Array<number>(points.length - 1).fill(Number.NaN);
      for (let k = state.turn; k + 1 < points.length; k += 2) {
        const [cold, hot] = [points[k]!, points[k + 1]!];
        const probability = Math.min(1, exp((betas[k]! - betas[k + 1]!) * (hot.logDensity - cold.logDensity)));
        exchanges[k] = probability;
        if (stream.uniform() < probability) [points[k], points[k + 1]] = [hot, cold];
      }
      const first = steps[0]!;
      const acceptance = first.reduce((sum, s) => sum + s.acceptance, 0) / first.length;
      const info: LadderInfo = { ending: 'accepted', acceptance, evaluations: moves * points.length, exchanges, steps };
      const { position, logDensity } = points[0]!;
      return [{ position, logDensity, points, turn: state.turn === 0 ? 1 : 0 }, info];
    },
  };
}

interface Learned {
  readonly shapes: readonly RobustTuning[];
  /** Logarithms of the ratios of neighbouring inverse temperatures, and how often each was adapted. */
  readonly gaps: Float64Array; // (levels − 1,)
  readonly rates: Float64Array; // (levels − 1,) mean probabilities of exchange
  readonly count: number;
}

export interface TemperingOptions extends RunOptions {
  readonly temperatures: number;
  /** The lowest inverse temperature, in (0, 1). */
  readonly hottest: number;
  readonly moves: number;
}

/** One chain. */
export function runTempering(target: Target, key: Key, options: TemperingOptions): Run {
  const { temperatures: levels, hottest, moves } = options;
  const d = target.dimension;
  const { start, adapt } = robustTuning(d);
  const parameters = ({ shapes, gaps }: Learned): LadderParameters => ({
    betas: betasOf(gaps, hottest),
    shapes,
    moves,
  });
  const tuning: Tuning<Ladder, LadderParameters, Learned> = {
    start: () => ({
      shapes: Array.from({ length: levels }, () => start()),
      gaps: new Float64Array(levels - 1).fill(1 / (levels - 1)),
      rates: new Float64Array(levels - 1).fill(0.5),
      count: 0,
    }),
    adapt({ shapes, gaps, rates, count }, _, info) {
      const { exchanges, steps } = info as LadderInfo;
      const weight = 1 / Math.min(count + 2, 50);
      const nextRates = rates.map((rate, k) =>
        Number.isNaN(exchanges[k]!) ? rate : rate + weight * (exchanges[k]! - rate),
      );
      // Pairs that exchange too often get a wider gap: gaps ∝ what keeps 1 − rate equal (Syed et al. 2022, section 4).
      const wish = gaps.map((gap, k) => gap / Math.max(0.05, 1 - nextRates[k]!));
      const total = wish.reduce((a, b) => a + b, 0);
      const step = 1 / (10 + count);
      return {
        shapes: shapes.map((shape, level) =>
          steps[level]!.reduce((s, { tried, acceptance }) => adapt(s, tried, acceptance), shape),
        ),
        gaps: gaps.map((gap, k) => gap + step * (wish[k]! / total - gap)),
        rates: nextRates,
        count: count + 1,
      };
    },
    parameters,
    settled: parameters,
  };
  return runMarkov(tempering(target, levels), tuning, d, key, options);
}

/** 1, …, hottest: geometric where the gaps (which sum to 1) are equal. */
function betasOf(gaps: Float64Array, hottest: number): Float64Array {
  const betas = new Float64Array(gaps.length + 1);
  const depth = -log(hottest);
  let sum = 0;
  betas[0] = 1;
  gaps.forEach((gap, k) => {
    sum += gap;
    betas[k + 1] = exp(-depth * sum);
  });
  return betas;
}
