/**
 * V8's REPL mode, through an inspector session on this thread: `const` and `let` may be declared again, closures
 * see rebound variables, `await` stands at top level.
 */
import { type Runtime, Session } from 'node:inspector';
import { promiseHooks } from 'node:v8';
import { Interrupted } from './run.ts';

export type Ending = { readonly ok: true } | { readonly ok: false; readonly thrown: unknown };

/** Where a piece of code failed to compile, from 0; only for errors that no frame tells of. */
export interface CompileError {
  readonly line: number;
  readonly column: number;
}

const group = 'estimand-cell';

export class Evaluator {
  #session = new Session();
  /** Apart from the evaluations, so that it is never closed while it is in use. */
  readonly #stopper = new Session();
  #thrown: unknown;
  #waiting = 0;
  /**
   * The promise of what is evaluated, which V8 makes first of all. It is kept until its end, or until its session is
   * closed: where a stop hits a cell behind an await, nobody else keeps it, and its collection would end the process (see
   * cell-code.ts).
   */
  readonly #kept = new Set<Promise<unknown>>();
  readonly #catcher: string;

  /** @param catcher an expression for a function of the session that hands a thrown value to `caught` */
  constructor(catcher: string) {
    this.#catcher = catcher;
    this.#session.connect();
    this.#stopper.connect();
  }

  /** Called, through the global `catcher`, with a thrown value. */
  caught(thrown: unknown): void {
    this.#thrown = thrown;
  }

  /** Run code. `ended` is called once, perhaps before this returns. */
  evaluate(expression: string, ended: (ending: Ending, at?: CompileError) => void): void {
    const stop = promiseHooks.onInit((promise) => {
      this.#kept.add(promise);
      stop();
    }) as () => void; // a function, whatever its type says
    this.#evaluate({ expression, replMode: true, awaitPromise: true }, ended);
    stop();
  }

  /**
   * Run code of our own that awaits nothing; `ended` is called before this returns. Nothing is left waiting: many
   * evaluations that were would end the process at the next collection of garbage.
   */
  call(expression: string, ended: (ending: Ending) => void): void {
    this.#evaluate({ expression }, ended);
  }

  #evaluate(
    how: Runtime.EvaluateParameterType & { readonly replMode?: boolean },
    ended: (ending: Ending, at?: CompileError) => void,
  ): void {
    const session = this.#session;
    this.#waiting++;
    // `replMode` is the inspector's, but not in Node's types of it.
    const parameters = { ...how, silent: true, objectGroup: group };
    session.post('Runtime.evaluate', parameters, (failure: Error | null, result: Runtime.EvaluateReturnType) => {
      if (session !== this.#session) return; // given up long ago
      if (--this.#waiting === 0) this.#kept.clear();
      if (failure) {
        ended({ ok: false, thrown: stoppedBy(failure) });
      } else if (result.exceptionDetails) {
        const { exception, lineNumber: line, columnNumber: column } = result.exceptionDetails;
        const thrown = this.#valueOf(exception);
        session.post('Runtime.releaseObjectGroup', { objectGroup: group });
        ended({ ok: false, thrown }, { line, column });
      } else {
        ended({ ok: true });
      }
    });
  }

  /**
   * Let go of evaluations that will not end. They are ended by closing their session: one that is collected as
   * garbage instead ends the process (see cell-code.ts).
   */
  abandon(): void {
    if (this.#waiting === 0) return;
    const old = this.#session;
    this.#session = new Session();
    this.#waiting = 0;
    old.disconnect();
    this.#kept.clear();
    this.#session.connect();
  }

  /** End all JavaScript that is on the stack, at its next step; an evaluation among it fails. */
  terminate(): void {
    this.#stopper.post('Runtime.terminateExecution', () => {});
  }

  #valueOf(exception: RemoteObject | undefined): unknown {
    if (!exception) return undefined;
    if (exception.objectId === undefined) return primitive(exception);
    this.#thrown = undefined;
    this.#session.post('Runtime.callFunctionOn', {
      objectId: exception.objectId,
      functionDeclaration: `function (thrown) { ${this.#catcher}(thrown); }`,
      arguments: [{ objectId: exception.objectId }],
      silent: true,
    });
    const thrown = this.#thrown;
    this.#thrown = undefined;
    return thrown;
  }
}

/** The inspector fails an evaluation whose execution was terminated, by either of two messages. */
function stoppedBy(failure: Error): Error {
  return /terminated|Internal error/.test(failure.message) ? new Interrupted() : failure;
}

interface RemoteObject {
  readonly type: string;
  readonly value?: unknown;
  readonly unserializableValue?: string | undefined;
  readonly objectId?: string | undefined;
}

/** A primitive from its description: `-0`, `NaN`, `Infinity`, `12n` cannot be said in JSON. */
function primitive({ type, value, unserializableValue }: RemoteObject): unknown {
  if (unserializableValue === undefined) return value;
  return type === 'bigint' ? BigInt(unserializableValue.slice(0, -1)) : Number(unserializableValue);
}
