/**
 * Collects what a chain leaves behind; the samplers do not know of it.
 */
import type { ChainProgress, ChainResult, Failure, RunOptions, WarmupCost } from './run.ts';

/** What an iteration says of itself. */
export interface Taken {
  readonly position: Float64Array; // (d,)
  readonly logDensity: number;
  readonly acceptance: number;
  /** Evaluations of the log density. */
  readonly evaluations: number;
  readonly divergent?: boolean;
  readonly treeDepth?: number;
  readonly energy?: number;
}

/** Where a collector stood, as plain data. */
export interface Counts {
  readonly iterations: number;
  readonly warmupGradients: number;
  readonly warmupDivergences: number;
}

export class Collector {
  warmupGradients = 0;
  warmupDivergences = 0;
  private readonly options: RunOptions;
  private readonly d: number;
  private readonly positions: Float64Array; // (draws, d)
  private readonly logDensity: Float64Array;
  private readonly acceptance: Float64Array;
  private readonly energy: Float64Array;
  private readonly treeDepth: Int32Array;
  private readonly leapfrogs: Int32Array;
  private readonly divergent: Uint8Array;
  private count = 0;
  private done = 0;
  private divergences = 0;
  private gradients = 0;

  constructor(dimension: number, options: RunOptions) {
    const { draws, from } = options;
    this.options = options;
    this.d = dimension;
    this.positions = new Float64Array(draws * dimension);
    this.logDensity = new Float64Array(draws);
    this.acceptance = new Float64Array(draws);
    this.energy = new Float64Array(draws);
    this.treeDepth = new Int32Array(draws);
    this.leapfrogs = new Int32Array(draws);
    this.divergent = new Uint8Array(draws);
    if (from) this.goOn(from);
  }

  /** Iterations done. */
  get iterations(): number {
    return this.done;
  }

  /** Take over what an earlier part of the run has left. */
  private goOn(from: ChainResult): void {
    const n = Math.min(from.logDensity.length, this.options.draws);
    this.positions.set(from.positions.subarray(0, n * this.d));
    this.logDensity.set(from.logDensity.subarray(0, n));
    this.acceptance.set(from.acceptance.subarray(0, n));
    this.energy.set(from.energy.subarray(0, n));
    this.treeDepth.set(from.treeDepth.subarray(0, n));
    this.leapfrogs.set(from.leapfrogs.subarray(0, n));
    this.divergent.set(from.divergent.subarray(0, n));
    this.count = n;
    this.done = Math.min(from.iterations, this.options.warmup + n);
    this.gradients = this.leapfrogs.reduce((a, b) => a + b, 0);
    this.divergences = this.divergent.reduce((a, b) => a + b, 0);
    this.warmupGradients = from.warmup.gradients;
    this.warmupDivergences = from.warmup.divergences;
  }

  take(iteration: number, taken: Taken): void {
    this.done = iteration + 1;
    const diverged = taken.divergent ?? false;
    if (iteration < this.options.warmup) {
      this.warmupGradients += taken.evaluations;
      this.warmupDivergences += diverged ? 1 : 0;
      return;
    }
    const i = this.count++;
    this.positions.set(taken.position, i * this.d);
    this.logDensity[i] = taken.logDensity;
    this.acceptance[i] = taken.acceptance;
    this.energy[i] = taken.energy ?? Number.NaN;
    this.treeDepth[i] = taken.treeDepth ?? 0;
    this.leapfrogs[i] = taken.evaluations;
    this.divergent[i] = diverged ? 1 : 0;
    this.divergences += diverged ? 1 : 0;
    this.gradients += taken.evaluations;
    this.options.sink?.(i, taken.position, taken.logDensity);
  }

  progress(iteration: number): ChainProgress {
    const { warmup, draws } = this.options;
    return {
      phase: iteration < warmup ? 'warm-up' : 'sampling',
      iteration,
      iterations: warmup + draws,
      divergences: this.divergences,
      leapfrogs: this.gradients + this.warmupGradients,
    };
  }

  /** The chain so far. `tuned` is what the warm-up learned, `checkpoint` what it needs to go on. */
  result<T extends object>(
    ending: ChainResult['ending'],
    tuned: T,
    extra: { readonly failure?: Failure; readonly checkpoint?: unknown; readonly logEvidence?: number } = {},
  ): ChainResult<T & WarmupCost> {
    const n = this.count;
    const whole = n === this.options.draws;
    return {
      ending,
      ...extra,
      iterations: this.done,
      positions: whole ? this.positions : this.positions.slice(0, n * this.d),
      logDensity: whole ? this.logDensity : this.logDensity.slice(0, n),
      acceptance: whole ? this.acceptance : this.acceptance.slice(0, n),
      energy: whole ? this.energy : this.energy.slice(0, n),
      treeDepth: whole ? this.treeDepth : this.treeDepth.slice(0, n),
      leapfrogs: whole ? this.leapfrogs : this.leapfrogs.slice(0, n),
      divergent: whole ? this.divergent : this.divergent.slice(0, n),
      warmup: { ...tuned, gradients: this.warmupGradients, divergences: this.warmupDivergences },
      gradients: this.gradients,
    };
  }
}
