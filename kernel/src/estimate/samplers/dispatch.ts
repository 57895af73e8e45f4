/**
 * Chains to threads: dealt out over workers of the pool, or all on this thread where there are none to be had.
 *
 * Where nobody says how many workers, this thread begins: a worker takes 50 ms of CPU time to open and load its code and
 * as long again until that is compiled, in which this thread has run four chains of a small model. What would take it
 * longer goes on at workers, from where it is and with the same bits.
 */
import { type Job, moduleBeside, NoWorkers, sharedPool, WorkerLost } from '../../workers/index.ts';
import { type Batch, type ChainEnd, type ChainOrder, type Report, runChains, type SamplingOrder } from './job.ts';
import type { ChainProgress, ChainResult } from './run.ts';
import type { DensityGraph } from './target.ts';

/** How far a chain is, and its end. */
export interface Span {
  progress: ChainProgress | undefined;
  end: ChainEnd | undefined;
}

export interface Dispatch {
  readonly order: SamplingOrder;
  readonly graph: DensityGraph;
  /** Threads beside this one, ≥ 0. */
  readonly workers: number;
  /** Whether this thread begins, and the workers go on where that takes long. */
  readonly beginHere: boolean;
  readonly signal: AbortSignal | undefined;
  /** One a chain, filled as they go on. */
  readonly spans: readonly Span[];
  /** Called when something has been filled, with the draws that came. */
  tell(batches: readonly Batch[]): void;
}

const jobModule = moduleBeside(import.meta.url, './job-entry');

/** Milliseconds this thread samples before workers are thought of: small models are done by then, code still cold. */
const patience = 100;
/** Milliseconds of sampling that must be left for workers to be worth their start. */
const worthwhile = 300;

/** Let workers start and load their code while a model is compiled: a first run is that much sooner done. */
export function prepareWorkers(count: number): void {
  if (count > 0) sharedPool().prepare(jobModule, count);
}

/** Run all chains of an order to their end, wherever that is. A worker that is lost fails its own chains alone. */
export async function dispatch(given: Dispatch): Promise<void> {
  const { order, workers, beginHere } = given;
  if (beginHere && sharedPool().practised(jobModule) < workers) return begin(given);
  return deal(given, order.chains);
}

/** Deal chains out over the workers. */
async function deal(given: Dispatch, chains: readonly ChainOrder[]): Promise<void> {
  const { workers, signal } = given;
  if (workers === 0 || signal?.aborted) return runHere(given, chains);
  const hands = Array.from({ length: workers }, (_, worker) => chains.filter((_, i) => i % workers === worker));
  await Promise.all(hands.filter((hand) => hand.length > 0).map((hand) => runThere(given, hand)));
}

/** Run chains on this thread until they end, or until workers stand ready for what is left of them. */
async function begin(given: Dispatch): Promise<void> {
  const { order, graph, workers, signal, spans } = given;
  const began = performance.now();
  let leaving = false;
  const leaves = () => {
    const elapsed = performance.now() - began;
    if (leaving || elapsed < patience || remaining(spans, elapsed) < worthwhile) return leaving;
    prepareWorkers(workers);
    leaving = sharedPool().ready(jobModule) >= workers;
    return leaving;
  };
  const stopped = () => (signal?.aborted ?? false) || leaves();
  const ends = await runChains(order, graph, stopped, (report) => hear(given, report));
  for (const end of ends) spans[end.chain]!.end = end;
  const cut = signal?.aborted ? [] : ends.filter(({ result }) => result.ending === 'interrupted');
  if (cut.length === 0) return;

  const rest = cut.map(({ chain, result }): ChainOrder => {
    return { ...order.chains.find((one) => one.chain === chain)!, from: result };
  });
  for (const { chain } of rest) spans[chain]!.end = undefined;
  await deal(given, rest);
  for (const { chain, warmupSeconds, samplingSeconds } of cut) {
    const end = spans[chain]!.end!;
    spans[chain]!.end = {
      ...end,
      warmupSeconds: end.warmupSeconds + warmupSeconds,
      samplingSeconds: end.samplingSeconds + samplingSeconds,
    };
  }
}

/** Milliseconds until all chains end here, as far as those so far can tell. */
function remaining(spans: readonly Span[], elapsed: number): number {
  let done = 0;
  let planned = 0;
  for (const { progress } of spans) {
    if (!progress) return Number.POSITIVE_INFINITY;
    done += progress.iteration + 1;
    planned += progress.iterations;
  }
  return (elapsed * (planned - done)) / done;
}

function hear({ spans, tell }: Dispatch, { progress, batches }: Report): void {
  for (const { chain, progress: now } of progress) spans[chain]!.progress = now;
  tell(batches);
}

async function runHere(given: Dispatch, chains: readonly ChainOrder[]): Promise<void> {
  const { order, graph, signal, spans } = given;
  const stopped = () => signal?.aborted ?? false;
  const ends = await runChains({ ...order, chains }, graph, stopped, (report) => hear(given, report));
  for (const end of ends) spans[end.chain]!.end = end;
}

async function runThere(given: Dispatch, chains: readonly ChainOrder[]): Promise<void> {
  const { order, graph, signal, spans } = given;
  const job = sharedPool().start<Report, readonly ChainEnd[]>({
    module: jobModule,
    payload: { ...order, chains },
    shared: [graph],
  });
  try {
    const ends = await attend(job, signal, (report) => hear(given, report));
    for (const end of ends ?? []) spans[end.chain]!.end = end;
    if (ends === undefined) await runHere({ ...given, signal: AbortSignal.abort() }, chains); // stopped while it waited
  } catch (error) {
    if (error instanceof NoWorkers) return runHere(given, chains);
    if (!(error instanceof WorkerLost)) throw error;
    for (const { chain } of chains) spans[chain]!.end = lost(chain, error.message);
  }
}

async function attend<M, R>(job: Job<M, R>, signal: AbortSignal | undefined, hear: (message: M) => void) {
  const stop = () => job.stop();
  signal?.addEventListener('abort', stop);
  try {
    for await (const message of job) hear(message);
    return await job.result;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** A chain of which nothing is left. */
function lost(chain: number, reason: string): ChainEnd {
  const none = new Float64Array(0);
  const result: ChainResult = {
    ending: 'failed',
    failure: { reason: `${reason} (more memory, fewer workers, or workers: 0 may help)`, position: none },
    iterations: 0,
    positions: none,
    logDensity: none,
    acceptance: none,
    energy: none,
    treeDepth: new Int32Array(0),
    leapfrogs: new Int32Array(0),
    divergent: new Uint8Array(0),
    warmup: { gradients: 0, divergences: 0 },
    gradients: 0,
  };
  return { chain, result, warmupSeconds: 0, samplingSeconds: 0 };
}
