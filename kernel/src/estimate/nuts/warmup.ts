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
 * Mean acceptance statistic the step size is adapted to, in (0, 1). `'auto'`: 0.8 (the most efficient for many targets,
 * Betancourt, Byrne & Girolami 2014), and 0.9 from the first divergence on that the warm-up meets once its metric is
 * more than rough.
 */
export type TargetAcceptance = number | 'auto';
const usualTarget = 0.8;
const carefulTarget = 0.9;
/** The share of the warm-up in which the metric is rough, so that divergences say little of the posterior. */
const roughShare = 0.15;

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

/** Rows in the order they came, in blocks, so that one more row copies few. */
export interface History {
  readonly blocks: readonly (readonly Float64Array[])[];
  readonly recent: readonly Float64Array[];
}

const blockSize = 25;
const nothing: History = { blocks: [], recent: [] };

/** One more row (copied); blocks that the last `kept` rows do not reach are let go. */
function append({ blocks, recent }: History, row: Float64Array, kept: number): History {
  const next = [...recent, row.slice()];
  if (next.length < blockSize) return { blocks, recent: next };
  return { blocks: [...blocks, next].slice(-Math.ceil(kept / blockSize) - 1), recent: [] };
}

/** The last `kept` rows. */
function latest({ blocks, recent }: History, kept: number): Float64Array[] {
  return [...blocks.flat(), ...recent].slice(-kept);
}

export interface Warmup {
  readonly updates: readonly number[];
  readonly choice: MetricChoice;
  readonly length: number;
  readonly target: number;
  /** What the target becomes where a trajectory diverges. */
  readonly careful: number;
  readonly iteration: number;
  readonly averaging: DualAveraging;
  /** The later half of what has been seen. */
  readonly positions: History; // rows (d,)
  readonly gradients: History; // rows (d,)
  /** The metric in use. */
  readonly metric: Metric;
}

/** Begin with step size `stepSize` in the metric `metric`. */
export function startWarmup(
  length: number,
  stepSize: number,
  target: TargetAcceptance,
  metric: Metric,
  choice: MetricChoice = 'auto',
): Warmup {
  return {
    updates: metricUpdates(length),
    choice,
    length,
    target: target === 'auto' ? usualTarget : target,
    careful: target === 'auto' ? carefulTarget : target,
    iteration: 0,
    averaging: startAveraging(stepSize),
    positions: nothing,
    gradients: nothing,
    metric,
  };
}

/**
 * Take in one warm-up iteration: where the chain stands (d,), its gradient, the trajectory's acceptance statistic, and
 * whether it diverged.
 */
export function adapt(
  given: Warmup,
  position: Float64Array,
  gradient: Float64Array,
  acceptance: number,
  diverged = false,
): Warmup {
  const iteration = given.iteration + 1;
  const warmup = diverged && iteration > roughShare * given.length ? { ...given, target: given.careful } : given;
  const averaging = average(warmup.averaging, acceptance, warmup.target);
  if (iteration > (warmup.updates.at(-1) ?? 0)) {
    return { ...warmup, iteration, averaging, positions: nothing, gradients: nothing };
  }
  const kept = Math.min(mostKept, Math.ceil(iteration / 2));
  const positions = append(warmup.positions, position, kept);
  const gradients = append(warmup.gradients, gradient, kept);
  const next = { ...warmup, iteration, averaging, positions, gradients };
  if (!warmup.updates.includes(iteration)) return next;
  return { ...next, metric: learnMetric(latest(positions, kept), latest(gradients, kept), warmup.choice) };
}

/** What sampling uses once warm-up has ended. */
export function adapted(warmup: Warmup): { stepSize: number; metric: Metric } {
  return { stepSize: averagedStepSize(warmup.averaging), metric: warmup.metric };
}
