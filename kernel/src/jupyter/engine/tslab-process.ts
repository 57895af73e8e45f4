/**
 * The engine process of the `tslab` engine: tslab's executor inside the same session as the `repl` engine's cells.
 */
import { cwd } from 'node:process';
import { TslabRunner } from '../tslab-engine/runner.ts';
import { startSession } from './session.ts';

let runner: TslabRunner | undefined;
startSession(
  (session) => {
    runner = new TslabRunner(session, cwd());
    return runner;
  },
  (question) => runner?.tell(question) ?? null,
);
try {
  runner?.load();
} catch {
  // Every cell will say so.
}
