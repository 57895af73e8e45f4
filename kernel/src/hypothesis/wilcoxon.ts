/**
 * Wilcoxon's (1945, Biometrics Bulletin 1, 80–83) tests: signed ranks of one sample or of pairs, and rank sums of two
 * samples (Mann & Whitney 1947). Exact by counting arrangements where the sample is small and has no ties, or where asked
 * for, else by the normal approximation. The estimates are those of Hodges & Lehmann (1963). Effect size: the rank-biserial correlation.
 */
import { checkNames } from '../estimate/options.ts';
import { normalCdf, normalQuantile } from '../numeric/special/normal.ts';
import { type RankTails, rankSumTails, signedRankTails } from './rank-distributions.ts';
import { rank } from './ranks.ts';
import { type Alternative, commonOptions, HypothesisTest, sampleOf, type TestOptions, tailP } from './test.ts';

export interface WilcoxonOptions extends TestOptions {
  /** Median or shift under the null hypothesis; default 0. */
  readonly median?: number;
  readonly paired?: boolean;
  /**
   * Default: with fewer than 50 values and no ties. With ties the p-value is exact given them, and the interval that of
   * the normal approximation.
   */
  readonly exact?: boolean;
  /** Continuity correction of the normal approximation; default true. */
  readonly correct?: boolean;
}

/** Interval between order statistics of the pairwise averages or differences. */
function exactInterval(sorted: Float64Array, tails: RankTails, alternative: Alternative, level: number) {
  const sides = alternative === 'two-sided' ? 2 : 1;
  const cut = Math.max(1, tails.quantile((1 - level) / sides));
  const covers = 1 - sides * tails.atMost(cut - 1);
  const interval: [number, number] = [
    alternative === 'less' ? -Infinity : sorted[cut - 1]!,
    alternative === 'greater' ? Infinity : sorted[sorted.length - cut]!,
  ];
  // So few values: even the widest interval between order statistics covers less.
  const short = level - covers > (1 - level) / 2;
  return { interval, notes: short ? [`the interval covers ${Number((100 * covers).toPrecision(3))} % alone`] : [] };
}

function medianOf(sorted: Float64Array): number {
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Where a decreasing step function crosses a level, by bisection. */
function crossing(decreasing: (shift: number) => number, level: number, low: number, high: number): number {
  let [a, b] = [low, high];
  if (decreasing(a) <= level) return a;
  if (decreasing(b) >= level) return b;
  for (let round = 0; round < 200 && b - a > 4 * Number.EPSILON * (Math.abs(a) + Math.abs(b)); round++) {
    const middle = (a + b) / 2;
    if (decreasing(middle) > level) a = middle;
    else b = middle;
  }
  return (a + b) / 2;
}

/** The standardised statistic, moved towards 0 by the correction of the side that is tested. */
function standardised(difference: number, sigma: number, alternative: Alternative, correct: boolean): number {
  const half = alternative === 'two-sided' ? Math.sign(difference) * 0.5 : alternative === 'greater' ? 0.5 : -0.5;
  return (difference - (correct ? half : 0)) / sigma;
}

function approximateInterval(
  z: (shift: number, side: Alternative) => number,
  [low, high]: readonly [number, number],
  alternative: Alternative,
  level: number,
): [number, number] {
  const reach = normalQuantile(alternative === 'two-sided' ? (1 + level) / 2 : level);
  return [
    alternative === 'less' ? -Infinity : crossing((d) => z(d, 'greater'), reach, low, high),
    alternative === 'greater' ? Infinity : crossing((d) => z(d, 'less'), -reach, low, high),
  ];
}

function signedRanks(values: Float64Array, options: WilcoxonOptions): HypothesisTest {
  const { alternative, level } = commonOptions('wilcoxonTest', options);
  const { median = 0, correct = true, paired = false } = options;
  const x = values.filter((value) => value !== median); // as Wilcoxon did: what equals it says nothing
  const deviations = x.map((value) => value - median);
  const n = deviations.length;
  if (n === 0) throw new RangeError('wilcoxonTest: all values equal the median tested');
  const { ranks, ties } = rank(deviations.map(Math.abs));
  const v = ranks.reduce((sum, r, i) => (deviations[i]! > 0 ? sum + r : sum), 0);
  const untied = ties === 0 && n === values.length;
  const exact = options.exact ?? (n < 50 && untied);
  const whole = (n * (n + 1)) / 2;
  const averages = new Float64Array((x.length * (x.length + 1)) / 2);
  let at = 0;
  for (let i = 0; i < x.length; i++) for (let j = 0; j <= i; j++) averages[at++] = (x[i]! + x[j]!) / 2;
  averages.sort();
  const ends = [averages[0]!, averages.at(-1)!] as const;
  let p = Number.NaN;
  let interval: [number, number] | undefined;
  let notes: string[] = [];
  if (exact) {
    const tails = signedRankTails(ranks);
    p = tailP(alternative, tails.atMost(v), tails.atLeast(v));
    if (untied) ({ interval, notes } = exactInterval(averages, tails, alternative, level));
  }
  if (interval === undefined) {
    const z = (shift: number, side: Alternative) => {
      const moved = x.map((value) => value - shift).filter((value) => value !== 0);
      const m = moved.length;
      const r = rank(moved.map(Math.abs));
      const sum = r.ranks.reduce((total, value, i) => (moved[i]! > 0 ? total + value : total), 0);
      const sigma = Math.sqrt((m * (m + 1) * (2 * m + 1)) / 24 - r.ties / 48);
      return sigma === 0 ? 0 : standardised(sum - (m * (m + 1)) / 4, sigma, side, correct);
    };
    const value = z(median, alternative);
    if (!exact) p = tailP(alternative, normalCdf(value), normalCdf(-value));
    interval = approximateInterval(z, ends, alternative, level);
  }
  return new HypothesisTest({
    method: `Wilcoxon signed rank test${exact ? ', exact' : correct ? ' with continuity correction' : ''}`,
    hypothesis: `the values ${paired ? 'of the differences ' : ''}lie symmetrically about ${median}`,
    statistic: ['V', v],
    p,
    alternative,
    estimates: { pseudomedian: medianOf(averages) },
    interval,
    level,
    effects: { 'rank-biserial correlation': (2 * v) / whole - 1 },
    notes,
  });
}

function rankSums(x: Float64Array, y: Float64Array, options: WilcoxonOptions): HypothesisTest {
  const { alternative, level } = commonOptions('wilcoxonTest', options);
  const { median = 0, correct = true } = options;
  const [n, m] = [x.length, y.length];
  const count = (shift: number) => {
    const { ranks, ties } = rank([...x.map((value) => value - shift), ...y]);
    return { w: ranks.slice(0, n).reduce((sum, r) => sum + r, 0) - (n * (n + 1)) / 2, ties, ranks };
  };
  const { w, ties, ranks } = count(median);
  const exact = options.exact ?? (n < 50 && m < 50 && ties === 0);
  const differences = Float64Array.from({ length: n * m }, (_, k) => x[k % n]! - y[Math.floor(k / n)]!).sort();
  const ends = [differences[0]!, differences.at(-1)!] as const;
  let p = Number.NaN;
  let interval: [number, number] | undefined;
  let notes: string[] = [];
  if (exact) {
    const tails = rankSumTails(ranks, n);
    p = tailP(alternative, tails.atMost(w), tails.atLeast(w));
    if (ties === 0) ({ interval, notes } = exactInterval(differences, tails, alternative, level));
  }
  if (interval === undefined) {
    const z = (shift: number, side: Alternative) => {
      const now = count(shift);
      const sigma = Math.sqrt(((n * m) / 12) * (n + m + 1 - now.ties / ((n + m) * (n + m - 1))));
      return sigma === 0 ? 0 : standardised(now.w - (n * m) / 2, sigma, side, correct);
    };
    const value = z(median, alternative);
    if (!exact) p = tailP(alternative, normalCdf(value), normalCdf(-value));
    interval = approximateInterval(z, ends, alternative, level);
  }
  return new HypothesisTest({
    method: `Wilcoxon rank sum test${exact ? ', exact' : correct ? ' with continuity correction' : ''}`,
    hypothesis: `the shift of x against y is ${median}`,
    statistic: ['W', w],
    p,
    alternative,
    estimates: { shift: medianOf(differences) },
    interval,
    level,
    effects: { 'rank-biserial correlation': (2 * w) / (n * m) - 1, 'chance that x exceeds y': w / (n * m) },
    notes,
  });
}

/**
 * Wilcoxon's test: of one sample, of pairs, or of two samples.
 *
 * @param x a sample; missing values are left out
 * @param y a second one; with `paired`, as long as x
 * @throws RangeError for samples without a value, and where all equal the median tested
 * @example wilcoxonTest([1.1, 2.2, 0.3], [3.4, 4.1, 2.6]).p
 */
export function wilcoxonTest(
  x: ArrayLike<number>,
  y?: ArrayLike<number>,
  options: WilcoxonOptions = {},
): HypothesisTest {
  checkNames('wilcoxonTest', options, ['alternative', 'level', 'median', 'paired', 'exact', 'correct']);
  if (options.paired) {
    if (y?.length !== x.length) throw new RangeError('wilcoxonTest: paired samples are equally long');
    return signedRanks(
      sampleOf(
        'wilcoxonTest',
        'x − y',
        Array.from(x, (value, i) => value - y[i]!),
        1,
      ),
      options,
    );
  }
  if (y === undefined) return signedRanks(sampleOf('wilcoxonTest', 'x', x, 1), options);
  return rankSums(sampleOf('wilcoxonTest', 'x', x, 1), sampleOf('wilcoxonTest', 'y', y, 1), options);
}
