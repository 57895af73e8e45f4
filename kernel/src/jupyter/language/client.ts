/**
 * The wire's side of the language thread: started when it is first asked, or a while after the first cell, so that
 * it costs a starting session nothing.
 */
import { Worker } from 'node:worker_threads';
import type { Completeness, Completions, Inspection } from '../engine/engine.ts';
import type { Checker } from '../engine/type-check.ts';
import { log } from '../wire/log.ts';
import type { Diagnostic } from './diagnostics.ts';
import type { Answers, FromLanguage, Question, ToLanguage } from './protocol.ts';

/** How long after the first cell the thread is started unasked, ms. */
const warmAfter = 1500;
/** Memory for what the thread has just made, MB: the compiler keeps 160 MB less alive than with Node's default. */
const youngMemory = 8;
/** Cells kept for a thread that starts later, or again; of more, the last. */
const remembered = 1000;
/** What the thread need not know at once it is told when nothing has happened for so long, ms … */
const quiet = 30;
/** … or when there is so much of it. */
const mostUntold = 50;
/** Asked first of a fresh thread: it reads the libraries a cell is checked against. */
const warming = 'Math.abs(process.uptime());';

export class Language implements Checker {
  /** Whether the thread has answered before: its first answer takes seconds. */
  warm = false;
  #onceWarm: (() => void)[] = [];
  #worker: Worker | undefined;
  #warming: NodeJS.Timeout | undefined;
  #asked = 0;
  /** The cells of the session, for a thread that starts later. */
  #cells: string[] = [];
  /** What the thread is yet to be told, in order. */
  readonly #untold: ToLanguage[] = [];
  #telling: NodeJS.Timeout | undefined;
  readonly #waiting = new Map<number, { readonly settle: (answer: never) => void; readonly nothing: unknown }>();

  /** A cell has run: what it declared is known from now on. */
  remember(code: string): void {
    this.#cells.push(code);
    if (this.#cells.length > remembered) this.#cells.shift();
    this.#tellLater({ kind: 'remember', code });
    if (this.warm || this.#warming) return;
    this.#warming = setTimeout(() => {
      void this.check(warming);
    }, warmAfter).unref();
  }

  /** A fresh session has begun. */
  forget(): void {
    this.#cells = [];
    this.#tellLater({ kind: 'forget' });
  }

  complete(code: string, cursor: number): Promise<Completions> {
    return this.#ask('complete', code, cursor, { matches: [], start: cursor, end: cursor });
  }

  inspect(code: string, cursor: number): Promise<Inspection> {
    return this.#ask('inspect', code, cursor, undefined);
  }

  isComplete(code: string): Promise<Completeness> {
    return this.#ask('isComplete', code, 0, { status: 'unknown' });
  }

  /** What the type checker objects to in a cell. @param whenQuiet there is no hurry: cells that follow come first */
  async check(code: string, whenQuiet = false): Promise<readonly Diagnostic[]> {
    const found = await this.#ask('check', code, 0, [], whenQuiet);
    this.warm = this.#worker !== undefined;
    if (this.warm) for (const task of this.#onceWarm.splice(0)) task();
    return found;
  }

  /** Runs `task` once the thread is warm, a while after the first cell. */
  whenWarm(task: () => void): void {
    this.#onceWarm.push(task);
  }

  close(): void {
    clearTimeout(this.#warming);
    clearTimeout(this.#telling);
    void this.#worker?.terminate();
  }

  /** @param nothing the answer when the thread fails */
  #ask<Q extends Question>(
    question: Q,
    code: string,
    cursor: number,
    nothing: Answers[Q],
    whenQuiet = false,
  ): Promise<Answers[Q]> {
    this.#start();
    const id = ++this.#asked;
    return new Promise((resolve) => {
      this.#waiting.set(id, { settle: resolve, nothing });
      this.#tellLater({ kind: 'ask', id, question, code, cursor });
      if (!whenQuiet) this.#tell();
    });
  }

  #tell(): void {
    clearTimeout(this.#telling);
    this.#telling = undefined;
    if (this.#untold.length > 0) this.#worker?.postMessage(this.#untold.splice(0));
  }

  /**
   * Before the next question, or once it is quiet: cells in quick succession cost the least when they come together, and
   * a thread that is woken takes the processor from those that run the cell.
   */
  #tellLater(note: ToLanguage): void {
    if (!this.#worker) return; // it is told all that has run when it starts
    this.#untold.push(note);
    if (this.#untold.length > mostUntold) this.#tell();
    else if (this.#telling) this.#telling.refresh();
    else this.#telling = setTimeout(() => this.#tell(), quiet).unref();
  }

  #start(): void {
    if (this.#worker) return;
    // Its own streams lead nowhere: nothing of ours is ever written to stderr.
    const worker = new Worker(new URL(`./worker${import.meta.url.slice(-3)}`, import.meta.url), {
      stdout: true,
      stderr: true,
      resourceLimits: { maxYoungGenerationSizeMb: youngMemory },
    });
    this.#worker = worker;
    worker.unref();
    worker.on('message', ({ id, answer }: FromLanguage) => this.#settle(id, answer));
    worker.on('error', (error) => log(`language: ${error.stack ?? error.message}`));
    worker.on('exit', () => {
      if (worker !== this.#worker) return;
      this.#worker = undefined; // the next question starts another
      this.warm = false;
      this.#warming = undefined;
      for (const [id, { nothing }] of this.#waiting) this.#settle(id, nothing);
    });
    this.#untold.splice(0, this.#untold.length, ...this.#cells.map((code) => ({ kind: 'remember', code }) as const));
    this.#tell();
  }

  #settle(id: number, answer: unknown): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.settle(answer as never);
  }
}
