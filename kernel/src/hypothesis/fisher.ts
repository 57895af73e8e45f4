/**
 * Fisher's exact test of independence: of a 2 × 2 table with the conditional estimate and interval of the odds ratio
 * (noncentral hypergeometric distribution, Fisher 1935), of a larger one by going through all tables of the same margins.
 */
import { checkNames } from '../estimate/options.ts';
import { exp, log } from '../numeric/elementary.ts';
import { lgamma } from '../numeric/special/gamma.ts';
import { logChoose } from '../numeric/special/log-beta.ts';
import { type Counts, type CountTable, countTable } from './table.ts';
import { commonOptions, HypothesisTest, type TestOptions } from './test.ts';

/** Tables of the same probability to rounding belong to both tails, as in R. */
const SAME = 1 + 1e-7;
/** More tables than this are not gone through. */
const MOST_TABLES = 2_000_000;

/** Probabilities of the first cell given all margins, at an odds ratio. */
class Hypergeometric {
  readonly low: number;
  readonly high: number;
  private readonly logs: Float64Array;

  constructor(row: number, column: number, total: number) {
    this.low = Math.max(0, row + column - total);
    this.high = Math.min(row, column);
    this.logs = Float64Array.from(
      { length: this.high - this.low + 1 },
      (_, k) => logChoose(row, this.low + k) + logChoose(total - row, column - this.low - k),
    );
  }

  /** At log odds ratio θ. @returns (high − low + 1,) */
  probabilities(theta: number): Float64Array {
    const weights = this.logs.map((value, k) => value + (this.low + k) * theta);
    const most = weights.reduce((a, b) => Math.max(a, b), -Infinity);
    const shares = weights.map((value) => exp(value - most));
    const sum = shares.reduce((a, b) => a + b, 0);
    return shares.map((share) => share / sum);
  }

  atMost(x: number, theta: number): number {
    return this.probabilities(theta).reduce((sum, p, k) => (this.low + k <= x ? sum + p : sum), 0);
  }

  atLeast(x: number, theta: number): number {
    return this.probabilities(theta).reduce((sum, p, k) => (this.low + k >= x ? sum + p : sum), 0);
  }

  mean(theta: number): number {
    return this.probabilities(theta).reduce((sum, p, k) => sum + p * (this.low + k), 0);
  }
}

/** Where an increasing function is 0, by bisection to rounding. */
function rootOf(increasing: (theta: number) => number): number {
  let [low, high] = [-1, 1];
  while (increasing(low) > 0 && low > -1e3) low *= 2;
  while (increasing(high) < 0 && high < 1e3) high *= 2;
  for (let round = 0; round < 200 && high - low > 4 * Number.EPSILON * (1 + Math.abs(low)); round++) {
    const middle = (low + high) / 2;
    if (increasing(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Two-sided p-value of a table of any size: all tables with these margins that are no more probable. */
function enumerate({ rows, rowTotals, columnTotals, total }: CountTable): number {
  const logFactorial = Float64Array.from({ length: total + 1 }, (_, k) => lgamma(k + 1));
  const constant =
    [...rowTotals, ...columnTotals].reduce((sum, count) => sum + logFactorial[count]!, 0) - logFactorial[total]!;
  const observed = constant - rows.reduce((sum, row) => sum + row.reduce((s, c) => s + logFactorial[c]!, 0), 0);
  const limit = observed + log(SAME);
  const left = [...columnTotals];
  let p = 0;
  let visited = 0;
  // Row by row, cell by cell; the last row and the last cell of a row are what is left.
  const fill = (row: number, column: number, open: number, sum: number): void => {
    if (row === rowTotals.length - 1) {
      const last = left.reduce((s, count) => s + logFactorial[count]!, sum);
      if (++visited > MOST_TABLES) {
        throw new RangeError(
          'fisherExactTest: too many tables have these margins; use chiSquaredTest or permutationTest',
        );
      }
      if (constant - last <= limit) p += exp(constant - last);
      return;
    }
    const end = column === left.length - 1;
    for (let count = end ? open : 0; count <= Math.min(open, left[column]!); count++) {
      left[column]! -= count;
      const next = sum + logFactorial[count]!;
      if (end) fill(row + 1, 0, rowTotals[row + 1]!, next);
      else fill(row, column + 1, open - count, next);
      left[column]! += count;
    }
  };
  fill(0, 0, rowTotals[0]!, 0);
  return p;
}

/**
 * Fisher's exact test.
 *
 * @param counts a table; `alternative` and the odds ratio are for 2 × 2 alone
 * @throws RangeError for what is not a count, or a table too large to go through
 * @example fisherExactTest([[3, 1], [1, 3]]).p // 0.4857142857142857
 */
export function fisherExactTest(counts: Counts, options: TestOptions = {}): HypothesisTest {
  checkNames('fisherExactTest', options, ['alternative', 'level']);
  const { alternative, level } = commonOptions('fisherExactTest', options);
  const table = countTable('fisherExactTest', counts);
  const parts = { method: "Fisher's exact test", hypothesis: 'rows and columns are independent', alternative };
  if (table.rows.length > 2 || table.columnTotals.length > 2) {
    if (alternative !== 'two-sided') throw new RangeError('fisherExactTest: only a 2 × 2 table has a direction');
    return new HypothesisTest({ ...parts, p: enumerate(table) });
  }
  const x = table.rows[0]![0]!;
  const distribution = new Hypergeometric(table.rowTotals[0]!, table.columnTotals[0]!, table.total);
  const { low, high } = distribution;
  const probabilities = distribution.probabilities(0);
  const limit = probabilities[x - low]! * SAME;
  const twoSided = probabilities.reduce((sum, p) => (p <= limit ? sum + p : sum), 0);
  const side = alternative === 'two-sided' ? (1 - level) / 2 : 1 - level;
  const odds = x === low ? 0 : x === high ? Infinity : exp(rootOf((theta) => distribution.mean(theta) - x));
  const lower = alternative === 'less' || x === low ? 0 : exp(rootOf((theta) => distribution.atLeast(x, theta) - side));
  const upper =
    alternative === 'greater' || x === high ? Infinity : exp(rootOf((theta) => side - distribution.atMost(x, theta)));
  return new HypothesisTest({
    ...parts,
    hypothesis: 'the odds ratio is 1',
    p:
      alternative === 'less'
        ? distribution.atMost(x, 0)
        : alternative === 'greater'
          ? distribution.atLeast(x, 0)
          : twoSided,
    estimates: { 'odds ratio': odds },
    interval: [lower, upper],
    level,
  });
}
