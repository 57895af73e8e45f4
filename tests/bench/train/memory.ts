/**
 * A process of its own: what memory some steps of a task take over idle, the library loaded. Prints megabytes.
 *
 *     node tests/bench/train/memory.ts FOLDER TASK
 */
import { readFileSync } from 'node:fs';
import { Arrays } from './arrays.ts';
import { ourSteps } from './steps.ts';
import { tasks } from './tasks.ts';

/** Most memory this process ever had, in megabytes (VmHWM; elsewhere than on Linux what it has now). */
function peak(): number {
  try {
    const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'));
    return Number(found![1]) / 1024;
  } catch {
    return process.memoryUsage().rss / 2 ** 20;
  }
}

const [folder = '', name = ''] = process.argv.slice(2);
const idle = process.memoryUsage().rss / 2 ** 20;
const step = ourSteps(tasks[name]!, new Arrays(folder));
for (let i = 0; i < 20; i++) step();
process.stdout.write(`${peak() - idle}\n`);
