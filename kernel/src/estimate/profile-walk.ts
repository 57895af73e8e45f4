/**
 * The walk along a profile likelihood: the best log likelihood at each value of one coordinate, and where the signed
 * root of 2(ℓ̂ − ℓₚ) passes a threshold (Venzon & Moolgavkar 1988). The derivative of ℓₚ is that of ℓ at the profiled
 * point, so the root is found by Newton's steps within a bracket.
 */
import type { LogDensity } from '../program/types.ts';
import { climb } from './climb.ts';
import { Pace } from './pause.ts';

/** One end of a profile interval. */
export interface ProfileEnd {
  /** On the natural scale; the bound, ±∞ or the farthest point reached where the likelihood never falls enough. */
  readonly value: number;
  /** 2(ℓ̂ − ℓₚ) there: the χ² quantile where the ending is 'crossed'. */
  readonly deviance: number;
  /** 'open': the likelihood stays above the threshold as far as the parameter goes on this side. */
  readonly ending: 'crossed' | 'open';
}

/** What is profiled: a log likelihood, where its maximum is, and the coordinate that is held. */
export interface Profiled {
  readonly density: LogDensity;
  /** The maximum. */
  readonly position: Float64Array; // (d,)
  readonly logLikelihood: number;
  readonly coordinate: number;
  /** About one standard error of the coordinate. */
  readonly scale: number;
  /** Coordinates of bounded parameters, whose best may lie at the edge of their support. */
  readonly bounded: readonly number[];
  /** As in `climb`. */
  readonly tolerance?: number;
  /** The parameter's value on its own scale; of a coordinate as good as infinite, its bound. */
  valueAt(position: Float64Array): number;
}

/** Farthest a coordinate is moved, in units of its standard error or of 1, in search of an end. */
const farthest = 60;
/** How far beyond an end the profile is looked at again, in units of the end's distance from the estimate: to seven. */
const looksBeyond = Array.from({ length: 12 }, (_, k) => 0.25 * 1.35 ** k);
/** After so many steps the rounding of the log likelihood is what is left of the distance to the threshold. */
const patience = 8;
/** Then this share of the threshold is near enough: 2e-9 of a deviance of 3.84. */
const roundedOff = 3e-10;

/** A point of the profile: the coordinate's value, the others' best, and how the log likelihood stands. */
interface Point {
  readonly position: Float64Array; // (d,)
  /** √(2(ℓ̂ − ℓₚ)), ≥ 0. */
  readonly root: number;
  /** ∂ℓₚ / ∂uᵢ. */
  readonly slope: number;
}

/** Walks along one coordinate, the others at their best. */
export class Walker {
  /** By how much a profiled point lay above the estimate. */
  above = 0;
  interrupted = false;
  readonly #of: Profiled;
  readonly #best: Point;
  readonly #pace = new Pace();
  readonly #signal: AbortSignal | undefined;
  readonly #reached: Point[];
  readonly #crossed = new Map<1 | -1, Point>();
  readonly #others: readonly number[];

  constructor(of: Profiled, signal: AbortSignal | undefined) {
    this.#of = of;
    this.#best = { position: of.position, root: 0, slope: 0 };
    this.#signal = signal;
    this.#reached = [this.#best];
    const i = of.coordinate;
    this.#others = of.bounded.filter((k) => k !== i).map((k) => (k > i ? k - 1 : k));
  }

  /** Where the signed root passes `threshold` on this side. */
  async end(side: 1 | -1, threshold: number): Promise<ProfileEnd> {
    const i = this.#of.coordinate;
    const start = this.#best.position[i]!;
    let inside = this.#best;
    let outside: Point | undefined;
    let step = this.#of.scale * threshold;
    let u = start + side * step;
    for (let k = 0; k < 200 && !this.#stopped(); k++) {
      const point = await this.#climbAt(u, inside.position);
      if (!point) {
        step /= 4; // outside the domain: come closer
        if (!(step > 1e-12 * Math.max(1, Math.abs(start)))) break;
        u = inside.position[i]! + side * step;
        continue;
      }
      const off = Math.abs(point.root - threshold) / threshold;
      const rounded = k >= patience || this.#of.tolerance !== undefined;
      if (off <= 1e-13 || (rounded && off <= roundedOff)) return this.#ended(point, 'crossed');
      if (point.root > threshold) outside = point;
      else inside = point;
      const far = Math.abs(inside.position[i]! - start);
      if (!outside && far >= farthest * Math.max(this.#of.scale, 1)) {
        // In every transform a coordinate at infinity has the bound for its value.
        const value = this.#of.valueAt(inside.position.with(i, side * Number.POSITIVE_INFINITY));
        return { ...this.#ended(inside, 'open'), ...(Number.isNaN(value) ? {} : { value }) };
      }
      // Newton on the root z(u), z' = −ℓ' / z, kept within the bracket.
      const rate = (-side * point.slope) / point.root;
      const newton = point.position[i]! + (side * (threshold - point.root)) / rate;
      const low = inside.position[i]!;
      if (outside) {
        const high = outside.position[i]!;
        if (Math.abs(high - low) <= 4e-16 * Math.max(Math.abs(low), Math.abs(high), 1e-300)) {
          return this.#ended(point, 'crossed');
        }
        const within = side * (newton - low) > 0 && side * (high - newton) > 0;
        u = within ? newton : (low + high) / 2;
        if (u === point.position[i]) return this.#ended(point, 'crossed');
      } else {
        const reach = side * (newton - low);
        step = Math.min(reach > 0 ? 1.05 * reach : 3 * step, 3 * step);
        u = low + side * step;
      }
    }
    if (outside && inside.root > 0) return this.#ended(inside, 'crossed');
    return this.#ended(inside, 'open');
  }

  /**
   * Where beyond an end found the likelihood is above the threshold again, or between it and the estimate already
   * below: the values that are not rejected are then no interval. Undefined where no such place was seen.
   */
  async oddPlace(side: 1 | -1, threshold: number): Promise<number | undefined> {
    const i = this.#of.coordinate;
    const end = this.#crossed.get(side);
    if (!end) return undefined;
    const [from, to] = [this.#best.position[i]!, end.position[i]!];
    const inner = this.#reached.find(({ position, root }) => {
      const way = (position[i]! - from) / (to - from);
      return way > 0 && way < 1 - 1e-6 && root > threshold * (1 + 1e-6);
    });
    if (inner) return this.#value(inner);
    let last = end.position;
    for (const share of looksBeyond) {
      if (this.#stopped()) break;
      const point = await this.#climbAt(to + share * (to - from), last);
      if (!point) break;
      this.#reached.pop(); // not part of the curve
      if (point.root < threshold * (1 - 1e-6)) return this.#value(point);
      last = point.position;
    }
    return undefined;
  }

  /** The curve over all that the search for the ends reached. */
  async curve(count: number, threshold: number): Promise<{ values: Float64Array; deviances: Float64Array }> {
    const i = this.#of.coordinate;
    const known = [...this.#reached].sort((a, b) => a.position[i]! - b.position[i]!);
    const low = known[0]!.position[i]!;
    const high = known.at(-1)!.position[i]!;
    const points: Point[] = [];
    let from = this.#best.position;
    for (let k = 0; k < count && !this.#stopped(); k++) {
      const point = await this.#climbAt(low + ((high - low) * (k + 0.5)) / count, from);
      if (!point) continue;
      points.push(point);
      from = point.position;
    }
    const all = [...known.filter(({ root }) => root <= 3 * threshold), ...points]
      .map((p) => ({ value: this.#value(p), deviance: p.root ** 2 }))
      .sort((a, b) => a.value - b.value);
    return {
      values: Float64Array.from(all, ({ value }) => value),
      deviances: Float64Array.from(all, ({ deviance }) => deviance),
    };
  }

  #stopped(): boolean {
    this.interrupted ||= this.#signal?.aborted ?? false;
    return this.interrupted;
  }

  #value({ position }: Point): number {
    return this.#of.valueAt(position);
  }

  #ended(point: Point, ending: ProfileEnd['ending']): ProfileEnd {
    const i = this.#of.coordinate;
    if (ending === 'crossed') this.#crossed.set(point.position[i]! > this.#best.position[i]! ? 1 : -1, point);
    return { value: this.#value(point), deviance: point.root ** 2, ending };
  }

  /** Maximise over the other coordinates, from those of `from`. */
  async #climbAt(u: number, from: Float64Array): Promise<Point | undefined> {
    const i = this.#of.coordinate;
    const start = from.slice(); // (d,)
    start[i] = u;
    let position: Float64Array = start;
    if (start.length > 1) {
      const others = start.filter((_, k) => k !== i); // (d − 1,)
      const restricted = withFixed(this.#of.density, i, u);
      const gradient = new Float64Array(others.length); // (d − 1,)
      if (!Number.isFinite(restricted.valueAndGradient(others, gradient)) || !gradient.every(Number.isFinite)) {
        return undefined;
      }
      const found = await climb(restricted, others, {
        // A gradient of differences jitters at the end: what sixty steps have not found is rounding.
        iterations: this.#of.tolerance === undefined ? 1000 : 60,
        signal: this.#signal,
        pace: this.#pace,
        bounded: this.#others,
        ...(this.#of.tolerance === undefined ? {} : { tolerance: this.#of.tolerance }),
      });
      position = insert(found.position, i, u);
    }
    const gradient = new Float64Array(start.length); // (d,)
    const value = this.#of.density.valueAndGradient(position, gradient);
    if (!(Number.isFinite(value) && gradient.every(Number.isFinite))) return undefined;
    const drop = this.#of.logLikelihood - value;
    this.above = Math.max(this.above, -drop);
    const point = { position, root: Math.sqrt(Math.max(0, 2 * drop)), slope: gradient[i]! };
    this.#reached.push(point);
    return point;
  }
}

/** The density as one of the other coordinates, coordinate `i` held at `u`. */
function withFixed(density: LogDensity, i: number, u: number): LogDensity {
  const full = new Float64Array(density.dimension); // (d,)
  return {
    dimension: density.dimension - 1,
    value: (position) => density.value(insert(position, i, u)),
    valueAndGradient(position, gradient) {
      const value = density.valueAndGradient(insert(position, i, u), full);
      for (let k = 0, from = 0; from < full.length; from++) if (from !== i) gradient[k++] = full[from]!;
      return value;
    },
  };
}

/** `u` put in at place `i`. // (d,) */
function insert(others: Float64Array, i: number, u: number): Float64Array {
  const position = new Float64Array(others.length + 1); // (d,)
  position.set(others.subarray(0, i));
  position[i] = u;
  position.set(others.subarray(i), i + 1);
  return position;
}
