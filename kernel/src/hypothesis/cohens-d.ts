/**
 * Standardised differences of means with their intervals: Cohen's (1988) d and Hedges' (1981) g, by the noncentral t
 * distribution (Steiger & Fouladi 1997).
 */
import { checkNames, checkShare } from '../estimate/options.ts';
import { Table } from '../estimate/table.ts';
import { noncentralTUpper } from '../numeric/special/studentised-range.ts';
import { tTest } from './t.ts';

export interface EffectSizeRow {
  readonly name: "Cohen's d" | "Hedges' g";
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
}

/** The noncentrality at which a t above the one seen has this probability, which grows with it. */
function noncentrality(t: number, df: number, p: number): number {
  let [low, high] = [t - 2, t + 2];
  while (noncentralTUpper(t, df, low) > p) low -= 2 * (1 + Math.abs(low));
  while (noncentralTUpper(t, df, high) < p) high += 2 * (1 + Math.abs(high));
  for (let round = 0; round < 100 && high - low > 1e-13 * (1 + Math.abs(low)); round++) {
    const middle = (low + high) / 2;
    if (noncentralTUpper(t, df, middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * How many standard deviations a mean lies from a value, or two from each other (by their pooled standard deviation).
 *
 * @param options.mean under the null hypothesis, default 0
 * @param options.paired whether x and y are measured on the same units; the standard deviation is that of the differences
 * @param options.level of the intervals, default 0.95
 * @throws RangeError as `tTest` does
 * @example cohensD([5, 7, 6, 9], [2, 4, 3, 3]).row("Cohen's d").lower // 0.678…
 */
export function cohensD(
  x: ArrayLike<number>,
  y?: ArrayLike<number>,
  options: { readonly mean?: number; readonly paired?: boolean; readonly level?: number } = {},
): Table<EffectSizeRow> {
  checkNames('cohensD', options, ['mean', 'paired', 'level']);
  const level = checkShare('cohensD', 'level', options.level ?? 0.95);
  const test = tTest(x, y, { ...options, equalVariances: true });
  const df = test.parameters['degrees of freedom']!;
  const d = test.effects["Cohen's d"]!;
  const one = y === undefined || options.paired === true;
  const known = (values: ArrayLike<number>) => Array.from(values).filter((value) => !Number.isNaN(value)).length;
  const size = one ? df + 1 : (known(x) * known(y)) / (known(x) + known(y)); // t = d √size
  const t = d * Math.sqrt(size);
  const ends = [(1 - level) / 2, (1 + level) / 2].map((p) => noncentrality(t, df, p) / Math.sqrt(size));
  const factor = d === 0 ? 1 : test.effects["Hedges' g"]! / d;
  const row = (name: EffectSizeRow['name'], by: number): EffectSizeRow => ({
    name,
    estimate: by * d,
    lower: by * ends[0]!,
    upper: by * ends[1]!,
  });
  return new Table<EffectSizeRow>(
    [
      { key: 'estimate', label: 'estimate' },
      { key: 'lower', label: `lower ${100 * level} %` },
      { key: 'upper', label: 'upper' },
    ],
    [row("Cohen's d", 1), row("Hedges' g", factor)],
  );
}
