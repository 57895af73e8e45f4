/**
 * Wilcoxon's (1945, Biometrics Bulletin 1, 80–83) tests: signed ranks of one sample or of pairs, and rank sums of two
 * samples (Mann & Whitney 1947). Exact by counting arrangements where the sample is small and has no ties, else by the
 * normal approximation. The estimates are those of Hodges & Lehmann (1963). Effect size: the rank-biserial correlation.
 */
import { checkNames } from '../estimate/options.ts';
import { normalCdf, normalQuantile } from '../numeric/special/normal.ts';
import { rank } from './ranks.ts';
import { type Alternative, commonOptions, HypothesisTest, sampleOf, type TestOptions, tailP } from './test.ts';

export interface WilcoxonOptions extends TestOptions {
  /** Median or shift under the null hypothesis; default 0. */
  readonly median?: number;
  readonly paired?: boolean;
  /** Default: with fewer than 50 values and no ties. */
  readonly exact?: boolean;
  /** Continuity correction of the normal approximation; default true. */
  readonly correct?: boolean;
}

/** Number of subsets of 1 … n with each sum, as shares of all. @returns (n (n + 1) / 2 + 1,) */
function signedRankMass(n: number): Float64Array {
  const mass = new Float64Array((n * (n + 1)) / 2 + 1);
  mass[0] = 1;
  let most = 0;
  for (let k = 1; k <= n; k++) {
    most += k;
    for (let s = most; s >= 0; s--) mass[s] = (mass[s]! + (s >= k ? mass[s - k]! : 0)) / 2;
  }
  return mass;
}

/** Distribution of the Mann–Whitney count of n against m values. @returns (n m + 1,) */
function rankSumMass(n: number, m: number): Float64Array {
  // counts[j][u]: ways to choose j of the values so far as x with count u, as shares
  let table: Float64Array[] = Array.from({ length: n + 1 }, () => new Float64Array(n * m + 1));
  table[0]![0] = 1;
  for (let value = 1; value <= n + m; value++) {
    const next = Array.from({ length: n + 1 }, () => new Float64Array(n * m + 1));
    for (let j = 0; j <= Math.min(n, value); j++) {
      const below = value - 1 - (j - 1); // y-values under this one, if it is the jth x
      // Given j of `value` values are x, the last is one with probability j / value.
      for (let u = 0; u <= n * m; u++) {
        let share = j < value ? (table[j]![u]! * (value - j)) / value : 0;
        if (j > 0 && below <= m && u >= below) share += (table[j - 1]![u - below]! * j) / value;
        next[j]![u] = share;
      }
    }
    table = next;
  }
  return table[n]!;
}

interface Tails {
  readonly atMost: (w: number) => number;
  readonly atLeast: (w: number) => number;
  readonly quantile: (p: number) => number;
}

function tailsOf(mass: Float64Array): Tails {
  return {
    atMost: (w) => mass.reduce((sum, p, s) => (s <= w + 1e-7 ? sum + p : sum), 0),
    atLeast: (w) => mass.reduce((sum, p, s) => (s >= w - 1e-7 ? sum + p : sum), 0),
    quantile: (p) => {
      let sum = 0;
      for (let s = 0; s < mass.length; s++) {
        sum += mass[s]!;
        if (sum >= p * (1 - 64 * Number.EPSILON)) return s;
      }
      return mass.length - 1;
    },
  };
}

/** Interval between order statistics of the pairwise averages or differences. */
function exactInterval(sorted: Float64Array, tails: Tails, alternative: Alternative, level: number): [number, number] {
  const side = alternative === 'two-sided' ? (1 - level) / 2 : 1 - level;
  const cut = Math.max(1, tails.quantile(side));
  return [
    alternative === 'less' ? -Infinity : sorted[cut - 1]!,
    alternative === 'greater' ? Infinity : sorted[sorted.length - cut]!,
  ];
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
  const zeros = n < values.length;
  const { ranks, ties } = rank(deviations.map(Math.abs));
  const v = ranks.reduce((sum, r, i) => (deviations[i]! > 0 ? sum + r : sum), 0);
  const exact = options.exact ?? (n < 50 && ties === 0 && !zeros);
  if (exact && (ties > 0 || zeros)) throw new RangeError('wilcoxonTest: with ties or zeros there is no exact p-value');
  const whole = (n * (n + 1)) / 2;
  const averages = new Float64Array((x.length * (x.length + 1)) / 2);
  let at = 0;
  for (let i = 0; i < x.length; i++) for (let j = 0; j <= i; j++) averages[at++] = (x[i]! + x[j]!) / 2;
  averages.sort();
  const ends = [averages[0]!, averages.at(-1)!] as const;
  let p: number;
  let interval: [number, number];
  let estimate = medianOf(averages);
  if (exact) {
    const tails = tailsOf(signedRankMass(n));
    p = tailP(alternative, tails.atMost(v), tails.atLeast(v));
    interval = exactInterval(averages, tails, alternative, level);
  } else {
    const z = (shift: number, side: Alternative, corrected = correct) => {
      const moved = x.map((value) => value - shift).filter((value) => value !== 0);
      const m = moved.length;
      const r = rank(moved.map(Math.abs));
      const sum = r.ranks.reduce((total, value, i) => (moved[i]! > 0 ? total + value : total), 0);
      const sigma = Math.sqrt((m * (m + 1) * (2 * m + 1)) / 24 - r.ties / 48);
      return sigma === 0 ? 0 : standardised(sum - (m * (m + 1)) / 4, sigma, side, corrected);
    };
    const value = z(median, alternative);
    p = tailP(alternative, normalCdf(value), normalCdf(-value));
    interval = approximateInterval(z, ends, alternative, level);
    estimate = crossing((d) => z(d, 'two-sided', false), 0, ...ends);
  }
  return new HypothesisTest({
    method: `Wilcoxon signed rank test${exact ? ', exact' : correct ? ' with continuity correction' : ''}`,
    hypothesis: `the values ${paired ? 'of the differences ' : ''}lie symmetrically about ${median}`,
    statistic: ['V', v],
    p,
    alternative,
    estimates: { pseudomedian: estimate },
    interval,
    level,
    effects: { 'rank-biserial correlation': (2 * v) / whole - 1 },
  });
}

function rankSums(x: Float64Array, y: Float64Array, options: WilcoxonOptions): HypothesisTest {
  const { alternative, level } = commonOptions('wilcoxonTest', options);
  const { median = 0, correct = true } = options;
  const [n, m] = [x.length, y.length];
  const count = (shift: number) => {
    const { ranks, ties } = rank([...x.map((value) => value - shift), ...y]);
    return { w: ranks.slice(0, n).reduce((sum, r) => sum + r, 0) - (n * (n + 1)) / 2, ties };
  };
  const { w, ties } = count(median);
  const exact = options.exact ?? (n < 50 && m < 50 && ties === 0);
  if (exact && ties > 0) throw new RangeError('wilcoxonTest: with ties there is no exact p-value');
  const differences = Float64Array.from({ length: n * m }, (_, k) => x[k % n]! - y[Math.floor(k / n)]!).sort();
  const ends = [differences[0]!, differences.at(-1)!] as const;
  let p: number;
  let interval: [number, number];
  let estimate = medianOf(differences);
  if (exact) {
    const tails = tailsOf(rankSumMass(n, m));
    p = tailP(alternative, tails.atMost(w), tails.atLeast(w));
    interval = exactInterval(differences, tails, alternative, level);
  } else {
    const z = (shift: number, side: Alternative, corrected = correct) => {
      const now = count(shift);
      const sigma = Math.sqrt(((n * m) / 12) * (n + m + 1 - now.ties / ((n + m) * (n + m - 1))));
      return sigma === 0 ? 0 : standardised(now.w - (n * m) / 2, sigma, side, corrected);
    };
    const value = z(median, alternative);
    p = tailP(alternative, normalCdf(value), normalCdf(-value));
    interval = approximateInterval(z, ends, alternative, level);
    estimate = crossing((d) => z(d, 'two-sided', false), 0, ...ends);
  }
  return new HypothesisTest({
    method: `Wilcoxon rank sum test${exact ? ', exact' : correct ? ' with continuity correction' : ''}`,
    hypothesis: `the shift of x against y is ${median}`,
    statistic: ['W', w],
    p,
    alternative,
    estimates: { shift: estimate },
    interval,
    level,
    effects: { 'rank-biserial correlation': (2 * w) / (n * m) - 1, 'chance that x exceeds y': w / (n * m) },
  });
}

/**
 * Wilcoxon's test: of one sample, of pairs, or of two samples.
 *
 * @param x a sample; missing values are left out
 * @param y a second one; with `paired`, as long as x
 * @throws RangeError when an exact p-value is asked for and there are ties
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
