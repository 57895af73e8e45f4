/**
 * Analysis of deviance of generalised linear models (McCullagh & Nelder 1989, section 2.3.2): terms one after another,
 * each beside others, and each left out of the whole.
 */
import { formatTable } from '../data/table.ts';
import { checkNames } from '../estimate/options.ts';
import { Displayable } from '../host/display.ts';
import { log } from '../numeric/elementary.ts';
import { chiSquaredUpper, fUpper } from '../numeric/special/tail.ts';
import { droppable } from './anova.ts';
import { formatFigure, formatP } from './format.ts';
import type { GeneralisedFit } from './generalised-fit.ts';
import { devianceOf } from './irls.ts';
import { score } from './scoring.ts';
import { checkType, codingNote, comparisons, type SumsOfSquares } from './term-comparisons.ts';

export interface DevianceRow {
  readonly name: string;
  /** NaN in the first row, of the null model. */
  readonly degreesOfFreedom: number;
  readonly deviance: number;
  /** Of the model with the term; of types II and III of that without it. */
  readonly residualDegreesOfFreedom: number;
  readonly residualDeviance: number;
  /** χ² or F. */
  readonly statistic: number;
  readonly p: number;
}

export class DevianceTable extends Displayable {
  override readonly kind = 'deviance-table';
  readonly rows: readonly DevianceRow[];
  readonly test: 'chi-squared' | 'F';
  readonly heading: string;

  constructor(rows: readonly DevianceRow[], test: 'chi-squared' | 'F', heading: string) {
    super();
    this.rows = rows;
    this.test = test;
    this.heading = heading;
  }

  override toString(): string {
    const figure = (value: number) => (Number.isNaN(value) ? '' : formatFigure(value));
    const last = this.test === 'F' ? ['F', 'Pr(>F)'] : ['Chi²', 'Pr(>Chi)'];
    const cells = this.rows.map((r) => [
      r.name,
      Number.isNaN(r.degreesOfFreedom) ? '' : String(r.degreesOfFreedom),
      figure(r.deviance),
      String(r.residualDegreesOfFreedom),
      figure(r.residualDeviance),
      figure(r.statistic),
      Number.isNaN(r.p) ? '' : formatP(r.p),
    ]);
    return `${this.heading}\n${formatTable(['', 'Df', 'Deviance', 'Resid. Df', 'Resid. Dev', ...last], cells)}`;
  }
}

/** Deviance and rank with these columns alone. */
function restricted(fit: GeneralisedFit, kept: readonly number[]) {
  const { problem } = fit;
  const columns = kept.map((j) => problem.columns[j]!);
  if (columns.length > 0) {
    const { deviance, qr } = score({ ...problem, columns });
    return { deviance, rank: qr.rank };
  }
  return { deviance: devianceOf(problem, problem.offset.map(problem.family.link.mean)), rank: 0 };
}

/** The columns of some terms. */
const columnsOf = ({ design }: GeneralisedFit, keep: (term: number) => boolean) =>
  design.assign.map((_, j) => j).filter((j) => keep(design.assign[j]!));

export interface DevianceOptions {
  /** Default 'chi-squared' where the dispersion is 1, else 'F'. */
  readonly test?: 'chi-squared' | 'F';
  /**
   * 'I' (default): what each term adds to those before it; 'II': to all terms that it lies in no part of; 'III': to all
   * others, whose meaning hangs on the coding of factors.
   */
  readonly type?: SumsOfSquares;
}

/** A statistic and its p-value for a fall of the deviance. */
function tested(fit: GeneralisedFit, test: 'chi-squared' | 'F', deviance: number, degreesOfFreedom: number) {
  const scaled = deviance / fit.dispersion;
  if (test === 'chi-squared') return { statistic: scaled, p: chiSquaredUpper(scaled, degreesOfFreedom) };
  const statistic = scaled / degreesOfFreedom;
  return { statistic, p: fUpper(statistic, degreesOfFreedom, fit.degreesOfFreedom) };
}

/**
 * What each term takes off the deviance. A negative binomial keeps the θ of the whole fit.
 *
 * @throws RangeError for a test or a type that is none
 * @example devianceTable(glm('count ~ spray', sprays, { family: 'poisson' }))
 */
export function devianceTable(fit: GeneralisedFit, options: DevianceOptions = {}): DevianceTable {
  checkNames('devianceTable', options, ['test', 'type']);
  const { test = fit.problem.family.dispersion === 'one' ? 'chi-squared' : 'F', type = 'I' } = options;
  if (test !== 'chi-squared' && test !== 'F') {
    throw new RangeError(`devianceTable: test is 'chi-squared' or 'F', got '${String(test)}'`);
  }
  checkType('devianceTable', type);
  return type === 'I' ? sequential(fit, test) : partial(fit, test, type);
}

function partial(fit: GeneralisedFit, test: 'chi-squared' | 'F', type: 'II' | 'III'): DevianceTable {
  const rows = comparisons(fit.design, type).flatMap(({ name, without, within }) => {
    if (name === '(Intercept)') return []; // as car has it
    const [smaller, larger] = [without, within].map((columns) => restricted(fit, columns));
    const degreesOfFreedom = larger!.rank - smaller!.rank;
    const deviance = smaller!.deviance - larger!.deviance;
    const row = {
      name,
      degreesOfFreedom,
      deviance,
      residualDegreesOfFreedom: fit.observations - smaller!.rank,
      residualDeviance: smaller!.deviance,
      ...tested(fit, test, deviance, degreesOfFreedom),
    };
    return degreesOfFreedom > 0 ? [row] : [];
  });
  return new DevianceTable(rows, test, `Analysis of deviance, type ${type}${codingNote(fit.design, type)}`);
}

function sequential(fit: GeneralisedFit, test: 'chi-squared' | 'F'): DevianceTable {
  let before = { deviance: fit.nullDeviance, rank: Number(fit.design.intercept) };
  const rows: DevianceRow[] = [
    {
      name: 'NULL',
      degreesOfFreedom: Number.NaN,
      deviance: Number.NaN,
      residualDegreesOfFreedom: fit.nullDegreesOfFreedom,
      residualDeviance: fit.nullDeviance,
      statistic: Number.NaN,
      p: Number.NaN,
    },
  ];
  fit.design.terms.forEach((name, t) => {
    const kept = columnsOf(fit, (term) => term <= t + 1);
    const now = t + 1 === fit.design.terms.length ? fit : restricted(fit, kept);
    const degreesOfFreedom = now.rank - before.rank;
    const deviance = before.deviance - now.deviance;
    rows.push({
      name,
      degreesOfFreedom,
      deviance,
      residualDegreesOfFreedom: fit.observations - now.rank,
      residualDeviance: now.deviance,
      ...tested(fit, test, deviance, degreesOfFreedom),
    });
    before = now;
  });
  return new DevianceTable(rows, test, 'Analysis of deviance, terms added in order');
}

export interface DropDevianceRow {
  readonly name: string;
  readonly degreesOfFreedom: number;
  /** Deviance without the term. */
  readonly deviance: number;
  /** Rise of the deviance over the dispersion; of a gaussian n log of its ratio. */
  readonly likelihoodRatio: number;
  readonly p: number;
}

/** Likelihood-ratio tests of the terms that lie in no other term, as R's `drop1(…, test = "LRT")`. */
export function dropDeviance(fit: GeneralisedFit): DropDevianceRow[] {
  return droppable(fit.design.terms).map((t) => {
    const without = restricted(
      fit,
      columnsOf(fit, (term) => term !== t + 1),
    );
    const degreesOfFreedom = fit.rank - without.rank;
    const likelihoodRatio =
      fit.problem.family.name === 'gaussian'
        ? fit.observations * log(without.deviance / fit.deviance)
        : (without.deviance - fit.deviance) / fit.dispersion;
    return {
      name: fit.design.terms[t]!,
      degreesOfFreedom,
      deviance: without.deviance,
      likelihoodRatio,
      p: chiSquaredUpper(likelihoodRatio, degreesOfFreedom),
    };
  });
}
