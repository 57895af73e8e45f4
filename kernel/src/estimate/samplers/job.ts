/**
 * Chains as a task of the worker pool: what is sent there, and what comes back.
 */
import type { Key } from '../../numeric/random.ts';
import type { Moved, Work } from '../../workers/index.ts';
import { drive, type Runner, runnerOf } from './drive.ts';
import { startedByPathfinder } from './pathfinder.ts';
import { samplerNamed } from './registry.ts';
import type { ChainProgress, ChainResult, RunOptions } from './run.ts';
import { type DensityGraph, densityOf } from './target.ts';

/** One chain to run. */
export interface ChainOrder {
  readonly chain: number;
  readonly key: Key;
  readonly init?: Float64Array | 'pathfinder';
  readonly from?: ChainResult;
}

/** What chains have in common. The graph of their density goes beside it, as the one shared object. */
export interface SamplingOrder {
  readonly sampler: string;
  readonly warmup: number;
  readonly draws: number;
  /** Options of the sampler, checked. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Whether draws are sent as they are made. */
  readonly stream: boolean;
  readonly chains: readonly ChainOrder[];
}

/** Draws of one chain, as they are made. */
export interface Batch {
  readonly chain: number;
  /** Their numbers in the chain: those of a population do not come in order. */
  readonly numbers: Int32Array; // (n,)
  readonly positions: Float64Array; // (n, d), unconstrained
  readonly logDensity: Float64Array; // (n,)
}

/** How far the chains are. */
export interface Report {
  readonly progress: readonly { readonly chain: number; readonly progress: ChainProgress | undefined }[];
  readonly batches: readonly Batch[];
}

/** One chain at its end. */
export interface ChainEnd {
  readonly chain: number;
  readonly result: ChainResult;
  readonly warmupSeconds: number;
  readonly samplingSeconds: number;
}

/** Milliseconds between two reports. */
const interval = 50;

/** Gathers draws until they are sent. */
class Outlet {
  private readonly chain: number;
  private numbers: number[] = [];
  private positions: number[] = [];
  private densities: number[] = [];

  constructor(chain: number) {
    this.chain = chain;
  }

  readonly take = (number: number, position: Float64Array, logDensity: number): void => {
    this.numbers.push(number);
    for (const x of position) this.positions.push(x);
    this.densities.push(logDensity);
  };

  flush(): Batch[] {
    if (this.densities.length === 0) return [];
    const batch = {
      chain: this.chain,
      numbers: Int32Array.from(this.numbers),
      positions: Float64Array.from(this.positions),
      logDensity: Float64Array.from(this.densities),
    };
    this.numbers = [];
    this.positions = [];
    this.densities = [];
    return [batch];
  }
}

/** Run the chains of an order on this thread, wherever it is. */
export async function runChains(
  order: SamplingOrder,
  graph: DensityGraph,
  stopped: () => boolean,
  report: (report: Report) => void,
): Promise<ChainEnd[]> {
  const density = densityOf(graph);
  const sampler = samplerNamed(order.sampler);
  const { warmup, draws, options, stream } = order;
  const outlets: Outlet[] = [];
  const runners = order.chains.map(({ chain, key, init, from }): Runner => {
    const outlet = new Outlet(chain);
    outlets.push(outlet);
    const common = { warmup, draws, ...(from ? { from } : {}), ...(stream ? { sink: outlet.take } : {}) };
    const begin = (own: RunOptions) => sampler.run(density, key, { ...options, ...own });
    if (init === 'pathfinder') return runnerOf(startedByPathfinder(begin, density, key, common));
    return runnerOf(begin(init ? { ...common, init } : common));
  });
  const tell = () => {
    const progress = runners.map((runner, i) => ({ chain: order.chains[i]!.chain, progress: runner.progress }));
    report({ progress, batches: outlets.flatMap((outlet) => outlet.flush()) });
  };
  let last = performance.now();
  await drive(runners, stopped, () => {
    if (performance.now() - last < interval) return;
    last = performance.now();
    tell();
  });
  tell();
  return runners.map(({ result, warmupSeconds, samplingSeconds }, i) => {
    return { chain: order.chains[i]!.chain, result: result!, warmupSeconds, samplingSeconds };
  });
}

/** What the pool calls. */
export async function run(order: SamplingOrder, work: Work): Promise<Moved> {
  const graph = work.shared[0] as DensityGraph;
  const data = await runChains(
    order,
    graph,
    () => work.stopped,
    (report) => work.send(report),
  );
  const transfer = data.flatMap(({ result: { positions, logDensity, acceptance, energy } }) =>
    [positions, logDensity, acceptance, energy].map(({ buffer }) => buffer as ArrayBuffer),
  );
  return { data, transfer };
}
