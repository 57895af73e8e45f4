/**
 * Cox's (1972) regression of hazards by partial likelihood and Newton's method.
 */
import { type Factor, isFactor } from '../../data/factor.ts';
import { namesHint } from '../../data/names.ts';
import { checkNames } from '../../estimate/options.ts';
import { cholesky, choleskySolve, symmetricInverse } from '../../numeric/linalg/cholesky.ts';
import { PivotedQr } from '../../numeric/linalg/pivoted-qr.ts';
import { design } from '../../regression/formula/design.ts';
import { refuseDependent } from '../../regression/lm.ts';
import { followed } from '../survival.ts';
import { CoxFit, withoutIntercept } from './fit.ts';
import { type CoxProblem, linearPredictor, partialLikelihood } from './likelihood.ts';
import { robustCoxCovariance, scoreResiduals } from './residuals.ts';

export interface CoxOptions {
  /** One a row: the event was seen (1) or not (0); a column of the data, or the values. */
  readonly event: string | ArrayLike<number | boolean>;
  /**
   * A column of times after which units are at risk: for units that came late, and for predictors that change, with one
   * row for each stretch of time in which a unit had the same ones.
   */
  readonly entry?: string;
  /** Default 'efron'. */
  readonly ties?: 'efron' | 'breslow';
  /** A column whose values have hazards of their own. */
  readonly strata?: string;
  /** Standard errors that hold where the model does not (Lin & Wei 1989): true, or a column whose rows go together. */
  readonly robust?: boolean | string;
}

/** Log hazard ratios over the range of a column beyond this are on their way to infinity. */
const FURTHEST = 15;

type Labels = Factor | ArrayLike<number | string | boolean | null>;

/** The label of a row, undefined where it is missing. */
function labelIn(labels: Labels, row: number): string | undefined {
  if (isFactor(labels)) return labels.levels[labels.codes[row]!];
  const value = (labels as ArrayLike<unknown>)[row];
  return value === null || value === undefined || Number.isNaN(value) ? undefined : String(value);
}

/**
 * Regress the hazard of an event on the terms of a formula.
 *
 * @param formula `'time ~ age + sex'`: the time of the event or of leaving on the left
 * @param data columns of one length; rows with a missing value are dropped
 * @param options.event which column says that the event was seen
 * @throws FormulaError, RangeError for times and events that are none, or columns that depend on others
 * @example coxRegression('time ~ age + sex', lung, { event: 'status' }).hazardRatios()
 */
export function coxRegression(formula: string, data: object, options: CoxOptions): CoxFit {
  checkNames('coxRegression', options, ['event', 'entry', 'ties', 'strata', 'robust']);
  const { ties = 'efron', robust = false } = options;
  if (ties !== 'efron' && ties !== 'breslow') {
    throw new RangeError(`coxRegression: ties is 'efron' or 'breslow', got '${ties as string}'`);
  }
  const columns = data as Readonly<Record<string, Labels>>;
  const column = (name: string, what: string): Labels => {
    if (Object.hasOwn(columns, name)) return columns[name]!;
    throw new RangeError(`coxRegression: no column '${name}' of ${what}; ${namesHint(name, Object.keys(columns))}`);
  };
  const events = (
    typeof options.event === 'string' ? column(options.event, 'events') : options.event
  ) as ArrayLike<number>;
  const entries = options.entry === undefined ? undefined : (column(options.entry, 'entries') as ArrayLike<number>);
  const strata = options.strata === undefined ? undefined : column(options.strata, 'strata');
  const clusters = typeof robust === 'string' ? column(robust, 'clusters') : undefined;
  const made = design(formula, data);
  if (made.response?.value.kind !== 'numbers') {
    throw new TypeError("coxRegression: the response is the time, as in 'time ~ age'");
  }
  if (made.columns.length - Number(made.intercept) === 0) {
    throw new RangeError('coxRegression: the formula has no term; see kaplanMeier for a curve');
  }
  const { design: plain, keep } = withoutIntercept(made);
  const p = keep.length;
  const whole = (row: number) => [strata, clusters].every((labels) => !labels || labelIn(labels, row) !== undefined);
  const units = followed(
    'coxRegression',
    made.response.value.values,
    made.rows.map((row) => (whole(row) ? Number(events[row] ?? Number.NaN) : Number.NaN)),
    entries && made.rows.map((row) => Number(entries[row])),
  );
  refuseDependent(
    'coxRegression',
    new PivotedQr([new Float64Array(made.rows.length).fill(1), ...plain.byColumn], made.rows.length),
    ['a constant', ...plain.columns],
  );
  const rows = units.rows.map((i) => made.rows[i]!);
  const taken = plain.byColumn.map((values) => Float64Array.from(units.rows, (i) => values[i]!));
  const means = taken.map((values) => values.reduce((sum, value) => sum + value, 0) / values.length);
  const problem: CoxProblem = {
    time: units.time,
    entry: units.entry,
    event: units.event,
    stratum: rows.map((row) => (strata ? labelIn(strata, row)! : '')),
    columns: taken.map((values, j) => values.map((value) => value - means[j]!)),
    offset: made.offset && Float64Array.from(units.rows, (i) => made.offset![i]!),
    efron: ties === 'efron',
  };
  if (!problem.event.includes(1)) throw new RangeError('coxRegression: no event was seen');
  const { beta, at, start, iterations, converged } = climb(problem, p);
  const naive = symmetricInverse(at.information, p);
  const together = clusters ? rows.map((row) => labelIn(clusters, row)!) : rows;
  const read = (given: object) => {
    const { matrix, offset, rows: known } = plain.on(given as never);
    const labels = options.strata === undefined ? undefined : (given as typeof columns)[options.strata];
    if (options.strata !== undefined && !labels) {
      throw new RangeError(`survival: the new data need the column '${options.strata}' of strata`);
    }
    return {
      columns: keep.map((_, j) => Float64Array.from(known, (_row, i) => matrix[i * p + j]!)),
      offset,
      strata: known.map((row) => (labels ? (labelIn(labels, row) ?? '') : '')),
    };
  };
  return new CoxFit(
    {
      design: plain,
      values: beta,
      covariance: robust
        ? robustCoxCovariance(scoreResiduals(problem, linearPredictor(problem, beta)), naive, together)
        : naive,
      observations: units.time.length,
      rank: p,
      reference: 'z',
      warnings: converged
        ? []
        : ['the estimate runs off: in some groups no event, or all of them; the ratios mean nothing'],
    },
    { problem, at, start, iterations, rows, means, read, naive },
  );
}

/** Newton's method from 0, with steps that are halved while they lead down. */
function climb(problem: CoxProblem, p: number) {
  let beta = new Float64Array(p);
  const start = partialLikelihood(problem, beta);
  let at = start;
  let iterations = 0;
  let converged = false;
  const widths = problem.columns.map((values) => values.reduce((most, x) => Math.max(most, Math.abs(x)), 0));
  while (iterations < 50 && !converged && !beta.some((value, j) => Math.abs(value) * widths[j]! > FURTHEST)) {
    iterations++;
    const step = choleskySolve(cholesky(at.information, p), p, at.gradient);
    const from = at.value;
    for (let size = 1; size > 1e-9; size /= 2) {
      const next = beta.map((value, j) => value + size * step[j]!);
      at = partialLikelihood(problem, next);
      if (at.value >= from - 1e-12 * Math.abs(from)) {
        beta = next;
        converged = step.every((value, j) => Math.abs(value) <= 1e-11 * (1 + Math.abs(beta[j]!)));
        break;
      }
    }
  }
  return { beta, at, start, iterations, converged };
}
