/**
 * Several runs taking turns on one thread, each about as long: how chains share this thread, and how they share a
 * worker. What a run draws does not depend on its turns.
 */
import { Pace } from '../pause.ts';
import type { ChainProgress, ChainResult, Go, Run } from './run.ts';

/** A run, how far it is, and what it took. */
export interface Runner {
  readonly run: Run;
  progress: ChainProgress | undefined;
  result: ChainResult | undefined;
  /** Evaluations until the next pause: few where one is slow. */
  budget: number;
  warmupSeconds: number;
  samplingSeconds: number;
}

/** Milliseconds a chain computes before the next one's turn, and at most between two pauses. */
const slice = 8;

export function runnerOf(run: Run): Runner {
  return { run, progress: undefined, result: undefined, budget: 1, warmupSeconds: 0, samplingSeconds: 0 };
}

/**
 * Let the runs take turns until all have ended. The event loop turns in between, at least every 25 ms.
 *
 * @param stopped whether they are to end with what they have
 * @param tell called after each turn of the event loop
 */
export async function drive(runners: readonly Runner[], stopped: () => boolean, tell: () => void): Promise<void> {
  const pace = new Pace();
  while (runners.some((r) => !r.result)) {
    for (const runner of runners) {
      if (runner.result) continue;
      takeTurn(runner, stopped());
      if (!pace.due()) continue;
      tell();
      await pace.pause();
    }
  }
}

/** One chain's turn: about `slice` milliseconds. */
function takeTurn(runner: Runner, stop: boolean): void {
  const began = performance.now();
  let now = began;
  do {
    const before = now;
    const warmingUp = runner.progress?.phase !== 'sampling';
    const go: Go = { budget: runner.budget, stop };
    const next = runner.run.next(go);
    now = performance.now();
    const took = now - before;
    if (warmingUp) runner.warmupSeconds += took / 1000;
    else runner.samplingSeconds += took / 1000;
    if (took > slice) runner.budget = Math.max(1, Math.floor(runner.budget / 2));
    else if (took < slice / 4) runner.budget = Math.min(4096, 2 * runner.budget);
    if (next.done) {
      runner.result = next.value;
      return;
    }
    runner.progress = next.value;
  } while (now - began < slice);
}
