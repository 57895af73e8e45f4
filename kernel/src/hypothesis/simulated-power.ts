/**
 * Power by simulation: the experiment is drawn again and again as it would come under the alternative, and the share of
 * p-values below the significance counted. For every design that no formula covers.
 */
import { RandomGenerator } from '../distributions/rng.ts';
import { type CommonOptions, checkNames, checkShare, checkWhole, signalOf } from '../estimate/options.ts';
import { Pace } from '../estimate/pause.ts';
import { ProgressReport } from '../estimate/progress.ts';
import { foldIn, key } from '../numeric/random.ts';
import { binomialTest } from './binomial.ts';

export interface SimulatedPowerOptions extends CommonOptions {
  /** How often the experiment is drawn, default 1000. */
  readonly replicates?: number;
  /** Chance of a false alarm, default 0.05. */
  readonly significance?: number;
}

export interface SimulatedPower {
  readonly power: number;
  /** Monte Carlo standard error of it. */
  readonly standardError: number;
  /** Exact interval of 95 % (Clopper & Pearson). */
  readonly interval: readonly [lower: number, upper: number];
  readonly replicates: number;
  readonly ending: 'complete' | 'interrupted';
}

/**
 * The power of any experiment.
 *
 * @param experiment draws data with the generator it is given, tests them, and returns the p-value
 * @throws RangeError for a p-value outside [0, 1]
 * @example
 * const { power } = await powerBySimulation((random) => tTest(random.normal(0, 1, 20), random.normal(1, 1, 20)).p);
 */
export async function powerBySimulation(
  experiment: (random: RandomGenerator) => number | Promise<number>,
  options: SimulatedPowerOptions = {},
): Promise<SimulatedPower> {
  checkNames('powerBySimulation', options, ['replicates', 'significance', 'seed', 'signal', 'onProgress']);
  const total = checkWhole('powerBySimulation', 'replicates', options.replicates ?? 1000, 1);
  const significance = checkShare('powerBySimulation', 'significance', options.significance ?? 0.05);
  const base = foldIn(key(options.seed ?? 0), 'power by simulation');
  const signal = signalOf(options);
  const report = new ProgressReport(options.onProgress);
  const pace = new Pace();
  let [done, found] = [0, 0];
  for (; done < total && !(done > 0 && signal?.aborted); done++) {
    const p = await experiment(new RandomGenerator(foldIn(base, done)));
    if (!(p >= 0 && p <= 1)) {
      throw new RangeError(`powerBySimulation: a p-value between 0 and 1 expected of the experiment, got ${p}`);
    }
    if (p < significance) found++;
    if (report.due()) report.update({ done, total, text: `power by simulation: ${done} of ${total}` });
    await pace.breathe();
  }
  const ending = done < total ? 'interrupted' : 'complete';
  report.finish({ done, total, text: `power by simulation: ${ending}, ${found} of ${done} found` });
  const power = found / done;
  return {
    power,
    standardError: Math.sqrt((power * (1 - power)) / done),
    interval: binomialTest(found, done).interval!,
    replicates: done,
    ending,
  };
}
