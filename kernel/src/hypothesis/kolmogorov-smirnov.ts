/**
 * Kolmogorov–Smirnov tests: one sample against a distribution (exact by Marsaglia, Tsang & Wang 2003, Journal of
 * Statistical Software 8(18); one-sided by Birnbaum & Tingey 1951), two samples (exact by counting lattice paths, Hodges
 * 1958; with ties, given them, Schröer & Trenkler 1995, Comp. Stat. Data Anal. 20, 185–202), and Kolmogorov's and Smirnov's limits.
 */
import { checkNames } from '../estimate/options.ts';
import { exp, log, log1p } from '../numeric/elementary.ts';
import { logChoose } from '../numeric/special/log-beta.ts';
import { type Alternative, commonOptions, HypothesisTest, sampleOf, type TestOptions } from './test.ts';

export interface KolmogorovSmirnovOptions extends Omit<TestOptions, 'level'> {
  /** Default: below 100 values and without ties (one sample), below 10,000 pairs (two). */
  readonly exact?: boolean;
}

/** 1 − Kolmogorov's limit distribution at x. */
function limitUpper(x: number): number {
  if (x <= 0) return 1;
  if (x < 1) {
    let sum = 0; // the other theta series, which converges fast here
    for (let k = 1; k < 40; k += 2) sum += exp((-(k * k) * Math.PI ** 2) / (8 * x * x));
    return 1 - (Math.sqrt(2 * Math.PI) / x) * sum;
  }
  let sum = 0;
  for (let k = 1; k < 40; k++) sum += (k % 2 === 1 ? 2 : -2) * exp(-2 * k * k * x * x);
  return sum;
}

function multiply(a: Float64Array, b: Float64Array, m: number): Float64Array {
  const c = new Float64Array(m * m);
  for (let i = 0; i < m; i++) {
    for (let k = 0; k < m; k++) {
      const value = a[i * m + k]!;
      if (value !== 0) for (let j = 0; j < m; j++) c[i * m + j]! += value * b[k * m + j]!;
    }
  }
  return c;
}

/** P(D < d) for n values of a continuous distribution. */
function exactOne(d: number, n: number): number {
  const k = Math.floor(n * d) + 1;
  const m = 2 * k - 1;
  const h = k - n * d;
  const matrix = new Float64Array(m * m);
  for (let i = 0; i < m; i++) for (let j = 0; j < m; j++) if (i - j + 1 >= 0) matrix[i * m + j] = 1;
  for (let i = 0; i < m; i++) {
    matrix[i * m]! -= h ** (i + 1);
    matrix[(m - 1) * m + i]! -= h ** (m - i);
  }
  matrix[(m - 1) * m]! += 2 * h - 1 > 0 ? (2 * h - 1) ** m : 0;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < m; j++) {
      for (let g = 1; g <= i - j + 1; g++) matrix[i * m + j]! /= g;
    }
  }
  let power = Float64Array.from({ length: m * m }, (_, i) => (i % (m + 1) === 0 ? 1 : 0));
  let exponent = 0; // of 10
  for (const bit of n.toString(2)) {
    const turn = (by: Float64Array, shift: number) => {
      power = multiply(power, by, m) as typeof power;
      exponent += shift;
      if (power[(k - 1) * m + k - 1]! > 1e140) {
        power = power.map((value) => value * 1e-140);
        exponent += 140;
      }
    };
    turn(power, exponent);
    if (bit === '1') turn(matrix, 0);
  }
  let result = power[(k - 1) * m + k - 1]!;
  for (let i = 1; i <= n; i++) {
    result *= i / n;
    if (result < 1e-140) {
      result *= 1e140;
      exponent -= 140;
    }
  }
  return result * 10 ** exponent;
}

/** P(D⁺ ≥ d). */
function exactOneSided(d: number, n: number): number {
  if (d <= 0) return 1;
  if (d >= 1) return 0;
  let sum = exp(n * log1p(-d));
  for (let j = 1; j <= Math.floor(n * (1 - d)); j++) {
    const at = d + j / n;
    if (at >= 1) continue;
    sum += d * exp(logChoose(n, j) + (n - j) * log1p(-at) + (j - 1) * log(at));
  }
  return sum;
}

/**
 * P(statistic ≥ d) of two samples: paths from (0, 0) to (n, m) that reach the distance.
 *
 * @param pooled all values in order: a path is looked at where one differs from the next
 */
function exactTwo(d: number, n: number, m: number, twoSided: boolean, pooled: Float64Array): number {
  const limit = (Math.floor(d * n * m - 1e-7) + 0.5) / (n * m); // the largest distance below d
  const far = (i: number, j: number) => {
    if (i + j > 0 && pooled[i + j - 1] === pooled[i + j]) return false;
    const gap = i / n - j / m;
    return (twoSided ? Math.abs(gap) : gap) > limit;
  };
  // Probability, over all orders, that the path to (i, j) has stayed near.
  const near = new Float64Array(m + 1);
  for (let j = 0; j <= m; j++) near[j] = far(0, j) || (j > 0 && near[j - 1] === 0) ? 0 : 1;
  for (let i = 1; i <= n; i++) {
    near[0] = far(i, 0) ? 0 : near[0]!;
    for (let j = 1; j <= m; j++) near[j] = far(i, j) ? 0 : (near[j]! * i + near[j - 1]! * j) / (i + j);
  }
  return 1 - near[m]!;
}

function result(method: string, d: number, p: number, alternative: Alternative): HypothesisTest {
  const name = alternative === 'two-sided' ? 'D' : alternative === 'greater' ? 'D⁺' : 'D⁻';
  const hypothesis = method.includes('two samples')
    ? 'both samples come from one distribution'
    : 'the sample comes from the distribution given';
  return new HypothesisTest({ method, hypothesis, statistic: [name, d], p, alternative });
}

/**
 * Test whether a sample comes from a distribution, or two from the same.
 *
 * @param x a sample; missing values are left out
 * @param against a second sample, or a continuous distribution with nothing left to estimate: its distribution function, or
 *   itself, such as `normal(0, 1)`
 * @param options.alternative 'greater': the distribution function of x lies above
 * @example kolmogorovSmirnovTest([0.1, 0.5, 0.3], (value) => value).p // against the uniform
 */
export function kolmogorovSmirnovTest(
  x: ArrayLike<number>,
  against: ArrayLike<number> | ((value: number) => number) | { cdf(value: number): number },
  options: KolmogorovSmirnovOptions = {},
): HypothesisTest {
  checkNames('kolmogorovSmirnovTest', options, ['alternative', 'exact']);
  const { alternative } = commonOptions('kolmogorovSmirnovTest', options);
  const sample = sampleOf('kolmogorovSmirnovTest', 'x', x, 1).sort();
  const n = sample.length;
  const distance = (up: number, down: number) =>
    alternative === 'greater' ? up : alternative === 'less' ? down : Math.max(up, down);
  if (typeof against !== 'function' && (typeof against !== 'object' || against === null)) {
    throw new TypeError(
      `kolmogorovSmirnovTest: a second sample, a distribution or its function expected, got ${against as string}`,
    );
  }
  if (typeof against === 'function' || 'cdf' in against) {
    const below = typeof against === 'function' ? against : (value: number) => against.cdf(value);
    let [up, down] = [0, 0];
    sample.forEach((value, i) => {
      const at = below(value);
      if (!(at >= 0 && at <= 1)) {
        throw new RangeError(
          `kolmogorovSmirnovTest: the distribution function gave ${at} at ${value}; 0 to 1 expected`,
        );
      }
      up = Math.max(up, (i + 1) / n - at);
      down = Math.max(down, at - i / n);
    });
    const d = distance(up, down);
    const tied = new Set(sample).size < n;
    const exact = options.exact ?? (n < 100 && !tied);
    if (exact && tied) throw new RangeError('kolmogorovSmirnovTest: with ties there is no exact p-value');
    const two = () => (exact ? 1 - exactOne(d, n) : limitUpper(Math.sqrt(n) * d));
    const one = () => (exact ? exactOneSided(d, n) : exp(-2 * n * d * d));
    const method = `Kolmogorov–Smirnov test of one sample, ${exact ? 'exact' : 'asymptotic'}`;
    return result(method, d, alternative === 'two-sided' ? two() : one(), alternative);
  }
  const other = sampleOf('kolmogorovSmirnovTest', 'y', against, 1).sort();
  const m = other.length;
  let [i, j, up, down] = [0, 0, 0, 0];
  while (i < n && j < m) {
    const value = Math.min(sample[i]!, other[j]!);
    while (i < n && sample[i] === value) i++;
    while (j < m && other[j] === value) j++;
    up = Math.max(up, i / n - j / m);
    down = Math.max(down, j / m - i / n);
  }
  const d = distance(up, down);
  const exact = options.exact ?? n * m < 10_000;
  const pooled = Float64Array.of(...sample, ...other).sort();
  const size = (n * m) / (n + m);
  const limit = () => (alternative === 'two-sided' ? limitUpper(Math.sqrt(size) * d) : exp(-2 * size * d * d));
  const p = exact ? exactTwo(d, n, m, alternative === 'two-sided', pooled) : limit();
  return result(`Kolmogorov–Smirnov test of two samples, ${exact ? 'exact' : 'asymptotic'}`, d, p, alternative);
}
