/**
 * What a run of cells at random says: each thread's heap after collection, and whether it grows. Pure.
 */
import { grows, type Point, type Slope, slopeOf } from './slope.ts';

/** One line of client.py. */
export type Told =
  | { readonly thread: Thread; readonly cells: number; readonly heap: number; readonly rss: number }
  | { readonly done: true; readonly ran: Readonly<Record<string, number>>; readonly seconds: number };

/** The wire's thread and the type checker's in one process; the engine's, and the one that hears interrupts, in another. */
type Thread = 'wire' | 'checker' | 'engine' | 'guard';

/** Cells after which nothing may grow: by then, what is kept of a number of cells is full. */
const settled = 2000;
/** Bytes a cell that are taken for nothing: whatever is kept of each cell takes a pointer at least. */
const pointer = 8;

export interface EnduranceReport {
  readonly slopes: Readonly<Record<string, Slope>>;
  readonly text: string;
  readonly missed: readonly string[];
}

export function enduranceReport(told: readonly Told[]): EnduranceReport {
  const samples = told.filter((line) => 'thread' in line);
  const end = told.find((line) => 'done' in line);
  const missed: string[] = [];
  const slopes: Record<string, Slope> = {};
  const rows = [...new Set(samples.map(({ thread }) => thread))].map((thread) => {
    const own = samples.filter((sample) => sample.thread === thread);
    const points = own.filter(({ cells }) => cells >= settled).map(({ cells: x, heap: y }): Point => ({ x, y }));
    const slope = points.length < 3 ? undefined : slopeOf(points);
    const first = points[0] ?? { x: own[0]!.cells, y: own[0]!.heap };
    const last = own.at(-1)!;
    if (slope) slopes[thread] = slope;
    if (slope && grows(slope, pointer)) missed.push(thread);
    const found = slope ? `${digits(slope.slope)} ± ${digits(2 * slope.standardError)}` : 'too short a run';
    return [
      thread.padEnd(8),
      `${megabytes(first.y)} after ${first.x}`.padStart(20),
      `${megabytes(last.heap)} after ${last.cells}`.padStart(20),
      found.padStart(20),
      slope && grows(slope, pointer) ? '  grows' : '',
    ].join(' ');
  });
  const head = ['heap, MB'.padEnd(8), 'from'.padStart(20), 'to'.padStart(20), 'bytes a cell'.padStart(20)].join(' ');
  if (!end) missed.push('the end');
  const counts = Object.entries(end?.ran ?? {}).map(([kind, count]) => `${count} ${kind}`);
  const cells = Object.values(end?.ran ?? {}).reduce((sum, count) => sum + count, 0);
  const verdict = missed.length === 0 ? 'nothing lost, nothing grows' : `missed: ${missed.join(', ')}`;
  const summary = `endurance: ${cells} steps in ${(end?.seconds ?? 0).toFixed(0)} s; ${verdict}`;
  return { slopes, missed, text: [head, ...rows, counts.join(', '), summary].map((l) => l.trimEnd()).join('\n') };
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(2);
}

function digits(x: number): string {
  return Math.abs(x) >= 100 ? x.toFixed(0) : x.toPrecision(2);
}
