/**
 * Hamiltonian Monte Carlo of a fixed integration time (Duane et al. 1987; Neal 2011): leapfrogs over the same time in
 * each trajectory, then one Metropolis test. What NUTS finds out for itself, where to turn back, is given here.
 */
import { exp } from '../../numeric/elementary.ts';
import { type Key, Stream } from '../../numeric/random.ts';
import type { MetricChoice } from '../nuts/learn-metric.ts';
import { type Metric, productsOf } from '../nuts/metric.ts';
import { adapt, adapted, startWarmup, type TargetAcceptance, type Warmup } from '../nuts/warmup.ts';
import type { EventLog } from '../step.ts';
import { type Point, runMarkov, type Stepper, type Tuning } from './markov.ts';
import type { Run, RunOptions, SmoothTarget } from './run.ts';

export interface HmcState extends Point {
  readonly gradient: Float64Array; // (d,)
}

export interface HmcParameters extends Metric {
  /** Leapfrog step, > 0. */
  readonly stepSize: number;
  /** Time of a trajectory, > 0, in units in which the posterior has variance 1. */
  readonly time: number;
}

/** As in NUTS. */
const divergenceThreshold = 1000;
/** Leapfrogs of a trajectory at most. */
const mostLeapfrogs = 1024;
/** Each trajectory's step is between 0.9 and 1.1 of the step size, so that none meets its own period (Neal 2011, 5.4.2.2). */
const spread = 0.2;

/**
 * An HMC sampler of `target`.
 *
 * @example
 * const sampler = hmc(density);
 * const [state] = sampler.step(key(1), sampler.init(Float64Array.of(0)), { stepSize: 0.3, time: 1.5, variance });
 */
export function hmc(target: SmoothTarget, log?: EventLog): Stepper<HmcState, HmcParameters> {
  return {
    name: 'hmc',
    init(position) {
      const gradient = new Float64Array(position.length); // (d,)
      const logDensity = target.valueAndGradient(position, gradient);
      if (!(Number.isFinite(logDensity) && gradient.every(Number.isFinite))) {
        throw new RangeError(
          `hmc: the log density is ${logDensity} (or its gradient not finite) at the start; give a start inside the support`,
        );
      }
      return { position: position.slice(), gradient, logDensity };
    },
    step(key, state, { stepSize, time, ...metric }) {
      const stream = new Stream(key);
      const products = productsOf(metric);
      const d = state.position.length;
      const momentum = new Float64Array(d);
      const velocity = new Float64Array(d);
      products.drawMomentum(stream, momentum);
      const kinetic = () => {
        products.inverseMass(momentum, velocity);
        return 0.5 * momentum.reduce((sum, p, i) => sum + p * velocity[i]!, 0);
      };
      const energy = kinetic() - state.logDensity;
      const epsilon = stepSize * (1 + spread * (stream.uniform() - 0.5));
      const steps = Math.min(mostLeapfrogs, Math.max(1, Math.round(time / stepSize)));
      const position = state.position.slice();
      const gradient = state.gradient.slice();
      const path: Float64Array[] = [];
      let logDensity = state.logDensity;
      let gain = 0;
      let evaluations = 0;
      while (evaluations < steps && gain > -divergenceThreshold) {
        for (let i = 0; i < d; i++) momentum[i] = momentum[i]! + 0.5 * epsilon * gradient[i]!;
        products.inverseMass(momentum, velocity);
        for (let i = 0; i < d; i++) position[i] = position[i]! + epsilon * velocity[i]!;
        logDensity = target.valueAndGradient(position, gradient);
        for (let i = 0; i < d; i++) momentum[i] = momentum[i]! + 0.5 * epsilon * gradient[i]!;
        gain = energy - (kinetic() - logDensity);
        evaluations++;
        if (log) path.push(position.slice());
      }
      const diverging = !(gain > -divergenceThreshold);
      const acceptance = diverging ? 0 : Math.min(1, exp(gain));
      const accepted = stream.uniform() < acceptance;
      if (log) tell(log, path, accepted ? position : state.position, acceptance, accepted, diverging);
      const ending = diverging ? 'diverging' : accepted ? 'accepted' : 'rejected';
      const info = { ending, acceptance, evaluations, energy: accepted ? energy - gain : energy } as const;
      return [accepted ? { position, gradient, logDensity } : state, info];
    },
  };
}

function tell(
  log: EventLog,
  path: readonly Float64Array[],
  position: Float64Array,
  probability: number,
  accepted: boolean,
  diverging: boolean,
): void {
  const d = position.length;
  const positions = new Float64Array(path.length * d); // (points, d)
  path.forEach((point, i) => {
    positions.set(point, i * d);
  });
  const directions = new Int8Array(path.length).fill(1);
  log.push({ type: 'trajectory', positions, directions, depth: 0, ending: diverging ? 'diverging' : 'complete' });
  log.push({ type: 'acceptance', position, probability, accepted });
}

export interface HmcOptions extends RunOptions {
  readonly targetAcceptance: TargetAcceptance;
  readonly trajectoryTime: number;
  readonly metric: MetricChoice;
}

/** One chain. */
export function runHmc(target: SmoothTarget, key: Key, options: HmcOptions): Run {
  return runMarkov(hmc(target, options.log), hmcTuning(options), target.dimension, key, options);
}

/** What the warm-up learns: step size and metric, as in NUTS. */
export function hmcTuning(
  options: Pick<HmcOptions, 'warmup' | 'targetAcceptance' | 'trajectoryTime' | 'metric'>,
): Tuning<HmcState, HmcParameters, Warmup> {
  const { warmup: length, targetAcceptance, trajectoryTime: time, metric } = options;
  return {
    start: ({ position }) => startWarmup(length, 0.1, targetAcceptance, { variance: position.map(() => 1) }, metric),
    adapt: (warmup, { position, gradient }, { acceptance, ending }) =>
      adapt(warmup, position, gradient, acceptance, ending === 'diverging'),
    parameters: (warmup) => ({ ...warmup.metric, stepSize: warmup.averaging.stepSize, time }),
    settled(warmup) {
      const { stepSize, metric: learned } = adapted(warmup);
      return { ...learned, stepSize, time };
    },
  };
}
