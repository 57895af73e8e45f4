/**
 * Adaptive Metropolis (Haario, Saksman & Tamminen 2001): proposals with the covariance of the draws so far, times
 * 2.38²/d, and a scale that brings the acceptance to its target (Andrieu & Thoms 2008, algorithm 4). Adaptation ends
 * with the warm-up, so what is kept comes from one fixed kernel.
 */
import { pow } from '../../numeric/elementary.ts';
import { cholesky } from '../../numeric/linalg/index.ts';
import { type Key, Stream } from '../../numeric/random.ts';
import type { EventLog } from '../step.ts';
import { type Point, pointAt, runMarkov, type Stepper, type Tuning } from './markov.ts';
import { bestAcceptance, decide, type ScaleTuning, tuneScale } from './metropolis.ts';
import type { Run, RunOptions, Target } from './run.ts';

export interface ShapedParameters {
  /** Lower triangular: proposals are position + factor · z. */
  readonly factor: Float64Array; // (d, d)
}

/** A random walk with correlated proposals. */
export function shapedMetropolis(name: string, target: Target, log?: EventLog): Stepper<Point, ShapedParameters> {
  const d = target.dimension;
  return {
    name,
    init: (position) => pointAt(name, target.value, position),
    step(key, state, { factor }) {
      const stream = new Stream(key);
      const z = Float64Array.from({ length: d }, () => stream.normal()); // (d,)
      return decide(target, stream, state, addProduct(state.position, factor, z), log);
    },
  };
}

/** x + L z for a lower triangular L. // (d,) */
export function addProduct(x: Float64Array, l: Float64Array, z: Float64Array): Float64Array {
  const d = x.length;
  return x.map((start, i) => {
    let sum = start;
    for (let j = 0; j <= i; j++) sum += l[i * d + j]! * z[j]!;
    return sum;
  });
}

interface Learned extends ScaleTuning {
  readonly mean: Float64Array; // (d,)
  readonly covariance: Float64Array; // (d, d)
  readonly factor: Float64Array; // (d, d), Cholesky factor of the covariance
}

/** Added to the diagonal, in units of the covariance's own: Haario's ε. */
const jitter = 1e-6;
/** The covariance is factored anew after so many iterations, a cubic cost. */
const refactorEach = 10;

const tuningFor = (d: number): Tuning<Point, ShapedParameters, Learned> => {
  const parameters = ({ factor, scale }: Learned) => ({ factor: factor.map((x) => scale * x) });
  return {
    start: ({ position }) => {
      const unit = new Float64Array(d * d);
      for (let i = 0; i < d; i++) unit[i * d + i] = 1;
      return { scale: 2.38 / Math.sqrt(d), count: 0, mean: position, covariance: unit, factor: unit };
    },
    adapt(tuning, { position }, { acceptance }) {
      const { scale, count } = tuneScale(tuning, acceptance, bestAcceptance(d));
      const gain = pow(count + 1, -0.6);
      const off = position.map((x, i) => x - tuning.mean[i]!); // (d,)
      const mean = tuning.mean.map((m, i) => m + gain * off[i]!);
      const covariance = tuning.covariance.map((c, at) => c + gain * (off[Math.floor(at / d)]! * off[at % d]! - c));
      const factor = count % refactorEach === 0 ? factorOf(covariance, d) : tuning.factor;
      return { scale, count, mean, covariance, factor };
    },
    parameters,
    settled: parameters,
  };
};

function factorOf(covariance: Float64Array, d: number): Float64Array {
  const raised = covariance.slice();
  for (let i = 0; i < d; i++) raised[i * d + i] = raised[i * d + i]! * (1 + jitter) + 1e-300;
  return cholesky(raised, d);
}

/** One chain. */
export function runAdaptiveMetropolis(target: Target, key: Key, options: RunOptions): Run {
  const d = target.dimension;
  const stepper = shapedMetropolis('adaptive metropolis', target, options.log);
  return runMarkov(stepper, tuningFor(d), d, key, options);
}
