/** A fitted Cox model: hazard ratios, tests, residuals, baseline hazards and the survival it predicts. */
import { formatTable } from '../../data/table.ts';
import { checkNames, checkShare } from '../../estimate/options.ts';
import type { Table } from '../../estimate/table.ts';
import { exp } from '../../numeric/elementary.ts';
import { cholesky, choleskySolve } from '../../numeric/linalg/cholesky.ts';
import { chiSquaredUpper } from '../../numeric/special/tail.ts';
import { RegressionFit } from '../../regression/fit.ts';
import { formatFigure, formatP, STARS, stars } from '../../regression/format.ts';
import type { Design } from '../../regression/formula/design.ts';
import { bounds } from '../survival.ts';
import { type CumulativeHazard, cumulativeHazards } from './baseline.ts';
import { type Climb, type CoxProblem, linearPredictor } from './likelihood.ts';
import { type ProportionalRow, proportionalHazardsTests, type TimeScale } from './proportional.ts';
import {
  devianceResiduals,
  martingaleResiduals,
  type SchoenfeldResiduals,
  schoenfeldResiduals,
  scoreResiduals,
} from './residuals.ts';

export interface Chi {
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  readonly p: number;
}

/** The survival predicted for one unit: a stair that falls at the times of events. */
export interface PredictedSurvival {
  readonly stratum: string;
  readonly time: Float64Array; // (m,)
  readonly survival: Float64Array; // (m,)
  /** Of the survival. */
  readonly standardError: Float64Array; // (m,)
  readonly lower: Float64Array; // (m,)
  readonly upper: Float64Array; // (m,)
}

/** What a fit was made of, beside what every regression has. */
export interface CoxParts {
  readonly problem: CoxProblem;
  readonly at: Climb;
  readonly start: Climb;
  readonly iterations: number;
  /** Rows of the data that were used. */
  readonly rows: readonly number[];
  /** Means the columns were centred by. */
  readonly means: readonly number[]; // (p,)
  /** Columns and offset of new data, and its strata. */
  readonly read: (data: object) => { columns: Float64Array[]; offset: Float64Array | undefined; strata: string[] };
  /** Covariance if the model holds; that of the fit may be robust. */
  readonly naive: Float64Array; // (p, p)
}

function quadratic(information: Float64Array, gradient: Float64Array): number {
  const step = choleskySolve(cholesky(information, gradient.length), gradient.length, gradient);
  return step.reduce((sum, value, j) => sum + value * gradient[j]!, 0);
}

/** A fitted Cox model; `estimates` are log hazard ratios. */
export class CoxFit extends RegressionFit {
  override readonly kind = 'cox-fit';
  readonly events: number;
  /** Rows of the data that were used, in the order of the residuals. */
  readonly rows: readonly number[];
  readonly logLikelihood: number;
  /** With all coefficients 0. */
  readonly nullLogLikelihood: number;
  readonly aic: number;
  readonly likelihoodRatio: Chi;
  readonly wald: Chi;
  readonly score: Chi;
  /** Share of comparable pairs in which the one with the higher risk has the event first (Harrell 1982). */
  readonly concordance: number;
  readonly iterations: number;
  readonly #parts: CoxParts;
  readonly #predictor: Float64Array; // (n,)

  constructor(parts: ConstructorParameters<typeof RegressionFit>[0], made: CoxParts) {
    super(parts);
    const { problem, at, start } = made;
    const p = parts.values.length;
    const chi = (statistic: number): Chi => ({ statistic, degreesOfFreedom: p, p: chiSquaredUpper(statistic, p) });
    this.#parts = made;
    this.#predictor = linearPredictor(problem, parts.values);
    this.rows = made.rows;
    this.events = problem.event.reduce((sum, e) => sum + e, 0);
    this.logLikelihood = at.value;
    this.nullLogLikelihood = start.value;
    this.aic = 2 * p - 2 * at.value;
    this.likelihoodRatio = chi(2 * (at.value - start.value));
    this.wald = chi(quadratic(parts.covariance, parts.values));
    this.score = chi(quadratic(start.information, start.gradient));
    this.concordance = concordanceOf(problem, this.#predictor);
    this.iterations = made.iterations;
  }

  /** Hazard ratios e^β with Wald intervals. @param level default 0.95 */
  hazardRatios(level = 0.95): { name: string; ratio: number; lower: number; upper: number }[] {
    return this.interval(level).map(({ name, lower, upper }, j) => ({
      name,
      ratio: exp(this.values[j]!),
      lower: exp(lower),
      upper: exp(upper),
    }));
  }

  /**
   * Residuals of the units that were used, in the order of `rows`.
   *
   * @param kind 'martingale' (default): events less hazards gone through; 'deviance': the same, made symmetric
   */
  residuals(kind: 'martingale' | 'deviance' = 'martingale'): Float64Array {
    const martingale = martingaleResiduals(this.#parts.problem, this.#predictor);
    if (kind === 'martingale') return martingale;
    if (kind === 'deviance') return devianceResiduals(this.#parts.problem, martingale);
    throw new RangeError(`residuals: kind is 'martingale' or 'deviance', got '${kind as string}'`);
  }

  /** Gradients of the units. @returns (n, p), row-major */
  scoreResiduals(): Float64Array {
    return scoreResiduals(this.#parts.problem, this.#predictor);
  }

  /** How far the columns of each unit with an event lay from the mean of those at risk, in the order of time. */
  schoenfeldResiduals(): SchoenfeldResiduals {
    return schoenfeldResiduals(this.#parts.problem, this.#predictor);
  }

  /**
   * Score tests that hazards are proportional, term by term and together.
   *
   * @param options.scale of time, default 'km' as in R
   * @example coxRegression('time ~ age + sex', lung, { event: 'status' }).proportionalHazards().row('GLOBAL').p
   */
  proportionalHazards(options: { readonly scale?: TimeScale } = {}): Table<ProportionalRow> {
    checkNames('proportionalHazards', options, ['scale']);
    const { terms, assign } = this.design;
    const all = assign.map((_, j) => j);
    const named = terms.map((name, t) => ({ name, columns: all.filter((j) => assign[j] === t + 1) }));
    return proportionalHazardsTests(this.#parts.problem, this.#predictor, named, options.scale ?? 'km');
  }

  /** Cumulative hazard of a unit whose predictors are all 0, one a stratum: a stair that rises at the times of events. */
  baselineHazard(): CumulativeHazard[] {
    return this.#hazards(this.#parts.means.map((mean) => -mean));
  }

  /**
   * Survival of units with given predictors.
   *
   * @param data columns of one length, with those of the formula, and of the strata where the fit has them
   * @param options.level of the pointwise intervals, on the logarithmic scale; default 0.95
   * @returns one a row of the data
   * @throws RangeError for a stratum that the fit has not seen
   * @example fit.survival({ age: [50, 70], sex: [1, 1] })[0].survival
   */
  survival(data: object, options: { readonly level?: number } = {}): PredictedSurvival[] {
    checkNames('survival', options, ['level']);
    const reach = this.reach(checkShare('survival', 'level', options.level ?? 0.95));
    const { columns, offset, strata } = this.#parts.read(data);
    return strata.map((stratum, i) => {
      const x = columns.map((column, j) => column[i]! - this.#parts.means[j]!);
      const found = this.#hazards(x, offset?.[i]).find((each) => each.stratum === stratum);
      if (!found) throw new RangeError(`survival: the fit has no event in stratum '${stratum}'`);
      const survival = found.hazard.map((value) => exp(-value));
      const ends = survival.map((s, k) => bounds(s, found.standardError[k]!, reach, 'log')[0]);
      const tops = survival.map((s, k) => bounds(s, found.standardError[k]!, reach, 'log')[1]);
      const standardError = survival.map((s, k) => s * found.standardError[k]!);
      return { stratum, time: found.time, survival, standardError, lower: ends, upper: tops };
    });
  }

  #hazards(x: ArrayLike<number>, shift = 0): CumulativeHazard[] {
    const { problem, naive } = this.#parts;
    return cumulativeHazards(problem, this.values, this.#predictor, x, shift, naive);
  }

  override toString(): string {
    const cells = this.summary().rows.map(({ name, estimate, standardError, statistic, p }) => [
      name,
      formatFigure(estimate),
      formatFigure(exp(estimate)),
      formatFigure(standardError),
      formatFigure(statistic, 4),
      formatP(p),
      stars(p).padEnd(3),
    ]);
    const line = (name: string, { statistic, degreesOfFreedom, p }: Chi) =>
      `${name} = ${formatFigure(statistic, 4)} on ${degreesOfFreedom} df, p = ${formatP(p)}`;
    return `Call: coxRegression(${this.design.formula})
  n = ${this.observations}, number of events = ${this.events}

${formatTable(['', 'coef', 'exp(coef)', 'se(coef)', 'z', 'Pr(>|z|)', ''], cells)}
---
${STARS}

Concordance = ${formatFigure(this.concordance, 3)}
${line('Likelihood ratio test', this.likelihoodRatio)}
${line('Wald test            ', this.wald)}
${line('Score (logrank) test ', this.score)}${this.warnings.map((warning) => `\n⚠ ${warning}`).join('')}`;
  }
}

function concordanceOf({ time, entry, event, stratum }: CoxProblem, risk: Float64Array): number {
  let [agree, pairs] = [0, 0];
  for (let i = 0; i < time.length; i++) {
    if (event[i] !== 1) continue;
    for (let j = 0; j < time.length; j++) {
      const later = time[j]! > time[i]! || (time[j] === time[i] && event[j] === 0);
      if (!later || stratum[i] !== stratum[j] || (entry && entry[j]! >= time[i]!)) continue;
      pairs++;
      const same = Math.abs(risk[i]! - risk[j]!) < 1e-12;
      agree += same ? 0.5 : risk[i]! > risk[j]! ? 1 : 0;
    }
  }
  return agree / pairs;
}

/** The design of a fit without its intercept, which a hazard has in its baseline. */
export function withoutIntercept(made: Design): { design: Design; keep: readonly number[] } {
  const keep = made.columns.map((_, j) => j).filter((j) => made.assign[j] !== 0);
  const p = keep.length;
  const narrow = (matrix: Float64Array, rows: number) =>
    Float64Array.from({ length: rows * p }, (_, at) => {
      return matrix[Math.floor(at / p) * made.columns.length + keep[at % p]!]!;
    });
  return {
    keep,
    design: {
      ...made,
      matrix: narrow(made.matrix, made.rows.length),
      byColumn: keep.map((j) => made.byColumn[j]!),
      columns: keep.map((j) => made.columns[j]!),
      assign: keep.map((j) => made.assign[j]!),
      intercept: false,
      on: (data) => {
        const given = made.on(data);
        return { ...given, matrix: narrow(given.matrix, given.rows.length) };
      },
    },
  };
}
