/**
 * One run of a sampler, from start to last draw: what it is asked, what it says at its pauses, what it leaves behind.
 *
 * A run is a generator, so that whoever drives it (this thread between other chains, or a worker) decides when to
 * pause and when to stop. It is a pure function of density, key and options, and everything it gives is plain data:
 * it can be sent to another thread, stored, and gone on with.
 */
import type { EventLog } from '../step.ts';

/** What a sampler is given to sample. One that needs no gradient never asks for it. */
export interface Target {
  /** d, the number of unconstrained coordinates. */
  readonly dimension: number;
  value(position: Float64Array): number;
  valueAndGradient?(position: Float64Array, gradient: Float64Array): number;
}

/** A target with a gradient. */
export type SmoothTarget = Target & Required<Pick<Target, 'valueAndGradient'>>;

/** @throws TypeError for a target without gradient, naming samplers that need none */
export function needGradient(sampler: string, target: Target): SmoothTarget {
  if (target.valueAndGradient) return target as SmoothTarget;
  throw new TypeError(
    `${sampler}: this sampler follows the gradient of the log density, and this one has none; use one that does not: ` +
      "sampler: 'slice', 'adaptiveMetropolis' or 'ensemble'",
  );
}

export interface RunOptions {
  /** Iterations of adaptation, ≥ 0. */
  readonly warmup: number;
  /** Draws to keep, ≥ 1. */
  readonly draws: number;
  /** Where to start (d,), unconstrained; otherwise uniform on (−2, 2) in each coordinate, tried up to 100 times. */
  readonly init?: Float64Array;
  /** Events for pictures. */
  readonly log?: EventLog;
  /** Go on from the end of this run: the same bits as without the break. */
  readonly from?: ChainResult;
  /** Sees every draw as it is made, with its number among the draws of the run as it is planned. */
  readonly sink?: (number: number, position: Float64Array, logDensity: number) => void;
}

/** What the driver says at each pause. */
export interface Go {
  /** Evaluations of the log density until the next pause. */
  readonly budget: number;
  /** Stop now, with the draws so far. */
  readonly stop: boolean;
}

export interface ChainProgress {
  readonly phase: 'warm-up' | 'sampling';
  /** Iterations done, warm-up included. */
  readonly iteration: number;
  readonly iterations: number;
  readonly divergences: number;
  /** Evaluations of the log density, with or without gradient. */
  readonly leapfrogs: number;
}

/** Why a run failed, in words, and where it stood. */
export interface Failure {
  readonly reason: string;
  readonly position: Float64Array;
}

/** What the warm-up learned and cost; samplers add what is their own to `tuned`. */
export interface WarmupCost {
  readonly gradients: number;
  readonly divergences: number;
}

/** One chain. What a sampler does not have is NaN (energy) or 0 (tree depth, divergences). */
export interface ChainResult<Tuned extends WarmupCost = WarmupCost> {
  readonly ending: 'complete' | 'interrupted' | 'failed';
  readonly failure?: Failure;
  /** Iterations done, warm-up included. */
  readonly iterations: number;
  /** Draws on the unconstrained scale, row-major. */
  readonly positions: Float64Array; // (draws, d)
  readonly logDensity: Float64Array; // (draws,)
  readonly acceptance: Float64Array; // (draws,)
  readonly energy: Float64Array; // (draws,)
  readonly treeDepth: Int32Array; // (draws,)
  readonly leapfrogs: Int32Array; // (draws,)
  readonly divergent: Uint8Array; // (draws,)
  readonly warmup: Tuned;
  /** Evaluations of the log density in the sampling phase. */
  readonly gradients: number;
  /** log ∫ of the density, where the sampler estimates it. */
  readonly logEvidence?: number;
  /** What the sampler needs to go on from here. */
  readonly checkpoint?: unknown;
}

/** A run of one chain. */
export type Run<R extends ChainResult = ChainResult> = Generator<ChainProgress, R, Go>;

/** Drive a run to its end without a pause. */
export function finish<R>(run: Generator<ChainProgress, R, Go>): R {
  let next = run.next();
  while (!next.done) next = run.next({ budget: Number.POSITIVE_INFINITY, stop: false });
  return next.value;
}
