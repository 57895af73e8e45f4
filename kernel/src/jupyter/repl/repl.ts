/**
 * The session: runs cells one after the other and tells what they show, return and throw.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { types } from 'node:util';
import { metadataOf } from '../../host/display.ts';
import type { MimeBundle } from '../../host/host.ts';
import type { Cell, ExpressionResult, Failure, Outcome, OutputType, StreamName } from '../engine/engine.ts';
import { CodeError } from './code-error.ts';
import type { Names } from './declarations.ts';
import { Throttled } from './displays.ts';
import { type CompileError, type Ending, Evaluator } from './evaluator.ts';
import { bundleOf, plainText } from './format.ts';
import { hostName } from './host-name.ts';
import { type Prepared, prepare } from './prepare.ts';
import { Interrupted, Run } from './run.ts';
import { ownCode, type Shared, slots } from './shared.ts';
import { cellName, Sources } from './sources.ts';
import { failureOf } from './traceback.ts';

/** Takes what a cell shows, and what it prints, in order. */
export interface Emit {
  /** The content is the Jupyter message's. */
  output(cell: number, type: OutputType, content: object): void;
  stream(cell: number, name: StreamName, text: string): void;
}

const nextTurn = setImmediate;

export class Repl {
  readonly sources = new Sources();
  readonly evaluator = new Evaluator(`${hostName}.caught`);
  readonly #emit: Emit;
  readonly #context = new AsyncLocalStorage<Run>();
  readonly #shared: Shared;
  /** What the session's cells have declared. */
  readonly #names: Names = new Map();
  #current: Run | undefined;
  /** The last run, to which belongs what no context tells the cell of. */
  #last = new Run(0, 'cell[0]');
  /** A cell that was interrupted before it began. */
  #condemned = 0;

  constructor(emit: Emit, shared: Shared) {
    this.#emit = emit;
    this.#shared = shared;
  }

  /** The run whose code we are called from, however late. */
  run(): Run {
    return this.#context.getStore() ?? this.#current ?? this.#last;
  }

  /** Run a cell to its end. Never rejects. */
  async evaluate(cell: Cell): Promise<Outcome> {
    const run = new Run(cell.id, cellName(cell));
    this.#current = run;
    this.#last = run;
    if (this.#condemned === cell.id) run.interrupt();
    let outcome: Outcome;
    try {
      // The race goes on even when a stop has killed the cell's own continuation.
      await Promise.race([this.#work(run, cell), run.stopped]);
      const expressions = await Promise.race([this.#expressions(run, cell), run.stopped]);
      outcome = { status: 'ok', expressions };
    } catch (thrown) {
      const failure = this.failure(thrown, run);
      this.show(run.cell, 'error', failure);
      outcome = { status: 'error', ...failure };
    }
    this.#end(run);
    return outcome;
  }

  async #work(run: Run, cell: Cell): Promise<void> {
    try {
      await this.#execute(run, run.name, cell.code);
    } finally {
      await this.#inside(run, run.resources.disposeAsync());
    }
    if (types.isPromise(run.value)) run.value = await this.#inside(run, run.value);
    if (run.value !== undefined) {
      const data = await this.#inside(run, this.#context.run(run, bundleOf, run.value));
      if (run.ended) return; // it was interrupted, and has come after all
      this.show(run.cell, 'execute_result', { execution_count: cell.count ?? 0, data, metadata: metadataOf(data) });
    }
    while (run.pending.size > 0) await Promise.all(run.pending);
    // One turn of the event loop: a promise that was rejected and left is reported below its cell.
    await new Promise((resolve) => nextTurn(resolve));
  }

  /** Wait for a promise of the user's while an interrupt may stop whatever it runs. */
  async #inside<T>(run: Run, promise: T | Promise<T>): Promise<T> {
    Atomics.store(this.#shared.slots, slots.running, run.cell);
    return promise;
  }

  /** Run the code of a cell, or of an expression to be evaluated after it. */
  #execute(run: Run, name: string, code: string): Promise<void> {
    Atomics.store(this.#shared.slots, slots.running, ownCode);
    let prepared: Prepared | undefined;
    this.sources.add(name, { label: name, text: code }, () => prepared?.locator() ?? ((place) => place));
    prepared = prepare(code, this.#names);
    const { code: ready, names } = prepared;
    run.value = undefined;
    return new Promise((resolve, reject) => {
      const ended = (ending: Ending, at?: CompileError): void => {
        const compiled = ending.ok || !this.#failedToCompile(ending.thrown, name);
        // Also when the cell failed on its way: V8 keeps what it declared.
        if (compiled) for (const [declared, how] of names) this.#names.set(declared, how);
        if (ending.ok) resolve();
        else reject(compiled ? ending.thrown : this.#placed(ending.thrown, name, at));
      };
      Atomics.store(this.#shared.slots, slots.running, run.cell);
      this.#context.run(run, () => {
        // The last line gives nothing, so that the inspector keeps no value; then the name for stacks.
        this.evaluator.evaluate(`${ready}\n;void 0\n//# sourceURL=${name}`, ended);
      });
    });
  }

  /** An error of compilation has no frame in the cell. */
  #failedToCompile(thrown: unknown, name: string): boolean {
    return thrown instanceof SyntaxError && !(thrown.stack ?? '').includes(`${name}:`);
  }

  /** Give an error of compilation, which has no frame in the cell, the place that V8 tells. */
  #placed(thrown: unknown, name: string, at: CompileError | undefined): unknown {
    if (!(thrown instanceof SyntaxError) || !at) return thrown;
    const found = this.sources.find(name, { line: at.line + 1, column: at.column });
    return found ? new CodeError(thrown.message, found.place) : thrown;
  }

  async #expressions(run: Run, cell: Cell): Promise<Record<string, ExpressionResult>> {
    const results: Record<string, ExpressionResult> = {};
    for (const [key, code] of Object.entries(cell.expressions)) {
      try {
        await this.#execute(run, `expression[${key.replace(/\s/g, '_')}]`, code);
        const value = types.isPromise(run.value) ? await run.value : run.value;
        const data = await bundleOf(value);
        results[key] = { status: 'ok', data, metadata: metadataOf(data) };
      } catch (thrown) {
        results[key] = { status: 'error', ...this.failure(thrown, run) };
      }
    }
    return results;
  }

  #end(run: Run): void {
    for (const display of run.displays) display.flush();
    run.ended = true;
    run.held = undefined;
    this.#current = undefined;
    this.evaluator.abandon();
    Atomics.store(this.#shared.slots, slots.running, 0);
    // A stop that was ordered for this cell must not hit the next.
    this.evaluator.absorb(() => Atomics.load(this.#shared.slots, slots.stopping) === 1);
  }

  /** The interrupt of a cell: the one that runs, or one that is still to come. Others have ended. */
  interrupt(cell: number): void {
    if (this.#current?.cell === cell) this.#current.interrupt();
    else if (cell > this.#last.cell) this.#condemned = cell;
  }

  /** Text that a cell printed. After an interrupt, what a cell's leftovers print is not shown. */
  print(name: StreamName, text: string): void {
    const run = this.run();
    if (run.ended && run.interrupted) return;
    if (text !== '') this.#emit.stream(run.cell, name, text);
  }

  show(cell: number, type: OutputType, content: object): void {
    this.#emit.output(cell, type, content);
  }

  /** Show a live display below the cell we are called from. */
  display(bundle: MimeBundle, id: string): Throttled {
    const run = this.run();
    const display = new Throttled(bundle, (data, update) =>
      this.show(run.cell, update ? 'update_display_data' : 'display_data', {
        data,
        metadata: metadataOf(data),
        transient: { display_id: id },
      }),
    );
    run.displays.add(display);
    return display;
  }

  /** Something thrown outside of any cell's own course: by a timer, or by a promise nobody waits for. */
  late(thrown: unknown): void {
    const run = this.run();
    if (run.ended && (run.interrupted || thrown instanceof Interrupted)) return;
    this.show(run.cell, 'error', this.failure(thrown, run));
  }

  failure(thrown: unknown, run: Run): Failure {
    try {
      return failureOf(thrown, (label) => this.sources.text(label), run.name);
    } catch (error) {
      return { ename: 'Error', evalue: plainText(error), traceback: ['The error that was thrown cannot be shown.'] };
    }
  }
}
