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
import { Gate } from './gate.ts';
import { TypeCheck } from './type-check.ts';
import { typesLine } from './types-line.ts';

export class ReplEngine implements Engine {
  readonly #process: EngineProcess;
  readonly #language = new Language();

  readonly #types: TypeCheck;
  readonly #events: EngineEvents;
  readonly #gate = new Gate();

  constructor(events: EngineEvents) {
    this.#events = events;
    this.#types = new TypeCheck(this.#language, events);
    const passing = this.#gate.events({ ...events, over: (cell) => this.#types.over(cell) });
    this.#process = new EngineProcess(passing, () => this.#language.forget());
  }

  async evaluate(asked: Cell): Promise<Outcome> {
    const { code, mode, asked: question, unknown } = typesLine(asked.code);
    const cell = code === asked.code ? asked : { ...asked, code };
    if (unknown !== undefined) return this.#refuse(cell, unknownMode(unknown));
    if (mode) this.#types.mode = mode;
    const failure = this.#types.mode === 'strict' ? await this.#types.refusal(cell) : undefined;
    if (failure) return this.#refuse(cell, failure);
    // First of all: it runs while everything else is being done.
    const ended = this.#process.evaluate(cell);
    const reported = question ? this.#answer(cell) : this.#types.report(cell);
    if (reported) this.#gate.closeUntil(reported);
    const outcome = await ended;
    // Also after an error: what was declared before it is there.
    this.#language.remember(code);
    if (reported) await this.#gate.opened;
    this.#types.ended();
    return outcome;
  }

  /** Say which mode it is. What comes of a cell never comes before the cell's beginning has been told. */
  async #answer(cell: Cell): Promise<void> {
    await undefined;
    this.#types.show(cell, { 'text/plain': `types: ${this.#types.mode}` });
  }

  /** End a cell that has not run. */
  async #refuse(cell: Cell, failure: Failure): Promise<Outcome> {
    await undefined;
    this.#events.output({ cell: cell.id, type: 'error', content: Buffer.from(JSON.stringify(failure)) });
    return { status: 'error', ...failure };
  }

  async comm(note: CommNote): Promise<void> {
    await this.#process.comm(note);
    await this.#gate.opened;
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
  const evalue = `%types takes on, off, wait or strict; got '${said}'`;
  return { ename: 'SyntaxError', evalue, traceback: [`\u001b[1;31mSyntaxError:\u001b[0m ${evalue}`] };
}
