/**
 * `sample`: draws from the posterior, by NUTS or another sampler, the chains on a pool of workers or taking turns on
 * this thread. Which of these, and with how many workers, changes nothing in the draws.
 */
import { type AnyModel, type CompiledModel, compileModel } from '../model/index.ts';
import { foldIn, key as keyOf } from '../numeric/random.ts';
import type { LogDensity } from '../program/types.ts';
import { processors } from '../workers/index.ts';
import { type Collected, collect } from './collected.ts';
import { type DrawBatch, NaturalScale } from './natural-scale.ts';
import { type CommonOptions, checkNames, checkWhole, signalOf } from './options.ts';
import type { Posterior } from './posterior.ts';
import { bar, ProgressReport } from './progress.ts';
import { improperParameter } from './proper.ts';
import { dispatch, prepareWorkers, type Span } from './samplers/dispatch.ts';
import type { Batch, ChainOrder } from './samplers/job.ts';
import { type SamplerName, type SamplerOptions, samplerNamed } from './samplers/registry.ts';
import { findStart, type Init, initialPosition } from './start.ts';
import { formatNumber } from './table.ts';

interface EverySampler extends CommonOptions {
  /** Chains, ≥ 1 (default 4). A chain's draws do not depend on how many there are. */
  readonly chains?: number;
  /** Draws kept a chain, ≥ 1 (default 1000). */
  readonly draws?: number;
  /** Iterations of adaptation before them, ≥ 0 (default 1000). */
  readonly warmup?: number;
  /**
   * Where every chain starts, on the natural scale; parameters left out start at random. `'pathfinder'`: at a draw of
   * the approximation that Pathfinder finds, each chain its own.
   */
  readonly init?: Init | 'pathfinder';
  /**
   * Threads to run the chains on; 0: this one. Where nothing is said, this thread begins, and what takes longer than a
   * moment goes on at as many as there are processors and chains.
   */
  readonly workers?: number;
  /**
   * Called with draws as they are made, a few times a second. Of `smc` those are the particles of the last temperature;
   * a run that goes on (`resume`) gives what it adds.
   */
  readonly onDraws?: (batch: DrawBatch) => void;
  /** Go on with a run that was interrupted, or that is to have more draws: the same bits as one unbroken run. */
  readonly resume?: Posterior;
}

/** Options of `sample`: those every sampler has, `sampler` (default `'nuts'`), and the sampler's own. */
export type SampleOptions = EverySampler &
  (
    | ({ readonly sampler?: 'nuts' } & SamplerOptions['nuts'])
    | { [S in SamplerName]: { readonly sampler: S } & SamplerOptions[S] }[SamplerName]
  );

const everyName = ['chains', 'draws', 'warmup', 'init', 'workers', 'onDraws', 'resume', 'sampler'];
const commonNames = ['seed', 'signal', 'onProgress'];

/**
 * Draw from a model's posterior.
 *
 * NUTS (Hoffman & Gelman 2014; Betancourt 2017) unless `sampler` says otherwise. The result says in `warnings` what
 * should not be trusted. Interrupted, it holds the draws so far, and `resume` goes on from there.
 *
 * @throws RangeError for options out of range; Error when no chain finds a start (which term is not finite)
 * @example
 * const posterior = await sample(schools, { chains: 4, seed: 1 });
 * @example
 * const stopped = await sample(schools, { seed: 1, signal: AbortSignal.timeout(1000) });
 * const whole = await sample(schools, { seed: 1, resume: stopped });
 */
export async function sample<M extends AnyModel>(model: M, options: SampleOptions = {}): Promise<Posterior<M>> {
  const name = options.sampler ?? 'nuts';
  const sampler = samplerNamed(name);
  checkNames('sample', options, [...everyName, ...Object.keys(sampler.options), ...commonNames]);
  const chains = checkWhole('sample', 'chains', options.chains ?? 4, 1, 1000);
  const warmup = checkWhole('sample', 'warmup', options.warmup ?? 1000, 0);
  const draws = checkWhole('sample', 'draws', options.draws ?? 1000, 1);
  const workers = checkWhole('sample', 'workers', options.workers ?? (chains > 1 ? processors() : 0), 0, 1000);
  const given = options as Readonly<Record<string, unknown>>;
  const checked = Object.fromEntries(Object.entries(sampler.options).map(([key, check]) => [key, check(given[key])]));

  if (options.workers !== undefined) prepareWorkers(Math.min(workers, chains));
  const compiled = compileModel(model);
  if (compiled.dimension === 0) throw new RangeError('sample: the model has no parameter; add one with .parameters');
  const own = sampler.resolve?.(checked, compiled.parameters) ?? checked;
  const seed = options.seed ?? 0;
  const base = foldIn(keyOf(seed), 'sample');
  const unseen = await improperParameter(compiled, foldIn(base, 'proper'));
  if (unseen !== undefined) {
    throw new Error(
      `sample: the posterior is improper: '${unseen}' has a flat prior and no data depend on it; give it a prior, or leave it out`,
    );
  }
  const density = compiled.density({ prior: true, jacobian: true });
  const setting = JSON.stringify({ name, seed, warmup, own });
  const earlier = options.resume?.runFor(model, setting) ?? [];
  const began = performance.now();
  const orders = Array.from({ length: chains }, (_, chain): ChainOrder => {
    const key = foldIn(foldIn(base, 'chain'), chain);
    const from = earlier[chain];
    return { chain, key, ...startOf(compiled, density, options.init, key), ...(from ? { from } : {}) };
  });

  const report = new ProgressReport(options.onProgress);
  const spans: Span[] = orders.map(() => ({ progress: undefined, end: undefined }));
  const total = chains * (warmup + draws);
  const scale = new NaturalScale(compiled);
  const { onDraws } = options;
  await dispatch({
    order: { sampler: name, warmup, draws, options: own, stream: onDraws !== undefined, chains: orders },
    graph: density.graph!,
    workers: Math.min(workers, chains),
    beginHere: options.workers === undefined,
    signal: signalOf(options),
    spans,
    tell: (batches: readonly Batch[]) => {
      if (report.due()) report.update(progressOf(spans, warmup + draws));
      if (onDraws) for (const batch of batches) onDraws(scale.batch(batch));
    },
  });
  const { approximates } = sampler;
  const collected: Collected = {
    approximates,
    compiled,
    density,
    key: base,
    sampler: name,
    setting,
    draws,
    began,
    spans,
    scale,
  };
  const posterior = await collect(model, collected, own);
  report.finish({
    done: spans.reduce((n, s) => n + (s.end?.result.iterations ?? 0), 0),
    total,
    text: lastLine(posterior),
  });
  return posterior;
}

/** Where a chain is to start, if that is said. */
function startOf(compiled: CompiledModel, density: LogDensity, init: SampleOptions['init'], key: ChainOrder['key']) {
  if (!init || init === 'pathfinder') return init ? { init } : {};
  return {
    init: findStart(density, (k) => initialPosition(compiled, init, k, 'sample'), foldIn(key, 'init')).position,
  };
}

function progressOf(spans: readonly Span[], planned: number) {
  let done = 0;
  const lines = spans.map(({ progress, end }, chain) => {
    const iterations = progress?.iterations ?? planned;
    const iteration = end?.result.iterations ?? progress?.iteration ?? 0;
    done += iteration;
    const divergences = progress?.divergences ?? 0;
    const state = end?.result.ending === 'failed' ? 'failed' : (progress?.phase ?? 'warm-up');
    const trouble = divergences > 0 ? `, ${divergences} divergent` : '';
    return `chain ${chain}  ${bar(iteration, iterations)}  ${iteration}/${iterations} ${state}${trouble}`;
  });
  return { done, total: spans.length * planned, text: lines.join('\n') };
}

function lastLine({ chains, drawsPerChain, statistics, seconds, ending }: Posterior): string {
  const divergent = statistics.divergent.reduce((a, b) => a + b, 0);
  const trouble = divergent > 0 ? `, ${divergent} divergent` : '';
  const cut = ending === 'interrupted' ? ', interrupted' : '';
  return `${chains} × ${drawsPerChain} draws in ${formatNumber(seconds, 2)} s${trouble}${cut}`;
}
