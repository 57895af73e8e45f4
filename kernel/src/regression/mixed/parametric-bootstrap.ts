/**
 * The parametric bootstrap of a mixed model: data drawn from the fit, and the model fitted to them.
 */
import { Bootstrap } from '../../estimate/bootstrap-result.ts';
import { type CommonOptions, checkNames, checkWhole, signalOf } from '../../estimate/options.ts';
import { Pace } from '../../estimate/pause.ts';
import { ProgressReport } from '../../estimate/progress.ts';
import { foldIn, type Key } from '../../numeric/random.ts';

export interface MixedBootstrapOptions extends CommonOptions {
  /** How many data sets, ≥ 2 (default 500). */
  readonly replicates?: number;
}

/** Draw, fit and collect, until done or stopped. */
export async function bootstrapMixed({
  names,
  values,
  replicate,
  key,
  options,
}: {
  readonly names: readonly string[];
  readonly values: Float64Array;
  /** Estimates on data drawn with a key. */
  readonly replicate: (key: Key) => Promise<Float64Array>;
  readonly key: Key;
  readonly options: MixedBootstrapOptions;
}): Promise<Bootstrap> {
  checkNames('bootstrap', options, ['replicates', 'seed', 'signal', 'onProgress']);
  const count = checkWhole('bootstrap', 'replicates', options.replicates ?? 500, 2);
  const base = foldIn(key, 'bootstrap');
  const report = new ProgressReport(options.onProgress);
  const signal = signalOf(options);
  const pace = new Pace();
  const found: Float64Array[] = [];
  for (let i = 0; i < count && !(signal?.aborted && found.length >= 2); i++) {
    found.push(await replicate(foldIn(base, i)));
    if (report.due()) report.update({ done: i, total: count, text: `bootstrap: ${i} of ${count} fits` });
    await pace.breathe();
  }
  const ending = found.length < count ? 'interrupted' : 'complete';
  report.finish({ done: found.length, total: count, text: `bootstrap: ${ending}, ${found.length} of ${count} fits` });
  return new Bootstrap({
    method: 'parametric',
    names,
    values,
    replicates: Float64Array.from(found.flatMap((row) => [...row])),
    jackknife: undefined,
    ending,
    warnings: ending === 'interrupted' ? [`Interrupted after ${found.length} replicates.`] : [],
  });
}
