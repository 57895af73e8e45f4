/**
 * Bayes factors for the independence of rows and columns of a table of counts (Gûnel & Dickey 1974, Biometrika 61,
 * 545–557; Jamil et al. 2017, Behav. Res. 49, 638–652).
 */
import { checkNames } from '../../estimate/options.ts';
import { log1p } from '../../numeric/elementary.ts';
import { lgamma } from '../../numeric/special/gamma.ts';
import { type Counts, countTable } from '../table.ts';
import { BayesianTest } from './result.ts';

export interface BayesianTableOptions {
  /**
   * What was fixed beforehand: nothing, so that counts are Poisson; the total (default); the row totals; or the column
   * totals.
   */
  readonly fixed?: 'nothing' | 'total' | 'rows' | 'columns';
  /** Observations a cell that the prior is worth; default 1. */
  readonly concentration?: number;
}

/** log of the Dirichlet function ∏ Γ(aᵢ) / Γ(Σ aᵢ). */
function logDirichlet(a: readonly number[]): number {
  return a.reduce((sum, value) => sum + lgamma(value), 0) - lgamma(a.reduce((sum, value) => sum + value, 0));
}

/**
 * Test whether rows and columns of a table of counts are independent, by a Bayes factor.
 *
 * @throws RangeError for what is not a count, and empty rows or columns
 * @example bayesianTableTest([[12, 5], [7, 9]], { fixed: 'rows' }).bayesFactor
 */
export function bayesianTableTest(counts: Counts, options: BayesianTableOptions = {}): BayesianTest {
  checkNames('bayesianTableTest', options, ['fixed', 'concentration']);
  const { fixed = 'total', concentration: a = 1 } = options;
  if (!['nothing', 'total', 'rows', 'columns'].includes(fixed)) {
    throw new RangeError(`bayesianTableTest: fixed is 'nothing', 'total', 'rows' or 'columns', got '${fixed}'`);
  }
  if (!(a > 0 && a < Infinity)) throw new RangeError(`bayesianTableTest: concentration must be positive, got ${a}`);
  const table = countTable('bayesianTableTest', counts);
  const transposed = fixed === 'columns';
  const [r, c] = transposed
    ? [table.columnTotals.length, table.rows.length]
    : [table.rows.length, table.columnTotals.length];
  const cell = (i: number, j: number) => (transposed ? table.rows[j]![i]! : table.rows[i]![j]!);
  const cells = Array.from({ length: r * c }, (_, at) => cell(Math.floor(at / c), at % c));
  const rowTotals = Array.from({ length: r }, (_, i) => cells.slice(i * c, (i + 1) * c).reduce((s, y) => s + y, 0));
  const columnTotals = Array.from({ length: c }, (_, j) => rowTotals.reduce((s, _t, i) => s + cell(i, j), 0));
  // Priors of the margins that a uniform prior of the cells implies under independence.
  const rowPrior = c * a - (c - 1);
  const columnPrior = r * a - (r - 1);
  if (!(rowPrior > 0 && columnPrior > 0)) {
    throw new RangeError(
      `bayesianTableTest: with ${r} rows and ${c} columns concentration must be above ${1 - 1 / Math.max(r, c)}, got ${a}`,
    );
  }
  const posteriorCells = logDirichlet(cells.map((y) => y + a)) - logDirichlet(cells.map(() => a));
  const marginRows = logDirichlet(rowTotals.map((y) => y + rowPrior)) - logDirichlet(rowTotals.map(() => rowPrior));
  const marginColumns =
    logDirichlet(columnTotals.map((y) => y + columnPrior)) - logDirichlet(columnTotals.map(() => columnPrior));
  const joint = posteriorCells - marginRows - marginColumns;
  return new BayesianTest({
    method: 'Bayesian test of independence',
    hypothesis: 'rows and columns are independent',
    prior: `cells with a prior worth ${a} each; fixed beforehand: ${fixed}`,
    logBayesFactor:
      fixed === 'total'
        ? joint
        : fixed === 'nothing'
          ? joint + ofTotal(table.total, r, c, a)
          : withinRows(cells, r, c, a) - marginColumns,
  });
}

/** Each row with its own multinomial. */
function withinRows(cells: readonly number[], r: number, c: number, a: number): number {
  let sum = 0;
  for (let i = 0; i < r; i++) {
    const row = cells.slice(i * c, (i + 1) * c);
    sum += logDirichlet(row.map((y) => y + a)) - logDirichlet(row.map(() => a));
  }
  return sum;
}

/** What a Poisson total adds: gamma priors of the cells whose rate makes the expected total that of the table. */
function ofTotal(total: number, r: number, c: number, a: number): number {
  const shape = r * c * a;
  const lost = (r - 1) * (c - 1);
  const rate = shape / total;
  const free = lgamma(total + shape) - lgamma(shape);
  const independent = lgamma(total + shape - lost) - lgamma(shape - lost);
  return free - independent - lost * log1p(1 / rate);
}
