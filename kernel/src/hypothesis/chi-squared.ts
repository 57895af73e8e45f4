/**
 * Pearson's (1900) χ² tests: independence of the rows and columns of a table (with Yates' 1934 correction when it is
 * 2 × 2), given probabilities, and McNemar's (1947) of paired proportions. Effect size: Cramér's V.
 */
import { checkNames, checkShare } from '../estimate/options.ts';
import { chiSquaredUpper } from '../numeric/special/tail.ts';
import { binomialTest } from './binomial.ts';
import { type Counts, countTable, wholeCounts } from './table.ts';
import { HypothesisTest, type TestParts } from './test.ts';

/** The result, with what each cell was expected to hold. */
export class ChiSquaredTest extends HypothesisTest {
  /** Counts expected under the null hypothesis. */
  readonly expected: readonly Float64Array[];
  /** (observed − expected) / √expected: which cells make the statistic. */
  readonly residuals: readonly Float64Array[];
  /** Residuals over their standard errors. */
  readonly standardisedResiduals: readonly Float64Array[];

  constructor(
    parts: TestParts,
    cells: {
      readonly expected: readonly Float64Array[];
      readonly residuals: readonly Float64Array[];
      readonly standardisedResiduals: readonly Float64Array[];
    },
  ) {
    super(parts);
    this.expected = cells.expected;
    this.residuals = cells.residuals;
    this.standardisedResiduals = cells.standardisedResiduals;
  }
}

const tooFew = (expected: readonly Float64Array[]) =>
  expected.some((row) => row.some((value) => value < 5))
    ? ['some expected counts are below 5: the χ² distribution may be far off; see fisherExactTest']
    : [];

/**
 * Test whether rows and columns of a table of counts are independent.
 *
 * @param options.correct Yates' correction of a 2 × 2 table; default true
 * @throws RangeError for what is not a count, and empty rows or columns
 * @example chiSquaredTest([[12, 5], [7, 9]]).p
 */
export function chiSquaredTest(counts: Counts, options: { readonly correct?: boolean } = {}): ChiSquaredTest {
  checkNames('chiSquaredTest', options, ['correct']);
  const { rows, rowTotals, columnTotals, total } = countTable('chiSquaredTest', counts);
  const cells = (value: (observed: number, expected: number, i: number, j: number) => number) =>
    rows.map((row, i) => row.map((count, j) => value(count, (rowTotals[i]! * columnTotals[j]!) / total, i, j)));
  const expected = cells((_, e) => e);
  const small = rows.length === 2 && columnTotals.length === 2;
  const off = cells((o, e) => Math.abs(o - e)).flatMap((row) => [...row]);
  const yates = small && (options.correct ?? true) ? Math.min(0.5, ...off) : 0;
  const sum = (parts: readonly Float64Array[]) => parts.reduce((all, row) => all + row.reduce((a, b) => a + b, 0), 0);
  const statistic = sum(cells((o, e) => (Math.abs(o - e) - yates) ** 2 / e));
  const plain = sum(cells((o, e) => (o - e) ** 2 / e));
  const smaller = Math.min(rows.length, columnTotals.length) - 1;
  const df = (rows.length - 1) * (columnTotals.length - 1);
  return new ChiSquaredTest(
    {
      method: `Pearson's χ² test of independence${yates > 0 ? " with Yates' correction" : ''}`,
      hypothesis: 'rows and columns are independent',
      statistic: ['χ²', statistic],
      parameters: { 'degrees of freedom': df },
      p: chiSquaredUpper(statistic, df),
      effects: { "Cramér's V": Math.sqrt(plain / (total * smaller)) },
      notes: tooFew(expected),
    },
    {
      expected,
      residuals: cells((o, e) => (o - e) / Math.sqrt(e)),
      standardisedResiduals: cells(
        (o, e, i, j) => (o - e) / Math.sqrt(e * (1 - rowTotals[i]! / total) * (1 - columnTotals[j]! / total)),
      ),
    },
  );
}

/**
 * Test whether counts come with given probabilities.
 *
 * @param probabilities default equal; they must add to 1
 * @example goodnessOfFitTest([22, 18, 30, 10]).p
 */
export function goodnessOfFitTest(counts: ArrayLike<number>, probabilities?: ArrayLike<number>): ChiSquaredTest {
  const observed = Float64Array.from(counts);
  const k = observed.length;
  const wrong = observed.findIndex((count) => !(Number.isInteger(count) && count >= 0));
  if (wrong >= 0) throw new RangeError(`goodnessOfFitTest: counts are whole numbers from 0, got ${observed[wrong]}`);
  const p = probabilities ? Float64Array.from(probabilities) : new Float64Array(k).fill(1 / k);
  const whole = p.reduce((sum, value) => sum + value, 0);
  if (k < 2 || p.length !== k || !(Math.abs(whole - 1) < 1e-8) || p.some((value) => !(value > 0))) {
    throw new RangeError(
      `goodnessOfFitTest: ${k} positive probabilities that add to 1 expected, got ${[...p].join(', ')}`,
    );
  }
  const total = observed.reduce((sum, count) => sum + count, 0);
  if (total === 0) throw new RangeError('goodnessOfFitTest: a count above 0 expected');
  const expected = p.map((value) => value * total);
  const statistic = observed.reduce((sum, count, i) => sum + (count - expected[i]!) ** 2 / expected[i]!, 0);
  return new ChiSquaredTest(
    {
      method: 'χ² test of given probabilities',
      hypothesis: 'the counts come with the probabilities given',
      statistic: ['χ²', statistic],
      parameters: { 'degrees of freedom': k - 1 },
      p: chiSquaredUpper(statistic, k - 1),
      effects: { "Cohen's w": Math.sqrt(statistic / total) },
      notes: tooFew([expected]),
    },
    {
      expected: [expected],
      residuals: [observed.map((count, i) => (count - expected[i]!) / Math.sqrt(expected[i]!))],
      standardisedResiduals: [
        observed.map((count, i) => (count - expected[i]!) / Math.sqrt(expected[i]! * (1 - p[i]!))),
      ],
    },
  );
}

/**
 * McNemar's test that a 2 × 2 table of pairs is symmetric.
 *
 * @param options.correct correct for continuity; default true
 * @param options.exact by the binomial distribution of the pairs that changed; default false
 * @param options.level of the interval of the odds ratio, default 0.95
 * @example mcNemarTest([[10, 7], [1, 12]], { exact: true }).p
 */
export function mcNemarTest(
  counts: Counts,
  options: { readonly correct?: boolean; readonly exact?: boolean; readonly level?: number } = {},
): HypothesisTest {
  checkNames('mcNemarTest', options, ['correct', 'exact', 'level']);
  const level = checkShare('mcNemarTest', 'level', options.level ?? 0.95);
  const rows = wholeCounts('mcNemarTest', counts);
  if (rows.length !== 2 || rows[0]!.length !== 2) throw new RangeError('mcNemarTest: a 2 × 2 table expected');
  const [b, c] = [rows[0]![1]!, rows[1]![0]!];
  if (b + c === 0) throw new RangeError('mcNemarTest: no pair changed, so there is nothing to test');
  const yates = (options.correct ?? true) && b !== c ? 1 : 0;
  const statistic = (Math.abs(b - c) - yates) ** 2 / (b + c);
  const binomial = binomialTest(b, b + c, { level });
  const [lower, upper] = binomial.interval!.map((share) => share / (1 - share)) as [number, number];
  const exact = options.exact ?? false;
  return new HypothesisTest({
    method: exact ? "McNemar's test, exact" : `McNemar's test${yates > 0 ? ' with continuity correction' : ''}`,
    hypothesis: 'both changes are equally likely',
    statistic: exact ? ['changes to the right', b] : ["McNemar's χ²", statistic],
    parameters: exact ? { 'pairs that changed': b + c } : { 'degrees of freedom': 1 },
    p: exact ? binomial.p : chiSquaredUpper(statistic, 1),
    interval: [lower, upper],
    level,
    effects: { 'odds ratio of the pairs': b / c },
  });
}
