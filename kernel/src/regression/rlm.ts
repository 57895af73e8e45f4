/**
 * Robust linear regression: M-estimates by iterated reweighted least squares (Huber 1981, Robust Statistics, chapter 7;
 * the steps and constants are those of MASS's `rlm`, Venables & Ripley 2002, section 6.5), and MM-estimates (Yohai 1987,
 * Annals of Statistics 15, 642–656).
 */
import { checkNames } from '../estimate/options.ts';
import { exp } from '../numeric/elementary.ts';
import { PivotedQr } from '../numeric/linalg/pivoted-qr.ts';
import { sortedQuantile } from '../numeric/quantile.ts';
import { normalCdf } from '../numeric/special/normal.ts';
import { RegressionFit, spread } from './fit.ts';
import { coefficientTable, formatFigure } from './format.ts';
import { type Design, type DesignOptions, design } from './formula/design.ts';
import { refuseDependent } from './lm.ts';
import { sEstimate } from './s-estimate.ts';

/** How far residuals are believed: all equally up to a bound (Huber), or less and less, and at last not at all. */
export type Psi = 'huber' | 'hampel' | 'bisquare';

export interface RobustOptions extends Pick<DesignOptions, 'contrasts' | 'offset'> {
  /**
   * 'M' (default) from least squares, with a scale estimated on the way; 'MM' by the bisquare from an S-estimate, whose scale
   * is kept (Yohai 1987): rows far out in their predictors cannot pull it either.
   */
  readonly method?: 'M' | 'MM';
  /** Default 'huber', whose criterion has one minimum; the others may have several. */
  readonly psi?: Psi;
  /**
   * Where the weights begin to fall, in scales: of Huber's function (default 1.345) and of the bisquare, where they
   * reach 0 (default 4.685); both give 95 % efficiency at the normal. Hampel's has its corners at 2, 4 and 8.
   */
  readonly tuning?: number;
  /** 'mad' (default), the median absolute residual over 0.6745, or Huber's 'proposal 2'. */
  readonly scale?: 'mad' | 'proposal 2';
}

interface Influence {
  /** ψ(u) / u. */
  readonly weight: (u: number) => number;
  /** ψ′(u). */
  readonly slope: (u: number) => number;
}

/** Hampel's three corners. */
const [a, b, c] = [2, 4, 8];
/** Median of |Z|, Z standard normal, as R rounds it. */
const medianOfNormal = 0.6745;
/** Efficiency constant of Huber's proposal 2. */
const proposalTuning = 1.345;
const mostIterations = 2000;
/** Converged when no residual moves by more than this, relative to their size. */
const tolerance = 1e-13;

function influenceOf(psi: Psi, tuning: number): Influence {
  switch (psi) {
    case 'huber':
      return {
        weight: (u) => Math.min(1, tuning / Math.abs(u)),
        slope: (u) => Number(Math.abs(u) <= tuning),
      };
    case 'hampel':
      return {
        weight: (u) => {
          const size = Math.min(Math.abs(u), c);
          return size <= a ? 1 : (size <= b ? a : (a * (c - size)) / (c - b)) / size;
        },
        slope: (u) => {
          const size = Math.abs(u);
          return size <= a ? 1 : size <= b || size > c ? 0 : -a / (c - b);
        },
      };
    case 'bisquare':
      return {
        weight: (u) => (1 - Math.min(1, Math.abs(u / tuning)) ** 2) ** 2,
        slope: (u) => {
          const t = (u / tuning) ** 2;
          return t < 1 ? (1 - t) * (1 - 5 * t) : 0;
        },
      };
  }
}

/** The scale of residuals, from the one before. */
function scaleOf(residuals: Float64Array, before: number, how: 'mad' | 'proposal 2', degrees: number): number {
  if (how === 'mad') return sortedQuantile(residuals.map(Math.abs).sort(), 0.5) / medianOfNormal;
  const k = proposalTuning;
  const inside = 2 * normalCdf(k) - 1;
  const gamma = inside + k * k * (1 - inside) - (2 * k * exp((-k * k) / 2)) / Math.sqrt(2 * Math.PI);
  const sum = residuals.reduce((total, r) => total + Math.min(r * r, (k * before) ** 2), 0);
  return Math.sqrt(sum / (degrees * gamma));
}

/** A robust linear fit. */
export class RobustFit extends RegressionFit {
  override readonly kind = 'robust-fit';
  /** Robust standard deviation of the residuals. */
  readonly scale: number;
  readonly fitted: Float64Array; // (n,)
  readonly residuals: Float64Array; // (n,)
  /** How much each row was believed, between 0 and 1. */
  readonly weights: Float64Array; // (n,)
  readonly psi: Psi;

  constructor(parts: {
    readonly design: Design;
    readonly values: Float64Array;
    readonly covariance: Float64Array;
    readonly response: Float64Array;
    readonly residuals: Float64Array;
    readonly weights: Float64Array;
    readonly scale: number;
    readonly psi: Psi;
    readonly warnings: readonly string[];
  }) {
    const n = parts.response.length;
    super({ ...parts, observations: n, rank: parts.values.length, reference: 'z' });
    this.scale = parts.scale;
    this.residuals = parts.residuals;
    this.fitted = parts.response.map((y, i) => y - parts.residuals[i]!);
    this.weights = parts.weights;
    this.psi = parts.psi;
  }

  /**
   * Expected values on new data, with a Wald interval.
   *
   * @param data new data; default the rows fitted
   * @param options.level in (0, 1), default 0.95
   */
  predict(data?: object, { level = 0.95 }: { readonly level?: number } = {}) {
    const { value, error } = this.predictor(data);
    const reach = this.reach(level);
    return {
      fit: value,
      standardError: error,
      lower: value.map((fit, i) => fit - reach * error[i]!),
      upper: value.map((fit, i) => fit + reach * error[i]!),
    };
  }

  override toString(): string {
    const rows = this.summary().rows.map((r) => [r.estimate, r.standardError, r.statistic, r.p] as const);
    const doubted = this.weights.filter((w) => w < 1).length;
    return `Robust linear model (${this.psi}): ${this.design.formula}

${coefficientTable(this.names, rows, 'z')}

Residual scale: ${formatFigure(this.scale, 4)} on ${this.degreesOfFreedom} degrees of freedom
${doubted} of ${this.observations} rows have a weight below 1, the least ${formatFigure(Math.min(...this.weights), 3)}${this.warnings.map((warning) => `\n⚠ ${warning}`).join('')}`;
  }
}

/**
 * Fit a linear model that outliers of the response move little.
 *
 * Standard errors are those of Huber (1981, formula 7.6.13 with his correction factor), of 'MM' with the columns weighted
 * (Maronna, Martin & Yohai 2006, section 5.6); statistics are referred to the normal. A row far out in its predictors may
 * still pull the fit, but by method 'MM': look at the leverage of `lm`.
 *
 * @param formula such as `'loss ~ flow + temperature'`
 * @param data columns of one length; rows with a missing value are dropped
 * @throws FormulaError, RangeError for columns that depend on others, or a scale of 0 (half the rows fitted exactly)
 * @example
 * const fit = rlm('dist ~ speed', { speed: [4, 7, 8, 9, 10], dist: [2, 4, 16, 10, 90] });
 * fit.weights; // the last row is hardly believed
 */
export function rlm(formula: string, data: object, options: RobustOptions = {}): RobustFit {
  checkNames('rlm', options, ['contrasts', 'offset', 'method', 'psi', 'tuning', 'scale']);
  const { method = 'M', scale: how = 'mad', contrasts, offset } = options;
  if (method !== 'M' && method !== 'MM') throw new RangeError(`rlm: method is 'M' or 'MM', got '${method}'`);
  const { psi = method === 'MM' ? 'bisquare' : 'huber' } = options;
  if (method === 'MM' && (psi !== 'bisquare' || options.scale !== undefined)) {
    throw new RangeError(
      "rlm: method 'MM' goes by the bisquare and the scale of its S-estimate; leave out psi and scale",
    );
  }
  const { tuning = psi === 'bisquare' ? 4.685 : 1.345 } = options;
  if (!['huber', 'hampel', 'bisquare'].includes(psi)) {
    throw new RangeError(`rlm: psi is 'huber', 'hampel' or 'bisquare', got '${psi}'`);
  }
  if (how !== 'mad' && how !== 'proposal 2') throw new RangeError(`rlm: scale is 'mad' or 'proposal 2', got '${how}'`);
  if (!(tuning > 0 && tuning < Infinity)) throw new RangeError(`rlm: tuning must be a positive number, got ${tuning}`);
  const made = design(formula, data, {
    ...(contrasts ? { contrasts } : {}),
    ...(offset === undefined ? {} : { offset }),
  });
  if (made.response?.value.kind !== 'numbers') throw new TypeError('rlm: a numeric response expected, as in y ~ x');
  const response = made.response.value.values;
  const n = response.length;
  const p = made.columns.length;
  const target = response.map((y, i) => y - (made.offset?.[i] ?? 0));
  const columns = made.byColumn;
  const plain = new PivotedQr(columns, n);
  refuseDependent('rlm', plain, made.columns);
  if (n <= p) throw new RangeError(`rlm: more rows than coefficients expected, got ${n} rows for ${p}`);

  const { weight, slope } = influenceOf(psi, tuning);
  const start = method === 'MM' ? sEstimate(columns, target) : undefined;
  let { coefficients, residuals } = start ?? plain.solve(target);
  let scale = start?.scale ?? scaleOf(residuals, 0, 'mad', n - p);
  let weights = new Float64Array(n).fill(1);
  let converged = false;
  for (let iteration = 0; iteration < mostIterations && !converged; iteration++) {
    if (!start) scale = scaleOf(residuals, scale, how, n - p);
    if (!(scale > 0)) {
      throw new RangeError('rlm: the scale of the residuals is 0: half of the rows are fitted exactly; use lm');
    }
    weights = residuals.map((r) => weight(r / scale));
    const roots = weights.map(Math.sqrt);
    const solved = new PivotedQr(
      columns.map((column) => column.map((x, i) => x * roots[i]!)),
      n,
    ).solve(target.map((y, i) => y * roots[i]!));
    const next = target.map(
      (y, i) => y - columns.reduce((sum, column, j) => sum + column[i]! * solved.coefficients[j]!, 0),
    );
    const moved = next.reduce((sum, r, i) => sum + (r - residuals[i]!) ** 2, 0);
    const size = residuals.reduce((sum, r) => sum + r * r, 0);
    converged = Math.sqrt(moved / Math.max(1e-20, size)) <= tolerance;
    coefficients = solved.coefficients;
    residuals = next;
  }
  const sum = residuals.reduce((total, r) => total + (r * weight(r / scale)) ** 2, 0) / (n - p);
  const slopes = residuals.map((r) => slope(r / scale));
  const mean = slopes.reduce((total, s) => total + s, 0) / n;
  const variance = slopes.reduce((total, s) => total + (s - mean) ** 2, 0) / (n - 1);
  const correction = 1 + (p * variance) / (n * mean * mean);
  const deviation = (Math.sqrt(sum) * correction) / mean;
  const believed = residuals.map((r) => weight(r / scale));
  const share = believed.reduce((total, w) => total + w, 0) / n;
  // Of MM, the columns as far as their rows are believed: one far out in them would promise too much.
  const bread = start
    ? new PivotedQr(
        columns.map((column) => column.map((x, i) => x * Math.sqrt(believed[i]! / share))),
        n,
      )
    : plain;
  return new RobustFit({
    design: made,
    values: coefficients,
    covariance: spread(bread.unscaledCovariance(), bread.kept, p, deviation * deviation),
    response,
    residuals,
    weights: believed,
    scale,
    psi,
    warnings: converged ? [] : [`no convergence in ${mostIterations} iterations: try psi: 'huber'`],
  });
}
