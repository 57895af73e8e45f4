/**
 * Timings in turn: us, peer, us, peer …, so that a machine that slows down slows both.
 */
import type { Pair } from './statistics.ts';

/** CPU time of this process in microseconds, all its threads counted. */
function cpuMicroseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** CPU microseconds of one call of `work`, over `reps` calls. */
function timeBlock(work: () => void, reps: number): number {
  const start = cpuMicroseconds();
  for (let i = 0; i < reps; i++) work();
  return (cpuMicroseconds() - start) / reps;
}

/** How many calls fill a block of this many microseconds; warms the code up on the way. */
export function repetitions(work: () => void, block: number): number {
  for (let reps = 1; ; reps *= 2) {
    const each = timeBlock(work, reps);
    if (each * reps >= block) return Math.max(1, Math.round(block / each));
  }
}

/**
 * Interleaved pairs.
 *
 * @param work one evaluation of ours
 * @param peer CPU microseconds of one evaluation of the peer, over as many as it is told
 * @param block microseconds of CPU time a timing should take
 */
export async function interleave(
  work: () => void,
  peer: (reps: number) => Promise<number>,
  { pairs = 21, block = 40_000 }: { pairs?: number; block?: number } = {},
): Promise<Pair[]> {
  repetitions(work, 4 * block);
  const reps = repetitions(work, block);
  const first = await peer(1);
  const warm = await peer(Math.max(1, Math.round(block / Math.max(first, 0.01))));
  const peerReps = Math.max(1, Math.round(block / Math.max(warm, 0.01)));
  const found: Pair[] = [];
  for (let i = 0; i < pairs; i++) found.push({ us: timeBlock(work, reps), peer: await peer(peerReps) });
  return found;
}
