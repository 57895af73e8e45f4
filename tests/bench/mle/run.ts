/**
 * `npm run bench -- mle`: fits from the formula to the standard errors, against the fastest of scipy, scikit-learn and
 * statsmodels at the same gradient. Before anything is timed, the coefficients must agree.
 */
import { FitPeer } from '../peers/mle.ts';
import type { Measurement } from '../report.ts';
import type { Pair } from '../statistics.ts';
import { type Case, cases } from './cases.ts';

const PAIRS = 21;
/** Microseconds of CPU time a timing should take. */
const BLOCK = 60_000;

/** CPU microseconds a fit, over `reps` of them, of all threads. */
async function timeOf(work: Case['work'], reps: number): Promise<number> {
  const { user, system } = process.cpuUsage();
  for (let i = 0; i < reps; i++) await work();
  const now = process.cpuUsage();
  return (now.user + now.system - user - system) / reps;
}

/** Us, peer, us, peer …, as `measure.ts`, for fits that may have to be awaited. */
async function interleaveFits(work: Case['work'], peer: FitPeer): Promise<Pair[]> {
  const many = (each: number) => Math.max(1, Math.round(BLOCK / each));
  for (let spent = 0; spent < 8 * BLOCK; ) spent += await timeOf(work, 1); // warm
  const reps = many(await timeOf(work, 3));
  const peerReps = many(await peer.time(3));
  const pairs: Pair[] = [];
  for (let i = 0; i < PAIRS; i++) pairs.push({ us: await timeOf(work, reps), peer: await peer.time(peerReps) });
  return pairs;
}

/** The largest difference, or infinity where the lengths differ. */
export function largestDifference(ours: ArrayLike<number>, theirs: readonly number[]): number {
  if (ours.length !== theirs.length) return Infinity;
  return theirs.reduce((most, value, i) => Math.max(most, Math.abs(value - ours[i]!)), 0);
}

/** Measure every case, or those named. */
export async function measureMle(names: readonly string[]): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const name of names.length > 0 ? names : Object.keys(cases)) {
    const make = Object.hasOwn(cases, name) ? cases[name] : undefined;
    if (make === undefined) throw new Error(`no case '${name}'; there are ${Object.keys(cases).join(', ')}`);
    const { kind, data, work, apart } = make();
    const peer = new FitPeer(kind, data);
    try {
      const theirs = await peer.fit();
      const gap = largestDifference(await work(), theirs.gradient);
      if (!(gap <= apart)) throw new Error(`${name}: coefficients differ by ${gap} from those of ${theirs.name}`);
      process.stdout.write(`${name}: the fastest is ${theirs.name}, largest gradient ${theirs.value.toPrecision(2)}\n`);
      measurements.push({ name, pairs: await interleaveFits(work, peer) });
    } finally {
      peer.close();
    }
  }
  return measurements;
}
