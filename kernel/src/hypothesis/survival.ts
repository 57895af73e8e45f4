/**
 * Survival curves of Kaplan & Meier (1958, Journal of the American Statistical Association 53, 457–481), with Greenwood's
 * standard errors and intervals on three scales.
 */
import { formatTable } from '../data/table.ts';
import { checkNames, checkShare } from '../estimate/options.ts';
import { Displayable } from '../host/display.ts';
import { exp, log } from '../numeric/elementary.ts';
import { normalQuantile } from '../numeric/special/normal.ts';
import { formatFigure } from '../regression/format.ts';

/** Times of units, and whether the event was seen (1) or the unit left before (0). */
export interface Followed {
  readonly time: Float64Array;
  readonly event: Uint8Array;
  /** Units are at risk after this time; undefined: from the start. */
  readonly entry?: Float64Array | undefined;
}

/** Check times and events; units with a missing one are left out. */
export function followed(
  caller: string,
  time: ArrayLike<number>,
  event: ArrayLike<number | boolean>,
  entry?: ArrayLike<number>,
): Followed & { rows: number[] } {
  if (entry && entry.length !== time.length) {
    throw new RangeError(`${caller}: one entry a time expected, got ${time.length} times and ${entry.length} entries`);
  }
  if (time.length !== event.length) {
    throw new RangeError(`${caller}: one event a time expected, got ${time.length} times and ${event.length} events`);
  }
  const rows: number[] = [];
  for (let i = 0; i < time.length; i++) {
    const [t, e] = [time[i]!, Number(event[i]!)];
    if (Number.isNaN(t) || Number.isNaN(e) || Number.isNaN(entry?.[i])) continue;
    if (entry && !(entry[i]! < t)) {
      throw new RangeError(`${caller}: units enter before they leave, got ${entry[i]} and ${t} in row ${i}`);
    }
    if (!(t >= 0 && t < Infinity)) throw new RangeError(`${caller}: times must not be negative, got ${t} in row ${i}`);
    if (e !== 0 && e !== 1)
      throw new RangeError(`${caller}: events are 1 (seen) or 0 (censored), got ${e} in row ${i}`);
    rows.push(i);
  }
  if (rows.length === 0) throw new RangeError(`${caller}: no unit has both a time and an event`);
  return {
    time: Float64Array.from(rows, (i) => time[i]!),
    event: Uint8Array.from(rows, (i) => Number(event[i]!)),
    entry: entry && Float64Array.from(rows, (i) => entry[i]!),
    rows,
  };
}

export interface SurvivalOptions {
  /** Of the intervals, in (0, 1), default 0.95. */
  readonly level?: number;
  /** Scale on which the interval is symmetric; default 'log', as in R. */
  readonly interval?: 'log' | 'log-log' | 'plain';
  /** Times after which units are at risk, for those that were not followed from the start; default all from the start. */
  readonly entry?: ArrayLike<number>;
}

/** One row a time at which something happened. */
export class SurvivalCurve extends Displayable {
  override readonly kind = 'survival-curve';
  readonly time: Float64Array;
  /** Units at risk just before. */
  readonly atRisk: Float64Array;
  readonly events: Float64Array;
  readonly censored: Float64Array;
  /** P(T > time). */
  readonly survival: Float64Array;
  readonly standardError: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Nelson (1972) and Aalen's (1978) cumulative hazard. */
  readonly cumulativeHazard: Float64Array;
  readonly level: number;

  constructor({ time, event, entry }: Followed, { level = 0.95, interval = 'log' }: SurvivalOptions) {
    super();
    const order = Array.from(time, (_, i) => i).sort((i, j) => time[i]! - time[j]!);
    const times = [...new Set(order.map((i) => time[i]!))];
    const n = times.length;
    const make = () => new Float64Array(n);
    const [atRisk, events, censored, survival, error, lower, upper, hazard] = Array.from({ length: 8 }, make) as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const z = normalQuantile((1 + level) / 2);
    let left = time.length;
    const late = entry?.toSorted() ?? new Float64Array(0);
    let waiting = late.length;
    let [s, greenwood, sum, at] = [1, 0, 0, 0];
    times.forEach((t, k) => {
      while (waiting > 0 && late[late.length - waiting]! < t) waiting--;
      atRisk[k] = left - waiting;
      for (; at < order.length && time[order[at]!] === t; at++) {
        if (event[order[at]!] === 1) events[k]!++;
        else censored[k]!++;
      }
      const [d, r] = [events[k]!, atRisk[k]!];
      s *= (r - d) / r;
      greenwood += d === 0 ? 0 : d / (r * (r - d)); // ∞ when all that are left have the event
      sum += d / r;
      survival[k] = s;
      hazard[k] = sum;
      const root = Math.sqrt(greenwood); // standard error of log S
      error[k] = s === 0 ? Number.NaN : s * root;
      [lower[k], upper[k]] = bounds(s, root, z, interval);
      left -= d + censored[k]!;
    });
    this.time = Float64Array.from(times);
    this.atRisk = atRisk;
    this.events = events;
    this.censored = censored;
    this.survival = survival;
    this.standardError = error;
    this.lower = lower;
    this.upper = upper;
    this.cumulativeHazard = hazard;
    this.level = level;
  }

  /**
   * The first time at which a share of the units has had the event: where the curve falls to 1 − p, the middle of the
   * flat piece when it does so exactly; NaN where it never does. The interval is where its bounds do.
   */
  quantile(p = 0.5): { readonly time: number; readonly lower: number; readonly upper: number } {
    checkShare('survivalCurve.quantile', 'p', p);
    const reach = (curve: Float64Array) => {
      const limit = 1 - p;
      const tolerance = Math.sqrt(Number.EPSILON);
      const at = curve.findIndex((value) => value <= limit + tolerance);
      if (at < 0) return Number.NaN;
      if (Math.abs(curve[at]! - limit) > tolerance) return this.time[at]!;
      const below = curve.findIndex((value) => value < limit - tolerance);
      return below < 0 ? this.time[at]! : (this.time[at]! + this.time[below]!) / 2;
    };
    return { time: reach(this.survival), lower: reach(this.lower), upper: reach(this.upper) };
  }

  /**
   * The curve at one time: what it fell to at or before, and how many units were at risk just before.
   *
   * @throws RangeError for a time that is negative or not finite
   * @example kaplanMeier([5, 8, 12, 16], [1, 1, 0, 1]).at(10).survival // 0.5
   */
  at(time: number): {
    readonly survival: number;
    readonly standardError: number;
    readonly lower: number;
    readonly upper: number;
    readonly atRisk: number;
  } {
    if (!(time >= 0 && time < Infinity)) {
      throw new RangeError(`survivalCurve.at: time must be finite and not negative, got ${time}`);
    }
    const last = this.time.findLastIndex((each) => each <= time);
    const next = this.time.findIndex((each) => each >= time);
    const atRisk = next < 0 ? 0 : this.atRisk[next]!;
    if (last < 0) return { survival: 1, standardError: 0, lower: 1, upper: 1, atRisk };
    return {
      survival: this.survival[last]!,
      standardError: this.standardError[last]!,
      lower: this.lower[last]!,
      upper: this.upper[last]!,
      atRisk,
    };
  }

  /** Area under the curve up to a time (default the last one): the mean time, restricted. */
  restrictedMean(until = this.time.at(-1)!): { readonly mean: number; readonly standardError: number } {
    if (!(until > 0 && until < Infinity)) {
      throw new RangeError(`survivalCurve.restrictedMean: until must be a positive time, got ${until}`);
    }
    let mean = 0;
    let previous = 1;
    let from = 0;
    const pieces: number[] = [];
    for (let k = 0; k < this.time.length && this.time[k]! <= until; k++) {
      pieces.push(previous * (this.time[k]! - from));
      previous = this.survival[k]!;
      from = this.time[k]!;
    }
    pieces.push(previous * (until - from));
    let variance = 0;
    let area = 0;
    for (let k = pieces.length - 1; k >= 0; k--) {
      if (k < pieces.length - 1) {
        const [d, r] = [this.events[k]!, this.atRisk[k]!];
        if (r > d) variance += (area * area * d) / (r * (r - d));
      }
      area += pieces[k]!;
    }
    mean = area;
    return { mean, standardError: Math.sqrt(variance) };
  }

  override toString(): string {
    const head = ['time', 'at risk', 'events', 'survival', 'std. error', `lower ${100 * this.level} %`, 'upper'];
    const rows = Array.from(this.time, (t, k) => [
      formatFigure(t),
      String(this.atRisk[k]),
      String(this.events[k]),
      formatFigure(this.survival[k]!, 4),
      formatFigure(this.standardError[k]!, 4),
      formatFigure(this.lower[k]!, 4),
      formatFigure(this.upper[k]!, 4),
    ]).filter((_, k) => this.events[k]! > 0);
    const { time, lower, upper } = this.quantile();
    const median = `median ${formatFigure(time)}, ${100 * this.level} % interval ${formatFigure(lower)} to ${formatFigure(upper)}`;
    return `Survival curve (Kaplan–Meier)\n${formatTable(head, rows.slice(0, 60))}\n${median}`;
  }
}

/** The interval of a survival probability; `root`: standard error of its logarithm. */
export function bounds(s: number, root: number, z: number, scale: 'log' | 'log-log' | 'plain'): [number, number] {
  if (s === 0) return [Number.NaN, Number.NaN];
  if (s === 1) return [1, 1];
  if (scale === 'plain') return [Math.max(0, s - z * s * root), Math.min(1, s + z * s * root)];
  if (scale === 'log') return [exp(log(s) - z * root), Math.min(1, exp(log(s) + z * root))];
  const size = log(-log(s));
  const reach = (z * root) / log(s); // negative
  return [exp(-exp(size - reach)), exp(-exp(size + reach))];
}

/**
 * The survival curve of one group.
 *
 * @param time of the event or of leaving, from 0; missing values are left out
 * @param event 1 or true where the event was seen, 0 where the unit was censored
 * @throws RangeError for negative times, and events that are neither 0 nor 1
 * @example kaplanMeier([5, 8, 12, 16], [1, 1, 0, 1]).quantile().time
 */
export function kaplanMeier(
  time: ArrayLike<number>,
  event: ArrayLike<number | boolean>,
  options: SurvivalOptions = {},
): SurvivalCurve {
  checkNames('kaplanMeier', options, ['level', 'interval', 'entry']);
  checkShare('kaplanMeier', 'level', options.level ?? 0.95);
  return new SurvivalCurve(followed('kaplanMeier', time, event, options.entry), options);
}
