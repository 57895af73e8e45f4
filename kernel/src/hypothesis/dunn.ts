/**
 * All pairs of groups by the mean ranks of the Kruskal–Wallis test (Dunn 1964, Technometrics 6, 241–252), with the
 * correction for ties, and p-values adjusted for their number.
 */
import { checkNames } from '../estimate/options.ts';
import { Table } from '../estimate/table.ts';
import { normalCdf } from '../numeric/special/normal.ts';
import { type Adjustment, adjustP } from './adjust.ts';
import { type Groups, groupsOf } from './groups.ts';
import { rank } from './ranks.ts';

/** One pair of groups. */
export interface DunnRow {
  /** 'a − b'. */
  readonly name: string;
  /** Difference of the mean ranks. */
  readonly difference: number;
  readonly z: number;
  /** Two-sided, of this pair alone. */
  readonly p: number;
  /** Adjusted for all pairs. */
  readonly adjusted: number;
}

/**
 * Which groups differ, after `kruskalWallisTest` has said that some do.
 *
 * @param groups samples by name, or `[values, factor]`
 * @param options.adjust a method of `adjustP`, default 'holm'
 * @throws RangeError where all values are equal
 * @example dunnTest({ a: [1, 4, 2], b: [5, 9, 7], c: [8, 6, 11] }).row('a − c').adjusted
 */
export function dunnTest(groups: Groups, options: { readonly adjust?: Adjustment } = {}): Table<DunnRow> {
  checkNames('dunnTest', options, ['adjust']);
  const samples = groupsOf('dunnTest', groups);
  const { ranks, ties } = rank(samples.flatMap(({ values }) => [...values]));
  const n = ranks.length;
  const variance = (n * (n + 1)) / 12 - ties / (12 * (n - 1));
  if (!(variance > 0)) throw new RangeError('dunnTest: all values are equal, so no rank differs');
  let from = 0;
  const means = samples.map(({ values }) => {
    const sum = ranks.subarray(from, from + values.length).reduce((a, b) => a + b, 0);
    from += values.length;
    return sum / values.length;
  });
  const pairs = samples.flatMap((first, i) =>
    samples.slice(i + 1).map((second, offset) => {
      const difference = means[i]! - means[i + 1 + offset]!;
      const z = difference / Math.sqrt(variance * (1 / first.values.length + 1 / second.values.length));
      return { name: `${first.name} − ${second.name}`, difference, z, p: 2 * normalCdf(-Math.abs(z)) };
    }),
  );
  const method = options.adjust ?? 'holm';
  const adjusted = adjustP(
    pairs.map(({ p }) => p),
    method,
  );
  return new Table<DunnRow>(
    [
      { key: 'difference', label: 'difference of mean ranks', digits: 5 },
      { key: 'z', label: 'z' },
      { key: 'p', label: 'p' },
      { key: 'adjusted', label: 'adjusted p' },
    ],
    pairs.map((pair, i) => ({ ...pair, adjusted: adjusted[i]! })),
    [`Dunn's test; p-values adjusted by the method '${method}'`],
  );
}
