/**
 * Cells in V8's REPL mode: what they declare is remembered, for a later cell may declare it in another way.
 */
import { CodeError } from './code-error.ts';
import type { Names } from './declarations.ts';
import type { CompileError, Evaluator } from './evaluator.ts';
import { type Prepared, prepare } from './prepare.ts';
import type { Runner, Start } from './runner.ts';
import type { Sources } from './sources.ts';

export class ReplRunner implements Runner {
  readonly #sources: Sources;
  readonly #evaluator: Evaluator;
  /** What the session's cells have declared. */
  readonly #names: Names = new Map();

  constructor(sources: Sources, evaluator: Evaluator) {
    this.#sources = sources;
    this.#evaluator = evaluator;
  }

  prepare(name: string, code: string): Start {
    const { code: ready, names } = this.#prepare(name, code);
    return (_run, ended) => {
      // The last line gives nothing, so that the inspector keeps no value; then the name for stacks.
      this.#evaluator.evaluate(`${ready}\n;void 0\n//# sourceURL=${name}`, (ending, at) =>
        ended(() => {
          const compiled = ending.ok || !failedToCompile(ending.thrown, name);
          // Also when the cell failed on its way: V8 keeps what it declared.
          if (compiled) this.#declare(names, ending.ok);
          return compiled ? ending : { ok: false, thrown: this.#placed(ending.thrown, name, at) };
        }),
      );
    };
  }

  #declare(names: Names, filled: boolean): void {
    for (const [name, how] of names) {
      this.#names.set(name, filled && how.place === 'slot' ? { ...how, filled } : how);
    }
  }

  #prepare(name: string, code: string): Prepared {
    let prepared: Prepared | undefined;
    this.#sources.add(name, { label: name, text: code }, () => prepared?.locator() ?? ((place) => place));
    try {
      prepared = prepare(code, this.#names);
      return prepared;
    } catch (error) {
      throw error instanceof CodeError ? error.inside(name) : error;
    }
  }

  /** Give an error of compilation, which has no frame in the cell, the place that V8 tells. */
  #placed(thrown: unknown, name: string, at: CompileError | undefined): unknown {
    if (!(thrown instanceof SyntaxError) || !at) return thrown;
    const found = this.#sources.find(name, { line: at.line + 1, column: at.column });
    return found ? new CodeError(thrown.message, found.place).inside(name) : thrown;
  }
}

/** An error of compilation has no frame in the cell. */
function failedToCompile(thrown: unknown, name: string): boolean {
  return thrown instanceof SyntaxError && !(thrown.stack ?? '').includes(`${name}:`);
}
