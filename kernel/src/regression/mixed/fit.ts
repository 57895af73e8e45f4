/**
 * A fitted linear mixed model: fixed effects, variance components, what each group deviates by, and predictions.
 */

import { formatTable } from '../../data/table.ts';
import { Table } from '../../estimate/table.ts';
import { log } from '../../numeric/elementary.ts';
import { RegressionFit } from '../fit.ts';
import { formatFigure } from '../format.ts';
import type { Design } from '../formula/design.ts';
import type { Data } from '../formula/evaluate.ts';
import type { GroupedTerm } from './grouped-design.ts';
import { groupLabels } from './grouping.ts';
import { factorOf, type PenalisedLeastSquares, type Solution, type TermData } from './penalised-least-squares.ts';

/** A standard deviation, or a correlation of two coefficients of one term. */
export interface VarianceRow {
  readonly group: string;
  readonly name: string;
  readonly variance: number;
  readonly standardDeviation: number;
  /** With the coefficients of the term before this one. */
  readonly correlations: readonly number[];
}

/** One random coefficient of one group: its conditional mode. */
export interface EffectRow {
  readonly name: string;
  readonly group: string;
  readonly coefficient: string;
  readonly mode: number;
  readonly standardDeviation: number;
}

/** A grouped term with its columns and groups. */
export interface FittedTerm extends GroupedTerm {
  readonly data: TermData;
}

/** A linear mixed model, fitted by REML or maximum likelihood. */
export class MixedFit extends RegressionFit {
  override readonly kind = 'mixed-fit';
  readonly formula: string;
  /** 'REML', or 'ML' for maximum likelihood. */
  readonly method: 'REML' | 'ML';
  /** Relative covariance factors, column by column of each term's lower triangle, as lme4 has them. */
  readonly theta: Float64Array;
  /** Residual standard deviation. */
  readonly sigma: number;
  /** −2 log likelihood, or the REML criterion. */
  readonly criterion: number;
  readonly logLikelihood: number;
  readonly aic: number;
  readonly bic: number;
  readonly fitted: Float64Array; // (n,), groups included
  readonly residuals: Float64Array; // (n,)
  readonly #terms: readonly FittedTerm[];
  readonly #solution: Solution;

  constructor(parts: {
    readonly formula: string;
    readonly design: Design;
    readonly response: Float64Array;
    readonly terms: readonly FittedTerm[];
    readonly problem: PenalisedLeastSquares;
    readonly theta: Float64Array;
    readonly restricted: boolean;
    readonly warnings: readonly string[];
  }) {
    const { design, response, theta } = parts;
    const solution = parts.problem.solve(theta);
    const p = design.columns.length;
    super({
      design,
      values: solution.beta,
      covariance: solution.unscaledCovariance.map((v) => v * solution.sigma ** 2),
      observations: response.length,
      rank: p,
      reference: 'z',
      warnings: parts.warnings,
    });
    this.formula = parts.formula;
    this.method = parts.restricted ? 'REML' : 'ML';
    this.theta = theta;
    this.sigma = solution.sigma;
    this.criterion = solution.criterion;
    this.logLikelihood = -solution.criterion / 2;
    const parameters = p + theta.length + 1;
    this.aic = solution.criterion + 2 * parameters;
    this.bic = solution.criterion + log(response.length) * parameters;
    this.#terms = parts.terms;
    this.#solution = solution;
    this.fitted = this.#expected(undefined, true);
    this.residuals = response.map((y, i) => y - this.fitted[i]!);
  }

  /** Groups of each grouping factor, by name. */
  get groups(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#terms.map(({ grouping }) => [grouping.label, grouping.levels.length]));
  }

  /** Variances, standard deviations and correlations of the random coefficients, and of the residuals. */
  get variances(): VarianceRow[] {
    let offset = 0;
    const rows = this.#terms.flatMap(({ design, grouping, data: { width } }) => {
      const factor = factorOf(this.theta, offset, width);
      offset += (width * (width + 1)) / 2;
      const covariance = (i: number, j: number) => {
        let sum = 0;
        for (let e = 0; e <= Math.min(i, j); e++) sum += factor[i * width + e]! * factor[j * width + e]!;
        return sum * this.sigma ** 2;
      };
      return design.columns.map((name, i) => ({
        group: grouping.label,
        name,
        variance: covariance(i, i),
        standardDeviation: Math.sqrt(covariance(i, i)),
        correlations: Array.from(
          { length: i },
          (_, j) => covariance(i, j) / Math.sqrt(covariance(i, i) * covariance(j, j)),
        ),
      }));
    });
    const residual = this.sigma ** 2;
    return [
      ...rows,
      { group: 'Residual', name: '', variance: residual, standardDeviation: this.sigma, correlations: [] },
    ];
  }

  /**
   * What each group deviates by: conditional modes of the random coefficients, with conditional standard deviations
   * given the fixed effects and variances.
   *
   * @param group a grouping factor; default the first
   * @throws RangeError for a factor the formula does not group by
   */
  effects(group?: string): Table<EffectRow> {
    const wanted = group ?? this.#terms[0]!.grouping.label;
    const known = [...new Set(this.#terms.map(({ grouping }) => grouping.label))];
    if (!known.includes(wanted)) {
      throw new RangeError(`effects: the model does not group by '${wanted}'; there are: ${known.join(', ')}`);
    }
    const rows = this.#terms.flatMap(({ design, grouping, data: { width } }, t) => {
      if (grouping.label !== wanted) return [];
      return grouping.levels.flatMap((level, g) =>
        design.columns.map((coefficient, j) => ({
          name: `${level} ${coefficient}`,
          group: level,
          coefficient,
          mode: this.#solution.modes[t]![g * width + j]!,
          standardDeviation: this.sigma * Math.sqrt(this.#solution.modeCovariances[t]![(g * width + j) * width + j]!),
        })),
      );
    });
    return new Table<EffectRow>(
      [
        { key: 'mode', label: 'mode', digits: 5 },
        { key: 'standardDeviation', label: 'sd' },
      ],
      rows,
    );
  }

  /**
   * Expected responses on new data.
   *
   * @param data new data; default the rows fitted
   * @param options.groups whether what the groups deviate by is added (default true); a group the fit has not seen
   *   deviates by nothing
   * @example fit.predict({ Days: [0, 9], Subject: ['308', '308'] })
   */
  predict(data?: object, { groups = true }: { readonly groups?: boolean } = {}): Float64Array {
    return this.#expected(data, groups);
  }

  #expected(data: object | undefined, groups: boolean): Float64Array {
    const { value } = this.predictor(data);
    if (!groups) return value;
    this.#terms.forEach(({ term, design, grouping, data: { width } }, t) => {
      const { matrix, rows } = data === undefined ? design : design.on(data as Data);
      const { levels, codes } =
        data === undefined ? grouping : groupLabels(term.group, this.formula, data as Data, rows);
      const place = levels.map((level) => grouping.levels.indexOf(level));
      for (let i = 0; i < rows.length; i++) {
        const g = place[codes[i]!]!;
        if (g < 0) continue;
        for (let j = 0; j < width; j++) value[i]! += matrix[i * width + j]! * this.#solution.modes[t]![g * width + j]!;
      }
    });
    return value;
  }

  override toString(): string {
    const how = this.method === 'REML' ? 'REML' : 'maximum likelihood';
    const criterion =
      this.method === 'REML'
        ? `REML criterion at convergence: ${formatFigure(this.criterion, 7)}`
        : `log likelihood ${formatFigure(this.logLikelihood, 7)}, AIC ${formatFigure(this.aic, 7)}, BIC ${formatFigure(this.bic, 7)}`;
    let previous = '';
    const random = this.variances.map(({ group, name, variance, standardDeviation, correlations }) => {
      const shown = group === previous ? '' : group;
      previous = group;
      const correlation = correlations.map((r) => (Number.isNaN(r) ? 'NaN' : r.toFixed(2))).join(' ');
      return [shown, name, formatFigure(variance), formatFigure(standardDeviation), correlation];
    });
    const fixed = this.names.map((name, j) => {
      const [estimate, error] = [this.values[j]!, this.error(j)];
      return [name, formatFigure(estimate), formatFigure(error), formatFigure(estimate / error, 4)];
    });
    const counts = Object.entries(this.groups).map(([name, count]) => `${name}, ${count}`);
    const notes = [
      ...(this.design.note ? [`(${this.design.note})`] : []),
      ...this.warnings.map((warning) => `⚠ ${warning}`),
    ];
    return `Linear mixed model fitted by ${how}: ${this.formula}
${criterion}

Random effects:
${formatTable(['Groups', 'Name', 'Variance', 'Std. Dev.', 'Corr'], random)}
Number of observations: ${this.observations}, groups: ${counts.join('; ')}

Fixed effects:
${formatTable(['', 'Estimate', 'Std. Error', 't value'], fixed)}${notes.length > 0 ? `\n${notes.join('\n')}` : ''}`;
  }
}
