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

export type NestedFit = LinearFit | GeneralisedFit | MixedFit;

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
}

interface Standing {
  readonly name: string;
  readonly rank: number;
  readonly observations: number;
  readonly lack: number;
  /** What F is measured by; undefined where χ² is asked. */
  readonly dispersion: number | undefined;
}

function standing(fit: NestedFit): Standing {
  const { observations } = fit;
  if (fit instanceof MixedFit) {
    if (fit.method === 'REML') {
      throw new RangeError(
        'anova: likelihoods of REML fits with other fixed effects cannot be compared; fit both with { reml: false }',
      );
    }
    const rank = fit.rank + fit.theta.length + 1;
    return { name: fit.formula, rank, observations, lack: fit.criterion, dispersion: undefined };
  }
  if (fit instanceof GeneralisedFit) {
    const dispersion = fit.problem.family.dispersion === 'estimated' ? fit.dispersion : undefined;
    return { name: fit.design.formula, rank: fit.rank, observations, lack: fit.deviance, dispersion };
  }
  const dispersion = fit.deviance / fit.degreesOfFreedom;
  return { name: fit.design.formula, rank: fit.rank, observations, lack: fit.deviance, dispersion };
}

/** The comparison behind `anova` of several fits. @throws RangeError, TypeError for fits that cannot be compared */
export function compareNested(fits: readonly NestedFit[]): NestedTable {
  const [first] = fits;
  const kindOf = (fit: NestedFit) => [LinearFit, GeneralisedFit, MixedFit].findIndex((each) => fit instanceof each);
  const odd = fits.find((fit) => kindOf(fit) < 0 || kindOf(fit) !== kindOf(first!));
  if (odd !== undefined) throw new TypeError('anova: fits of one kind expected, all of lm, all of glm or all of lmer');
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
  const name = first instanceof MixedFit ? '−2 log L' : first instanceof GeneralisedFit ? 'Resid. Dev' : 'RSS';
  return new NestedTable(made, dispersion === undefined ? 'chi-squared' : 'F', name);
}
