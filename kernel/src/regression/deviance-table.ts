/**
 * Analysis of deviance of generalised linear models (McCullagh & Nelder 1989, section 2.3.2): terms one after another,
 * and each term left out of the whole.
 */
import { formatTable } from '../data/table.ts';
import { Displayable } from '../host/display.ts';
import { log } from '../numeric/elementary.ts';
import { chiSquaredUpper, fUpper } from '../numeric/special/tail.ts';
import { droppable } from './anova.ts';
import { formatFigure, formatP } from './format.ts';
import type { GeneralisedFit } from './generalised-fit.ts';
import { score } from './scoring.ts';

export interface DevianceRow {
  readonly name: string;
  /** NaN in the first row, of the null model. */
  readonly degreesOfFreedom: number;
  readonly deviance: number;
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

  constructor(rows: readonly DevianceRow[], test: 'chi-squared' | 'F') {
    super();
    this.rows = rows;
    this.test = test;
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
    return `Analysis of deviance, terms added in order\n${formatTable(['', 'Df', 'Deviance', 'Resid. Df', 'Resid. Dev', ...last], cells)}`;
  }
}

/** Deviance and rank with these columns alone. */
function restricted(fit: GeneralisedFit, keep: (term: number) => boolean) {
  const { problem, design } = fit;
  const columns = problem.columns.filter((_, j) => keep(design.assign[j]!));
  if (columns.length > 0) {
    const { deviance, qr, mean } = score({ ...problem, columns });
    return { deviance, rank: qr.rank, mean };
  }
  return { deviance: fit.nullDeviance, rank: 0, mean: problem.offset.map(problem.family.link.mean) };
}

/**
 * What each term takes off the deviance after those before it. A negative binomial keeps the θ of the whole fit.
 *
 * @param options.test default 'chi-squared' where the dispersion is 1, else 'F'
 * @example devianceTable(glm('count ~ spray', sprays, { family: 'poisson' }))
 */
export function devianceTable(
  fit: GeneralisedFit,
  options: { readonly test?: 'chi-squared' | 'F' } = {},
): DevianceTable {
  const test = options.test ?? (fit.problem.family.dispersion === 'one' ? 'chi-squared' : 'F');
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
    const now = t + 1 === fit.design.terms.length ? fit : restricted(fit, (term) => term <= t + 1);
    const degreesOfFreedom = now.rank - before.rank;
    const deviance = before.deviance - now.deviance;
    const scaled = deviance / fit.dispersion;
    const statistic = test === 'F' ? scaled / degreesOfFreedom : scaled;
    rows.push({
      name,
      degreesOfFreedom,
      deviance,
      residualDegreesOfFreedom: fit.observations - now.rank,
      residualDeviance: now.deviance,
      statistic,
      p:
        test === 'F'
          ? fUpper(statistic, degreesOfFreedom, fit.degreesOfFreedom)
          : chiSquaredUpper(statistic, degreesOfFreedom),
    });
    before = now;
  });
  return new DevianceTable(rows, test);
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
    const without = restricted(fit, (term) => term !== t + 1);
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
