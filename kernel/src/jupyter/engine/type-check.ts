/**
 * Types as help, never as a wall: a cell is checked while it runs, and what the checker objects to is shown before the
 * cell's output if it comes in time. Only `%types strict` makes a cell wait for it.
 *
 * A check takes some 50 ms. A person does not see that; a program that sends cells one after the other would. So all
 * waiting comes from an allowance that fills slowly: cells in quick succession soon run without waiting.
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
  check(code: string): Promise<readonly Diagnostic[]>;
  /** Runs `task` once the checker is warm. */
  whenWarm(task: () => void): void;
}

/** A cell waits no longer than this for its check, ms. */
const patience = 100;
/** All cells together wait no longer than this at once, ms … */
const fullAllowance = 1500;
/** … and it fills by this share of the time that passes. */
const refill = 0.1;
/** Checks that may be under way at once: completions wait behind them. */
const mostPending = 5;

export class TypeCheck {
  mode: TypesMode = 'on';
  readonly #checker: Checker;
  readonly #output: EngineEvents['output'];
  #allowance = fullAllowance;
  #filled = performance.now();
  #pending = 0;

  constructor(checker: Checker, output: EngineEvents['output']) {
    this.#checker = checker;
    this.#output = output;
  }

  /** To be awaited before a cell runs. @returns why it must not, if it must not */
  async before(cell: Cell): Promise<Failure | undefined> {
    if (this.mode === 'off') return undefined;
    if (this.mode === 'strict') return failure(await this.#checker.check(cell.code), cell);
    // Cells outside the history are a tool's own.
    if (cell.count === undefined || this.#pending >= mostPending) return undefined;
    this.#pending++;
    if (!this.#checker.warm) {
      this.#checker.whenWarm(() => void this.#check(cell));
      return undefined;
    }
    const checked = this.#check(cell);
    if (this.#allowed() >= patience) await this.#wait(checked);
    return undefined;
  }

  async #check(cell: Cell): Promise<void> {
    try {
      const found = await this.#checker.check(cell.code);
      if (found.length > 0) this.show(cell, reportBundle(found, cell.code, cellName(cell)));
    } finally {
      this.#pending--;
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
    this.#output({ cell: cell.id, type: 'display_data', content });
  }
}

function failure(found: readonly Diagnostic[], cell: Cell): Failure | undefined {
  if (found.length === 0) return undefined;
  const evalue = `${found.length} type error${found.length === 1 ? '' : 's'}; the cell has not run (%types on would run it)`;
  const ename = 'TypeCheckError';
  const text = reportText(found, cell.code, cellName(cell));
  return { ename, evalue, traceback: [`\u001b[1;31m${ename}:\u001b[0m ${evalue}`, text] };
}
