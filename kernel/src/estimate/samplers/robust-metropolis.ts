/**
 * Robust adaptive Metropolis (Vihola 2012): the proposal's factor S is moved along each proposal so that its acceptance
 * comes to the target, S Sᵀ ← S (I + η (α − α*) z zᵀ / ‖z‖²) Sᵀ. It needs no moments, so heavy tails do not mislead it.
 * Adaptation ends with the warm-up.
 */
import { pow } from '../../numeric/elementary.ts';
import { cholesky } from '../../numeric/linalg/index.ts';
import { type Key, Stream } from '../../numeric/random.ts';
import { addProduct, type ShapedParameters, shapedMetropolis } from './adaptive-metropolis.ts';
import { type Point, runMarkov, type StepInfo, type Stepper, type Tuning } from './markov.ts';
import { bestAcceptance } from './metropolis.ts';
import type { Run, RunOptions, Target } from './run.ts';

/** What a step did, and which way it tried: z, where the proposal was position + S z. */
interface Tried extends StepInfo {
  readonly tried: Float64Array; // (d,)
}

export interface RobustTuning extends ShapedParameters {
  readonly count: number;
}

/** The step of a shaped walk, with the direction it tried. */
export function withTrial(target: Target, walk: Stepper<Point, ShapedParameters>) {
  const d = target.dimension;
  return (key: Key, state: Point, parameters: ShapedParameters): [Point, Tried] => {
    const [next, info] = walk.step(key, state, parameters);
    const stream = new Stream(key); // the walk reads its direction first
    return [next, { ...info, tried: Float64Array.from({ length: d }, () => stream.normal()) }];
  };
}

/** The recursion, without the walk. */
export function robustTuning(d: number) {
  return {
    start(): RobustTuning {
      const factor = new Float64Array(d * d);
      for (let i = 0; i < d; i++) factor[i * d + i] = 2.38 / Math.sqrt(d);
      return { factor, count: 0 };
    },
    adapt({ factor, count }: RobustTuning, tried: Float64Array, acceptance: number): RobustTuning {
      const gain = Math.min(1, d * pow(count + 1, -2 / 3)); // Vihola 2012, section 5
      return { factor: moved(factor, tried, gain * (acceptance - bestAcceptance(d)), d), count: count + 1 };
    },
  };
}

/** The Cholesky factor of S (I + change · z zᵀ / ‖z‖²) Sᵀ, |change| < 1. */
function moved(factor: Float64Array, z: Float64Array, change: number, d: number): Float64Array {
  const length = Math.sqrt(z.reduce((sum, x) => sum + x * x, 0));
  const along = addProduct(new Float64Array(d), factor, z).map((x) => x / length); // S z / ‖z‖
  const product = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = change * along[i]! * along[j]!;
      for (let k = 0; k <= j; k++) sum += factor[i * d + k]! * factor[j * d + k]!;
      product[i * d + j] = sum;
    }
  }
  return cholesky(product, d);
}

/** One chain. */
export function runRobustMetropolis(target: Target, key: Key, options: RunOptions): Run {
  const d = target.dimension;
  const walk = shapedMetropolis('robust metropolis', target, options.log);
  const { start, adapt } = robustTuning(d);
  const tuning: Tuning<Point, ShapedParameters, RobustTuning> = {
    start,
    adapt: (learned, _, info) => adapt(learned, (info as Tried).tried, info.acceptance),
    parameters: (learned) => learned,
    settled: (learned) => learned,
  };
  return runMarkov({ ...walk, step: withTrial(target, walk) }, tuning, d, key, options);
}
