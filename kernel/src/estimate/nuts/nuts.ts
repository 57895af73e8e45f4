/**
 * NUTS, the no-U-turn sampler (Hoffman & Gelman 2014), in its multinomial form (Betancourt 2017), as in Stan.
 *
 * `step` is pure. The step size and the metric are its parameters; `warmup.ts` adapts them from outside.
 */
import { type Key, Stream } from '../../numeric/random.ts';
import type { LogDensity } from '../../program/types.ts';
import type { EventLog } from '../step.ts';
import type { Metric } from './metric.ts';
import { type Ending, type Observer, Trajectory } from './trajectory.ts';

/** Where a chain stands. Log density and gradient are kept because they are the costly part. */
export interface State {
  readonly position: Float64Array; // (d,), unconstrained scale
  readonly gradient: Float64Array; // (d,)
  readonly logDensity: number;
}

/** What one step did; collectors and adaptation read it, the sampler does not. */
export interface Info {
  readonly ending: Ending;
  /** Mean of min(1, e^−energy error) over the trajectory, in [0, 1]. */
  readonly acceptance: number;
  /** Doublings of the trajectory. */
  readonly treeDepth: number;
  readonly leapfrogs: number;
  /** Energy −log p + kinetic of the draw with its momentum. */
  readonly energy: number;
}

export interface Parameters extends Metric {
  /** Leapfrog step, > 0. */
  readonly stepSize: number;
}

export interface Options {
  /** Most doublings of a trajectory, ≥ 1 (default 10: 1023 leapfrogs). */
  readonly maxTreeDepth?: number;
  /** Trajectories and divergences are written here, for pictures. */
  readonly log?: EventLog;
}

/**
 * A NUTS sampler of `density` with its own working memory: one chain at a time.
 *
 * @example
 * const sampler = nuts(density);
 * let state = sampler.init(Float64Array.of(0, 0));
 * let info;
 * for (let i = 0; i < 1000; i++) [state, info] = sampler.step(foldIn(chainKey, i), state, { stepSize, variance });
 */
export function nuts(density: LogDensity, { maxTreeDepth = 10, log }: Options = {}): Nuts {
  return new Nuts(density, maxTreeDepth, log);
}

export class Nuts {
  readonly name = 'nuts';
  private readonly density: LogDensity;
  private readonly trajectory: Trajectory;
  private readonly log: EventLog | undefined;
  private start = new Float64Array(0);
  private path: Float64Array[] = [];
  private directions: number[] = [];

  constructor(density: LogDensity, maxTreeDepth: number, log?: EventLog) {
    if (!(Number.isInteger(maxTreeDepth) && maxTreeDepth >= 1 && maxTreeDepth <= 20)) {
      throw new RangeError(`nuts: maxTreeDepth must be a whole number from 1 to 20, got ${maxTreeDepth}`);
    }
    this.density = density;
    this.trajectory = new Trajectory(density, maxTreeDepth);
    this.log = log;
  }

  /** Start a chain. @throws RangeError if log density or gradient is not finite at `position` (d,) */
  init(position: Float64Array): State {
    const gradient = new Float64Array(position.length); // (d,)
    const logDensity = this.density.valueAndGradient(position, gradient);
    if (!(Number.isFinite(logDensity) && gradient.every(Number.isFinite))) {
      throw new RangeError(
        `nuts: the log density is ${logDensity} (or its gradient not finite) at the start; give a start inside the support`,
      );
    }
    return { position: position.slice(), gradient, logDensity };
  }

  /** One trajectory and the draw from it. */
  step(key: Key, state: State, parameters: Parameters): [State, Info] {
    this.begin(key, state, parameters);
    this.advance(Number.POSITIVE_INFINITY);
    return this.finish();
  }

  /** `step` in pieces: begin, advance until true, finish. The pieces give the same bits however they are cut. */
  begin(key: Key, state: State, parameters: Parameters, maxDepth?: number): void {
    this.path = [];
    this.directions = [];
    let observer: Observer | undefined;
    if (this.log) {
      this.start = state.position.slice();
      observer = (position, direction) => {
        this.path.push(position.slice());
        this.directions.push(direction);
      };
    }
    this.trajectory.begin(state, parameters.stepSize, parameters, new Stream(key), observer, maxDepth);
  }

  /** At most `budget` leapfrogs; true when the trajectory is complete. */
  advance(budget: number): boolean {
    return this.trajectory.advance(budget);
  }

  /** Leapfrogs of the trajectory so far. */
  get leapfrogs(): number {
    return this.trajectory.leapfrogs;
  }

  finish(): [State, Info] {
    const info = this.info();
    const { position, gradient, logDensity } = this.trajectory;
    return [{ position: position.slice(), gradient: gradient.slice(), logDensity }, info];
  }

  /** `finish` without a copy: the draw stands in `current` until the next trajectory overwrites it. */
  info(): Info {
    const t = this.trajectory;
    if (this.log) this.emit(this.log);
    return {
      ending: t.ending,
      acceptance: t.acceptance / t.leapfrogs,
      treeDepth: t.depth,
      leapfrogs: t.leapfrogs,
      energy: t.energy,
    };
  }

  /** Where the last trajectory ended: a view, overwritten by the next. A trajectory may begin from it. */
  get current(): State {
    return this.trajectory;
  }

  private emit(log: EventLog): void {
    const { trajectory: t, path } = this;
    const d = this.density.dimension;
    const positions = new Float64Array(path.length * d); // (points, d)
    path.forEach((point, i) => {
      positions.set(point, i * d);
    });
    const directions = Int8Array.from(this.directions); // (points,)
    log.push({ type: 'trajectory', positions, directions, depth: t.depth, ending: t.ending });
    if (t.ending === 'diverging') {
      const to = path.at(-1)!;
      log.push({ type: 'divergence', from: this.start, to, energyError: t.energyError });
    }
    const accepted = t.position.some((x, i) => x !== this.start[i]);
    const probability = t.acceptance / t.leapfrogs;
    log.push({ type: 'acceptance', position: t.position.slice(), probability, accepted });
  }
}
