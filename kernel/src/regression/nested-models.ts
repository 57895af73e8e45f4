/**
 * Nested fits against each other: by F, by the difference of deviances, or by the likelihood ratio, as R's `anova` of
 * several models.
 */
import { formatTable } from '../data/table.ts';
import { Displayable } from '../host/display.ts';
import { chiSquaredUpper, fUpper } from '../numeric/special/tail.ts';
import { formatFigure, formatP, stars } from './format.ts';
import { GeneralisedFit } from './generalised-fit.ts';
import { LinearFit } from './lm.ts';
import { MixedFit } from './mixed/fit.ts';
import { GeneralisedMixedFit } from './mixed/generalised-mixed-fit.ts';

export type NestedFit = LinearFit | GeneralisedFit | MixedFit | GeneralisedMixedFit;

/** One model, and what it gains over the one before it; NaN in the first row. */
export interface NestedRow {
  readonly name: string;
  readonly residualDegreesOfFreedom: number;
  /** Residual sum of squares, deviance, or −2 log likelihood. */
  readonly lack: number;
  readonly degreesOfFreedom: number;
  /** How much smaller the lack of fit is. */
  readonly gain: number;
  /** F or χ². */
  readonly statistic: number;
  readonly p: number;
  /** Of mixed models, as lme4 shows them. */
  readonly criteria?: {
    readonly parameters: number;
    readonly aic: number;
    readonly bic: number;
    readonly logLikelihood: number;
  };
}

/** Models from the smallest to the largest. */
export class NestedTable extends Displayable {
  override readonly kind = 'nested-models';
  readonly test: 'F' | 'chi-squared';
  readonly lackName: string;
  readonly rows: readonly NestedRow[];

  constructor(rows: readonly NestedRow[], test: 'F' | 'chi-squared', lackName: string) {
    super();
    this.rows = rows;
    this.test = test;
    this.lackName = lackName;
  }

  override toString(): string {
    const models = this.rows.map(({ name }, i) => `Model ${i + 1}: ${name}`).join('\n');
    if (this.rows[0]?.criteria) return `Nested models\n${models}\n${this.#byCriteria()}`;
    const cells = this.rows.map((row, i) => [
      String(i + 1),
      String(row.residualDegreesOfFreedom),
      formatFigure(row.lack),
      i === 0 ? '' : String(row.degreesOfFreedom),
      i === 0 ? '' : formatFigure(row.gain),
      i === 0 ? '' : formatFigure(row.statistic),
      i === 0 ? '' : formatP(row.p),
      i === 0 ? '' : stars(row.p).padEnd(3),
    ]);
    const last = this.test === 'F' ? ['F', 'Pr(>F)'] : ['Chi²', 'Pr(>Chi)'];
    return `Nested models\n${models}\n${formatTable(['', 'Res. Df', this.lackName, 'Df', 'gain', ...last, ''], cells)}`;
  }

  /** In the layout of lme4. */
  #byCriteria(): string {
    const cells = this.rows.map(({ criteria, lack, statistic, degreesOfFreedom, p }, i) => {
      const { parameters, aic, bic, logLikelihood } = criteria!;
      const gained = [formatFigure(statistic), String(degreesOfFreedom), formatP(p), stars(p).padEnd(3)];
      const figures = [aic, bic, logLikelihood, lack].map((value) => formatFigure(value));
      return [`${i + 1}`, `${parameters}`, ...figures, ...(i === 0 ? ['', '', '', ''] : gained)];
    });
    const names = ['', 'npar', 'AIC', 'BIC', 'logLik', '−2 log L', 'Chisq', 'Df', 'Pr(>Chisq)', ''];
    return formatTable(names, cells);
  }
}

interface Standing {
  readonly name: string;
  readonly rank: number;
  readonly observations: number;
  readonly lack: number;
  /** What F is measured by; undefined where χ² is asked. */
  readonly dispersion: number | undefined;
  readonly criteria?: NestedRow['criteria'];
}

function standing(fit: NestedFit): Standing {
  const { observations } = fit;
  if (fit instanceof MixedFit || fit instanceof GeneralisedMixedFit) {
    // Likelihoods of REML fits with other fixed effects are of other data: compared is what maximum likelihood finds.
    const likeliest = fit instanceof MixedFit ? fit.refit({ reml: false }) : fit;
    const { formula: name, freeParameters, aic, bic, logLikelihood } = likeliest;
    const criteria = { parameters: freeParameters, aic, bic, logLikelihood };
    return { name, rank: freeParameters, observations, lack: -2 * logLikelihood, dispersion: undefined, criteria };
  }
  if (fit instanceof GeneralisedFit) {
    const dispersion = fit.problem.family.dispersion === 'estimated' ? fit.dispersion : undefined;
    return { name: fit.design.formula, rank: fit.rank, observations, lack: fit.deviance, dispersion };
  }
  const dispersion = fit.deviance / fit.degreesOfFreedom;
  return { name: fit.design.formula, rank: fit.rank, observations, lack: fit.deviance, dispersion };
}

const kinds = [LinearFit, GeneralisedFit, MixedFit, GeneralisedMixedFit];

/** The comparison behind `anova` of several fits. @throws RangeError, TypeError for fits that cannot be compared */
export function compareNested(fits: readonly NestedFit[]): NestedTable {
  const [first] = fits;
  const kindOf = (fit: NestedFit) => kinds.findIndex((each) => fit instanceof each);
  const odd = fits.find((fit) => kindOf(fit) < 0 || kindOf(fit) !== kindOf(first!));
  if (odd !== undefined) throw new TypeError('anova: fits of one kind expected, all of lm, glm, lmer or glmer');
  const labels = new Set(fits.map((fit) => fit.design.response?.label));
  if (labels.size > 1) throw new RangeError(`anova: fits of one response expected, got ${[...labels].join(' and ')}`);
  const all = fits.map(standing).sort((a, b) => a.rank - b.rank);
  const rows = new Set(all.map(({ observations }) => observations));
  if (rows.size > 1) {
    throw new RangeError(
      `anova: fits on the same rows expected, got ${[...rows].join(' and ')} observations; drop rows with missing values first`,
    );
  }
  const largest = all.at(-1)!;
  const dispersion = largest.dispersion;
  const free = largest.observations - largest.rank;
  const made = all.map((each, i): NestedRow => {
    const before = all[i - 1];
    const row = {
      name: each.name,
      residualDegreesOfFreedom: each.observations - each.rank,
      lack: each.lack,
      degreesOfFreedom: Number.NaN,
      gain: Number.NaN,
      statistic: Number.NaN,
      p: Number.NaN,
      ...(each.criteria ? { criteria: each.criteria } : {}),
    };
    if (!before) return row;
    const degreesOfFreedom = each.rank - before.rank;
    if (degreesOfFreedom === 0) {
      throw new RangeError(
        `anova: '${before.name}' and '${each.name}' have as many coefficients: neither lies in the other`,
      );
    }
    const gain = before.lack - each.lack;
    const statistic = dispersion === undefined ? gain : gain / degreesOfFreedom / dispersion;
    const p =
      dispersion === undefined
        ? chiSquaredUpper(Math.max(0, statistic), degreesOfFreedom)
        : fUpper(Math.max(0, statistic), degreesOfFreedom, free);
    return { ...row, degreesOfFreedom, gain, statistic, p };
  });
  const name = all[0]!.criteria ? '−2 log L' : first instanceof GeneralisedFit ? 'Resid. Dev' : 'RSS';
  return new NestedTable(made, dispersion === undefined ? 'chi-squared' : 'F', name);
}
