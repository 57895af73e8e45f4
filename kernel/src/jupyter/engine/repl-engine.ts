/**
 * The `repl` engine: cells run in V8's REPL mode in a process of their own; names are looked up by a TypeScript
 * language service in a thread of this one, so they are known while a cell runs, and no user code is ever run for it.
 */
import { Language } from '../language/client.ts';
import { EngineProcess } from './child.ts';
import type { Cell, CommNote, Completeness, Completions, Engine, EngineEvents, Inspection, Outcome } from './engine.ts';

export class ReplEngine implements Engine {
  readonly #process: EngineProcess;
  readonly #language = new Language();

  constructor(events: EngineEvents) {
    this.#process = new EngineProcess(events, () => this.#language.forget());
  }

  async evaluate(cell: Cell): Promise<Outcome> {
    const outcome = await this.#process.evaluate(cell);
    // Also after an error: what was declared before it is there.
    this.#language.remember(cell.code);
    return outcome;
  }

  comm(note: CommNote): Promise<void> {
    return this.#process.comm(note);
  }

  interrupt(cell: number | undefined): void {
    this.#process.tellGuard({ kind: 'interrupt', cell: cell ?? 0 });
  }

  answer(value: string): void {
    this.#process.tellGuard({ kind: 'answer', value });
  }

  complete(code: string, cursor: number): Promise<Completions> {
    return this.#language.complete(code, cursor);
  }

  inspect(code: string, cursor: number): Promise<Inspection> {
    return this.#language.inspect(code, cursor);
  }

  isComplete(code: string): Promise<Completeness> {
    return this.#language.isComplete(code);
  }

  reset(): void {
    this.#language.forget();
    this.#process.start();
  }

  close(): void {
    this.#process.stop();
    this.#language.close();
  }
}
