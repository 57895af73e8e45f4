/**
 * Ridge, lasso and elastic net along a path of penalties, and the penalty chosen by cross-validation (Friedman, Hastie &
 * Tibshirani 2010): minimises deviance / 2 over the sum of weights, plus λ (α ‖β‖₁ + (1 − α)/2 ‖β‖²) on standardised
 * columns. The intercept is not penalised. (glmnet scales a Gaussian response to variance 1 on the way: its lasso is the
 * same, its ridge is that of λ over the response's standard deviation.)
 */
import { formatTable } from '../data/table.ts';
import { checkNames, checkWhole } from '../estimate/options.ts';
import { Displayable } from '../host/display.ts';
import { constantVector } from '../numeric/constant-vectors.ts';
import { exp, log } from '../numeric/elementary.ts';
import { key, Stream } from '../numeric/random.ts';
import { CovarianceDescent } from './covariance-descent.ts';
import { descend, gradient, type PenalisedPoint, type PenalisedProblem } from './descent.ts';
import { formatFigure } from './format.ts';
import { type Design, type DesignOptions, design } from './formula/design.ts';
import { familyOf, responseOf } from './glm.ts';

export interface PenalisedOptions extends DesignOptions {
  /** Default 'gaussian'. */
  readonly family?: 'gaussian' | 'binomial' | 'poisson';
  /** α: 1, the default, is the lasso; 0 is ridge; between them the elastic net. */
  readonly mix?: number;
  /** Penalties; default 100 from the smallest that leaves no coefficient down to a ten-thousandth, evenly in log λ. */
  readonly lambda?: ArrayLike<number>;
  /** Whether columns are divided by their standard deviations first; default true. */
  readonly standardise?: boolean;
}

interface Prepared {
  readonly made: Design;
  readonly problem: PenalisedProblem;
  readonly names: readonly string[];
  readonly centre: Float64Array;
  readonly scale: Float64Array;
  /** Of a Gaussian response. */
  readonly quick: CovarianceDescent | undefined;
}

function prepare(formula: string, data: object, options: PenalisedOptions): Prepared {
  const { mix = 1, family = 'gaussian', standardise = true } = options;
  if (!(mix >= 0 && mix <= 1)) throw new RangeError(`penalised: mix must lie in [0, 1], got ${mix}`);
  if (!['gaussian', 'binomial', 'poisson'].includes(family)) {
    throw new RangeError(`penalised: family is 'gaussian', 'binomial' or 'poisson', got '${family}'`);
  }
  const made = design(formula, data, options);
  const named = familyOf({ family });
  const { y, weights } = responseOf(made, named);
  const n = y.length;
  let total = 0;
  for (let i = 0; i < n; i++) total += weights[i]!;
  const share = new Float64Array(n).fill(1 / total);
  if (made.weights) for (let i = 0; i < n; i++) share[i]! *= weights[i]!;
  const keep = made.columns.map((_, j) => j).filter((j) => made.assign[j] !== 0);
  if (keep.length === 0) throw new RangeError('penalised: the formula has no term to penalise');
  const plain = keep.map((j) => made.byColumn[j]!);
  const offset = made.offset ?? constantVector(0, n);
  const { intercept } = made;
  const response = made.offset ? y.map((value, i) => value - offset[i]!) : y;
  const quick =
    family === 'gaussian'
      ? CovarianceDescent.ofRaw({ columns: plain, weights: share, response, intercept, standardise, mix })
      : undefined;
  const { centre, scale } = quick ?? standardisation(plain, share, intercept, standardise);
  let columns: Float64Array[] | undefined;
  const problem = {
    get columns() {
      columns ??= plain.map((x, j) => x.map((value) => (value - centre[j]!) / scale[j]!));
      return columns;
    },
    y,
    weights: share,
    offset,
    family: named,
    intercept,
    mix,
  };
  return { made, problem, names: keep.map((j) => made.columns[j]!), centre, scale, quick: quick?.descent };
}

/** Means and standard deviations of columns, 0 and 1 where they are not asked for. */
function standardisation(
  columns: readonly Float64Array[],
  share: Float64Array,
  intercept: boolean,
  standardise: boolean,
): { readonly centre: Float64Array; readonly scale: Float64Array } {
  const centre = new Float64Array(columns.length);
  const scale = new Float64Array(columns.length).fill(1);
  columns.forEach((x, j) => {
    let [mean, variance] = [0, 0];
    if (intercept) for (let i = 0; i < x.length; i++) mean += share[i]! * x[i]!;
    for (let i = 0; i < x.length; i++) variance += share[i]! * (x[i]! - mean) ** 2;
    centre[j] = mean;
    if (standardise && variance > 0) scale[j] = Math.sqrt(variance);
  });
  return { centre, scale };
}

/** The point without slopes: where the path starts. */
function empty(problem: PenalisedProblem): PenalisedPoint {
  const none = { ...problem, columns: [] };
  return {
    ...descend(none, 0, { intercept: 0, coefficients: new Float64Array(0) }),
    coefficients: new Float64Array(problem.columns.length),
  };
}

function pathOf(problem: PenalisedProblem, quick: CovarianceDescent | undefined): Float64Array {
  const slopes = quick?.pull ?? gradient(problem, empty(problem)).slopes;
  const most = slopes.reduce((m, value) => Math.max(m, Math.abs(value)), 0) / Math.max(problem.mix, 1e-3);
  const ratio = problem.y.length < slopes.length ? 1e-2 : 1e-4;
  return Float64Array.from({ length: 100 }, (_, k) => most * exp((k / 99) * log(ratio)));
}

/** Points on the path, each started from the one before. */
function walk(
  problem: PenalisedProblem,
  lambda: Float64Array,
  quick = CovarianceDescent.open(problem),
): PenalisedPoint[] {
  if (quick) return quick.walk(lambda);
  let point = empty(problem);
  return Array.from(lambda, (value) => {
    point = descend(problem, value, point);
    return point;
  });
}

/** Coefficients along a path of penalties. */
export class PenalisedPath extends Displayable {
  override readonly kind = 'penalised-path';
  /** Names of the coefficients: '(Intercept)' first, where there is one. */
  readonly names: readonly string[];
  /** Penalties, descending. */
  readonly lambda: Float64Array; // (l,)
  /** On the scale of the data, one row a penalty. */
  readonly coefficients: readonly Float64Array[]; // l of (names,)
  readonly mix: number;
  readonly points: readonly PenalisedPoint[];
  readonly problem: PenalisedProblem;
  private readonly prepared: Prepared;

  constructor(prepared: Prepared, lambda: Float64Array) {
    super();
    const { problem, names, centre, scale } = prepared;
    this.prepared = prepared;
    this.problem = problem;
    this.mix = problem.mix;
    this.lambda = lambda;
    this.names = problem.intercept ? ['(Intercept)', ...names] : names;
    this.points = walk(problem, lambda, prepared.quick);
    const first = Number(problem.intercept);
    this.coefficients = this.points.map(({ intercept, coefficients }) => {
      const row = new Float64Array(first + coefficients.length);
      let level = intercept;
      for (let j = 0; j < coefficients.length; j++) {
        const slope = coefficients[j]! / scale[j]!;
        row[first + j] = slope;
        level -= slope * centre[j]!;
      }
      if (problem.intercept) row[0] = level;
      return row;
    });
  }

  /** How many slopes are not 0 at each penalty. */
  get nonzero(): number[] {
    return this.points.map(({ coefficients }) => coefficients.filter((b) => b !== 0).length);
  }

  /**
   * The coefficients by name at the penalty of the path nearest to `lambda`, by their ratio: 0 is nearest to the least.
   *
   * @throws RangeError for a penalty that is no number from 0 on
   */
  at(lambda: number): Readonly<Record<string, number>> {
    if (!(lambda >= 0)) throw new RangeError(`a penalty is a number from 0 on, got ${lambda}`);
    const last = this.lambda.length - 1;
    const distance = (value: number) => Math.abs(log(value) - log(lambda));
    const k =
      lambda <= this.lambda[last]!
        ? last
        : this.lambda.reduce((best, value, i) => (distance(value) < distance(this.lambda[best]!) ? i : best), 0);
    return Object.fromEntries(this.names.map((name, j) => [name, this.coefficients[k]![j]!]));
  }

  /** Means of the response at new data, at the penalty of the path nearest to `lambda`. */
  predict(lambda: number, data?: object): Float64Array {
    const { made } = this.prepared;
    const { matrix, offset, rows } = data === undefined ? made : made.on(data as never);
    const b = Object.values(this.at(lambda));
    const p = made.columns.length;
    return Float64Array.from(rows, (_, i) => {
      let eta = offset?.[i] ?? 0;
      for (let j = 0; j < p; j++) eta += b[j]! * matrix[i * p + j]!;
      return this.problem.family.link.mean(eta);
    });
  }

  override toString(): string {
    const shown = Array.from(this.lambda, (_, k) => k).filter((k) => k % Math.ceil(this.lambda.length / 20) === 0);
    const cells = shown.map((k) => [
      formatFigure(this.lambda[k]!),
      String(this.nonzero[k]),
      ...Array.from(this.coefficients[k]!.slice(0, 8), (b) => formatFigure(b, 4)),
    ]);
    return `Elastic net path, mix ${this.mix} (${this.lambda.length} penalties)\n${formatTable(['lambda', 'nonzero', ...this.names.slice(0, 8)], cells)}`;
  }
}

/**
 * Fit a path of penalised models.
 *
 * @param formula its intercept is not penalised; the other columns are standardised first
 * @throws RangeError for a mix outside [0, 1], or penalties that are negative
 * @example penalised('mpg ~ .', cars, { mix: 1 }).at(0.5)
 */
export function penalised(formula: string, data: object, options: PenalisedOptions = {}): PenalisedPath {
  checkNames('penalised', options, ['contrasts', 'weights', 'offset', 'family', 'mix', 'lambda', 'standardise']);
  const prepared = prepare(formula, data, options);
  return new PenalisedPath(prepared, penaltiesOf(prepared, options));
}

function penaltiesOf({ problem, quick }: Prepared, { lambda }: PenalisedOptions): Float64Array {
  if (!lambda) return pathOf(problem, quick);
  const given = Float64Array.from(lambda).sort().reverse();
  if (given.length === 0 || given.some((value) => !(value >= 0 && value < Infinity))) {
    throw new RangeError(`penalised: penalties from 0 expected, got ${[...given].join(', ')}`);
  }
  return given;
}

export interface CrossValidation {
  readonly path: PenalisedPath;
  /** Mean deviance of the rows left out, at each penalty. */
  readonly deviance: Float64Array; // (l,)
  readonly standardError: Float64Array; // (l,)
  /** The penalty whose deviance is smallest. */
  readonly best: number;
  /** The largest penalty within one standard error of it. */
  readonly simplest: number;
}

/**
 * Choose the penalty by k-fold cross-validation.
 *
 * @param options.folds default 10; options.seed where the folds come from, default 0
 * @example const { best, path } = crossValidate('mpg ~ .', cars); path.at(best);
 */
export function crossValidate(
  formula: string,
  data: object,
  options: PenalisedOptions & { readonly folds?: number; readonly seed?: number } = {},
): CrossValidation {
  const { folds = 10, seed = 0, ...rest } = options;
  const prepared = prepare(formula, data, rest);
  const { problem } = prepared;
  const path = penalised(formula, data, rest);
  const n = problem.y.length;
  checkWhole('crossValidate', 'folds', folds, 2, n);
  const stream = new Stream(key(seed));
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = stream.integer(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const losses = Array.from({ length: folds }, () => new Float64Array(path.lambda.length));
  const sizes = new Float64Array(folds);
  for (let fold = 0; fold < folds; fold++) {
    const out = new Set(order.filter((_, k) => k % folds === fold));
    const weights = problem.weights.map((weight, i) => (out.has(i) ? 0 : weight));
    const sum = weights.reduce((a, b) => a + b, 0);
    const points = walk({ ...problem, weights: weights.map((weight) => weight / sum) }, path.lambda);
    for (const i of out) sizes[fold]! += problem.weights[i]!;
    points.forEach(({ intercept, coefficients }, k) => {
      for (const i of out) {
        let eta = problem.offset[i]! + intercept;
        coefficients.forEach((b, j) => {
          eta += b * problem.columns[j]![i]!;
        });
        const loss = problem.family.unitDeviance(problem.y[i]!, problem.family.link.mean(eta));
        losses[fold]![k]! += problem.weights[i]! * loss;
      }
    });
  }
  const deviance = path.lambda.map((_, k) => losses.reduce((sum, loss) => sum + loss[k]!, 0));
  const standardError = path.lambda.map((_, k) => {
    const spread = losses.reduce((sum, loss, f) => sum + sizes[f]! * (loss[k]! / sizes[f]! - deviance[k]!) ** 2, 0);
    return Math.sqrt(spread / (folds - 1));
  });
  const at = deviance.reduce((best, value, k) => (value < deviance[best]! ? k : best), 0);
  const within = deviance.findIndex((value) => value <= deviance[at]! + standardError[at]!);
  return { path, deviance, standardError, best: path.lambda[at]!, simplest: path.lambda[within]! };
}
