/**
 * `npm run bench -- train`: steps of training, ours against PyTorch (eager, one thread), JAX (an epoch in one jitted
 * scan), tfjs on its WebAssembly backend and jax-js (a jitted step on its). Before anything is timed, the losses of whole runs must agree with the peer's and with the reference.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { train } from '#kernel/nets/train/train';
import { interleave } from '../measure.ts';
import { lackOf, TrainingPeer, trainingData, trainingPeers } from '../peers/train.ts';
import { type Bars, type Measurement, report } from '../report.ts';
import { median } from '../statistics.ts';
import { Arrays } from './arrays.ts';
import { dataOf, ourSteps } from './steps.ts';
import { type Task, tasks } from './tasks.ts';

/** Relative difference of losses that is allowed, where the task says nothing else. */
const AGREEMENT = 1e-3;
/** Steps of the transformer's run. */
const TRANSFORMER_STEPS = 60;

/** Our losses: of the first step, and at the end of the run. */
async function ourLosses(name: string, task: Task, arrays: Arrays): Promise<{ first: number; last: number }> {
  const net = task.build(arrays);
  const data = dataOf(task, arrays);
  const orders = task.order === undefined ? undefined : arrays.read(task.order);
  const { batchSize, loss, optimiser, epochs } = task;
  const whole = name !== 'transformer';
  const history = await train(net, data, {
    loss,
    optimiser,
    batchSize,
    dropLast: true,
    shuffle: orders ? (epoch, rows) => orders.subarray(epoch * rows, (epoch + 1) * rows) : false,
    ...(whole ? { epochs, validation: data } : { steps: TRANSFORMER_STEPS }),
  });
  return {
    first: history.stepLosses[0]!,
    last: whole ? history.last('validation loss') : history.stepLosses.at(-1)!,
  };
}

/** References are written down with four decimals. */
function requireAgreement(what: string, found: number, expected: number, { apart = AGREEMENT }: Task): void {
  if (!(Math.abs(found - expected) <= apart * Math.abs(expected) + 5e-5)) {
    throw new Error(`${what}: our loss is ${found}, theirs ${expected}`);
  }
}

/** Megabytes over idle that some steps take, in a process of their own. */
function ourMemory(name: string): number {
  const program = fileURLToPath(new URL('./memory.ts', import.meta.url));
  return Number(execFileSync(process.execPath, [program, trainingData(), name], { encoding: 'utf8' }));
}

/** Milliseconds of CPU time from the layers to the end of the first step, without reading files. */
function firstStep(task: Task, arrays: Arrays): number {
  const started = process.cpuUsage();
  ourSteps(task, arrays)();
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1000;
}

/** Measure every task, or those named; a name `-JAX` leaves that peer out. */
export async function measureTrain(
  cases: readonly string[],
  bars: Readonly<Record<string, Bars>>,
): Promise<{ text: string; missed: readonly string[] }> {
  const named = cases.filter((name) => !name.startsWith('-'));
  const chosen = named.length > 0 ? named : Object.keys(tasks);
  const arrays = new Arrays(trainingData());
  const measured: Record<string, Measurement[]> = {};
  const first: { name: string; milliseconds: number }[] = [];
  const lines: string[] = [];
  let memory: { readonly us: number; readonly peer: number } | undefined;
  for (const name of chosen) {
    const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
    if (task === undefined) throw new Error(`no task '${name}'; there are ${Object.keys(tasks).join(', ')}`);
    first.push({ name, milliseconds: median([0, 1, 2].map(() => firstStep(task, arrays))) });
    const ours = await ourLosses(name, task, arrays);
    requireAgreement(`${name}, reference`, name === 'transformer' ? ours.first : ours.last, task.reference, task);
    const work = ourSteps(task, arrays);
    for (const peer of trainingPeers.filter((each) => !cases.includes(`-${each}`))) {
      const lack = lackOf(peer, name);
      if (lack !== undefined) {
        lines.push(`${name}: not by ${peer}, ${lack}`);
        continue;
      }
      const side = new TrainingPeer(peer, name);
      try {
        // Asked first: whole runs come after it.
        if (peer === 'PyTorch' && name === 'transformer') memory = { us: ourMemory(name), peer: await side.memory() };
        const theirs = await side.losses();
        requireAgreement(`${name}, first step, ${peer}`, ours.first, theirs.first, task);
        requireAgreement(`${name}, ${peer}`, ours.last, theirs.last, task);
        const pairs = await interleave(work, (reps) => side.time(reps), { pairs: 15, block: 50_000 });
        measured[peer] = [...(measured[peer] ?? []), { name, pairs }];
      } finally {
        side.close();
      }
    }
    lines.push(`${name}: loss ${ours.last.toPrecision(5)} (first step ${ours.first.toPrecision(6)}), as the peers'`);
  }
  if (memory) {
    lines.push(`transformer: ${memory.us.toFixed(0)} MB over idle, PyTorch ${memory.peer.toFixed(0)} MB`);
  }
  const limit = bars.train?.['first step'] ?? Number.POSITIVE_INFINITY;
  const slow = first.filter(({ milliseconds }) => !(milliseconds <= limit));
  for (const { name, milliseconds } of first) lines.push(`${name}: first step after ${milliseconds.toFixed(0)} ms`);
  const reports = Object.entries(measured).map(([peer, measurements]) =>
    report(`train, ${peer}`, peer, measurements, bars[`train, ${peer}`] ?? {}),
  );
  return {
    text: [...lines, ...reports.map(({ text }) => text)].join('\n'),
    missed: [
      ...reports.flatMap(({ missed }) => missed),
      ...slow.map(({ name }) => `first step of ${name}`),
      ...(memory && !(memory.us <= memory.peer) ? ['memory of transformer'] : []),
    ],
  };
}
