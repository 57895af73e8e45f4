/**
 * Climbs from many starts: on this thread one after the other, and where they take long the rest on the worker pool.
 *
 * A climb depends on its start and on what the first one found, so where it is made changes nothing in what it finds.
 */
import type { LogDensity } from '../program/types.ts';
import { type Job, moduleBeside, NoWorkers, processors, sharedPool, WorkerLost } from '../workers/index.ts';
import type { Basin } from './basin.ts';
import type { Climb, ClimbOptions } from './climb.ts';
import type { ClimbOrder } from './climb-job.ts';

/** Milliseconds the climbs that are left must be expected to take for workers to be asked. */
const worthWorkers = 500;

const jobModule = moduleBeside(import.meta.url, './climb-job');

type Shared = Pick<ClimbOptions, 'iterations' | 'bounded'> & { readonly signal: AbortSignal | undefined };

export interface ManyClimbs {
  readonly starts: readonly Float64Array[]; // each (d,)
  /** Threads beside this one at most, ≥ 0; as many as processors when left out. */
  readonly workers: number | undefined;
  /** The density as it can be sent to other threads; undefined where only this one can climb. */
  readonly density: LogDensity | undefined;
  readonly options: Shared;
  /** The surroundings of what the first climb found, in which the others may end; undefined where they are not to. */
  basinOf(first: Climb): Basin | undefined;
  /** One climb on this thread, with the optima known. */
  here(start: Float64Array, number: number, known: readonly Basin[]): Promise<Climb>;
  /** Called with the number of climbs at their end. */
  tell(done: number): void;
}

/** The climbs in the order of their starts; fewer where the signal was aborted, at least one. */
export async function climbAll({
  starts,
  workers,
  density,
  options,
  basinOf,
  here,
  tell,
}: ManyClimbs): Promise<Climb[]> {
  const climbs: (Climb | undefined)[] = [];
  let known: readonly Basin[] = [];
  const began = performance.now();
  const graph = density?.graph;
  const most = Math.min(workers ?? processors(), starts.length - 1);
  while (climbs.length < starts.length && !(options.signal?.aborted && climbs.length > 0)) {
    const left = starts.length - climbs.length;
    const mean = (performance.now() - began) / climbs.length;
    if (graph && climbs.length > 0 && most > 0 && (workers !== undefined || mean * left > worthWorkers)) {
      const from = climbs.length;
      const hands = Math.min(most, left);
      const dealt = Array.from({ length: hands }, (_, hand) =>
        Array.from({ length: left }, (_, i) => from + i).filter((i) => i % hands === hand),
      );
      let done = from;
      const jobs = dealt.map(async (numbers) => {
        const found = await elsewhere(
          graph,
          numbers.map((i) => starts[i]!),
          known,
          options,
          () => tell(++done),
        );
        found?.forEach((climb, k) => {
          climbs[numbers[k]!] = light(climb);
        });
      });
      await Promise.all(jobs);
      for (const [i, start] of starts.entries()) {
        if (climbs[i] === undefined && !options.signal?.aborted) climbs[i] = light(await here(start, i, known));
      }
      break;
    }
    const found = await here(starts[climbs.length]!, climbs.length, known);
    if (climbs.length === 0) known = [basinOf(found)].filter((basin) => basin !== undefined);
    climbs.push(climbs.length === 0 ? found : light(found));
    tell(climbs.length);
  }
  return climbs.filter((climb) => climb !== undefined);
}

/** Without the curvature: a square of the dimension, of thousands of climbs. */
function light({ curvature: _, ...climb }: Climb): Climb {
  return climb;
}

/** Climbs on a worker; undefined where there is none, or it was lost. */
async function elsewhere(
  graph: object,
  starts: readonly Float64Array[],
  basins: readonly Basin[],
  { iterations, signal, bounded = [] }: Shared,
  tell: () => void,
): Promise<readonly Climb[] | undefined> {
  const known = basins.map(({ holds, ...summit }) => summit);
  const payload: ClimbOrder = { starts, known, iterations, bounded };
  const job: Job<number, readonly Climb[]> = sharedPool().start({ module: jobModule, payload, shared: [graph] });
  const stop = () => job.stop();
  signal?.addEventListener('abort', stop);
  try {
    for await (const _ of job) tell();
    return await job.result;
  } catch (error) {
    if (error instanceof NoWorkers || error instanceof WorkerLost) return undefined;
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
