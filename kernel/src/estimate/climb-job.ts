/**
 * Climbs as a task of the worker pool. The module a worker loads.
 */
import type { Moved, Work } from '../workers/index.ts';
import { basinOf, type Summit } from './basin.ts';
import { type Climb, climb } from './climb.ts';
import { Pace } from './pause.ts';
import { type DensityGraph, densityOf } from './samplers/target.ts';

/** Where to climb from. The graph of the density goes beside it, as the one shared object. */
export interface ClimbOrder {
  readonly starts: readonly Float64Array[]; // each (d,)
  /** Optima in whose surroundings a climb may end. */
  readonly known: readonly Summit[];
  readonly iterations: number;
  readonly bounded: readonly number[];
}

/** What the pool calls: climbs in the order of the starts, fewer where it was stopped. */
export async function run({ starts, known, iterations, bounded }: ClimbOrder, work: Work): Promise<Moved> {
  const density = densityOf(work.shared[0] as DensityGraph);
  const signal = {
    get aborted() {
      return work.stopped;
    },
  };
  const basins = known.map(basinOf).filter((basin) => basin !== undefined);
  const data: Climb[] = [];
  const pace = new Pace(); // of all climbs together: a stop is heard in its pauses, however short a climb is
  for (const start of starts) {
    await pace.breathe();
    if (work.stopped) break;
    data.push(await climb(density, start, { iterations, signal, bounded, known: basins, pace }));
    work.send(data.length);
  }
  return { data, transfer: [] };
}
