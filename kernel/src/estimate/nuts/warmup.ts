/**
 * Warm-up in Stan's windows: a fast start, windows of doubling length in which the variances are learned, and a
 * fast end (Stan Reference Manual, "Automatic parameter tuning"; Carpenter et al. 2017).
 *
 * `startWarmup` and `adapt` are pure; the chain asks `adapt` after each warm-up iteration what to use next.
 */
import { average, averagedStepSize, type DualAveraging, startAveraging } from './step-size.ts';

/** Iterations at which a metric window ends (exclusive), and where the first begins. */
export interface Windows {
  readonly start: number;
  readonly ends: readonly number[];
}

/** Stan's lengths of the fast start, the first metric window and the fast end. */
const stanInitial = 75;
const stanWindow = 25;
const stanFinal = 50;
/** Below this no metric is learned, as in Stan. */
const shortest = 20;

/**
 * The windows of a warm-up of `length` iterations.
 *
 * 1000 → start 75, ends 100, 150, 250, 450, 950; 100 → start 15, end 90; 10 → none.
 */
export function warmupWindows(length: number): Windows {
  if (length < shortest) return { start: length, ends: [] };
  if (length < stanInitial + stanWindow + stanFinal) {
    const start = Math.floor(0.15 * length);
    return { start, ends: [length - Math.floor(0.1 * length)] };
  }
  const limit = length - stanFinal;
  const ends: number[] = [];
  let size = stanWindow;
  let end = stanInitial + size;
  while (end < limit) {
    ends.push(end);
    size *= 2;
    end += size;
    // A window after which the next would not fit is stretched to the limit.
    if (end + 2 * size > limit) end = limit;
  }
  return { start: stanInitial, ends: [...ends, limit] };
}

/** Running mean and sum of squared deviations of each coordinate (Welford 1962). */
interface Moments {
  readonly count: number;
  readonly mean: Float64Array; // (d,)
  readonly squares: Float64Array; // (d,)
}

export interface Warmup {
  readonly windows: Windows;
  readonly target: number;
  readonly iteration: number;
  readonly averaging: DualAveraging;
  readonly moments: Moments;
  readonly variance: Float64Array; // (d,) the metric in use
  /** True after an iteration that changed the metric: the step size must be guessed anew, then `restart`ed. */
  readonly metricChanged: boolean;
}

/** Begin with step size `stepSize` and unit metric. */
export function startWarmup(dimension: number, length: number, stepSize: number, target: number): Warmup {
  return {
    windows: warmupWindows(length),
    target,
    iteration: 0,
    averaging: startAveraging(stepSize),
    moments: emptyMoments(dimension),
    variance: new Float64Array(dimension).fill(1),
    metricChanged: false,
  };
}

/** Take in one warm-up iteration: where the chain stands (d,), and the trajectory's acceptance statistic. */
export function adapt(warmup: Warmup, position: Float64Array, acceptance: number): Warmup {
  const { windows, iteration } = warmup;
  const averaging = average(warmup.averaging, acceptance, warmup.target);
  const learns = iteration >= windows.start && iteration < (windows.ends.at(-1) ?? 0);
  const moments = learns ? addPoint(warmup.moments, position) : warmup.moments;
  const next = { ...warmup, iteration: iteration + 1, averaging, moments, metricChanged: false };
  if (!windows.ends.includes(iteration + 1)) return next;
  return {
    ...next,
    variance: regularisedVariance(moments),
    moments: emptyMoments(position.length),
    metricChanged: true,
  };
}

/** After the metric has changed: average anew from the guess `stepSize`. */
export function restart(warmup: Warmup, stepSize: number): Warmup {
  return { ...warmup, averaging: startAveraging(stepSize), metricChanged: false };
}

/** What sampling uses once warm-up has ended. */
export function adapted(warmup: Warmup): { stepSize: number; variance: Float64Array } {
  return { stepSize: averagedStepSize(warmup.averaging), variance: warmup.variance };
}

function emptyMoments(dimension: number): Moments {
  return { count: 0, mean: new Float64Array(dimension), squares: new Float64Array(dimension) };
}

function addPoint({ count, mean, squares }: Moments, position: Float64Array): Moments {
  const n = count + 1;
  const newMean = mean.map((m, i) => m + (position[i]! - m) / n); // (d,)
  const newSquares = squares.map((s, i) => s + (position[i]! - mean[i]!) * (position[i]! - newMean[i]!)); // (d,)
  return { count: n, mean: newMean, squares: newSquares };
}

/** Sample variances shrunk towards 1e-3 as by five extra draws: n/(n+5) s² + 1e-3 · 5/(n+5) (Stan). */
function regularisedVariance({ count, squares }: Moments): Float64Array {
  const n = count;
  return squares.map((s) => {
    const variance = n > 1 ? s / (n - 1) : 1;
    return (n / (n + 5)) * variance + 1e-3 * (5 / (n + 5));
  });
}
