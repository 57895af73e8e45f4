/**
 * How often intervals hold what they promise: data are simulated from a known truth again and again, and the share of
 * the intervals that contain it is counted (Neyman 1937, Phil. Trans. R. Soc. A 236, 333–380).
 */
import { RandomGenerator } from '../distributions/index.ts';
import { Displayable } from '../host/display.ts';
import { foldIn, key } from '../numeric/random.ts';
import { type CommonOptions, checkNames, checkWhole, signalOf } from './options.ts';
import { Pace } from './pause.ts';
import { ProgressReport } from './progress.ts';
import { formatNumber } from './table.ts';

type Interval = readonly [lower: number, upper: number] | { readonly lower: number; readonly upper: number };

export interface CoverageOptions<D> extends CommonOptions {
  /** The value the intervals are about. */
  readonly truth: number;
  /** One data set; all its randomness from `random`. */
  readonly simulate: (random: RandomGenerator) => D;
  /** The interval of a data set; one with NaN counts as failed. */
  readonly interval: (data: D) => Interval | Promise<Interval>;
  /** Data sets, ≥ 1 (default 1000). */
  readonly replicates?: number;
  /** Number of the first replicate, ≥ 0 (default 0): runs over different ones can be added up. */
  readonly first?: number;
}

/** Counts of a simulation. */
export class Coverage extends Displayable {
  override readonly kind = 'coverage';
  /** Intervals made; those that could not be made are in `failed`. */
  readonly intervals: number;
  readonly covered: number;
  /** Intervals that lie wholly below the truth, and wholly above. */
  readonly below: number;
  readonly above: number;
  readonly failed: number;
  /** Mean width of the intervals that are finite. */
  readonly meanWidth: number;
  /** 'interrupted' where a signal came before all replicates were done. */
  readonly ending: 'complete' | 'interrupted';

  constructor(
    parts: Pick<Coverage, 'intervals' | 'covered' | 'below' | 'above' | 'failed' | 'meanWidth'> &
      Partial<Pick<Coverage, 'ending'>>,
  ) {
    super();
    this.ending = parts.ending ?? 'complete';
    this.intervals = parts.intervals;
    this.covered = parts.covered;
    this.below = parts.below;
    this.above = parts.above;
    this.failed = parts.failed;
    this.meanWidth = parts.meanWidth;
  }

  /** Share of the intervals that contain the truth. */
  get share(): number {
    return this.covered / this.intervals;
  }

  /** Monte Carlo standard error of the share, not 0 where all were covered (Agresti & Coull 1998). */
  get standardError(): number {
    const p = (this.covered + 2) / (this.intervals + 4);
    return Math.sqrt((p * (1 - p)) / this.intervals);
  }

  override toString(): string {
    const percent = (value: number) => `${formatNumber(100 * value, 4)} %`;
    const failed = this.failed > 0 ? `\n⚠ ${this.failed} more could not be made` : '';
    return `${this.covered} of ${this.intervals} intervals cover the truth: ${percent(this.share)}, Monte Carlo error ${percent(this.standardError)}
too low ${this.below}, too high ${this.above}; mean width ${formatNumber(this.meanWidth, 5)}${failed}${this.ending === 'interrupted' ? '\n⚠ Interrupted: fewer replicates than asked for.' : ''}`;
  }
}

/**
 * Coverage of an interval by simulation.
 *
 * Each replicate draws from a stream of its own, so the result does not depend on which run computes it.
 *
 * @throws RangeError for options out of range; what `simulate` and `interval` throw
 * @example
 * await coverage({
 *   truth: 10,
 *   simulate: (random) => random.normal(10, 2, 8),
 *   interval: (x) => tTest(x).interval!,
 *   replicates: 2000,
 * }); // 95 % but for the Monte Carlo error
 */
export async function coverage<D>(options: CoverageOptions<D>): Promise<Coverage> {
  const known = ['truth', 'simulate', 'interval', 'replicates', 'first', 'seed', 'signal', 'onProgress'];
  checkNames('coverage', options, known);
  const { truth, simulate, interval, seed = 0 } = options;
  if (!Number.isFinite(truth)) throw new RangeError(`coverage: truth must be a finite number, got ${truth}`);
  for (const [name, value] of Object.entries({ simulate, interval })) {
    if (typeof value !== 'function') {
      throw new TypeError(`coverage: ${name} must be a function, got ${String(value)}`);
    }
  }
  const replicates = checkWhole('coverage', 'replicates', options.replicates ?? 1000, 1);
  const first = checkWhole('coverage', 'first', options.first ?? 0, 0);
  const signal = signalOf(options);
  const report = new ProgressReport(options.onProgress);
  const pace = new Pace();
  const source = foldIn(key(seed), 'coverage');
  let [covered, below, above, failed, widths, finite] = [0, 0, 0, 0, 0, 0];
  const text = () => `coverage: ${covered} of ${covered + below + above}`;
  let done = 0;
  for (; done < replicates && !signal?.aborted; done++) {
    const made = await interval(simulate(new RandomGenerator(foldIn(source, first + done))));
    const [lower, upper] = endsOf(made);
    if (Number.isNaN(lower) || Number.isNaN(upper)) failed++;
    else if (upper < truth) below++;
    else if (lower > truth) above++;
    else covered++;
    if (Number.isFinite(upper - lower)) {
      widths += upper - lower;
      finite++;
    }
    if (report.due()) report.update({ done, total: replicates, text: text() });
    await pace.breathe();
  }
  report.finish({ done, total: replicates, text: text() });
  return new Coverage({
    intervals: covered + below + above,
    covered,
    below,
    above,
    failed,
    meanWidth: widths / finite,
    ending: done < replicates ? 'interrupted' : 'complete',
  });
}

/** The two ends. @throws TypeError for what is no interval; RangeError for one whose ends are exchanged */
function endsOf(made: Interval): readonly [number, number] {
  const given: unknown = made;
  const ends =
    typeof given !== 'object' || given === null ? [] : 'lower' in made ? [made.lower, made.upper] : Array.from(made);
  const [lower, upper] = ends;
  if (ends.length !== 2 || typeof lower !== 'number' || typeof upper !== 'number') {
    throw new TypeError(
      `coverage: interval must return [lower, upper] or { lower, upper }, got ${JSON.stringify(given) ?? String(given)}`,
    );
  }
  if (lower > upper)
    throw new RangeError(`coverage: interval returned a lower end above the upper: ${lower}, ${upper}`);
  return [lower, upper];
}
