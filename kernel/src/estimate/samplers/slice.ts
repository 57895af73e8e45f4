/**
 * Slice sampling (Neal 2003): a level below the density is drawn, then a point of the coordinate's slice above that
 * level, by stepping out and shrinking (his figures 3 and 5), one coordinate after the other. It refuses nothing and
 * needs no gradient; its widths, adapted in warm-up, change its cost and not its draws.
 */
import { type Key, Stream } from '../../numeric/random.ts';
import type { EventLog } from '../step.ts';
import { type Point, pointAt, runMarkov, type Stepper, type Tuning } from './markov.ts';
import type { Run, RunOptions, Target } from './run.ts';

export interface SliceParameters {
  /** Widths of the first interval, > 0. */
  readonly widths: Float64Array; // (d,)
}

/** Steps out at most so often to each side. */
const mostSteps = 50;

/**
 * A slice sampler of `target`.
 *
 * @example
 * const sampler = slice({ dimension: 1, value: (x) => -0.5 * x[0] ** 2 });
 * const [state] = sampler.step(key(1), sampler.init(Float64Array.of(0)), { widths: Float64Array.of(2) });
 */
export function slice(target: Target, log?: EventLog): Stepper<Point, SliceParameters> {
  return {
    name: 'slice',
    init: (position) => pointAt('slice', target.value, position),
    step(key, state, { widths }) {
      const stream = new Stream(key);
      const position = state.position.slice(); // (d,)
      let { logDensity } = state;
      let evaluations = 0;
      for (let i = 0; i < position.length; i++) {
        const level = logDensity - stream.exponential(); // log of uniform(0, density)
        const here = position[i]!;
        const at = (x: number) => {
          evaluations++;
          position[i] = x;
          return target.value(position);
        };
        const width = widths[i]!;
        let left = here - width * stream.uniform();
        let right = left + width;
        let leftSteps = Math.floor(mostSteps * stream.uniform());
        let rightSteps = mostSteps - 1 - leftSteps;
        while (leftSteps-- > 0 && at(left) > level) left -= width;
        while (rightSteps-- > 0 && at(right) > level) right += width;
        while (true) {
          const x = left + (right - left) * stream.uniform();
          const value = at(x);
          log?.push({ type: 'proposal', position: position.slice(), logDensity: value });
          if (value > level) {
            logDensity = value;
            break;
          }
          if (x < here) left = x;
          else right = x;
          if (!(right - left > 0)) {
            position[i] = here; // the interval has shrunk to the point itself
            break;
          }
        }
      }
      log?.push({ type: 'acceptance', position, probability: 1, accepted: true });
      return [
        { position, logDensity },
        { ending: 'accepted', acceptance: 1, evaluations },
      ];
    },
  };
}

interface Learned extends SliceParameters {
  readonly last: Float64Array; // (d,)
  /** Mean distances moved. */
  readonly moved: Float64Array; // (d,)
  readonly count: number;
}

/** What the warm-up learns: widths become three times the mean distance moved: about the length of a slice. */
export const sliceTuning: Tuning<Point, SliceParameters, Learned> = {
  start: ({ position }) => ({
    widths: position.map(() => 1),
    last: position,
    moved: position.map(() => 0),
    count: 0,
  }),
  adapt({ moved, last, count, widths }, { position }) {
    const n = count + 1;
    const mean = moved.map((m, i) => m + (Math.abs(position[i]! - last[i]!) - m) / Math.min(n, 100));
    return { last: position, moved: mean, count: n, widths: n < 5 ? widths : mean.map((m) => (m > 0 ? 3 * m : 1)) };
  },
  parameters: (learned) => learned,
  settled: (learned) => learned,
};

/** One chain. */
export function runSlice(target: Target, key: Key, options: RunOptions): Run {
  return runMarkov(slice(target, options.log), sliceTuning, target.dimension, key, options);
}
