/**
 * Warm-up: the metric is learned from the later half of what has been seen, at lengths that grow by half, so that a
 * poor start is soon forgotten and the last metric rests on many draws; the step size follows by dual averaging all
 * the while, and has the end for itself. It is not begun anew with each metric: on ten models of the sampling bench
 * that cost a fifth of the warm-up and gained nothing.
 *
 * Stan learns in windows that double (Stan Reference Manual, "Automatic parameter tuning"); with gradients beside the
 * draws a metric is useful after ten of them, so the first comes that early, as in nutpie.
 *
 * `startWarmup` and `adapt` are pure; the chain asks `adapt` after each warm-up iteration what to use next.
 */
import { learnMetric, type MetricChoice } from './learn-metric.ts';
import type { Metric } from './metric.ts';
import { average, averagedStepSize, type DualAveraging, startAveraging } from './step-size.ts';

/** The metric is first learned after so many iterations, and then each time their number has grown by half. */
const firstUpdate = 10;
const growth = 1.5;
/** The share of the warm-up that the step size has for itself at the end. */
const finalShare = 0.1;
/** Below this no metric is learned, as in Stan. */
const shortest = 20;
/** Draws kept at most to learn from. */
const mostKept = 500;

/**
 * The iterations after which the metric is learned anew.
 *
 * 1000 → 10, 15, 23, 35, 53, 80, 120, 180, 270, 405, 608, 900; 30 → 10, 15, 27; 10 → none.
 */
export function metricUpdates(length: number): number[] {
  if (length < shortest) return [];
  const last = Math.floor((1 - finalShare) * length);
  const updates: number[] = [];
  for (let at = firstUpdate; growth * at <= last; at = Math.ceil(growth * at)) updates.push(at);
  return [...updates, last];
}

export interface Warmup {
  readonly updates: readonly number[];
  readonly choice: MetricChoice;
  readonly target: number;
  readonly iteration: number;
  readonly averaging: DualAveraging;
  /** The later half of what has been seen. */
  readonly positions: readonly Float64Array[]; // (kept, d)
  readonly gradients: readonly Float64Array[]; // (kept, d)
  /** The metric in use. */
  readonly metric: Metric;
}

/** Begin with step size `stepSize` in the metric `metric`. */
export function startWarmup(
  length: number,
  stepSize: number,
  target: number,
  metric: Metric,
  choice: MetricChoice = 'auto',
): Warmup {
  return {
    updates: metricUpdates(length),
    choice,
    target,
    iteration: 0,
    averaging: startAveraging(stepSize),
    positions: [],
    gradients: [],
    metric,
  };
}

/** Take in one warm-up iteration: where the chain stands (d,), its gradient, and the trajectory's acceptance statistic. */
export function adapt(warmup: Warmup, position: Float64Array, gradient: Float64Array, acceptance: number): Warmup {
  const iteration = warmup.iteration + 1;
  const averaging = average(warmup.averaging, acceptance, warmup.target);
  if (iteration > (warmup.updates.at(-1) ?? 0)) {
    return { ...warmup, iteration, averaging, positions: [], gradients: [] };
  }
  const kept = Math.min(mostKept, Math.ceil(iteration / 2));
  const positions = [...warmup.positions, position.slice()].slice(-kept);
  const gradients = [...warmup.gradients, gradient.slice()].slice(-kept);
  const next = { ...warmup, iteration, averaging, positions, gradients };
  if (!warmup.updates.includes(iteration)) return next;
  return { ...next, metric: learnMetric(positions, gradients, warmup.choice) };
}

/** What sampling uses once warm-up has ended. */
export function adapted(warmup: Warmup): { stepSize: number; metric: Metric } {
  return { stepSize: averagedStepSize(warmup.averaging), metric: warmup.metric };
}
