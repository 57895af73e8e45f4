/**
 * The `tslab` engine, chosen by ESTIMAND_ENGINE=tslab: tslab's converter and executor in an engine process, behind our
 * wire. Names are looked up there too, by tslab's compiler, so answers wait while a cell computes.
 * docs/engines.md tells what it cannot do.
 */
import { EngineProcess } from './child.ts';
import type { Cell, CommNote, Completeness, Completions, Engine, EngineEvents, Inspection, Outcome } from './engine.ts';

export class TslabEngine implements Engine {
  readonly #process: EngineProcess;

  constructor(events: EngineEvents) {
    this.#process = new EngineProcess(events, () => {}, 'tslab-process');
  }

  evaluate(cell: Cell): Promise<Outcome> {
    return this.#process.evaluate(cell);
  }

  comm(note: CommNote): Promise<void> {
    return this.#process.comm(note);
  }

  hold(hold: boolean): void {
    this.#process.hold(hold);
  }

  interrupt(cell: number | undefined): void {
    this.#process.tellGuard({ kind: 'interrupt', cell: cell ?? 0 });
  }

  answer(value: string): void {
    this.#process.tellGuard({ kind: 'answer', value });
  }

  async complete(code: string, cursor: number): Promise<Completions> {
    const answer = await this.#process.ask({ about: 'completion', code, cursor });
    return (answer as Completions | null | undefined) ?? { matches: [], start: cursor, end: cursor };
  }

  async inspect(code: string, cursor: number): Promise<Inspection> {
    const answer = await this.#process.ask({ about: 'inspection', code, cursor });
    return (answer as Inspection | null) ?? undefined;
  }

  async isComplete(code: string): Promise<Completeness> {
    const answer = await this.#process.ask({ about: 'completeness', code });
    return (answer as Completeness | null | undefined) ?? { status: 'unknown' };
  }

  reset(): void {
    this.#process.start();
  }

  close(): void {
    this.#process.stop();
  }
}
