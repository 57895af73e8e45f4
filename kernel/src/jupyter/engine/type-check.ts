/**
 * Types as help, never as a wall: a cell is checked while it runs, and what it shows waits until what the checker objects
 * to has been shown. Only `%types strict` makes the cell itself wait.
 *
 * A check takes a millisecond or two, but one that meets a package for the first time, or a hard type, may take a second.
 * So outputs wait for a tenth of a second at most; and all waiting comes from an allowance that fills slowly, so that a
 * run of many hard cells soon waits no more, and is told later. A program that sends cell after cell, each when the last
 * one has ended, counts milliseconds, and on two processors the checker would take its share of them: from the
 * twenty-first on they are checked when it pauses. `%types wait` makes every cell wait for its report, however
 * long.
 */
import type { MimeBundle } from '../../host/host.ts';
import type { Diagnostic } from '../language/diagnostics.ts';
import { cellName } from '../repl/sources.ts';
import type { Cell, EngineEvents, Failure } from './engine.ts';
import { reportBundle, reportText } from './type-report.ts';
import type { TypesMode } from './types-line.ts';

/** The checker, as much as is needed of it. */
export interface Checker {
  /** Whether it answers within milliseconds; its first answer takes seconds. */
  readonly warm: boolean;
  /** @param whenQuiet there is no hurry: cells that follow come first */
  check(code: string, whenQuiet?: boolean): Promise<readonly Diagnostic[]>;
  /** Runs `task` once the checker is warm. */
  whenWarm(task: () => void): void;
}

/** A cell that comes so soon after the last one's end, ms, was sent by a program … */
const soon = 150;
/** … which counts milliseconds where more than so many have come in a row. */
const aNotebook = 20;
/** What a cell shows waits no longer than this for its check, ms. */
const patience = 100;
/** All cells together wait no longer than this at once, ms … */
const fullAllowance = 1500;
/** … and it fills by this share of the time that passes. */
const refill = 0.1;
/** Checks that may be under way at once: completions wait behind them. */
const mostPending = 100;

export class TypeCheck {
  mode: TypesMode = 'on';
  readonly #checker: Checker;
  readonly #events: Pick<EngineEvents, 'output' | 'over'>;
  #allowance = fullAllowance;
  #filled = performance.now();
  /** The cells that are being checked, and those of them of which nothing else is left. */
  readonly #pending = new Set<number>();
  readonly #over = new Set<number>();
  /** When the last cell ended. */
  #ended = -soon;
  /** Cells that have come soon after another, in a row. */
  #inRow = 0;

  constructor(checker: Checker, events: Pick<EngineEvents, 'output' | 'over'>) {
    this.#checker = checker;
    this.#events = events;
  }

  /** Why a cell must not run, if it must not. */
  async refusal(cell: Cell): Promise<Failure | undefined> {
    return failure(await this.#checker.check(cell.code), cell);
  }

  /**
   * Check a cell that runs, and show what the checker objects to. Nothing is shown before this has returned.
   *
   * @returns a promise for which the cell's outputs are to wait; undefined where they are not
   */
  report(cell: Cell): Promise<void> | undefined {
    // Cells outside the history are a tool's own.
    if (this.mode === 'off' || this.mode === 'strict' || cell.count === undefined) return undefined;
    if (this.mode !== 'wait' && this.#pending.size >= mostPending) return undefined;
    this.#pending.add(cell.id);
    if (this.mode === 'wait') return this.#check(cell);
    if (!this.#checker.warm) {
      this.#checker.whenWarm(() => void this.#check(cell));
      return undefined;
    }
    this.#inRow = !cell.queued && performance.now() - this.#ended < soon ? this.#inRow + 1 : 0;
    const isPrograms = this.#inRow > aNotebook;
    const checked = this.#check(cell, isPrograms);
    return !isPrograms && this.#allowed() >= patience ? this.#wait(checked) : undefined;
  }

  /** A cell has ended. */
  ended(): void {
    this.#ended = performance.now();
  }

  /** Nothing that a cell has started is left: pass that on once its report is there. */
  over(cell: number): void {
    if (this.#pending.has(cell)) this.#over.add(cell);
    else this.#events.over(cell);
  }

  async #check(cell: Cell, whenQuiet = false): Promise<void> {
    try {
      const found = await this.#checker.check(cell.code, whenQuiet);
      if (found.length > 0) this.show(cell, reportBundle(found, cell.code, cellName(cell)));
    } finally {
      this.#pending.delete(cell.id);
      if (this.#over.delete(cell.id)) this.#events.over(cell.id);
    }
  }

  async #wait(checked: Promise<void>): Promise<void> {
    const begin = performance.now();
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patience);
    });
    await Promise.race([checked, enough]);
    clearTimeout(timer);
    this.#allowance -= performance.now() - begin;
  }

  #allowed(): number {
    const now = performance.now();
    this.#allowance = Math.min(fullAllowance, this.#allowance + refill * (now - this.#filled));
    this.#filled = now;
    return this.#allowance;
  }

  show(cell: Cell, data: MimeBundle): void {
    const content = Buffer.from(JSON.stringify({ data, metadata: {}, transient: {} }));
    this.#events.output({ cell: cell.id, type: 'display_data', content });
  }
}

function failure(found: readonly Diagnostic[], cell: Cell): Failure | undefined {
  if (found.length === 0) return undefined;
  const evalue = `${found.length} type error${found.length === 1 ? '' : 's'}; the cell has not run (%types on would run it)`;
  const ename = 'TypeCheckError';
  const text = reportText(found, cell.code, cellName(cell));
  return { ename, evalue, traceback: [`\u001b[1;31m${ename}:\u001b[0m ${evalue}`, text] };
}
