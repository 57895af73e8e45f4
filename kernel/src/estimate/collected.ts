/**
 * Chains put together to a posterior: draws on the natural scale, statistics, and what happened to single chains.
 */
import type { AnyModel, CompiledModel } from '../model/index.ts';
import type { Key } from '../numeric/random.ts';
import type { LogDensity } from '../program/types.ts';
import type { NaturalScale } from './natural-scale.ts';
import type { Metric } from './nuts/metric.ts';
import { type ChainWarmup, Posterior, type Statistics } from './posterior.ts';
import type { Span } from './samplers/dispatch.ts';
import type { ChainEnd } from './samplers/job.ts';
import type { ChainResult } from './samplers/run.ts';

/** A run at its end. */
export interface Collected {
  readonly compiled: CompiledModel;
  readonly density: LogDensity;
  readonly key: Key;
  readonly sampler: string;
  /** What the draws are of, where that is not the posterior. */
  readonly approximates: string | undefined;
  /** What must be the same for the run to go on. */
  readonly setting: string;
  readonly draws: number;
  readonly began: number;
  readonly spans: readonly Span[];
  readonly scale: NaturalScale;
}

/** @throws Error when no chain could run: why, and which term is not finite */
export async function collect<M extends AnyModel>(
  model: M,
  { compiled, density, key, sampler, approximates, setting, draws, began, spans, scale }: Collected,
  options: Readonly<Record<string, unknown>>,
): Promise<Posterior<M>> {
  const remarks: string[] = approximates
    ? [`These are draws from ${approximates}, not from the posterior: use them for a first look, or as starts.`]
    : [];
  const ends = spans.flatMap(({ end }) => (end ? [end] : []));
  if (ends.every(({ result }) => result.ending === 'failed')) {
    const { reason, position } = ends[0]!.result.failure!;
    const judged = position.length === compiled.dimension && !Number.isFinite(density.value(position));
    throw new Error(`sample: no chain could run: ${reason}.${judged ? `\n${compiled.explain(position)}` : ''}`);
  }
  for (const { chain, result } of ends) {
    if (result.failure) remarks.push(`Chain ${chain} is left out: ${result.failure.reason}.`);
  }
  let kept = ends.filter(({ result }) => result.ending !== 'failed');
  // Where some chains had begun to sample, those still warming up have nothing to add.
  if (kept.some(({ result }) => result.logDensity.length > 0)) {
    const waiting = kept.filter(({ result }) => result.logDensity.length === 0).length;
    if (waiting > 0) remarks.push(`${waiting} of ${kept.length} chains were still in warm-up and are left out.`);
    kept = kept.filter(({ result }) => result.logDensity.length > 0);
  }
  const interrupted = kept.some(({ result }) => result.ending === 'interrupted');
  const n = Math.min(draws, ...kept.map(({ result }) => result.logDensity.length));
  if (interrupted) {
    remarks.push(
      n > 0
        ? `Interrupted: the chains are cut to the ${n} draws each of them has; sample(model, { resume: posterior }) goes on.`
        : 'Interrupted in warm-up: there are no draws yet. Let it run longer, or ask for a shorter warm-up.',
    );
  }
  const positions = kept.map(({ result }) => result.positions.subarray(0, n * compiled.dimension));
  const { maxTreeDepth } = options;
  return new Posterior(model, {
    compiled,
    key,
    sampler,
    setting,
    runs: ends.map(({ result }) => result),
    ending: interrupted ? 'interrupted' : 'complete',
    chains: kept.length,
    drawsPerChain: n,
    positions,
    draws: await scale.all(positions, n),
    statistics: statisticsOf(
      kept.map(({ result }) => result),
      n,
    ),
    warmup: kept.map(warmupOf),
    sampling: kept.map(({ result, samplingSeconds }) => ({ gradients: result.gradients, seconds: samplingSeconds })),
    maxTreeDepth: typeof maxTreeDepth === 'number' ? maxTreeDepth : Number.POSITIVE_INFINITY,
    remarks,
    seconds: (performance.now() - began) / 1000,
  });
}

function warmupOf({ result, warmupSeconds }: ChainEnd): ChainWarmup {
  const tuned = result.warmup as Partial<ChainWarmup> & ChainResult['warmup'];
  const metric: { metric?: Metric } = tuned.metric ? { metric: tuned.metric } : {};
  return {
    stepSize: tuned.stepSize ?? Number.NaN,
    variance: tuned.variance ?? new Float64Array(0),
    ...metric,
    gradients: tuned.gradients,
    divergences: tuned.divergences,
    seconds: warmupSeconds,
  };
}

function statisticsOf(chains: readonly ChainResult[], n: number): Statistics {
  const join = (pick: (r: ChainResult) => ArrayLike<number>) => {
    const all = new Float64Array(chains.length * n); // (chains, draws)
    chains.forEach((r, chain) => {
      const values = pick(r);
      for (let i = 0; i < n; i++) all[chain * n + i] = values[i]!;
    });
    return all;
  };
  return {
    logDensity: join((r) => r.logDensity),
    acceptance: join((r) => r.acceptance),
    stepSize: join(({ warmup }) => new Float64Array(n).fill((warmup as { stepSize?: number }).stepSize ?? Number.NaN)),
    treeDepth: join((r) => r.treeDepth),
    leapfrogs: join((r) => r.leapfrogs),
    divergent: join((r) => r.divergent),
    energy: join((r) => r.energy),
  };
}
