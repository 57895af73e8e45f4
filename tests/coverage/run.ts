/**
 * `npm run coverage`: the long simulation of every case, its replicates shared out over the processors. Exits with 1
 * where a share lies more than three Monte Carlo standard errors from the exact coverage.
 */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Coverage } from '#kernel/estimate/coverage';
import { cases } from './cases.ts';

type Counts = Pick<Coverage, 'intervals' | 'covered' | 'below' | 'above' | 'failed' | 'meanWidth'>;

/** The counts of all parts together. */
function together(parts: readonly Counts[]): Coverage {
  const sum = (of: (part: Counts) => number) => parts.reduce((total, part) => total + of(part), 0);
  const intervals = sum((part) => part.intervals);
  return new Coverage({
    intervals,
    covered: sum((part) => part.covered),
    below: sum((part) => part.below),
    above: sum((part) => part.above),
    failed: sum((part) => part.failed),
    meanWidth: sum((part) => part.meanWidth * part.intervals) / intervals,
  });
}

/** A part of a case in a process of its own. */
function part(which: number, replicates: number, first: number): Promise<Counts> {
  const child = fork(fileURLToPath(import.meta.url), [String(which), String(replicates), String(first)], {
    execArgv: process.execArgv,
  });
  return new Promise((resolve, reject) => {
    child.once('message', (counts) => resolve(counts as Counts));
    child.once('error', reject);
    child.once('exit', (code) => code !== 0 && reject(new Error(`a part of the simulation ended with ${code}`)));
  });
}

const [which, replicates, first] = process.argv.slice(2).map(Number);
if (process.send && which !== undefined && replicates !== undefined && first !== undefined) {
  const { intervals, covered, below, above, failed, meanWidth } = await cases[which]!.run(replicates, first);
  process.send({ intervals, covered, below, above, failed, meanWidth });
} else {
  const workers = Math.max(1, availableParallelism());
  let missed = 0;
  for (const [index, { name, exact, long }] of cases.entries()) {
    const each = Math.ceil(long / workers);
    const parts = Array.from({ length: workers }, (_, w) => part(index, Math.min(each, long - w * each), w * each));
    const result = together(await Promise.all(parts));
    let verdict = '';
    if (exact !== undefined) {
      const distance = (result.share - exact) / Math.sqrt((exact * (1 - exact)) / result.intervals);
      if (Math.abs(distance) > 3) missed++;
      verdict = `; exact ${(100 * exact).toFixed(2)} %, ${distance.toFixed(1)} standard errors away`;
    }
    process.stdout.write(`${name}\n  ${String(result).replace('\n', '\n  ')}${verdict}\n`);
  }
  process.stdout.write(missed === 0 ? 'every coverage is as it must be\n' : `${missed} coverages are off\n`);
  process.exitCode = missed === 0 ? 0 : 1;
}
