/**
 * The bootstrap (Efron 1979): the estimate's spread over data sets like the one at hand, which are rows of it drawn
 * again with replacement (nonparametric), or drawn from the fitted model (parametric).
 */
import { type AnyModel, compileModel, type WithLikelihood } from '../model/index.ts';
import { elementNames } from '../model/names.ts';
import { foldIn, key as keyOf } from '../numeric/random.ts';
import { allBut, clustersOf, draw, drawnRows, rowsOf } from './bootstrap-data.ts';
import { countedRefits, refit } from './bootstrap-refit.ts';
import { Bootstrap } from './bootstrap-result.ts';
import { Estimate } from './estimate.ts';
import { mle } from './mle.ts';
import { type CommonOptions, checkNames, checkWhole, signalOf } from './options.ts';
import { Pace } from './pause.ts';
import { ProgressReport } from './progress.ts';

export { Bootstrap } from './bootstrap-result.ts';

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
  /**
   * Name of a column that says which cluster each observation belongs to: whole clusters are drawn together, as where
   * observations of one cluster depend on each other (latent parameters of groups). Only for the nonparametric kind.
   */
  readonly clusters?: string;
  /** Fit without each row, or cluster, in turn as well, for BCa intervals (default true; only for the nonparametric kind). */
  readonly jackknife?: boolean;
}

/**
 * Bootstrap a maximum-likelihood estimate. Each refit starts from the estimate; its data come by `model.with`.
 *
 * Of a model with latent parameters the parametric kind draws them anew with the data, and the nonparametric one draws
 * whole `clusters`; the latent values themselves have no replicates.
 *
 * @param of a model, or its fit by `mle`
 * @throws RangeError for options out of range, when no column is as long as what is observed, or when rows of groups
 *   with latent parameters are to be drawn one by one
 * @example
 * const boot = await bootstrap(line, { replicates: 2000, seed: 1 });
 * boot.interval(0.95, 'bca');
 * await bootstrap(schools, { kind: 'parametric' }); // latent parameters and data drawn from the fit
 * await bootstrap(herds, { clusters: 'herd' });
 */
export async function bootstrap<M extends AnyModel>(
  of: (M & WithLikelihood<NoInfer<M>>) | Estimate<M>,
  options: BootstrapOptions = {},
): Promise<Bootstrap> {
  const known = ['replicates', 'kind', 'rows', 'clusters', 'jackknife', 'seed', 'signal', 'onProgress'];
  checkNames('bootstrap', options, known);
  const count = checkWhole('bootstrap', 'replicates', options.replicates ?? 1000, 2);
  const { kind = 'nonparametric', seed } = options;
  if (kind !== 'nonparametric' && kind !== 'parametric') {
    throw new TypeError(`bootstrap: kind must be 'nonparametric' or 'parametric', got ${String(kind)}`);
  }
  const fit = of instanceof Estimate ? of : await mle(of, seed === undefined ? {} : { seed });
  const compiled = compileModel(fit.model);
  const { clusters } = options;
  if (clusters !== undefined && (kind === 'parametric' || options.rows)) {
    throw new RangeError("bootstrap: clusters go with kind: 'nonparametric' and without rows; leave one of them out");
  }
  const latent = compiled.parameters.filter(({ role }) => role === 'latent');
  if (latent.length > 0 && kind === 'nonparametric' && clusters === undefined) {
    throw new RangeError(
      `bootstrap: rows drawn one by one would tear the groups of ${latent.map(({ name }) => name).join(', ')} apart; ` +
        "name the column of the groups, clusters: 'group', or use kind: 'parametric'",
    );
  }
  if (kind === 'parametric' && compiled.expressions.terms.some((term) => term.kind === 'term')) {
    throw new RangeError(
      "bootstrap: nothing can be drawn from a model with terms of its own (.logDensity); use kind: 'nonparametric'",
    );
  }
  const columns = () =>
    clusters === undefined ? rowsOf(fit.model, compiled, options.rows) : clustersOf(fit.model, compiled, clusters);
  const data = kind === 'nonparametric' ? columns() : undefined;
  const base = foldIn(keyOf(seed ?? 0), 'bootstrap');
  const left = data && (options.jackknife ?? true) ? data.rows : 0;
  const report = new ProgressReport(options.onProgress);
  const signal = signalOf(options);
  const pace = new Pace();
  const total = count + left;
  const quick = data && clusters === undefined ? countedRefits(fit, compiled, data) : undefined;
  const found: Float64Array[] = [];
  const without: Float64Array[] = [];
  let failed = 0;
  let infinite = 0;
  for (let i = 0; i < total && !signal?.aborted; i++) {
    const rows = data && (i < left ? allBut(data.rows, i) : drawnRows(data.rows, foldIn(base, i - left)));
    const values =
      (rows && quick?.(rows)) ??
      (await refit(fit, rows ? data.take(rows) : draw(compiled, fit.position, foldIn(base, i - left)), pace, signal));
    if (values) (i < left ? without : found).push(values.values);
    else failed++;
    if (values?.infinite) infinite++;
    if (report.due()) report.update({ done: i, total, text: `bootstrap: ${i} of ${total} fits` });
    await pace.breathe();
  }
  const done = found.length + without.length;
  const ending = done + failed < total ? 'interrupted' : 'complete';
  report.finish({ done, total, text: `bootstrap: ${ending}, ${done} of ${total} fits` });
  if (found.length < 2 && ending === 'interrupted') {
    throw new Error(
      `bootstrap: interrupted after ${done} of ${total} fits, before there were two replicates` +
        `${left > 0 ? '; jackknife: false leaves out the fits that only BCa intervals need' : ''}`,
    );
  }
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
  // A latent value of one data set is none of another: the groups are new ones.
  const groups = new Set(latent.flatMap(({ name, shape }) => elementNames(name, shape)));
  const kept = fit.names.flatMap((name, at) => (groups.has(name) ? [] : [at]));
  return new Bootstrap({
    method: kind,
    names: kept.map((at) => fit.names[at]!),
    values: Float64Array.from(kept, (at) => fit.values[at]!),
    replicates: joined(found, kept),
    jackknife: left > 0 && without.length > 1 ? joined(without, kept) : undefined,
    ending,
    warnings,
  });
}

/** Rows of replicates, the scalars `kept` of each. // (rows, kept) */
function joined(rows: readonly Float64Array[], kept: readonly number[]): Float64Array {
  return Float64Array.from(rows.flatMap((row) => kept.map((at) => row[at]!)));
}
