/**
 * Tests of correlation: Pearson's r (interval by Fisher's 1921 transformation), Spearman's ρ (exact to n = 9, then the
 * Edgeworth series of Best & Roberts 1975, Applied Statistics 24, 377–379, AS 89), Kendall's τ (exact to n = 49). Intervals
 * of ρ and τ by the same transformation with the variances of Bonett & Wright (2000, Psychometrika 65, 23–28).
 */
import { mean as meanOf } from '../data/moments.ts';
import { checkNames } from '../estimate/options.ts';
import { exp, log1p, tanh } from '../numeric/elementary.ts';
import { normalCdf, normalQuantile } from '../numeric/special/normal.ts';
import { studentTCdf } from '../numeric/special/student-t.ts';
import { rank } from './ranks.ts';
import { type Alternative, commonOptions, HypothesisTest, sampleOf, type TestOptions, tailP } from './test.ts';

export interface CorrelationOptions extends TestOptions {
  readonly method?: 'pearson' | 'spearman' | 'kendall';
  /** Of ranks; default: without ties, below 50 values (Kendall), below 1290 (Spearman). */
  readonly exact?: boolean;
}

function correlationOf(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const [a, b] = [meanOf(x), meanOf(y)];
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    xx += (x[i]! - a) ** 2;
    yy += (y[i]! - b) ** 2;
    xy += (x[i]! - a) * (y[i]! - b);
  }
  if (!(xx + yy < Infinity))
    throw new RangeError('correlationTest: finite values expected, got some that are infinite');
  if (!(xx > 0 && yy > 0))
    throw new RangeError('correlationTest: a sample whose values do not vary has no correlation');
  return Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy)));
}

/** tanh(artanh r ± z · se), one-sided where the alternative is; undefined where there are too few values. */
function interval(r: number, variance: number, alternative: Alternative, level: number) {
  if (!(variance > 0 && variance < Infinity)) return {};
  const reach = normalQuantile(alternative === 'two-sided' ? (1 + level) / 2 : level) * Math.sqrt(variance);
  const z = 0.5 * (log1p(r) - log1p(-r));
  const ends: readonly [number, number] = [
    alternative === 'less' ? -1 : tanh(z - reach),
    alternative === 'greater' ? 1 : tanh(z + reach),
  ];
  return { interval: ends, level };
}

/** P(number of discordances ≤ q) for n values, by Mahonian numbers as shares. */
function kendallAtMost(q: number, n: number): number {
  let mass = Float64Array.of(1);
  for (let k = 2; k <= n; k++) {
    const next = new Float64Array(mass.length + k - 1);
    mass.forEach((share, s) => {
      for (let j = 0; j < k; j++) next[s + j]! += share / k;
    });
    mass = next;
  }
  return mass.reduce((sum, share, s) => (s <= q + 1e-7 ? sum + share : sum), 0);
}

/** P(Σ d² ≥ s) over all orders of n ≤ 9 ranks, one by one (Heap 1963). */
function spearmanExact(s: number, n: number): number {
  const order = Array.from({ length: n }, (_, i) => i);
  const counters = new Array<number>(n).fill(0);
  const distance = () => order.reduce((sum, value, i) => sum + (value - i) ** 2, 0);
  let total = 1;
  let reached = distance() >= s ? 1 : 0;
  for (let i = 0; i < n; ) {
    if (counters[i]! >= i) {
      counters[i++] = 0;
      continue;
    }
    const j = i % 2 === 0 ? 0 : counters[i]!;
    [order[j], order[i]] = [order[i]!, order[j]!];
    total++;
    if (distance() >= s) reached++;
    counters[i]!++;
    i = 0;
  }
  return reached / total;
}

/** P(Σ d² ≥ s), `s` the next even number above the tail wanted. */
function spearmanUpper(s: number, n: number): number {
  const most = (n * (n * n - 1)) / 3;
  if (s <= 0) return 1;
  if (s > most) return 0;
  if (n <= 9) return spearmanExact(s, n);
  const b = 1 / n;
  const x = ((6 * (s - 1) * b) / (n * n - 1) - 1) * Math.sqrt(1 / b - 1);
  const y = x * x;
  const third = 0.2274 + b * (0.2531 + 0.1745 * b); // coefficients of AS 89
  const fourth =
    -0.0758 +
    b * (0.1033 + 0.3932 * b) -
    y * b * (0.0879 + 0.0151 * b - y * (0.0072 - 0.0831 * b + y * b * (0.0131 - 4.6e-4 * y)));
  const series = (x * b * (third + y * fourth)) / exp(y / 2);
  return Math.min(1, Math.max(0, series + normalCdf(-x)));
}

function kendall(x: Float64Array, y: Float64Array) {
  let [score, tiesX, tiesY] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < i; j++) {
      const [dx, dy] = [Math.sign(x[i]! - x[j]!), Math.sign(y[i]! - y[j]!)];
      score += dx * dy;
      if (dx === 0) tiesX++;
      if (dy === 0) tiesY++;
    }
  }
  const pairs = (x.length * (x.length - 1)) / 2;
  return { score, pairs, tied: tiesX + tiesY > 0, tau: score / Math.sqrt((pairs - tiesX) * (pairs - tiesY)) };
}

/** Variance of Kendall's score with ties (Kendall 1970, Rank Correlation Methods, section 4.4). */
function scoreVariance(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const n = x.length;
  const sums = (values: ArrayLike<number>) => {
    const groups = new Map<number, number>();
    for (let i = 0; i < n; i++) groups.set(values[i]!, (groups.get(values[i]!) ?? 0) + 1);
    const counts = [...groups.values()];
    const sum = (term: (t: number) => number) => counts.reduce((total, t) => total + term(t), 0);
    return [sum((t) => t * (t - 1) * (2 * t + 5)), sum((t) => t * (t - 1)), sum((t) => t * (t - 1) * (t - 2))] as const;
  };
  const [a, b] = [sums(x), sums(y)];
  const whole = (n * (n - 1) * (2 * n + 5) - a[0] - b[0]) / 18;
  return whole + (a[1] * b[1]) / (2 * n * (n - 1)) + (a[2] * b[2]) / (9 * n * (n - 1) * (n - 2));
}

/**
 * Test whether two measurements go together.
 *
 * @param x one value a unit; units with a missing value are left out
 * @param y as many
 * @throws RangeError for fewer than three pairs, values that do not vary, or an exact p-value of ranks with ties
 * @example correlationTest([1, 2, 3, 4], [2, 1, 4, 3], { method: 'kendall' }).p
 */
export function correlationTest(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  options: CorrelationOptions = {},
): HypothesisTest {
  checkNames('correlationTest', options, ['alternative', 'level', 'method', 'exact']);
  const { alternative, level } = commonOptions('correlationTest', options);
  const { method = 'pearson' } = options;
  if (x.length !== y.length)
    throw new RangeError(`correlationTest: pairs expected, got ${x.length} and ${y.length} values`);
  const whole = (_: number, i: number) => !Number.isNaN(x[i]!) && !Number.isNaN(y[i]!);
  const a = sampleOf('correlationTest', 'x', Array.from(x).filter(whole), 3);
  const b = sampleOf('correlationTest', 'y', Array.from(y).filter(whole), 3);
  const n = a.length;
  const common = { hypothesis: 'the correlation is 0', alternative };
  if (method === 'pearson') {
    const r = correlationOf(a, b);
    const df = n - 2;
    const t = Math.sqrt(df) * (r / Math.sqrt(1 - r * r));
    return new HypothesisTest({
      ...common,
      method: "Pearson's correlation",
      statistic: ['t', t],
      parameters: { 'degrees of freedom': df },
      p: tailP(alternative, studentTCdf(t, df), studentTCdf(-t, df)),
      estimates: { correlation: r },
      ...interval(r, 1 / (n - 3), alternative, level),
    });
  }
  if (method === 'kendall') {
    const { score, pairs, tied, tau } = kendall(a, b);
    if (!Number.isFinite(tau))
      throw new RangeError('correlationTest: a sample whose values do not vary has no correlation');
    const exact = options.exact ?? (n < 50 && !tied);
    if (exact && tied) throw new RangeError('correlationTest: with ties there is no exact p-value');
    const concordant = (score + pairs) / 2;
    const z = score / Math.sqrt(scoreVariance(a, b));
    const p = exact
      ? tailP(alternative, kendallAtMost(concordant, n), kendallAtMost(pairs - concordant, n))
      : tailP(alternative, normalCdf(z), normalCdf(-z));
    return new HypothesisTest({
      ...common,
      method: "Kendall's rank correlation",
      statistic: exact ? ['T', concordant] : ['z', z],
      p,
      estimates: { τ: tau },
      ...interval(tau, 0.437 / (n - 4), alternative, level),
    });
  }
  const [u, v] = [rank(a), rank(b)];
  const rho = correlationOf(u.ranks, v.ranks);
  const s = ((n ** 3 - n) * (1 - rho)) / 6;
  const tied = u.ties + v.ties > 0;
  const exact = options.exact ?? (n < 1290 && !tied);
  if (exact && tied) throw new RangeError('correlationTest: with ties there is no exact p-value');
  const even = Math.round(s) + 2 * (Math.round(s) % 2 === 0 ? 0 : 0.5);
  const t = rho / Math.sqrt((1 - rho * rho) / (n - 2));
  const p = exact
    ? tailP(alternative, spearmanUpper(even, n), 1 - spearmanUpper(even + 2, n))
    : tailP(alternative, studentTCdf(t, n - 2), studentTCdf(-t, n - 2));
  return new HypothesisTest({
    ...common,
    method: "Spearman's rank correlation",
    statistic: ['S', s],
    p,
    estimates: { ρ: rho },
    ...interval(rho, (1 + (rho * rho) / 2) / (n - 3), alternative, level),
  });
}
