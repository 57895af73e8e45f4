/**
 * One-way analysis of variance, with Fisher's common variance or Welch's (1951, Biometrika 38, 330–336) several, and all
 * pairs by Tukey's honest significant differences (Tukey 1949; Kramer 1956 for groups of different size).
 */
import { mean as meanOf, variance as varianceOf } from '../data/moments.ts';
import { formatTable } from '../data/table.ts';
import { checkNames, checkShare } from '../estimate/options.ts';
import { Displayable } from '../host/display.ts';
import { sumError } from '../numeric/elementary/exact.ts';
import { studentisedRangeUpper, studentisedRangeUpperQuantile } from '../numeric/special/studentised-range.ts';
import { fUpper } from '../numeric/special/tail.ts';
import { formatFigure, formatP } from '../regression/format.ts';
import type { LinearFit } from '../regression/lm.ts';
import { type Groups, groupsOf } from './groups.ts';
import { HypothesisTest } from './test.ts';

/** Sizes, means and sums of squares; the means from the first value, so that large values lose nothing. */
function sumsOf(samples: readonly { readonly name: string; readonly values: Float64Array }[]) {
  const base = samples[0]!.values[0]!;
  const shifted = samples.map(({ values }) => values.map((value) => value - base));
  const n = shifted.map((values) => values.length);
  const means = shifted.map(meanOf);
  const total = n.reduce((sum, size) => sum + size, 0);
  const grand = means.reduce((sum, mean, g) => sum + n[g]! * mean, 0) / total;
  const between = means.reduce((sum, mean, g) => sum + n[g]! * (mean - grand) ** 2, 0);
  let [within, lost] = [0, 0]; // what rounding takes off a long sum is added up beside it (Neumaier 1974)
  shifted.forEach((values, g) => {
    for (const value of values) {
      const square = (value - means[g]!) ** 2;
      const sum = within + square;
      lost += sumError(within, square, sum);
      within = sum;
    }
  });
  within += lost;
  return { n, means: means.map((mean) => mean + base), total, between, within };
}

/**
 * Test whether the means of several groups are equal.
 *
 * @param groups samples by name, or `[values, factor]`
 * @param options.equalVariances default true; false is Welch's test
 * @example analysisOfVariance({ a: [4, 5, 6], b: [6, 7, 8], c: [5, 9, 7] }).p
 */
export function analysisOfVariance(
  groups: Groups,
  options: { readonly equalVariances?: boolean } = {},
): HypothesisTest {
  checkNames('analysisOfVariance', options, ['equalVariances']);
  const equal = options.equalVariances ?? true;
  const samples = groupsOf('analysisOfVariance', groups, 2, equal ? 1 : 2);
  const { n, means, total, between, within } = sumsOf(samples);
  const k = n.length;
  const df = total - k;
  if (df < 1) throw new RangeError('analysisOfVariance: more values than groups expected');
  const variance = within / df;
  if (!(between + within > 0)) throw new RangeError('analysisOfVariance: finite values that vary expected');
  let f = between / (k - 1) / variance;
  let denominator = df;
  if (!equal) {
    const flat = samples.find(({ values }) => !(varianceOf(values) > 0));
    if (flat)
      throw new RangeError(`analysisOfVariance: the values of '${flat.name}' do not vary; Welch's test needs it`);
    const weights = samples.map(({ values }) => values.length / varianceOf(values));
    const sum = weights.reduce((a, b) => a + b, 0);
    const centre = weights.reduce((s, weight, g) => s + weight * means[g]!, 0) / sum;
    const spread = weights.reduce((s, weight, g) => s + (1 - weight / sum) ** 2 / (n[g]! - 1), 0) / (k * k - 1);
    f =
      weights.reduce((s, weight, g) => s + weight * (means[g]! - centre) ** 2, 0) /
      ((k - 1) * (1 + 2 * (k - 2) * spread));
    denominator = 1 / (3 * spread);
  }
  return new HypothesisTest({
    method: equal ? 'One-way analysis of variance' : "Welch's one-way analysis of means",
    hypothesis: 'all means are equal',
    statistic: ['F', f],
    parameters: { 'numerator degrees of freedom': k - 1, 'denominator degrees of freedom': denominator },
    p: fUpper(f, k - 1, denominator),
    estimates: {
      'sum of squares between': between,
      'sum of squares within': within,
      ...Object.fromEntries(samples.map(({ name }, g) => [`mean of ${name}`, means[g]!])),
    },
    effects: {
      'η²': between / (between + within),
      'ω²': (between - (k - 1) * variance) / (between + within + variance),
    },
  });
}

export interface PairRow {
  /** 'b - a'. */
  readonly name: string;
  readonly difference: number;
  readonly lower: number;
  readonly upper: number;
  /** Adjusted for all pairs. */
  readonly p: number;
}

/** All pairs of groups, with intervals that hold together. */
export class PairwiseDifferences extends Displayable {
  override readonly kind = 'pairwise-differences';
  readonly rows: readonly PairRow[];
  readonly level: number;

  constructor(rows: readonly PairRow[], level: number) {
    super();
    this.rows = rows;
    this.level = level;
  }

  override toString(): string {
    const cells = this.rows.map((row) => [
      row.name,
      ...[row.difference, row.lower, row.upper].map((value) => formatFigure(value)),
      formatP(row.p),
    ]);
    return `Tukey's honest significant differences, ${100 * this.level} % for all pairs together\n${formatTable(['', 'difference', 'lower', 'upper', 'adjusted p'], cells)}`;
  }
}

/**
 * Compare all pairs of groups.
 *
 * @param groups samples by name, or `[values, factor]`
 * @param options.fit a linear model of the same values whose residuals give the variance: with more than one factor. The
 *   means stay those of the groups as they are, which in an unbalanced design other factors bear on: there R's TukeyHSD
 *   adjusts for the factors before in the formula, and `marginalMeans(fit, …).pairs()` for all others
 * @param options.level of all intervals together, default 0.95
 * @example tukeyHonestDifferences({ a: [4, 5, 6], b: [6, 7, 8], c: [5, 9, 7] }).rows
 */
export function tukeyHonestDifferences(
  groups: Groups,
  options: { readonly fit?: LinearFit; readonly level?: number } = {},
): PairwiseDifferences {
  checkNames('tukeyHonestDifferences', options, ['fit', 'level']);
  const level = checkShare('tukeyHonestDifferences', 'level', options.level ?? 0.95);
  const samples = groupsOf('tukeyHonestDifferences', groups);
  const { n, means, total, within } = sumsOf(samples);
  const k = n.length;
  const df = options.fit ? options.fit.degreesOfFreedom : total - k;
  const variance = options.fit ? options.fit.deviance / df : within / df;
  if (!(df >= 1)) throw new RangeError('tukeyHonestDifferences: more values than groups expected');
  if (!(variance > 0)) throw new RangeError('tukeyHonestDifferences: values that vary within groups expected');
  const reach = studentisedRangeUpperQuantile(1 - level, k, df);
  const rows: PairRow[] = [];
  for (let a = 0; a < k; a++) {
    for (let b = a + 1; b < k; b++) {
      const difference = means[b]! - means[a]!;
      const error = Math.sqrt((variance / 2) * (1 / n[a]! + 1 / n[b]!));
      rows.push({
        name: `${samples[b]!.name} - ${samples[a]!.name}`,
        difference,
        lower: difference - reach * error,
        upper: difference + reach * error,
        p: studentisedRangeUpper(Math.abs(difference) / error, k, df),
      });
    }
  }
  return new PairwiseDifferences(rows, level);
}
