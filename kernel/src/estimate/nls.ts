/**
 * Nonlinear least squares: the parameters of a mean that come closest to the data, as R's `nls` and NIST's StRD.
 *
 * The same model as for `mle`, with a normal likelihood: `y ~ normal(f(parameters), sigma)`. The sum of squares is
 * minimised by Levenberg–Marquardt with exact Jacobians, and where that gets nowhere, with the parameters that the mean
 * is linear in projected out; σ² is the residual sum divided by the degrees of freedom
 * n − p, and the covariance σ² (JᵀJ)⁻¹, through the QR factor of J.
 */
import { Displayable } from '../host/display.ts';
import { type AnyModel, type CompiledModel, compileModel, type WithLikelihood } from '../model/index.ts';
import { qr } from '../numeric/linalg/qr.ts';
import { solveTriangular } from '../numeric/linalg/triangular.ts';
import { foldIn, key as keyOf } from '../numeric/random.ts';
import { studentTQuantile } from '../numeric/special/student-t.ts';
import type { Expr } from '../program/index.ts';
import { type ArrayFunction, arrayFunction } from './derivatives.ts';
import type { EstimateRow } from './estimate.ts';
import { levenbergMarquardt, type Residuals, type State } from './optimise/levenberg-marquardt.ts';
import { type Ending, endingInWords, type Optimiser } from './optimise/objective.ts';
import { linearCoordinates, project } from './optimise/variable-projection.ts';
import { type CommonOptions, checkNames, checkShare, checkWhole, signalOf } from './options.ts';
import { Pace } from './pause.ts';
import { type Init, initialPosition } from './start.ts';
import type { EventLog } from './step.ts';
import { formatNumber, shortTable, Table, warningLines } from './table.ts';

export interface NlsOptions extends CommonOptions {
  /** Where to start, on the natural scale. Least squares finds the minimum nearest downhill: give a good guess. */
  readonly init?: Init;
  /** Most iterations, ≥ 1 (default 1000). */
  readonly iterations?: number;
  /** The iterates are written here. */
  readonly log?: EventLog;
}

/** A fit by nonlinear least squares. */
export class LeastSquaresFit extends Displayable {
  override readonly kind = 'least squares';
  /** The parameters of the mean, in the model's order. */
  readonly names: readonly string[];
  readonly values: Float64Array; // (p,)
  readonly standardErrors: Float64Array; // (p,)
  readonly covariance: Float64Array; // (p, p)
  /** y − f, in units of the given standard deviations where these are known. */
  readonly residuals: Float64Array; // (n,)
  readonly residualSumOfSquares: number;
  /** √(residual sum of squares / degrees of freedom). */
  readonly residualStandardError: number;
  /** n − p. */
  readonly degreesOfFreedom: number;
  readonly ending: Exclude<Ending, 'running'>;
  readonly iterations: number;
  readonly warnings: readonly string[];

  constructor(parts: Omit<LeastSquaresFit, 'kind' | 'interval' | 'summary' | 'toString' | keyof Displayable>) {
    super();
    this.names = parts.names;
    this.values = parts.values;
    this.standardErrors = parts.standardErrors;
    this.covariance = parts.covariance;
    this.residuals = parts.residuals;
    this.residualSumOfSquares = parts.residualSumOfSquares;
    this.residualStandardError = parts.residualStandardError;
    this.degreesOfFreedom = parts.degreesOfFreedom;
    this.ending = parts.ending;
    this.iterations = parts.iterations;
    this.warnings = parts.warnings;
  }

  /** Wald intervals with quantiles of Student's t at n − p degrees of freedom. @param level default 0.95 */
  interval(level = 0.95): { name: string; lower: number; upper: number }[] {
    checkShare('nls: interval', 'level', level);
    const t = studentTQuantile((1 + level) / 2, this.degreesOfFreedom);
    return this.names.map((name, i) => {
      const reach = t * this.standardErrors[i]!;
      return { name, lower: this.values[i]! - reach, upper: this.values[i]! + reach };
    });
  }

  /** Estimate, standard error and interval of every parameter. @param level default 0.95 */
  summary(level = 0.95): Table<EstimateRow> {
    const rows = this.interval(level).map(({ name, lower, upper }, i) => ({
      name,
      estimate: this.values[i]!,
      standardError: this.standardErrors[i]!,
      lower,
      upper,
    }));
    return new Table<EstimateRow>(
      [
        { key: 'estimate', label: 'estimate', digits: 6 },
        { key: 'standardError', label: 'std. error' },
        { key: 'lower', label: 'lower', digits: 5 },
        { key: 'upper', label: 'upper', digits: 5 },
      ],
      rows,
    );
  }

  override toString(): string {
    const table = this.summary();
    const spread = `residual standard error ${formatNumber(this.residualStandardError, 5)} on ${this.degreesOfFreedom} degrees of freedom`;
    const warnings = this.warnings.length > 0 ? `\n${warningLines(this.warnings)}` : '';
    return `Nonlinear least squares\n${shortTable(table.head, table.cells)}\n${spread}\n${endingInWords(this.ending)} after ${this.iterations} iterations${warnings}`;
  }
}

/**
 * Fit the mean of a normal likelihood by least squares.
 *
 * Standard errors and intervals are R's (divisor n − p, Student's t), not those of `mle` (divisor n, normal). Where
 * the standard deviation is data it weighs the residuals, and only its ratios matter. Priors are left out.
 *
 * @throws Error when the model is not one normal observation with a standard deviation of its own, or when the start is
 *   outside the domain of the mean; RangeError for fewer observations than parameters
 * @example
 * const decay = model().data({ x, y }).parameters({ a: flat(), k: flat(), sigma: halfNormal(0, 1) })
 *   .observe(({ a, k, sigma, x }) => ({ y: normal(a * Math.exp(-k * x), sigma) }));
 * const fit = await nls(decay, { init: { a: 10, k: 0.1 } });
 */
export async function nls<M extends AnyModel>(
  model: M & WithLikelihood<NoInfer<M>>,
  options: NlsOptions = {},
): Promise<LeastSquaresFit> {
  checkNames('nls', options, ['init', 'iterations', 'log', 'seed', 'signal', 'onProgress']);
  const iterations = checkWhole('nls', 'iterations', options.iterations ?? 1000, 1);
  const compiled = compileModel(model);
  const start = initialPosition(compiled, options.init ?? {}, foldIn(keyOf(options.seed ?? 0), 'nls'), 'nls');
  const problem = leastSquaresProblem(compiled, start);
  const { coordinates, residuals, names } = problem;
  const p = coordinates.length;
  const n = residuals.count;
  if (p === 0) throw new Error('nls: the mean depends on no parameter, so there is nothing to fit');
  if (n < p) {
    throw new RangeError(
      `nls: expected at least as many observations as parameters of the mean, got ${n} and ${p} (${names
        .map(({ name }) => name)
        .join(', ')}); give more data, or a mean with fewer parameters`,
    );
  }

  const signal = signalOf(options);
  const pace = new Pace();
  const from = Float64Array.from(coordinates, (i) => start[i]!); // (p,)
  const log = options.log ? { log: options.log } : {};
  const run: Run = { iterations, signal, pace };
  const first = new Float64Array(n); // (n,)
  residuals.evaluate(from, first);
  if (!first.every(Number.isFinite)) {
    throw new Error(
      `nls: the residuals are not finite at the start; give another with init: { … }.\n${compiled.explain(start)}`,
    );
  }
  let { state, ending, steps } = await descend(levenbergMarquardt(residuals, log), from, run);
  if (ending !== 'converged' && ending !== 'interrupted') {
    const linear = linearCoordinates(residuals, from);
    if (linear.length > 0 && linear.length < p) {
      const { residuals: fewer, rest, complete } = project(residuals, linear);
      const near = await descend(levenbergMarquardt(fewer), rest(from), run);
      steps += near.steps;
      if (near.ending === 'converged' && !(near.state.value > state.value)) {
        ({ state, ending } = await descend(levenbergMarquardt(residuals, log), complete(near.state.position), run));
        steps += state.iteration;
      } else if (near.ending === 'interrupted') ending = 'interrupted';
    }
  }
  options.onProgress?.({ done: steps, total: steps, text: `nls: ${ending}` });

  const position = start.slice(); // (d,)
  coordinates.forEach((at, k) => {
    position[at] = state.position[k]!;
  });
  const degreesOfFreedom = n - p;
  const residualSumOfSquares = 2 * state.value;
  const scale = degreesOfFreedom > 0 ? Math.sqrt(residualSumOfSquares / degreesOfFreedom) : Number.NaN;
  // R⁻¹ (p, p), undefined where J is singular
  const factor = ending === 'interrupted' ? undefined : inverseFactor(state.jacobian, n, p);
  const places = names.map(({ at }) => at);
  const toNatural = compiled.jacobian(position); // (constrained, d)
  const half = new Float64Array(p * p).fill(Number.NaN); // natural Jacobian · R⁻¹ · s, (p, p)
  if (factor) {
    places.forEach((row, i) => {
      for (let j = 0; j < p; j++) {
        let sum = 0;
        for (let k = 0; k < p; k++) sum += toNatural[row * compiled.dimension + coordinates[k]!]! * factor[k * p + j]!;
        half[i * p + j] = sum * scale;
      }
    });
  }
  const covariance = new Float64Array(p * p); // (p, p)
  for (let i = 0; i < p; i++) {
    for (let j = 0; j < p; j++) {
      for (let k = 0; k < p; k++) covariance[i * p + j]! += half[i * p + k]! * half[j * p + k]!;
    }
  }
  const all = compiled.constrain(position);
  const values = Float64Array.from(places, (at) => all[at]!);
  return new LeastSquaresFit({
    names: names.map(({ name }) => name),
    values,
    standardErrors: values.map((_, i) => Math.sqrt(covariance[i * p + i]!)),
    covariance,
    residuals: state.residuals,
    residualSumOfSquares,
    residualStandardError: scale,
    degreesOfFreedom,
    ending,
    iterations: steps,
    warnings: warningsOf(ending, factor !== undefined, degreesOfFreedom),
  });
}

interface Run {
  readonly iterations: number;
  readonly signal: AbortSignal | undefined;
  readonly pace: Pace;
}

/** Step to the end, with pauses. */
async function descend(
  optimiser: Optimiser<State>,
  start: Float64Array,
  { iterations, signal, pace }: Run,
): Promise<{ state: State; ending: Exclude<Ending, 'running'>; steps: number }> {
  let state = optimiser.init(start);
  for (;;) {
    const [next, { ending }] = optimiser.step(state);
    state = next;
    await pace.breathe();
    if (ending !== 'running') return { state, ending, steps: state.iteration };
    if (state.iteration >= iterations) return { state, ending: 'iterations', steps: state.iteration };
    if (signal?.aborted) return { state, ending: 'interrupted', steps: state.iteration };
  }
}

function warningsOf(ending: Ending, regular: boolean, degreesOfFreedom: number): string[] {
  const warnings: string[] = [];
  if (ending === 'interrupted') {
    return ['Interrupted: the values are the best so far, without standard errors.'];
  }
  if (ending !== 'converged') warnings.push(`Not converged (${ending}): give a start nearer to the data with init.`);
  if (!regular) {
    warnings.push(
      'Not identified: the columns of the Jacobian depend on each other at the estimate; no standard errors.',
    );
  }
  if (degreesOfFreedom === 0) warnings.push('As many parameters as data: the fit is exact, without standard errors.');
  return warnings;
}

/** R⁻¹ (p, p) of J = QR, or undefined where J has no full rank to rounding. */
function inverseFactor(jacobian: Float64Array, n: number, p: number): Float64Array | undefined {
  const unit = Float64Array.from({ length: p }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += jacobian[i * p + j]! ** 2;
    return sum > 0 ? 1 / Math.sqrt(sum) : 1;
  }); // (p,), so that rank does not depend on units
  const { r } = qr(
    jacobian.map((v, k) => v * unit[k % p]!),
    n,
    p,
  );
  for (let j = 0; j < p; j++) if (!(r[j * p + j]! > 1e-13)) return undefined;
  const identity = new Float64Array(p * p); // (p, p)
  for (let j = 0; j < p; j++) identity[j * p + j] = 1;
  return solveTriangular(r, p, identity, { columns: p, upper: true }).map((v, k) => v * unit[Math.floor(k / p)]!);
}

interface LeastSquaresProblem {
  readonly residuals: Residuals;
  /** Coordinates of the position that the mean depends on. */
  readonly coordinates: readonly number[];
  /** Their parameters' elements, and where these stand among the constrained values. */
  readonly names: readonly { readonly name: string; readonly at: number }[];
}

/** The residuals of a model's one normal observation. @throws Error when it is another model */
function leastSquaresProblem(compiled: CompiledModel, start: Float64Array): LeastSquaresProblem {
  const { position, terms } = compiled.expressions;
  const likelihood = terms.filter(({ kind }) => kind === 'likelihood' || kind === 'term');
  const sampled = likelihood[0]?.sampled;
  if (likelihood.length !== 1 || sampled?.family !== 'normal' || terms.some(({ kind }) => kind === 'latent')) {
    throw new Error(
      `nls: expected one observation with a normal distribution and no latent parameter, got ${
        likelihood.map(({ label }) => label).join('; ') || 'none'
      }; use mle for other likelihoods`,
    );
  }
  const { mean, sd } = sampled.parameters as { mean: Expr; sd: Expr };
  const spread = arrayFunction(position, sd);
  const centre = arrayFunction(position, sampled.value.sub(mean) as Expr);
  const spreads = dependence(spread, start);
  const centres = dependence(centre, start);
  if (spreads.size > 1 || [...spreads].some((i) => centres.has(i))) {
    throw new Error(
      'nls: the standard deviation must be known, or one parameter that the mean does not mention; use mle where it ' +
        'varies with the parameters of the mean',
    );
  }
  const seen = compiled.parameters.filter((parameter) => covers(parameter, centres));
  if (seen.some((parameter) => parameter.size !== parameter.unconstrainedSize)) {
    throw new Error('nls: simplex parameters are not supported; use mle');
  }
  const sizes = spread.value(start); // (n,) or (1,)
  const weight = (i: number) => sizes[0]! / sizes[sizes.length === 1 ? 0 : i]!;
  const coordinates = seen.flatMap((q) => Array.from({ length: q.size }, (_, k) => q.unconstrainedOffset + k));
  const names = seen.flatMap((q) =>
    Array.from({ length: q.size }, (_, k) => ({ name: compiled.names[q.offset + k]!, at: q.offset + k })),
  );
  const full = start.slice(); // (d,)
  const place = (x: Float64Array) => {
    coordinates.forEach((at, k) => {
      full[at] = x[k]!;
    });
    return full;
  };
  const residuals: Residuals = {
    dimension: coordinates.length,
    count: centre.count,
    evaluate(x, r, jacobian) {
      const at = place(x);
      const values = centre.value(at);
      for (let i = 0; i < values.length; i++) r[i] = values[i]! * weight(i);
      if (!jacobian) return;
      const all = centre.jacobian(at); // (n, d)
      for (let i = 0; i < values.length; i++) {
        coordinates.forEach((from, k) => {
          jacobian[i * coordinates.length + k] = all[i * full.length + from]! * weight(i);
        });
      }
    },
  };
  return { residuals, coordinates, names };
}

/** Coordinates on which the function depends near `start`. */
function dependence(f: ArrayFunction, start: Float64Array): Set<number> {
  const found = new Set<number>();
  for (const at of [start, start.map((x, i) => x + 0.1 * (1 + (i % 3)))]) {
    f.jacobian(at).forEach((v, k) => {
      if (v !== 0) found.add(k % f.dimension);
    });
  }
  return found;
}

function covers(parameter: { unconstrainedOffset: number; unconstrainedSize: number }, seen: ReadonlySet<number>) {
  const { unconstrainedOffset: from, unconstrainedSize: size } = parameter;
  return Array.from({ length: size }, (_, k) => from + k).some((i) => seen.has(i));
}
