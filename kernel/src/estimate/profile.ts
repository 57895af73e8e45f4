/**
 * Profile likelihood: the best log likelihood for each value of one parameter, and the interval of the values that a
 * likelihood-ratio test does not reject (Venzon & Moolgavkar 1988).
 *
 * Unlike Wald's, the interval does not depend on the scale of the parameters, need not be symmetric, and stays
 * within bounds. An end is where the signed root of 2(ℓ̂ − ℓₚ) passes √χ²; its derivative is known, for the
 * derivative of ℓₚ is that of ℓ at the profiled point.
 */
import { Displayable } from '../host/display.ts';
import { type AnyModel, type CompiledModel, compileModel, type WithLikelihood } from '../model/index.ts';
import { knownNames } from '../model/names.ts';
import { normalQuantile } from '../numeric/special/normal.ts';
import type { LogDensity } from '../program/types.ts';
import { climb } from './climb.ts';
import { Estimate } from './estimate.ts';
import { mle } from './mle.ts';
import { type CommonOptions, checkNames, checkShare, checkWhole, signalOf } from './options.ts';
import { Pace } from './pause.ts';
import { formatNumber } from './table.ts';

export interface ProfileOptions extends CommonOptions {
  /** Coverage of the interval, in (0, 1) (default 0.95). */
  readonly level?: number;
  /** Points of the curve between the ends, and as far again beyond, ≥ 0 (default 30). */
  readonly points?: number;
}

/** One end of a profile interval. */
export interface ProfileEnd {
  /** On the natural scale; the bound, ±∞ or the farthest point reached where the likelihood never falls enough. */
  readonly value: number;
  /** 2(ℓ̂ − ℓₚ) there: the χ² quantile where the ending is 'crossed'. */
  readonly deviance: number;
  /** 'open': the likelihood stays above the threshold as far as the parameter goes on this side. */
  readonly ending: 'crossed' | 'open';
}

/** The profile of one scalar. */
export class Profile extends Displayable {
  override readonly kind = 'profile';
  readonly name: string;
  readonly level: number;
  readonly estimate: number;
  readonly lower: ProfileEnd;
  readonly upper: ProfileEnd;
  /** Values of the parameter, rising. */
  readonly values: Float64Array; // (points,)
  /** 2(ℓ̂ − ℓₚ) at each. */
  readonly deviances: Float64Array; // (points,)
  readonly warnings: readonly string[];

  constructor(parts: Omit<Profile, 'kind' | 'toString' | keyof Displayable>) {
    super();
    this.name = parts.name;
    this.level = parts.level;
    this.estimate = parts.estimate;
    this.lower = parts.lower;
    this.upper = parts.upper;
    this.values = parts.values;
    this.deviances = parts.deviances;
    this.warnings = parts.warnings;
  }

  override toString(): string {
    const end = ({ value, ending }: ProfileEnd) => `${formatNumber(value, 5)}${ending === 'open' ? ' (open)' : ''}`;
    const share = formatNumber(100 * this.level, 3).replace(/\.?0+$/, '');
    const warnings = this.warnings.map((warning) => `\n⚠ ${warning}`).join('');
    return `${this.name}: ${formatNumber(this.estimate, 5)}, ${share} % profile interval ${end(this.lower)} to ${end(this.upper)}${warnings}`;
  }
}

/** Farthest a coordinate is moved, in units of its standard error or of 1, in search of an end. */
const farthest = 60;

/**
 * The profile likelihood interval of one scalar parameter.
 *
 * @param of a model, or its fit by `mle`
 * @param name of a scalar: `slope`, `beta[1]`
 * @throws RangeError for a name that is not there; Error for a parameter whose bounds depend on others, an element of
 *   a simplex or of an ordered vector, and derived quantities: fixing their value is not fixing one coordinate
 * @example
 * const { lower, upper } = await profile(line, 'slope', { level: 0.9 });
 * lower.value;
 */
export async function profile<M extends AnyModel>(
  of: (M & WithLikelihood<NoInfer<M>>) | Estimate<M>,
  name: string,
  options: ProfileOptions = {},
): Promise<Profile> {
  checkNames('profile', options, ['level', 'points', 'seed', 'signal', 'onProgress']);
  const level = checkShare('profile', 'level', options.level ?? 0.95);
  const points = checkWhole('profile', 'points', options.points ?? 30, 0, 10_000);
  const { seed } = options;
  const fit = of instanceof Estimate ? of : await mle(of, seed === undefined ? {} : { seed });
  if (fit.method !== 'mle') throw new TypeError('profile: expected a model or a result of mle, got one of map');
  if (fit.integrated.length > 0) {
    throw new Error(`profile: not there for likelihoods with parameters integrated out (${fit.integrated.join(', ')})`);
  }
  const compiled = compileModel(fit.model);
  const at = fit.names.indexOf(name);
  if (at < 0) throw new RangeError(`profile: no scalar called '${name}'; ${knownNames(name, fit.names)}`);
  const walker = new Walker(compiled, fit, at, coordinateOf(compiled, fit.position, at, name), signalOf(options));
  const threshold = normalQuantile((1 + level) / 2);
  const lower = await walker.end(-1, threshold);
  const upper = await walker.end(1, threshold);
  const curve = await walker.curve(points, threshold);
  const above = walker.above;
  options.onProgress?.({ done: 2, total: 2, text: `profile of ${name}: done` });
  // A rising coordinate may be a falling value.
  const flipped = lower.value > upper.value;
  return new Profile({
    name,
    level,
    estimate: fit.values[at]!,
    lower: flipped ? upper : lower,
    upper: flipped ? lower : upper,
    ...curve,
    warnings: [
      ...(above > 1e-6
        ? [`The profile found a log likelihood higher by ${formatNumber(above, 3)}: fit again with more starts.`]
        : []),
      ...(walker.interrupted ? ['Interrupted: the ends are the farthest points reached.'] : []),
    ],
  });
}

/** The one coordinate that the scalar is a function of. */
function coordinateOf(compiled: CompiledModel, position: Float64Array, at: number, name: string): number {
  const d = compiled.dimension;
  const found = new Set<number>();
  for (const shift of [0, 0.37, -0.61]) {
    if (at >= compiled.names.length) break;
    const row = compiled.jacobian(position.map((u, i) => u + shift * (1 + (i % 3)))).subarray(at * d, (at + 1) * d);
    row.forEach((v, i) => {
      if (v !== 0) found.add(i);
    });
  }
  const [coordinate] = found;
  if (found.size !== 1 || coordinate === undefined) {
    throw new Error(
      `profile: '${name}' is not a function of one coordinate (a derived quantity, an element of a simplex or an ` +
        'ordered vector, or bounds that depend on other parameters); write the model with it as a parameter of its own',
    );
  }
  return coordinate;
}

/** A point of the profile: the coordinate's value, the others' best, and how the log likelihood stands. */
interface Point {
  readonly position: Float64Array; // (d,)
  /** √(2(ℓ̂ − ℓₚ)), ≥ 0. */
  readonly root: number;
  /** ∂ℓₚ / ∂uᵢ. */
  readonly slope: number;
}

class Walker {
  /** By how much a profiled point lay above the estimate. */
  above = 0;
  interrupted = false;
  readonly #compiled: CompiledModel;
  readonly #density: LogDensity;
  readonly #best: Point;
  readonly #logLikelihood: number;
  readonly #scale: number;
  readonly #at: number;
  readonly #i: number;
  readonly #pace = new Pace();
  readonly #signal: AbortSignal | undefined;
  readonly #reached: Point[];

  constructor(compiled: CompiledModel, fit: Estimate, at: number, coordinate: number, signal: AbortSignal | undefined) {
    this.#compiled = compiled;
    this.#density = compiled.density({ prior: false, jacobian: false });
    this.#best = { position: fit.position, root: 0, slope: 0 };
    this.#logLikelihood = fit.logLikelihood;
    this.#at = at;
    this.#i = coordinate;
    this.#signal = signal;
    this.#reached = [this.#best];
    const natural = Math.sqrt(fit.covariance[at * fit.names.length + at]!);
    const rate = Math.abs(compiled.jacobian(fit.position)[at * compiled.dimension + coordinate]!);
    this.#scale = natural > 0 && rate > 0 && natural / rate < 10 ? natural / rate : 1;
  }

  /** Where the signed root passes `threshold` on this side. */
  async end(side: 1 | -1, threshold: number): Promise<ProfileEnd> {
    const i = this.#i;
    const start = this.#best.position[i]!;
    let inside = this.#best;
    let outside: Point | undefined;
    let step = this.#scale * threshold;
    let u = start + side * step;
    for (let k = 0; k < 200 && !this.#stopped(); k++) {
      const point = await this.#climbAt(u, inside.position);
      if (!point) {
        step /= 4; // outside the domain: come closer
        if (!(step > 1e-12 * Math.max(1, Math.abs(start)))) break;
        u = inside.position[i]! + side * step;
        continue;
      }
      if (Math.abs(point.root - threshold) <= 1e-13 * threshold) return this.#ended(point, 'crossed');
      if (point.root > threshold) outside = point;
      else inside = point;
      const far = Math.abs(inside.position[i]! - start);
      if (!outside && far >= farthest * Math.max(this.#scale, 1)) break;
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

  /** The curve between the ends and as far again beyond. */
  async curve(count: number, threshold: number): Promise<{ values: Float64Array; deviances: Float64Array }> {
    const i = this.#i;
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
    return this.#compiled.constrain(position)[this.#at]!;
  }

  #ended(point: Point, ending: ProfileEnd['ending']): ProfileEnd {
    return { value: this.#value(point), deviance: point.root ** 2, ending };
  }

  /** Maximise over the other coordinates, from those of `from`. */
  async #climbAt(u: number, from: Float64Array): Promise<Point | undefined> {
    const i = this.#i;
    const start = from.slice(); // (d,)
    start[i] = u;
    let position: Float64Array = start;
    if (start.length > 1) {
      const others = start.filter((_, k) => k !== i); // (d − 1,)
      const restricted = withFixed(this.#density, i, u);
      const gradient = new Float64Array(others.length); // (d − 1,)
      if (!Number.isFinite(restricted.valueAndGradient(others, gradient)) || !gradient.every(Number.isFinite)) {
        return undefined;
      }
      const found = await climb(restricted, others, { iterations: 1000, signal: this.#signal, pace: this.#pace });
      position = insert(found.position, i, u);
    }
    const gradient = new Float64Array(start.length); // (d,)
    const value = this.#density.valueAndGradient(position, gradient);
    if (!(Number.isFinite(value) && gradient.every(Number.isFinite))) return undefined;
    const drop = this.#logLikelihood - value;
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
