/**
 * The `repl` engine: cells run in V8's REPL mode in a process of their own; names are looked up by a TypeScript
 * language service in a thread of this one, so they are known while a cell runs, and no user code is ever run for it.
 */
import { Language } from '../language/client.ts';
import { EngineProcess } from './child.ts';
import type {
  Cell,
  CommNote,
  Completeness,
  Completions,
  Engine,
  EngineEvents,
  Failure,
  Inspection,
  Outcome,
} from './engine.ts';
import { TypeCheck } from './type-check.ts';
import { typesLine } from './types-line.ts';

export class ReplEngine implements Engine {
  readonly #process: EngineProcess;
  readonly #language = new Language();

  readonly #types: TypeCheck;
  readonly #events: EngineEvents;

  constructor(events: EngineEvents) {
    this.#events = events;
    this.#process = new EngineProcess(events, () => this.#language.forget());
    this.#types = new TypeCheck(this.#language, (output) => events.output(output));
  }

  async evaluate(asked: Cell): Promise<Outcome> {
    const { code, mode, asked: question, unknown } = typesLine(asked.code);
    const cell = code === asked.code ? asked : { ...asked, code };
    if (unknown !== undefined) return this.#refuse(cell, unknownMode(unknown));
    if (mode) this.#types.mode = mode;
    if (question) this.#types.show(cell, { 'text/plain': `types: ${this.#types.mode}` });
    const failure = await this.#types.before(cell);
    if (failure) return this.#refuse(cell, failure);
    const outcome = await this.#process.evaluate(cell);
    // Also after an error: what was declared before it is there.
    this.#language.remember(code);
    return outcome;
  }

  /** End a cell that has not run. */
  #refuse(cell: Cell, failure: Failure): Outcome {
    this.#events.output({ cell: cell.id, type: 'error', content: Buffer.from(JSON.stringify(failure)) });
    return { status: 'error', ...failure };
  }

  comm(note: CommNote): Promise<void> {
    return this.#process.comm(note);
  }

  interrupt(cell: number | undefined): void {
    this.#process.tellGuard({ kind: 'interrupt', cell: cell ?? 0 });
  }

  hold(hold: boolean): void {
    this.#process.hold(hold);
  }

  answer(value: string): void {
    this.#process.tellGuard({ kind: 'answer', value });
  }

  complete(code: string, cursor: number): Promise<Completions> {
    return this.#language.complete(typesLine(code).code, cursor);
  }

  inspect(code: string, cursor: number): Promise<Inspection> {
    return this.#language.inspect(typesLine(code).code, cursor);
  }

  isComplete(code: string): Promise<Completeness> {
    return this.#language.isComplete(typesLine(code).code);
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

function unknownMode(said: string): Failure {
  const evalue = `%types takes on, off or strict; got '${said}'`;
  return { ename: 'SyntaxError', evalue, traceback: [`\u001b[1;31mSyntaxError:\u001b[0m ${evalue}`] };
}
