/**
 * `npm run bench -- start`: from telling a model to its first gradient, for every model of the gradient bench.
 *
 * `cold` is the first model of a running process: the library is imported, nothing has been compiled, and its
 * own code is not warm; each measurement is a process of its own. `again` is the same model told again in that process,
 * as a notebook does. CPU milliseconds of all threads, the median of several processes.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { models } from '../gradient/models.ts';
import type { Bars } from '../report.ts';
import { median } from '../statistics.ts';

const PROCESSES = 7;
const first = fileURLToPath(new URL('./first.ts', import.meta.url));

interface Answer {
  readonly cold: { readonly cpu: number; readonly wall: number };
  readonly again: readonly { readonly cpu: number; readonly wall: number }[];
}

/** One row of the bench, milliseconds. */
export interface StartRow {
  readonly name: string;
  readonly cold: number;
  readonly wall: number;
  readonly again: number;
}

function measure(name: string): StartRow {
  const answers = Array.from(
    { length: PROCESSES },
    () => JSON.parse(execFileSync(process.execPath, [first, name], { encoding: 'utf8' })) as Answer,
  );
  return {
    name,
    cold: median(answers.map(({ cold }) => cold.cpu)),
    wall: median(answers.map(({ cold }) => cold.wall)),
    again: median(answers.flatMap(({ again }) => again.map(({ cpu }) => cpu))),
  };
}

/** Judge rows: the bars are `median` and `largest`, of the cold ones. */
export function startReport(rows: readonly StartRow[], bars: Bars): { text: string; missed: readonly string[] } {
  const colds = rows.map(({ cold }) => cold);
  const found: Readonly<Record<string, number>> = { median: median(colds), largest: Math.max(...colds) };
  const missed = Object.entries(bars).flatMap(([name, bar]) => (found[name]! <= bar ? [] : [name]));
  const line = (...cells: readonly string[]) =>
    cells.map((cell, i) => (i ? cell.padStart(14) : cell.padEnd(12))).join('');
  const summary = Object.entries(found).map(
    ([name, value]) => `${name} ${value.toFixed(0)} ms (bar ${bars[name] ?? '–'})`,
  );
  const verdict = missed.length === 0 ? 'every bar reached' : `missed: ${missed.join(', ')}`;
  return {
    missed,
    text: [
      line('case', 'cold, ms CPU', 'cold, ms wall', 'again, ms CPU'),
      ...rows.map(({ name, cold, wall, again }) => line(name, cold.toFixed(1), wall.toFixed(1), again.toFixed(1))),
      `start: ${rows.length} cases, cold first gradient: ${summary.join(', ')}; ${verdict}`,
    ].join('\n'),
  };
}

/** Measure every model, or those named; only all of them are judged. */
export function measureStart(names: readonly string[], bars: Bars): { text: string; missed: readonly string[] } {
  const rows = (names.length > 0 ? names : Object.keys(models)).map(measure);
  return startReport(rows, names.length > 0 ? {} : bars);
}
