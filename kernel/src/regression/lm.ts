/**
 * Linear models by weighted least squares, through a Householder QR refined to working accuracy.
 */
import { checkNames } from '../estimate/options.ts';
import { log } from '../numeric/elementary.ts';
import { PivotedQr } from '../numeric/linalg/pivoted-qr.ts';
import { sortedQuantile } from '../numeric/quantile.ts';
import { fUpper } from '../numeric/special/tail.ts';
import { RegressionFit, spread } from './fit.ts';
import { coefficientTable, formatFigure, formatP, STARS } from './format.ts';
import { type Design, type DesignOptions, design } from './formula/design.ts';
import { gramLeastSquares, type LeastSquares } from './kernels/gram-least-squares.ts';

export interface LinearOptions extends DesignOptions {
  /** What to do with columns that depend on others: refuse, naming them (the default), or leave them out as R does. */
  readonly collinear?: 'error' | 'drop';
}

export interface Prediction {
  readonly fit: Float64Array;
  /** Standard error of the expected value. */
  readonly standardError: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** @throws RangeError for an option that is none */
export function checkCollinear(caller: string, collinear: string | undefined): void {
  if (collinear !== undefined && collinear !== 'error' && collinear !== 'drop') {
    throw new RangeError(`${caller}: collinear is 'error' or 'drop', got '${collinear}'`);
  }
}

/** How many dependent columns are explained one by one. */
const EXPLAINED = 8;

/** Throw for columns that depend on others, saying which. */
export function refuseDependent(caller: string, qr: PivotedQr, names: readonly string[]): void {
  if (qr.dependent.length === 0) return;
  const sentences = qr.dependent.slice(0, EXPLAINED).map((column) => {
    const partners = qr.partners(column).map((partner) => `'${names[partner]}'`);
    return partners.length === 0
      ? `'${names[column]}' is 0 everywhere`
      : `'${names[column]}' is a combination of ${partners.join(', ')}`;
  });
  const more = qr.dependent.length - sentences.length;
  if (more > 0) sentences.push(`and so on: ${more} more`);
  const many = names.length > qr.rows ? `, ${names.length} of them for ${qr.rows} rows` : '';
  throw new RangeError(
    `${caller}: the coefficients are not determined${many}: ${sentences.join('; ')}. ` +
      "Leave such columns out, or give { collinear: 'drop' }",
  );
}

/** Entries up to which a solution is refined to its last digits: it costs as much again. */
const CLOSELY = 20_000;
/** A mean so many standard deviations from 0 is taken off the response first. */
const FAR = 1e4;
/** A residual sum of squares below this share of the response's is rounding, as R says. */
const PERFECT = 1e-30;

/**
 * The mean of responses whose leading digits all agree, as of weights in a narrow range: less it they are exact, and what
 * rounding takes from them is 1e-16 of their spread, not of their size. 0 where there is nothing to gain.
 */
function farMean(y: Float64Array, weights: Float64Array | undefined): number {
  const n = y.length;
  let [total, sum] = [n, 0];
  if (weights) {
    total = 0;
    for (let i = 0; i < n; i++) {
      total += weights[i]!;
      sum += weights[i]! * y[i]!;
    }
  } else for (let i = 0; i < n; i++) sum += y[i]!;
  const mean = sum / total;
  const most = (mean * mean * total) / (FAR * FAR); // sum of squares that is still narrow: one row passes it nearly always
  let squares = 0;
  for (let i = 0; i < n && squares < most; i++) squares += (weights ? weights[i]! : 1) * (y[i]! - mean) ** 2;
  return squares > 0 && squares < most ? mean : 0;
}

/** A linear model fitted by least squares. */
export class LinearFit extends RegressionFit {
  override readonly kind = 'linear-fit';
  readonly response: Float64Array; // (n,)
  readonly fitted: Float64Array; // (n,)
  /** Response less fitted. */
  readonly residuals: Float64Array; // (n,)
  readonly weights: Float64Array | undefined; // (n,)
  /** Residual standard error. */
  readonly sigma: number;
  /** Weighted sum of squared residuals. */
  readonly deviance: number;
  readonly rSquared: number;
  readonly adjustedRSquared: number;
  /** The test that all coefficients but the intercept are 0; undefined when there is nothing but it. */
  readonly overall:
    | { readonly f: number; readonly numerator: number; readonly denominator: number; readonly p: number }
    | undefined;
  readonly logLikelihood: number;
  readonly aic: number;
  readonly bic: number;
  /** Sum of squares each column adds to those before it. */
  readonly sequential: Float64Array; // (p,), NaN for a column left out

  readonly #factor: LeastSquares;
  #leverage: Float64Array | undefined;

  constructor(design: Design, response: Float64Array, qr: LeastSquares) {
    const n = response.length;
    const p = design.columns.length;
    const { weights, offset } = design;
    const target = response.slice();
    if (offset) for (let i = 0; i < n; i++) target[i]! -= offset[i]!;
    const shift = design.intercept && design.assign[0] === 0 ? farMean(target, weights) : 0;
    if (shift !== 0) for (let i = 0; i < n; i++) target[i]! -= shift;
    if (weights) for (let i = 0; i < n; i++) target[i]! *= Math.sqrt(weights[i]!);
    const { coefficients, residuals: scaled, effects } = qr.solve(target, n * p <= CLOSELY);
    const observations = weights ? weights.filter((weight) => weight > 0).length : n;
    let deviance = 0;
    let size = 0; // what the deviance is part of
    for (let i = 0; i < n; i++) {
      deviance += scaled[i]! * scaled[i]!;
      size += target[i]! * target[i]!;
    }
    const sigma = Math.sqrt(deviance / (observations - qr.rank));
    if (shift !== 0) coefficients[0]! += shift;
    super({
      design,
      values: coefficients,
      covariance: spread(qr.unscaledCovariance(), qr.kept, p, sigma * sigma),
      observations,
      rank: qr.rank,
      reference: 't',
      warnings:
        observations <= qr.rank
          ? ['as many coefficients as observations: nothing is left to estimate sigma']
          : deviance <= PERFECT * size
            ? ['the fit is perfect to rounding: standard errors and tests mean nothing']
            : [],
    });
    this.response = response;
    this.weights = weights;
    this.residuals = scaled;
    if (weights) {
      this.residuals = scaled.map((r, i) => {
        if (weights[i]! > 0) return r / Math.sqrt(weights[i]!);
        const fit = qr.kept.reduce((sum, j) => sum + design.byColumn[j]![i]! * coefficients[j]!, 0);
        return response[i]! - (offset?.[i] ?? 0) - fit;
      });
    }
    this.fitted = new Float64Array(n);
    for (let i = 0; i < n; i++) this.fitted[i] = response[i]! - this.residuals[i]!;
    this.#factor = qr;
    this.deviance = deviance;
    this.sigma = sigma;
    this.sequential = new Float64Array(p).fill(Number.NaN);
    qr.kept.forEach((column, k) => {
      this.sequential[column] = effects[k]! * effects[k]!;
    });
    const intercept = Number(design.intercept);
    let total = 0;
    let weighted = 0;
    const explainedBy = shift === 0 && !offset ? this.fitted : new Float64Array(n); // without offset and what was taken off
    for (let i = 0; i < n; i++) {
      if (explainedBy !== this.fitted) explainedBy[i] = response[i]! - (offset?.[i] ?? 0) - shift - this.residuals[i]!;
      total += weights?.[i] ?? 1;
      weighted += (weights?.[i] ?? 1) * explainedBy[i]!;
    }
    if (shift !== 0) this.sequential[0] = total * (shift + weighted / total) ** 2;
    const centre = intercept ? weighted / total : 0;
    let explained = 0;
    for (let i = 0; i < n; i++) explained += (weights?.[i] ?? 1) * (explainedBy[i]! - centre) ** 2;
    const df = this.degreesOfFreedom;
    const numerator = qr.rank - intercept;
    this.rSquared = numerator > 0 ? explained / (explained + deviance) : 0;
    this.adjustedRSquared = 1 - ((1 - this.rSquared) * (observations - intercept)) / df;
    const f = explained / numerator / (sigma * sigma);
    this.overall = numerator > 0 ? { f, numerator, denominator: df, p: fUpper(f, numerator, df) } : undefined;
    const logWeights = weights ? weights.reduce((sum, weight) => sum + (weight > 0 ? log(weight) : 0), 0) : 0;
    this.logLikelihood = 0.5 * (logWeights - observations * (log(2 * Math.PI) + 1 - log(observations) + log(deviance)));
    this.aic = -2 * this.logLikelihood + 2 * (qr.rank + 1);
    this.bic = -2 * this.logLikelihood + log(observations) * (qr.rank + 1);
  }

  /** How much each row pulls the fit to itself. // (n,) */
  get leverage(): Float64Array {
    this.#leverage ??= this.#factor.leverage(undefined);
    return this.#leverage;
  }

  /** Distances of Cook (1977): how far all fitted values move when a row is left out, in units of their error. */
  get cooksDistance(): Float64Array {
    const { leverage } = this;
    return this.residuals.map((r, i) => {
      const h = leverage[i]!;
      return ((this.weights?.[i] ?? 1) * r * r * h) / (this.rank * (this.sigma * (1 - h)) ** 2);
    });
  }

  /** Residuals over their standard errors. */
  get standardisedResiduals(): Float64Array {
    const { leverage } = this;
    return this.residuals.map(
      (r, i) => (r * Math.sqrt(this.weights?.[i] ?? 1)) / (this.sigma * Math.sqrt(1 - leverage[i]!)),
    );
  }

  /** Residuals over their standard errors, with sigma from the other rows: Student's t with one degree fewer. */
  get studentisedResiduals(): Float64Array {
    const df = this.degreesOfFreedom;
    return this.standardisedResiduals.map((r) => r * Math.sqrt((df - 1) / (df - r * r)));
  }

  /** How far a row moves its own fitted value, in that value's standard errors (Belsley, Kuh & Welsch 1980). // (n,) */
  get dffits(): Float64Array {
    const { leverage } = this;
    return this.studentisedResiduals.map((r, i) => r * Math.sqrt(leverage[i]! / (1 - leverage[i]!)));
  }

  /**
   * How far each row moves each coefficient, in standard errors with sigma from the other rows (Belsley, Kuh & Welsch
   * 1980). // (n, p), row-major
   */
  get dfbetas(): Float64Array {
    const { leverage, names, covariance } = this;
    const p = names.length;
    const kept = names.map((_, j) => j).filter((j) => !Number.isNaN(this.values[j]!));
    const df = this.degreesOfFreedom;
    const moved = new Float64Array(this.residuals.length * p).fill(Number.NaN);
    this.residuals.forEach((r, i) => {
      const weight = this.weights?.[i] ?? 1;
      const rest = 1 - leverage[i]!;
      const sigma = Math.sqrt((this.deviance - (weight * r * r) / rest) / (df - 1));
      for (const j of kept) {
        let step = 0; // of (XᵀX)⁻¹ x r / (1 − h), times σ²
        for (const k of kept) step += covariance[j * p + k]! * this.design.byColumn[k]![i]!;
        moved[i * p + j] = (step * weight * r) / (rest * this.sigma * sigma * this.error(j));
      }
    });
    return moved;
  }

  /**
   * Expected values with an interval of confidence, or the interval a new observation falls in.
   *
   * @param data new data; default the rows fitted
   * @param options.interval default 'confidence'; 'prediction' is that of one new observation of weight 1
   * @param options.level in (0, 1), default 0.95
   * @example
   * lm('dist ~ speed', cars).predict({ speed: [10, 20] }, { interval: 'prediction' });
   */
  predict(
    data?: object,
    options: { readonly interval?: 'confidence' | 'prediction'; readonly level?: number } = {},
  ): Prediction {
    checkNames('predict', options, ['interval', 'level']);
    const { interval = 'confidence' } = options;
    if (interval !== 'confidence' && interval !== 'prediction') {
      throw new RangeError(`predict: interval is 'confidence' or 'prediction', got '${interval satisfies never}'`);
    }
    const { value, error } = this.predictor(data);
    const reach = this.reach(options.level ?? 0.95);
    const noise = interval === 'prediction' ? this.sigma * this.sigma : 0;
    const width = error.map((se) => reach * Math.sqrt(se * se + noise));
    return {
      fit: value,
      standardError: error,
      lower: value.map((fit, i) => fit - width[i]!),
      upper: value.map((fit, i) => fit + width[i]!),
    };
  }

  override toString(): string {
    const sorted = this.residuals.slice().sort();
    const shown = [0, 0.25, 0.5, 0.75, 1].map((p) => formatFigure(sortedQuantile(sorted, p), 4));
    const heads = ['Min', '1Q', 'Median', '3Q', 'Max'];
    const widths = shown.map((text, i) => Math.max(text.length, heads[i]!.length));
    const line = (cells: readonly string[]) => cells.map((cell, i) => cell.padStart(widths[i]!)).join(' ');
    const rows = this.summary().rows.map((r) => [r.estimate, r.standardError, r.statistic, r.p] as const);
    const out = this.names.filter((_, j) => Number.isNaN(this.values[j]!));
    const overall = this.overall
      ? `\nF-statistic: ${formatFigure(this.overall.f, 4)} on ${this.overall.numerator} and ${this.overall.denominator} DF,  p-value: ${formatP(this.overall.p)}`
      : '';
    const notes = [
      ...(this.design.note ? [`(${this.design.note})`] : []),
      ...(out.length > 0 ? [`(left out, for they depend on others: ${out.join(', ')})`] : []),
      ...this.warnings.map((warning) => `⚠ ${warning}`),
    ];
    return `Call: lm(${this.design.formula})

Residuals:
${line(heads)}
${line(shown)}

Coefficients:
${coefficientTable(this.names, rows, 't')}
---
${STARS}

Residual standard error: ${formatFigure(this.sigma, 4)} on ${this.degreesOfFreedom} degrees of freedom
Multiple R-squared:  ${formatFigure(this.rSquared, 4)},	Adjusted R-squared:  ${formatFigure(this.adjustedRSquared, 4)}${overall}${notes.length > 0 ? `\n${notes.join('\n')}` : ''}`;
  }
}

/** Fit a design, or some of its columns. */
export function fitLinear(made: Design, collinear: 'error' | 'drop'): LinearFit {
  const { response, columns } = made;
  if (!response) throw new TypeError("lm: the formula has no response; write 'y ~ x'");
  if (response.value.kind !== 'numbers') {
    throw new TypeError(`lm: the response '${response.label}' must be numbers, got a ${response.value.kind}`);
  }
  const n = made.rows.length;
  const scaled = made.weights
    ? made.byColumn.map((column) => column.map((x, i) => x * Math.sqrt(made.weights![i]!)))
    : made.byColumn;
  const quick = gramLeastSquares(scaled, n);
  if (quick) return new LinearFit(made, response.value.values, quick);
  const qr = new PivotedQr(scaled, n);
  if (collinear === 'error') refuseDependent('lm', qr, columns);
  return new LinearFit(made, response.value.values, qr);
}

/**
 * Fit a linear model by least squares.
 *
 * @param formula such as `'mpg ~ wt * factor(cyl)'`
 * @param data columns of one length; rows with a missing value are dropped, and counted in `design.note`
 * @param options.weights weighted least squares: the variance of a row is σ² / weight
 * @throws FormulaError for a formula that cannot be read; RangeError for columns that depend on others
 * @example
 * const fit = lm('dist ~ speed', { speed: [4, 7, 8, 9], dist: [2, 4, 16, 10] });
 * fit.estimates.speed;
 */
export function lm(formula: string, data: object, options: LinearOptions = {}): LinearFit {
  checkNames('lm', options, ['contrasts', 'weights', 'offset', 'collinear']);
  checkCollinear('lm', options.collinear);
  return fitLinear(design(formula, data, options), options.collinear ?? 'error');
}
