/**
 * What runs the code of cells, apart from the session around it: V8's REPL mode (repl-runner.ts), or tslab
 * (../tslab-engine/runner.ts).
 */
import type { Ending } from './evaluator.ts';
import type { Run } from './run.ts';

/** Runs what was made ready; the value of its last expression becomes `run.value`. `ended` is called at least once. */
export type Start = (run: Run, ended: Ended) => void;

/** Called with what finds out how the code has ended: from then on no interrupt may stop us. Later calls say nothing. */
export type Ended = (conclude: () => Ending) => void;

export interface Runner {
  /**
   * Make code ready to run.
   *
   * @param name what stacks call it
   * @throws CodeError where it cannot be run
   */
  prepare(name: string, code: string): Start;
}
