/**
 * `sample`: draws from the posterior by NUTS, several chains taking turns on this thread.
 */
import { type AnyModel, type CompiledModel, compileModel, type Draws } from '../model/index.ts';
import { foldIn, key as keyOf } from '../numeric/random.ts';
import type { LogDensity } from '../program/types.ts';
import { type ChainOptions, type ChainProgress, type ChainResult, type Go, runChain } from './nuts/chain.ts';
import { type CommonOptions, checkNames, checkShare, checkWhole, signalOf } from './options.ts';
import { Pace } from './pause.ts';
import { Posterior, type Statistics } from './posterior.ts';
import { bar, ProgressReport } from './progress.ts';
import { improperParameter } from './proper.ts';
import { findStart, type Init, initialPosition } from './start.ts';
import { formatNumber } from './table.ts';

export interface SampleOptions extends CommonOptions {
  /** Chains, ≥ 1 (default 4). A chain's draws do not depend on how many there are. */
  readonly chains?: number;
  /** Draws kept a chain, ≥ 1 (default 1000). */
  readonly draws?: number;
  /** Iterations of adaptation before them, ≥ 0 (default 1000). */
  readonly warmup?: number;
  /** Acceptance statistic the step size is adapted to, in (0, 1) (default 0.8). Larger: shorter, safer steps. */
  readonly targetAcceptance?: number;
  /** Most doublings of a trajectory, 1 to 20 (default 10). */
  readonly maxTreeDepth?: number;
  /** Where every chain starts, on the natural scale; parameters left out start at random. */
  readonly init?: Init;
}

const optionNames = [
  'chains',
  'draws',
  'warmup',
  'targetAcceptance',
  'maxTreeDepth',
  'init',
  'seed',
  'signal',
  'onProgress',
];

/** A chain under way. */
interface Runner {
  readonly generator: Generator<ChainProgress, ChainResult, Go>;
  progress: ChainProgress | undefined;
  result: ChainResult | undefined;
  /** Leapfrogs until the next pause: few where a gradient is slow. */
  budget: number;
  warmupSeconds: number;
  samplingSeconds: number;
}

/** Milliseconds a chain computes before the next one's turn, and at most between two pauses. */
const slice = 8;

/**
 * Draw from a model's posterior.
 *
 * NUTS (Hoffman & Gelman 2014; Betancourt 2017) with step size and diagonal metric adapted in Stan's windows. The
 * result says in `warnings` what should not be trusted. Interrupted, it holds the draws so far.
 *
 * @throws RangeError for options out of range; Error when no chain finds a start (which term is not finite)
 * @example
 * const posterior = await sample(schools, { chains: 4, seed: 1 });
 */
export async function sample<M extends AnyModel>(model: M, options: SampleOptions = {}): Promise<Posterior<M>> {
  checkNames('sample', options, optionNames);
  const chains = checkWhole('sample', 'chains', options.chains ?? 4, 1, 1000);
  const compiled = compileModel(model);
  if (compiled.dimension === 0) throw new RangeError('sample: the model has no parameter; add one with .parameters');
  const base = foldIn(keyOf(options.seed ?? 0), 'sample');
  const chainOptions: ChainOptions = {
    warmup: checkWhole('sample', 'warmup', options.warmup ?? 1000, 0),
    draws: checkWhole('sample', 'draws', options.draws ?? 1000, 1),
    targetAcceptance: checkShare('sample', 'targetAcceptance', options.targetAcceptance ?? 0.8),
    maxTreeDepth: checkWhole('sample', 'maxTreeDepth', options.maxTreeDepth ?? 10, 1, 20),
  };
  const unseen = await improperParameter(compiled, foldIn(base, 'proper'));
  if (unseen !== undefined) {
    throw new Error(
      `sample: the posterior is improper: '${unseen}' has a flat prior and no data depend on it; give it a prior, or leave it out`,
    );
  }
  const density = compiled.density({ prior: true, jacobian: true });
  const began = performance.now();
  const runners = Array.from({ length: chains }, (_, chain): Runner => {
    const key = foldIn(foldIn(base, 'chain'), chain);
    const { init } = options;
    const start = init
      ? findStart(density, (k) => initialPosition(compiled, init, k, 'sample'), foldIn(key, 'init'))
      : undefined;
    const generator = runChain(density, key, start ? { ...chainOptions, init: start.position } : chainOptions);
    return { generator, progress: undefined, result: undefined, budget: 1, warmupSeconds: 0, samplingSeconds: 0 };
  });

  const report = new ProgressReport(options.onProgress);
  await runAll(runners, report, signalOf(options));
  const posterior = await collect(model, compiled, density, runners, chainOptions, base, began);
  const total = chains * (chainOptions.warmup + chainOptions.draws);
  report.finish({ done: runners.reduce((n, r) => n + r.result!.iterations, 0), total, text: lastLine(posterior) });
  return posterior;
}

/** Let the chains take turns until all have ended. */
async function runAll(runners: Runner[], report: ProgressReport, signal: AbortSignal | undefined): Promise<void> {
  const pace = new Pace();
  while (runners.some((r) => !r.result)) {
    for (const runner of runners) {
      if (runner.result) continue;
      takeTurn(runner, signal);
      if (!pace.due()) continue;
      if (report.due()) report.update(progressOf(runners));
      await pace.pause();
    }
  }
}

/** One chain's turn: about `slice` milliseconds. */
function takeTurn(runner: Runner, signal: AbortSignal | undefined): void {
  const began = performance.now();
  let now = began;
  do {
    const before = now;
    const warmingUp = runner.progress?.phase !== 'sampling';
    const next = runner.generator.next({ budget: runner.budget, stop: signal?.aborted ?? false });
    now = performance.now();
    const took = now - before;
    if (warmingUp) runner.warmupSeconds += took / 1000;
    else runner.samplingSeconds += took / 1000;
    if (took > slice) runner.budget = Math.max(1, Math.floor(runner.budget / 2));
    else if (took < slice / 4) runner.budget = Math.min(4096, 2 * runner.budget);
    if (next.done) {
      runner.result = next.value;
      return;
    }
    runner.progress = next.value;
  } while (now - began < slice);
}

function progressOf(runners: readonly Runner[]) {
  let done = 0;
  let total = 0;
  const lines = runners.map(({ progress, result }, chain) => {
    const iterations = progress?.iterations ?? 0;
    const iteration = result?.iterations ?? progress?.iteration ?? 0;
    done += iteration;
    total += iterations;
    const divergences = progress?.divergences ?? 0;
    const state = result?.ending === 'failed' ? 'failed' : (progress?.phase ?? 'warm-up');
    const trouble = divergences > 0 ? `, ${divergences} divergent` : '';
    return `chain ${chain}  ${bar(iteration, iterations)}  ${iteration}/${iterations} ${state}${trouble}`;
  });
  return { done, total, text: lines.join('\n') };
}

function lastLine({ chains, drawsPerChain, statistics, seconds, ending }: Posterior): string {
  const divergent = statistics.divergent.reduce((a, b) => a + b, 0);
  const trouble = divergent > 0 ? `, ${divergent} divergent` : '';
  const cut = ending === 'interrupted' ? ', interrupted' : '';
  return `${chains} × ${drawsPerChain} draws in ${formatNumber(seconds, 2)} s${trouble}${cut}`;
}

/** Put the chains together: draws on the natural scale, statistics, and what happened to single chains. */
async function collect<M extends AnyModel>(
  model: M,
  compiled: CompiledModel,
  density: LogDensity,
  runners: readonly Runner[],
  options: ChainOptions,
  key: ReturnType<typeof keyOf>,
  began: number,
): Promise<Posterior<M>> {
  const remarks: string[] = [];
  const results = runners.map((r) => r.result!);
  if (results.every((r) => r.ending === 'failed')) {
    const { reason, position } = results[0]!.failure!;
    const why = Number.isFinite(density.value(position)) ? '' : `\n${compiled.explain(position)}`;
    throw new Error(`sample: no chain could run: ${reason}.${why}`);
  }
  results.forEach(({ failure }, chain) => {
    if (failure) remarks.push(`Chain ${chain} is left out: ${failure.reason}.`);
  });
  let kept = runners.filter((r) => r.result!.ending !== 'failed');
  // Where some chains had begun to sample, those still warming up have nothing to add.
  if (kept.some((r) => r.result!.logDensity.length > 0)) {
    const waiting = kept.filter((r) => r.result!.logDensity.length === 0).length;
    if (waiting > 0) remarks.push(`${waiting} of ${kept.length} chains were still in warm-up and are left out.`);
    kept = kept.filter((r) => r.result!.logDensity.length > 0);
  }
  const interrupted = kept.some((r) => r.result!.ending === 'interrupted');
  const n = Math.min(...kept.map((r) => r.result!.logDensity.length));
  if (interrupted) {
    remarks.push(
      n > 0
        ? `Interrupted: the chains are cut to the ${n} draws each of them has.`
        : 'Interrupted in warm-up: there are no draws yet. Let it run longer, or ask for a shorter warm-up.',
    );
  }
  const chains = kept.map((r) => r.result!);
  const positions = chains.map((r) => r.positions.subarray(0, n * compiled.dimension));
  return new Posterior(model, {
    compiled,
    key,
    ending: interrupted ? 'interrupted' : 'complete',
    chains: chains.length,
    drawsPerChain: n,
    positions,
    draws: await naturalDraws(compiled, positions, n),
    statistics: statisticsOf(chains, n),
    warmup: kept.map(({ result, warmupSeconds }) => ({ ...result!.warmup, seconds: warmupSeconds })),
    sampling: kept.map(({ result, samplingSeconds }) => ({ gradients: result!.gradients, seconds: samplingSeconds })),
    maxTreeDepth: options.maxTreeDepth,
    remarks,
    seconds: (performance.now() - began) / 1000,
  });
}

/** Draws of parameters and derived quantities on the natural scale, by name. */
async function naturalDraws(
  compiled: CompiledModel,
  positions: readonly Float64Array[],
  n: number,
): Promise<Record<string, Draws>> {
  const pace = new Pace();
  const d = compiled.dimension;
  const result: Record<string, Draws> = Object.create(null);
  const make = ({ name, shape, size }: { name: string; shape: readonly number[]; size: number }) => {
    result[name] = { values: new Float64Array(positions.length * n * size), shape: [positions.length, n, ...shape] };
  };
  const put = (name: string, at: number, values: Float64Array) => result[name]!.values.set(values, at * values.length);
  compiled.parameters.forEach(make);
  compiled.derived.forEach(make);
  for (const [chain, all] of positions.entries()) {
    for (let i = 0; i < n; i++) {
      const position = all.slice(i * d, (i + 1) * d); // (d,)
      const values = compiled.constrain(position);
      for (const { name, offset, size } of compiled.parameters) {
        put(name, chain * n + i, values.subarray(offset, offset + size));
      }
      if (compiled.derived.length > 0) {
        const derived = compiled.evaluateDerived(position);
        for (const { name, offset, size } of compiled.derived) {
          put(name, chain * n + i, derived.subarray(offset, offset + size));
        }
      }
      if (pace.due()) await pace.pause();
    }
  }
  return result;
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
    stepSize: join((r) => new Float64Array(n).fill(r.warmup.stepSize)),
    treeDepth: join((r) => r.treeDepth),
    leapfrogs: join((r) => r.leapfrogs),
    divergent: join((r) => r.divergent),
    energy: join((r) => r.energy),
  };
}
