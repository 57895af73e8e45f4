/**
 * What every algorithm of this room shares: a pure step, typed events, and the bounded log pictures replay.
 *
 * An algorithm is `init(…) → State` and `step(key?, state, parameters?) → [State, Info]`. A step changes neither
 * its state nor its parameters: the same arguments give the same result, so a run can be resumed, replayed or
 * moved to another thread. Adaptation, storage and progress live outside the step. What a picture needs and the
 * algorithm does not (points of a trajectory, a rejected proposal) leaves as an event.
 */

/** An optimiser stands at a new point. */
export interface IterateEvent {
  readonly type: 'iterate';
  readonly iteration: number;
  readonly position: Float64Array; // (d,)
  readonly value: number;
  readonly gradientNorm: number;
  /** Length of the step taken, as a multiple of the search direction; 0 at the start. */
  readonly stepLength: number;
}

/** A point a sampler or a line search tried. */
export interface ProposalEvent {
  readonly type: 'proposal';
  readonly position: Float64Array; // (d,)
  readonly logDensity: number;
}

/** What became of a sampler's proposal. */
export interface AcceptanceEvent {
  readonly type: 'acceptance';
  readonly position: Float64Array; // (d,): where the chain stands now
  readonly probability: number;
  readonly accepted: boolean;
}

/** One leapfrog trajectory, point by point in the order of computation. */
export interface TrajectoryEvent {
  readonly type: 'trajectory';
  /** Points in the order they were computed, row-major. */
  readonly positions: Float64Array; // (points, d)
  /** +1 where time ran forwards to reach the point, −1 where backwards. */
  readonly directions: Int8Array; // (points,)
  readonly depth: number;
  readonly ending: string;
}

/** The energy of a trajectory ran away: the step was too long for the curvature there. */
export interface DivergenceEvent {
  readonly type: 'divergence';
  readonly from: Float64Array; // (d,)
  readonly to: Float64Array; // (d,)
  readonly energyError: number;
}

/** The step size or the metric of a sampler changed. */
export interface AdaptationEvent {
  readonly type: 'adaptation';
  readonly iteration: number;
  readonly stepSize: number;
}

export type AlgorithmEvent =
  | IterateEvent
  | ProposalEvent
  | AcceptanceEvent
  | TrajectoryEvent
  | DivergenceEvent
  | AdaptationEvent;

/**
 * The last `capacity` events of a run, oldest first. Bounded, so that a long run cannot fill the memory.
 *
 * @example
 * const log = new EventLog(500);
 * const optimiser = lbfgs(objective, { log });
 * for (const event of log.events()) draw(event);
 */
export class EventLog {
  readonly capacity: number;
  /** How many events were pushed out by later ones. */
  dropped = 0;
  #ring: AlgorithmEvent[] = [];
  #oldest = 0;

  /** @param capacity most events kept, ≥ 1 (default 1000) */
  constructor(capacity = 1000) {
    if (!(Number.isInteger(capacity) && capacity >= 1)) {
      throw new RangeError(`EventLog: capacity must be a whole number ≥ 1, got ${capacity}`);
    }
    this.capacity = capacity;
  }

  push(event: AlgorithmEvent): void {
    if (this.#ring.length < this.capacity) {
      this.#ring.push(event);
      return;
    }
    this.#ring[this.#oldest] = event;
    this.#oldest = (this.#oldest + 1) % this.capacity;
    this.dropped++;
  }

  /** The events kept, oldest first. */
  events(): AlgorithmEvent[] {
    return [...this.#ring.slice(this.#oldest), ...this.#ring.slice(0, this.#oldest)];
  }

  get length(): number {
    return this.#ring.length;
  }
}

/** Closes a switch over a union: does not compile while a case is missing. */
export function unreachable(value: never): never {
  throw new Error(`this case is not handled: ${JSON.stringify(value)}`);
}
