/**
 * Tables of the analysis of variance of linear models: terms one after another, each beside others, each left out of the
 * whole, and nested models against each other.
 */

import { formatTable } from '../data/table.ts';
import { checkNames } from '../estimate/options.ts';
import { Displayable } from '../host/display.ts';
import { log } from '../numeric/elementary.ts';
import { fUpper } from '../numeric/special/tail.ts';
import { formatFigure, formatP, stars } from './format.ts';
import type { Design } from './formula/design.ts';
import { fitLinear, LinearFit } from './lm.ts';
import { compareNested, type NestedFit, type NestedTable } from './nested-models.ts';
import { checkType, codingNote, comparisons, type SumsOfSquares } from './term-comparisons.ts';

export interface AnovaRow {
  readonly name: string;
  readonly degreesOfFreedom: number;
  readonly sumOfSquares: number;
  readonly meanSquare: number;
  /** NaN in the row of the residuals. */
  readonly f: number;
  readonly p: number;
}

/** A table of the analysis of variance; the last row is that of the residuals. */
export class AnovaTable extends Displayable {
  override readonly kind = 'anova';
  readonly heading: string;
  readonly rows: readonly AnovaRow[];

  constructor(heading: string, rows: readonly AnovaRow[]) {
    super();
    this.heading = heading;
    this.rows = rows;
  }

  override toString(): string {
    const cells = this.rows.map(({ name, degreesOfFreedom, sumOfSquares, meanSquare, f, p }) => [
      name,
      String(degreesOfFreedom),
      formatFigure(sumOfSquares),
      formatFigure(meanSquare),
      Number.isNaN(f) ? '' : formatFigure(f, 4),
      Number.isNaN(p) ? '' : formatP(p),
      Number.isNaN(p) ? '' : stars(p).padEnd(3),
    ]);
    return `${this.heading}\n${formatTable(['', 'Df', 'Sum Sq', 'Mean Sq', 'F value', 'Pr(>F)', ''], cells)}`;
  }
}

function row(
  name: string,
  degreesOfFreedom: number,
  sumOfSquares: number,
  of?: { variance: number; df: number },
): AnovaRow {
  const meanSquare = degreesOfFreedom > 0 ? sumOfSquares / degreesOfFreedom : Number.NaN;
  const f = of ? meanSquare / of.variance : Number.NaN;
  return { name, degreesOfFreedom, sumOfSquares, meanSquare, f, p: of ? fUpper(f, degreesOfFreedom, of.df) : f };
}

export interface AnovaOptions {
  /**
   * 'I' (default): what each term adds to those before it; 'II': to all terms that it lies in no part of; 'III': to all
   * others, whose meaning hangs on the coding of factors (sum or Helmert for main effects over equal weights).
   */
  readonly type?: SumsOfSquares;
}

/**
 * Of one linear fit, what each term adds to others, by F. Of several fits of which each lies in the next: what each gains
 * over the one before, by F where the dispersion is estimated (that of the largest), else by the χ² of deviances or
 * likelihoods. Mixed models fitted by REML are fitted by maximum likelihood for it, as in lme4.
 *
 * @param options.type of sums of squares: 'I' (default), 'II' or 'III' (Fox & Weisberg 2019, section 5.3.4)
 * @throws TypeError for fits of different kinds; RangeError for an unknown type, other responses, other rows, or models of
 *   which neither lies in the other
 * @example
 * anova(lm('breaks ~ wool * tension', warpbreaks), { type: 'II' });
 * anova(lm('mpg ~ wt', cars), lm('mpg ~ wt + hp', cars));
 */
export function anova(fit: LinearFit, options?: AnovaOptions): AnovaTable;
export function anova(fit: NestedFit, larger: NestedFit, ...more: readonly NestedFit[]): NestedTable;
export function anova(
  fit: NestedFit,
  next?: NestedFit | AnovaOptions,
  ...more: readonly NestedFit[]
): AnovaTable | NestedTable {
  if (next instanceof Displayable) return compareNested([fit, next, ...more]);
  if (!(fit instanceof LinearFit)) {
    throw new TypeError('anova: of one fit, that of lm is expected; of a glm see devianceTable');
  }
  const options = next ?? {};
  checkNames('anova', options, ['type']);
  const { type = 'I' } = options;
  checkType('anova', type);
  return type === 'I' ? sequential(fit) : partial(fit, type);
}

function sequential(fit: LinearFit): AnovaTable {
  const residual = { variance: fit.deviance / fit.degreesOfFreedom, df: fit.degreesOfFreedom };
  const rows = fit.design.terms.flatMap((term, t) => {
    const own = [...fit.sequential].filter((value, j) => fit.design.assign[j] === t + 1 && !Number.isNaN(value));
    if (own.length === 0) return [];
    return [
      row(
        term,
        own.length,
        own.reduce((sum, value) => sum + value, 0),
        residual,
      ),
    ];
  });
  return new AnovaTable(`Analysis of variance, terms added in order\nResponse: ${fit.design.response!.label}`, [
    ...rows,
    row('Residuals', fit.degreesOfFreedom, fit.deviance),
  ]);
}

function partial(fit: LinearFit, type: 'II' | 'III'): AnovaTable {
  const { design: made } = fit;
  const residual = { variance: fit.deviance / fit.degreesOfFreedom, df: fit.degreesOfFreedom };
  const rows = comparisons(made, type).flatMap(({ name, without, within }) => {
    const [smaller, larger] = [without, within].map((columns) => lackOf(made, columns));
    const degreesOfFreedom = larger!.rank - smaller!.rank;
    return degreesOfFreedom > 0 ? [row(name, degreesOfFreedom, smaller!.deviance - larger!.deviance, residual)] : [];
  });
  const note = codingNote(made, type);
  return new AnovaTable(`Analysis of variance, type ${type}${note}\nResponse: ${made.response!.label}`, [
    ...rows,
    row('Residuals', fit.degreesOfFreedom, fit.deviance),
  ]);
}

/** Residual sum of squares with some columns alone; without any, the sum of squares. */
function lackOf(made: Design, columns: readonly number[]): { readonly deviance: number; readonly rank: number } {
  if (columns.length > 0) return fitLinear(subset(made, columns), 'drop');
  const value = made.response!.value as { readonly values: Float64Array };
  const deviance = value.values.reduce(
    (sum, y, i) => sum + (made.weights?.[i] ?? 1) * (y - (made.offset?.[i] ?? 0)) ** 2,
    0,
  );
  return { deviance, rank: 0 };
}

/** The design with some columns alone. */
function subset(made: Design, columns: readonly number[]): Design {
  const byColumn = columns.map((column) => made.byColumn[column]!);
  const n = made.rows.length;
  const matrix = new Float64Array(n * columns.length);
  byColumn.forEach((column, j) => {
    for (let i = 0; i < n; i++) matrix[i * columns.length + j] = column[i]!;
  });
  const assign = columns.map((column) => made.assign[column]!);
  return {
    ...made,
    matrix,
    byColumn,
    assign,
    columns: columns.map((column) => made.columns[column]!),
    intercept: made.intercept && assign.includes(0),
  };
}

/** Terms that lie in no other term: those that can be left out while what remains is a hierarchy. */
export function droppable(terms: readonly string[]): number[] {
  const parts = terms.map((term) => new Set(term.split(':')));
  return parts.flatMap((own, t) =>
    parts.some((other, o) => o !== t && other.size > own.size && [...own].every((part) => other.has(part))) ? [] : [t],
  );
}

export interface DropRow {
  readonly name: string;
  readonly degreesOfFreedom: number;
  /** By how much the residual sum of squares grows without the term. */
  readonly sumOfSquares: number;
  readonly residualSumOfSquares: number;
  readonly aic: number;
  readonly f: number;
  readonly p: number;
}

/**
 * What the fit loses when a term is left out; only terms that lie in no other term, as R's `drop1`.
 *
 * `aic` is n log(rss / n) + 2 rank, as R's `extractAIC`: compare within the table alone.
 */
export function dropTerms(fit: LinearFit): DropRow[] {
  const { design: made, observations } = fit;
  const variance = fit.deviance / fit.degreesOfFreedom;
  return droppable(made.terms).map((t) => {
    const columns = made.columns.map((_, j) => j).filter((j) => made.assign[j] !== t + 1);
    const without = fitLinear(subset(made, columns), 'drop');
    const degreesOfFreedom = fit.rank - without.rank;
    const sumOfSquares = without.deviance - fit.deviance;
    const f = degreesOfFreedom > 0 ? sumOfSquares / degreesOfFreedom / variance : Number.NaN;
    return {
      name: made.terms[t]!,
      degreesOfFreedom,
      sumOfSquares,
      residualSumOfSquares: without.deviance,
      aic: observations * log(without.deviance / observations) + 2 * without.rank,
      f,
      p: degreesOfFreedom > 0 ? fUpper(f, degreesOfFreedom, fit.degreesOfFreedom) : Number.NaN,
    };
  });
}
