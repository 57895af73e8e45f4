/**
 * The session: runs cells one after the other and tells what they show, return and throw.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { types } from 'node:util';
import { metadataOf } from '../../host/display.ts';
import type { CapturedOutput, MimeBundle } from '../../host/host.ts';
import type { Cell, ExpressionResult, Failure, Outcome, OutputType, StreamName } from '../engine/engine.ts';
import { Throttled } from './displays.ts';
import { type Ending, Evaluator } from './evaluator.ts';
import { bundleOf, plainText } from './format.ts';
import { hostName } from './host-name.ts';
import { ReplRunner } from './repl-runner.ts';
import { Interrupted, Run } from './run.ts';
import type { Ended, Runner } from './runner.ts';
import type { Shared } from './shared.ts';
import { cellName, Sources } from './sources.ts';
import { Stops } from './stops.ts';
import { failureOf } from './traceback.ts';

/** Takes what a cell shows, and what it prints, in order. */
export interface Emit {
  /** The content is the Jupyter message's. */
  output(cell: number, type: OutputType, content: object): void;
  stream(cell: number, name: StreamName, text: string): void;
  /** Nothing that a cell has started is left: it will show nothing more. */
  over(cell: number): void;
}

type Finished = { readonly expressions: Record<string, ExpressionResult> } | { readonly failure: Failure };

/** Taken now: a cell may put something else in their place. */
const nextTurn = setImmediate;
const forgetTurn = clearImmediate;
const later = setTimeout;
/** Runs the handler that is next; named so that tracebacks leave it out. */
const handling = `${hostName}.handle()\n//# sourceURL=node:estimand`;
/** How long a stopped cell's own course may take to end, ms. */
const lastResort = 200;

export class Repl {
  readonly sources = new Sources();
  readonly evaluator = new Evaluator(`${hostName}.caught`);
  readonly #emit: Emit;
  readonly #context = new AsyncLocalStorage<Run>();
  readonly #stops: Stops;
  readonly #runner: Runner;
  #current: Run | undefined;
  /** The last run, to which belongs what no context tells the cell of. */
  #last = new Run(0, 'cell[0]');
  /** The handler that is to run next. */
  #handler: (() => unknown) | undefined;
  /** A cell that was interrupted before it began. */
  #condemned = 0;
  /** A run that is garbage is one that no timer, promise or handler remembers. */
  readonly #runs = new FinalizationRegistry<number>((cell) => this.#stops.during(() => this.#emit.over(cell)));

  /** @param makeRunner what runs the code of cells, made last; V8's REPL mode unless another is given */
  constructor(emit: Emit, shared: Shared, makeRunner?: (session: Repl) => Runner) {
    this.#emit = emit;
    this.#stops = new Stops(shared, () => this.evaluator.terminate());
    this.#runner = makeRunner?.(this) ?? new ReplRunner(this.sources, this.evaluator);
  }

  /** The run whose code we are called from, however late. */
  run(): Run {
    return this.#context.getStore() ?? this.#current ?? this.#last;
  }

  #newRun(cell: number, name: string): Run {
    const run = new Run(cell, name);
    this.#runs.register(run, cell);
    return run;
  }

  /** Run a cell to its end. Never rejects. */
  evaluate(cell: Cell): Promise<Outcome> {
    const run = this.#newRun(cell.id, cellName(cell));
    this.#current = run;
    this.#last = run;
    return new Promise((resolve) => {
      const finish = (ending: Finished): void => {
        if (!run.ended) resolve(this.#end(run, ending));
      };
      void this.#course(run, cell).then(finish);
      // A stop inside a promise's reaction takes all that wait along, ours as well: then this ends the cell.
      run.whenStopped = (thrown) => later(() => finish({ failure: this.failure(thrown) }), lastResort);
      if (this.#condemned === cell.id) run.interrupt();
    });
  }

  async #course(run: Run, cell: Cell): Promise<Finished> {
    try {
      await Promise.race([this.#work(run, cell), run.stopped]);
      return { expressions: await Promise.race([this.#expressions(run, cell), run.stopped]) };
    } catch (thrown) {
      return { failure: this.failure(thrown) };
    }
  }

  async #work(run: Run, cell: Cell): Promise<void> {
    try {
      await this.#execute(run, run.name, cell.code);
    } finally {
      await run.resources.disposeAsync();
    }
    if (types.isPromise(run.value)) run.value = await run.value;
    if (run.value !== undefined) {
      const data = await this.#context.run(run, bundleOf, run.value);
      if (run.ended) return; // it was interrupted, and has come after all
      this.show(run.cell, 'execute_result', { execution_count: cell.count ?? 0, data, metadata: metadataOf(data) });
    }
    while (run.pending.size > 0) await Promise.all(run.pending);
    // One turn of the event loop: a promise that was rejected and left is reported below its cell.
    await new Promise((resolve) => {
      run.turn = nextTurn(resolve);
    });
  }

  /** Run the code of a cell, or of an expression to be evaluated after it. */
  #execute(run: Run, name: string, code: string): Promise<void> {
    const start = this.#runner.prepare(name, code);
    run.value = undefined;
    return new Promise((resolve, reject) => {
      let told = false;
      const ended: Ended = (conclude) => {
        if (told || run.ended) return; // it was given up, and has come to its end after all
        told = true;
        const ending = conclude();
        if (ending.ok) resolve();
        else reject(ending.thrown);
      };
      this.#context.run(run, () => start(run, ended));
    });
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
        results[key] = { status: 'error', ...this.failure(thrown) };
      }
    }
    return results;
  }

  #end(run: Run, ending: Finished): Outcome {
    run.ended = true;
    run.held = undefined;
    forgetTurn(run.turn); // a stop may have left it behind, for Node to count for ever
    this.#current = undefined;
    this.evaluator.abandon();
    for (const display of run.displays) display.flush();
    if ('expressions' in ending) {
      return { status: 'ok', expressions: ending.expressions, ...(run.leaves ? { leaves: true } : {}) };
    }
    this.show(run.cell, 'error', ending.failure);
    return { status: 'error', ...ending.failure };
  }

  /**
   * Asked by the guard in the midst of whatever runs, while the interrupt of that number has not been heard: stop the
   * cell's code, or what earlier cells have left behind, and nothing else.
   */
  stop(cell: number, number: number): void {
    if (this.#current === undefined || this.#current.cell === cell) this.#stops.ask(number);
  }

  /** Asked by the guard as well: stop what runs if an interrupted cell has left it behind. */
  clear(): void {
    const run = this.#context.getStore();
    if (run?.ended && run.interrupted) this.#stops.ask(Number.POSITIVE_INFINITY);
  }

  /** The interrupt of a cell: the one that runs, or one that is still to come. Others have ended. */
  interrupt(cell: number, number: number): void {
    this.#stops.heard(number);
    if (this.#current?.cell === cell) this.#current.interrupt();
    else if (cell > this.#last.cell) this.#condemned = cell;
  }

  /** Text that a cell printed. After an interrupt, what a cell's leftovers print is not shown. */
  print(name: StreamName, text: string): void {
    const run = this.run();
    if (run.ended && run.interrupted) return;
    if (run.receive) run.receive({ type: 'stream', name, text });
    else if (text !== '') this.#stops.during(() => this.#emit.stream(run.cell, name, text));
  }

  show(cell: number, type: OutputType, content: object): void {
    const { receive } = this.run();
    if (receive) receive({ type, content } as CapturedOutput);
    else this.#stops.during(() => this.#emit.output(cell, type, content));
  }

  /** Do something of our own that the user's code has called, and that no interrupt may cut. */
  during(work: () => void): void {
    this.#stops.during(work);
  }

  /**
   * Run the handler of a message that came, until it returns; what it shows and throws, also later, belongs to `id`.
   * It goes through the evaluator as cells do, so that an interrupt which stops it stops nothing else.
   */
  handle(id: number, handler: () => unknown): void {
    const run = this.#newRun(id, `comm[${id}]`);
    run.ended = true; // nobody waits for what it leaves behind
    this.#context.run(run, () => {
      this.guarded(handler, (ending) => {
        if (!ending.ok) this.#context.run(run, () => this.late(ending.thrown));
      });
    });
  }

  /** Call a function through the evaluator, until it returns: an interrupt that stops it stops nothing else. */
  guarded(work: () => unknown, ended: (ending: Ending) => void): void {
    this.#handler = work;
    this.evaluator.call(handling, ended);
  }

  /** Called by `guarded`, from inside an evaluation. */
  handleNow(): void {
    const returned = this.#handler?.();
    if (types.isPromise(returned)) returned.catch((thrown: unknown) => this.late(thrown));
  }

  /** Run `work`, awaited, with all it shows, prints, returns and throws, also later, led to `receive`. */
  capture(work: () => unknown, receive: (output: CapturedOutput) => void): Promise<void> {
    const around = this.run();
    const run = new Run(around.cell, around.name);
    run.ended = true;
    run.around = around;
    run.receive = receive;
    return new Promise((resolve) => {
      const end = (thrown?: unknown): void => {
        for (const display of run.displays) display.flush();
        if (thrown !== undefined) receive({ type: 'error', content: this.failure(thrown) });
        resolve();
      };
      const course = async (): Promise<void> => {
        const value = await work();
        if (value !== undefined) {
          const data = await bundleOf(value);
          receive({ type: 'display_data', content: { data, metadata: metadataOf(data) } });
        }
        while (run.pending.size > 0) await Promise.all(run.pending);
      };
      const begin = (): void =>
        void course().then(
          () => end(),
          (thrown: unknown) => end(thrown ?? new Error('undefined was thrown')),
        );
      this.#context.run(run, () => {
        this.guarded(begin, (ending) => {
          if (!ending.ok) end(ending.thrown);
        });
      });
    });
  }

  /** `work`, as if called from the run that is now, however late; what it throws is shown there. */
  bind<A extends unknown[]>(work: (...args: A) => unknown): (...args: A) => void {
    const run = this.run();
    const guarded = async (args: A): Promise<void> => {
      try {
        await work(...args);
      } catch (thrown) {
        this.late(thrown);
      }
    };
    return (...args) => void this.#context.run(run, guarded, args);
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
    this.show(run.cell, 'error', this.failure(thrown));
  }

  failure(thrown: unknown): Failure {
    try {
      return failureOf(thrown, (label) => this.sources.text(label));
    } catch (error) {
      return { ename: 'Error', evalue: plainText(error), traceback: ['The error that was thrown cannot be shown.'] };
    }
  }
}
