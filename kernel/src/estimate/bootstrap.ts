/**
 * The bootstrap (Efron 1979): the estimate's spread over data sets like the one at hand, which are rows of it drawn
 * again with replacement (nonparametric), or drawn from the fitted model (parametric).
 */
import { Displayable } from '../host/display.ts';
import { type AnyModel, type CompiledModel, compileModel, type WithLikelihood } from '../model/index.ts';
import { traceOf } from '../model/model.ts';
import { foldIn, type Key, key as keyOf, Stream } from '../numeric/random.ts';
import { type BootstrapIntervalKind, bootstrapInterval } from './bootstrap-interval.ts';
import { climb } from './climb.ts';
import { Estimate, type EstimateRow } from './estimate.ts';
import { mle } from './mle.ts';
import { type CommonOptions, checkNames, checkShare, checkWhole, signalOf } from './options.ts';
import { Pace } from './pause.ts';
import { ProgressReport } from './progress.ts';
import { atInfinity } from './runaway.ts';
import { Table, warningLines } from './table.ts';
import { inverseCurvature, refitFrom, weightedDensity } from './weighted-refit.ts';

export interface BootstrapOptions extends CommonOptions {
  /** How many data sets, ≥ 2 (default 1000). */
  readonly replicates?: number;
  /** Rows of the data drawn again, or data drawn from the fit (default 'nonparametric'). */
  readonly kind?: 'nonparametric' | 'parametric';
  /**
   * Names of the data whose rows are drawn together (default: every column as long as what is observed). Only for
   * the nonparametric kind.
   */
  readonly rows?: readonly string[];
  /** Fit without each row in turn as well, for BCa intervals (default true; only for the nonparametric kind). */
  readonly jackknife?: boolean;
}

/** Replicates of an estimate, and the intervals from them. */
export class Bootstrap extends Displayable {
  override readonly kind = 'bootstrap';
  readonly method: 'nonparametric' | 'parametric';
  /** Names of the scalars: parameters, then derived quantities. */
  readonly names: readonly string[];
  /** The estimates on the data. */
  readonly values: Float64Array; // (n,)
  /** Estimates on each data set, row-major. */
  readonly replicates: Float64Array; // (replicates, n)
  /** Estimates without each row of the data, row-major; undefined where not asked for. */
  readonly jackknife: Float64Array | undefined; // (rows, n)
  readonly ending: 'complete' | 'interrupted';
  readonly warnings: readonly string[];

  constructor(parts: {
    method: 'nonparametric' | 'parametric';
    names: readonly string[];
    values: Float64Array;
    replicates: Float64Array;
    jackknife: Float64Array | undefined;
    ending: 'complete' | 'interrupted';
    warnings: readonly string[];
  }) {
    super();
    this.method = parts.method;
    this.names = parts.names;
    this.values = parts.values;
    this.replicates = parts.replicates;
    this.jackknife = parts.jackknife;
    this.ending = parts.ending;
    this.warnings = parts.warnings;
  }

  /** Replicates of one scalar. // (replicates,) @throws RangeError for a name that is not there */
  of(name: string): Float64Array {
    const at = this.names.indexOf(name);
    if (at < 0) throw new RangeError(`bootstrap: no scalar called '${name}'; there are: ${this.names.join(', ')}`);
    return column(this.replicates, at, this.names.length);
  }

  /** Standard deviations of the replicates, divisor B − 1. // (n,) */
  get standardErrors(): Float64Array {
    return this.values.map((_, at) => {
      const draws = column(this.replicates, at, this.names.length);
      const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
      return Math.sqrt(draws.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (draws.length - 1));
    });
  }

  /** Mean of the replicates minus the estimate. // (n,) */
  get bias(): Float64Array {
    return this.values.map((value, at) => {
      const draws = column(this.replicates, at, this.names.length);
      return draws.reduce((a, b) => a + b, 0) / draws.length - value;
    });
  }

  /**
   * Intervals of every scalar.
   *
   * @param level nominal coverage, in (0, 1), default 0.95
   * @param kind default 'percentile'
   * @throws TypeError for 'bca' without the jackknife
   */
  interval(level = 0.95, kind: BootstrapIntervalKind = 'percentile'): { name: string; lower: number; upper: number }[] {
    checkShare('bootstrap.interval', 'level', level);
    const n = this.names.length;
    return this.names.map((name, at) => {
      const left = this.jackknife && column(this.jackknife, at, n);
      return { name, ...bootstrapInterval(kind, column(this.replicates, at, n), this.values[at]!, level, left) };
    });
  }

  /** Estimate, bootstrap standard error and interval of every scalar: BCa where there is a jackknife, else percentile. */
  summary(level = 0.95): Table<EstimateRow> {
    const errors = this.standardErrors;
    const kind = this.jackknife ? 'bca' : 'percentile';
    const rows = this.interval(level, kind).map(({ name, lower, upper }, at) => {
      return { name, estimate: this.values[at]!, standardError: errors[at]!, lower, upper };
    });
    const columns = [
      { key: 'estimate' as const, label: 'estimate', digits: 5 },
      { key: 'standardError' as const, label: 'std. error' },
      { key: 'lower' as const, label: `${kind} lower`, digits: 5 },
      { key: 'upper' as const, label: `${kind} upper`, digits: 5 },
    ];
    return new Table<EstimateRow>(columns, rows);
  }

  override toString(): string {
    const count = this.replicates.length / this.names.length;
    const warnings = this.warnings.length > 0 ? `\n${warningLines(this.warnings)}` : '';
    return `Bootstrap, ${this.method}, ${count} replicates\n${this.summary()}${warnings}`;
  }
}

function column(values: Float64Array, at: number, n: number): Float64Array {
  return Float64Array.from({ length: values.length / n }, (_, i) => values[i * n + at]!);
}

/**
 * Bootstrap a maximum-likelihood estimate. Each refit starts from the estimate; its data come by `model.with`.
 *
 * @param of a model, or its fit by `mle`
 * @throws RangeError for options out of range, or when no column is as long as what is observed
 * @example
 * const boot = await bootstrap(line, { replicates: 2000, seed: 1 });
 * boot.interval(0.95, 'bca');
 */
export async function bootstrap<M extends AnyModel>(
  of: (M & WithLikelihood<NoInfer<M>>) | Estimate<M>,
  options: BootstrapOptions = {},
): Promise<Bootstrap> {
  const known = ['replicates', 'kind', 'rows', 'jackknife', 'seed', 'signal', 'onProgress'];
  checkNames('bootstrap', options, known);
  const count = checkWhole('bootstrap', 'replicates', options.replicates ?? 1000, 2);
  const { kind = 'nonparametric', seed } = options;
  if (kind !== 'nonparametric' && kind !== 'parametric') {
    throw new TypeError(`bootstrap: kind must be 'nonparametric' or 'parametric', got ${String(kind)}`);
  }
  const fit = of instanceof Estimate ? of : await mle(of, seed === undefined ? {} : { seed });
  if (fit.integrated.length > 0) {
    throw new Error(
      `bootstrap: not there for likelihoods with parameters integrated out (${fit.integrated.join(', ')})`,
    );
  }
  const compiled = compileModel(fit.model);
  const data = kind === 'nonparametric' ? rowsOf(fit.model, compiled, options.rows) : undefined;
  const base = foldIn(keyOf(seed ?? 0), 'bootstrap');
  const left = data && (options.jackknife ?? true) ? data.rows : 0;
  const report = new ProgressReport(options.onProgress);
  const signal = signalOf(options);
  const pace = new Pace();
  const total = count + left;
  const quick = data && countedRefits(fit, compiled, data);
  const found: Float64Array[] = [];
  const without: Float64Array[] = [];
  let failed = 0;
  let infinite = 0;
  for (let i = 0; i < total && !signal?.aborted; i++) {
    const rows = data && (i < left ? allBut(data.rows, i) : drawnRows(data.rows, foldIn(base, i - left)));
    const values =
      (rows && quick?.(rows)) ??
      (await refit(fit, rows ? data.take(rows) : draw(compiled, fit, foldIn(base, i - left)), pace, signal));
    if (values) (i < left ? without : found).push(values.values);
    else failed++;
    if (values?.infinite) infinite++;
    if (report.due()) report.update({ done: i, total, text: `bootstrap: ${i} of ${total} fits` });
    await pace.breathe();
  }
  const done = found.length + without.length;
  const ending = done + failed < total ? 'interrupted' : 'complete';
  report.finish({ done, total, text: `bootstrap: ${ending}, ${done} of ${total} fits` });
  if (found.length < 2)
    throw new Error(`bootstrap: only ${found.length} of ${count} fits converged; look at mle first`);
  const warnings: string[] = [];
  if (ending === 'interrupted') warnings.push(`Interrupted after ${found.length} replicates.`);
  if (failed > 0) warnings.push(`${failed} of ${total} fits did not converge and were left out.`);
  if (infinite > 0) {
    warnings.push(
      `${infinite} of ${total} fits have their maximum at infinity (in logistic models, data separated perfectly): standard ` +
        'errors and bias mean nothing; percentile intervals do.',
    );
  }
  return new Bootstrap({
    method: kind,
    names: fit.names,
    values: fit.values,
    replicates: joined(found),
    jackknife: left > 0 && without.length > 1 ? joined(without) : undefined,
    ending,
    warnings,
  });
}

function joined(rows: readonly Float64Array[]): Float64Array {
  const width = rows[0]!.length;
  const all = new Float64Array(rows.length * width);
  rows.forEach((row, i) => {
    all.set(row, i * width);
  });
  return all;
}

const allBut = (n: number, i: number) => Int32Array.from({ length: n - 1 }, (_, k) => (k < i ? k : k + 1));

function drawnRows(rows: number, key: Key): Int32Array {
  const stream = new Stream(key);
  const drawn = new Int32Array(rows);
  for (let i = 0; i < rows; i++) drawn[i] = stream.integer(rows);
  return drawn;
}

/** Data for `model.with`, drawn from the fit. */
function draw(compiled: CompiledModel, fit: Estimate, key: Key): Record<string, unknown> {
  const stream = new Stream(key);
  const drawn = compiled.predictive(fit.position, stream);
  return Object.fromEntries(compiled.observed.map(({ name, shape }) => [name, nested(drawn[name]!, shape)]));
}

/** Values in the form `.with` takes: a number, a vector, rows of a matrix. */
function nested(values: Float64Array, shape: readonly number[]): unknown {
  if (shape.length === 0) return values[0];
  if (shape.length === 1) return values;
  const size = values.length / shape[0]!;
  return Array.from({ length: shape[0]! }, (_, i) => nested(values.slice(i * size, (i + 1) * size), shape.slice(1)));
}

/** Columns of a model that can be drawn by rows. */
interface Rows {
  readonly rows: number;
  /** The columns, with these rows. */
  take(rows: Int32Array): Record<string, unknown>;
}

function rowsOf(model: AnyModel, compiled: CompiledModel, names: readonly string[] | undefined): Rows {
  const { columns } = traceOf(model);
  const rows = compiled.observed[0]?.shape[0];
  const chosen = columns.filter(({ name, shape }) => (names ? names.includes(name) : shape[0] === rows));
  const missing = names?.find((name) => !columns.some((each) => each.name === name));
  if (missing !== undefined) throw new RangeError(`bootstrap: rows names '${missing}', which is not in .data`);
  const length = chosen[0]?.shape[0];
  if (length === undefined || chosen.some(({ shape }) => shape[0] !== length)) {
    throw new RangeError(
      'bootstrap: expected observed columns of one length, whose rows can be drawn again; use kind: ' +
        "'parametric', or name the columns in rows",
    );
  }
  return {
    rows: length,
    take: (indices) =>
      Object.fromEntries(
        chosen.map(({ name, shape, values, levels }) => {
          const size = values.length / length;
          const taken = new Float64Array(indices.length * size);
          indices.forEach((row, i) => {
            taken.set(values.subarray(row * size, (row + 1) * size), i * size);
          });
          if (levels) return [name, { codes: Int32Array.from(taken), levels }];
          return [name, nested(taken, [indices.length, ...shape.slice(1)])];
        }),
      ),
  };
}

/** Derived quantities, none where the model has none. */
function derivedOf(compiled: CompiledModel, position: Float64Array): Float64Array {
  return compiled.derived.length > 0 ? compiled.evaluateDerived(position) : new Float64Array(0);
}

/** What a refit gives: parameters and derived quantities. */
interface Refit {
  readonly values: Float64Array;
  readonly infinite: boolean;
}

/** Two log likelihoods of the same rows may differ by so much, relative to their size. */
const SAME = 1e-9;

/**
 * Refits by counts, where a row that is drawn twice is one that weighs two: whether the model is such is seen on a first
 * resample, whose log likelihood and gradient must be those of the model on these rows.
 */
function countedRefits(
  fit: Estimate,
  compiled: CompiledModel,
  data: Rows,
): ((rows: Int32Array) => Refit | undefined) | undefined {
  const density = weightedDensity(compiled, data.rows);
  if (!density) return undefined;
  const count = (rows: Int32Array) => {
    density.counts.fill(0);
    for (const row of rows) density.counts[row]!++;
  };
  const probe = drawnRows(data.rows, foldIn(keyOf(0), 'bootstrap, rows as counts'));
  count(probe);
  const d = compiled.dimension;
  const [mine, theirs] = [new Float64Array(d), new Float64Array(d)];
  const aside = fit.position.map((u, i) => u + 1e-3 * (1 + Math.abs(u)) * (1 + (i % 3)));
  const other = compileModel(withData(fit, data.take(probe)));
  if (other.dimension !== d) return undefined;
  const value = density.valueAndGradient(aside, mine);
  const wanted = other.density({ prior: false, jacobian: false }).valueAndGradient(aside, theirs);
  const size = Math.abs(wanted) + theirs.reduce((sum, g) => Math.max(sum, Math.abs(g)), 1);
  const same = (a: number, b: number) => Math.abs(a - b) <= SAME * size;
  if (!(same(value, wanted) && mine.every((g, i) => same(g, theirs[i]!)))) return undefined;
  // Derived quantities that are computed from the rows are those of other rows.
  const derived = derivedOf(compiled, aside);
  if (!derivedOf(other, aside).every((q, i) => q === derived[i])) return undefined;
  density.counts.fill(1);
  const inverse = inverseCurvature(density, fit.position);
  if (!inverse) return undefined;
  return (rows) => {
    count(rows);
    const found = refitFrom(density, fit.position, inverse);
    if (!found) return undefined;
    return {
      values: Float64Array.of(...compiled.constrain(found.position), ...derivedOf(compiled, found.position)),
      infinite: atInfinity(compiled, density, found.position, found.logDensity) !== undefined,
    };
  };
}

function withData(fit: Estimate, data: Record<string, unknown>): AnyModel {
  return (fit.model as unknown as { with(columns: object): AnyModel }).with(data);
}

/** Parameters and derived quantities on other data, or undefined where the climb does not converge. */
async function refit(
  fit: Estimate,
  data: Record<string, unknown>,
  pace: Pace,
  signal: AbortSignal | undefined,
): Promise<Refit | undefined> {
  const compiled = compileModel(withData(fit, data));
  const density = compiled.density({ prior: false, jacobian: false });
  const gradient = new Float64Array(compiled.dimension); // (d,)
  const value = density.valueAndGradient(fit.position, gradient);
  if (!(Number.isFinite(value) && gradient.every(Number.isFinite))) return undefined;
  const found = await climb(density, fit.position, { iterations: 1000, signal, pace });
  if (found.ending !== 'converged') return undefined;
  const values = Float64Array.of(...compiled.constrain(found.position), ...derivedOf(compiled, found.position));
  return { values, infinite: atInfinity(compiled, density, found.position, found.logDensity) !== undefined };
}
