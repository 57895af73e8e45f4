/**
 * Random-walk Metropolis (Metropolis et al. 1953), Gaussian proposals of one scale.
 *
 * The simplest sampler: for teaching, and for log densities without a gradient. Its one parameter, the scale, is
 * brought to the acceptance at which it is most efficient during warm-up (Roberts, Gelman & Gilks 1997: 0.234 in many
 * dimensions, 0.44 in one) by Robbins & Monro's recursion.
 */
import { exp, pow } from '../../numeric/elementary.ts';
import { type Key, Stream } from '../../numeric/random.ts';
import type { EventLog } from '../step.ts';
import { type Point, pointAt, runMarkov, type StepInfo, type Stepper, type Tuning } from './markov.ts';
import type { Run, RunOptions, Target } from './run.ts';

export interface MetropolisParameters {
  /** Standard deviation of the proposal in each coordinate, > 0. */
  readonly scale: number;
}

/** The acceptance at which random walks are most efficient. */
export function bestAcceptance(dimension: number): number {
  return dimension === 1 ? 0.44 : 0.234;
}

/**
 * A random walk over `target`.
 *
 * @example
 * const walk = metropolis({ dimension: 1, value: (x) => -0.5 * x[0] ** 2 });
 * const [state, info] = walk.step(key(1), walk.init(Float64Array.of(0)), { scale: 2.4 });
 */
export function metropolis(target: Target, log?: EventLog): Stepper<Point, MetropolisParameters> {
  return {
    name: 'metropolis',
    init: (position) => pointAt('metropolis', target.value, position),
    step(key, state, { scale }) {
      const stream = new Stream(key);
      const proposal = state.position.map((x) => x + scale * stream.normal()); // (d,)
      return decide(target, stream, state, proposal, log);
    },
  };
}

/** Take a proposal of a symmetric walk, or leave it. */
export function decide(
  target: Target,
  stream: Stream,
  state: Point,
  proposal: Float64Array,
  log?: EventLog,
): [Point, StepInfo] {
  const logDensity = target.value(proposal);
  // The ratio in logs; outside the support the log density is −∞ or NaN, which is never taken.
  const acceptance = Math.min(1, exp(logDensity - state.logDensity)) || 0;
  const accepted = stream.uniform() < acceptance;
  log?.push({ type: 'proposal', position: proposal, logDensity });
  log?.push({ type: 'acceptance', position: accepted ? proposal : state.position, probability: acceptance, accepted });
  if (accepted)
    return [
      { position: proposal, logDensity },
      { ending: 'accepted', acceptance, evaluations: 1 },
    ];
  const ending = Number.isFinite(logDensity) ? 'rejected' : 'outside support';
  return [state, { ending, acceptance, evaluations: 1 }];
}

/** log scale ← log scale + (acceptance − target) / n^0.6. */
export interface ScaleTuning {
  readonly scale: number;
  readonly count: number;
}

/** Robbins & Monro's recursion on the logarithm of a scale (Andrieu & Thoms 2008, algorithm 4). */
export function tuneScale({ scale, count }: ScaleTuning, acceptance: number, target: number): ScaleTuning {
  const gain = pow(count + 1, -0.6);
  return { scale: scale * exp(gain * (acceptance - target)), count: count + 1 };
}

/** What the warm-up learns: the scale. */
export const metropolisTuning = (dimension: number): Tuning<Point, MetropolisParameters, ScaleTuning> => ({
  start: () => ({ scale: 2.38 / Math.sqrt(dimension), count: 0 }), // Gelman, Roberts & Gilks 1996, for a unit normal
  adapt: (tuning, _, { acceptance }) => tuneScale(tuning, acceptance, bestAcceptance(dimension)),
  parameters: (tuning) => tuning,
  settled: (tuning) => tuning,
});

/** One chain. */
export function runMetropolis(target: Target, key: Key, options: RunOptions): Run {
  const { dimension } = target;
  return runMarkov(metropolis(target, options.log), metropolisTuning(dimension), dimension, key, options);
}
