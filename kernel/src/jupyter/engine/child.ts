/**
 * The engine process as the wire process holds it: started, spoken to, watched, and started again when it dies.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex, Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { log } from '../wire/log.ts';
import type { Cell, CommNote, EngineEvents, Outcome } from './engine.ts';
import {
  decodeComm,
  descriptors,
  encodeComm,
  encodeFrame,
  FrameReader,
  type FromEngine,
  type Question,
  type ToEngine,
  type ToGuard,
} from './protocol.ts';
import { RawOutput } from './raw-output.ts';

const flags = [
  '--no-warnings', // nothing but the user's own text is ever on stderr
  '--no-force-async-hooks-checks', // else stopping a loop inside a timer ends the process
];

/**
 * How long a cell or a message waits before what interrupted cells have left behind is stopped, ms: a timer whose loop
 * begins behind the interrupt would keep the process for ever.
 */
const leftoverPatience = 500;

/** After so many processes that ended before they were ready, a new one is started only for a cell. */
const mostFailedStarts = 3;

interface Waiting {
  readonly cell: number;
  resolve(outcome: Outcome): void;
}

/** The programs an engine process can run, files beside this one. */
export type Program = 'process' | 'tslab-process';

export class EngineProcess {
  readonly #events: EngineEvents;
  readonly #program: Program;
  /** Called with an engine's end, when nobody asked for it. */
  readonly #died: () => void;
  #child: ChildProcess | undefined;
  #waiting: Waiting | undefined;
  /** Comm messages that are being handled, by their number. */
  readonly #handling = new Map<number, () => void>();
  /** Questions that wait for their answer, by their number. */
  readonly #asked = new Map<number, (answer: unknown) => void>();
  #questions = 0;
  #failedStarts = 0;
  #cell = 0;
  /** Ticks while something waits for a process in which a cell was interrupted. */
  #clearing: NodeJS.Timeout | undefined;
  #wasInterrupted = false;

  constructor(events: EngineEvents, died: () => void, program: Program = 'process') {
    this.#events = events;
    this.#died = died;
    this.#program = program;
    this.start();
  }

  /** Start a fresh process; the old one, if any, is ended. */
  start(): void {
    this.stop();
    const entry = fileURLToPath(new URL(`./${this.#program}${import.meta.url.slice(-3)}`, import.meta.url));
    const child = spawn(process.execPath, [...flags, entry], {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const raw = new RawOutput((name, text) => {
      this.#events.stream(this.#cell, name, text);
    });
    const reader = new FrameReader<FromEngine>((note, body) => {
      if (child === this.#child) this.#receive(note, body, raw);
    });
    (child.stdio[descriptors.toWire] as Readable).on('data', (piece: Buffer) => reader.push(piece));
    child.stdout!.on('data', (piece: Buffer) => raw.push('stdout', piece));
    child.stderr!.on('data', (piece: Buffer) => raw.push('stderr', piece));
    for (const stream of child.stdio) stream?.on('error', (error) => log(`engine pipe: ${error.message}`));
    child.on('error', (error) => this.#ended(child, error.message));
    // `close` comes after all pipes are read: what the process said last is heard.
    child.on('close', (code, signal) => this.#ended(child, raw.cause() ?? describeEnd(code, signal)));
    this.#child = child;
    log(`engine started: ${child.pid}`);
  }

  /** End the process at once, whatever it does. */
  stop(): void {
    const child = this.#child;
    this.#child = undefined;
    this.#wasInterrupted = false;
    child?.kill('SIGKILL');
    if (child) this.#lose();
  }

  evaluate(cell: Cell): Promise<Outcome> {
    this.#cell = cell.id;
    if (!this.#child) this.start();
    this.#clearWhileWaiting();
    return new Promise((resolve) => {
      this.#waiting = { cell: cell.id, resolve };
      this.#send(descriptors.toMain, { kind: 'evaluate', cell } satisfies ToEngine);
    });
  }

  /** Hand over a comm message; ends when it was handled, or the process is gone. */
  comm(note: CommNote): Promise<void> {
    if (!this.#child) this.start();
    this.#clearWhileWaiting();
    return new Promise((resolve) => {
      this.#handling.set(note.cell, resolve);
      this.#send(descriptors.toMain, ...encodeComm(note));
    });
  }

  /** The answer to a question, once the process is free to give it; undefined when it ends instead. */
  ask(question: Question): Promise<unknown> {
    if (!this.#child) this.start();
    const id = ++this.#questions;
    return new Promise((resolve) => {
      this.#asked.set(id, resolve);
      this.#send(descriptors.toMain, { kind: 'ask', id, question } satisfies ToEngine);
    });
  }

  /** Stop reading what the process says, so that it waits where it writes; `hold(false)` goes on. */
  hold(hold: boolean): void {
    for (const descriptor of [1, 2, descriptors.toWire]) {
      const stream = this.#child?.stdio[descriptor] as Readable | undefined;
      if (hold) stream?.pause();
      else stream?.resume();
    }
  }

  tellGuard(note: ToGuard): void {
    this.#wasInterrupted ||= note.kind === 'interrupt';
    this.#send(descriptors.toGuard, note);
  }

  #clearWhileWaiting(): void {
    if (!this.#wasInterrupted || this.#clearing) return;
    this.#clearing = setInterval(() => {
      if (this.#waiting || this.#handling.size > 0) this.tellGuard({ kind: 'clear' });
      else this.#clearing = void clearInterval(this.#clearing);
    }, leftoverPatience).unref();
  }

  #send(descriptor: number, note: object, body?: Uint8Array): void {
    const stream = this.#child?.stdio[descriptor] as Duplex | undefined;
    for (const piece of encodeFrame(note, body)) stream?.write(piece);
  }

  #receive(note: FromEngine, body: Buffer, raw: RawOutput): void {
    switch (note.kind) {
      case 'ready':
        this.#failedStarts = 0;
        log('engine ready');
        break;
      case 'stream':
        this.#events.stream(note.cell, note.name, body.toString('utf8'));
        break;
      case 'output':
        this.#events.output({ cell: note.cell, type: note.type, content: body });
        break;
      case 'input':
        this.#events.input(note.cell, note.prompt, note.password);
        break;
      case 'comm':
        this.#events.comm(decodeComm(note, body));
        break;
      case 'line':
        this.#events.line(note.id, note.target);
        break;
      case 'over':
        this.#events.over(note.cell);
        break;
      case 'handled':
        this.#handling.get(note.cell)?.();
        this.#handling.delete(note.cell);
        break;
      case 'told':
        this.#asked.get(note.id)?.((parseBody(body) as { answer: unknown }).answer);
        this.#asked.delete(note.id);
        break;
      case 'done': {
        const outcome = parseBody(body) as Outcome;
        void raw.settle().then(() => this.#finish(note.cell, outcome));
      }
    }
  }

  #finish(cell: number, outcome: Outcome): void {
    if (this.#waiting?.cell !== cell) return;
    const { resolve } = this.#waiting;
    this.#waiting = undefined;
    resolve(outcome);
  }

  /** Give up what a process that is gone will never answer. */
  #lose(): void {
    this.#events.lost();
    for (const resolve of this.#handling.values()) resolve();
    this.#handling.clear();
    for (const resolve of this.#asked.values()) resolve(undefined);
    this.#asked.clear();
  }

  #ended(child: ChildProcess, cause: string): void {
    if (child !== this.#child) return;
    log(`engine ended: ${cause}`);
    const cell = this.#cell;
    const waiting = this.#waiting;
    const evalue = `the session's process ended (${cause}). All variables are gone; a fresh session has begun`;
    const failure = { ename: 'SessionEnded', evalue, traceback: [`\u001b[1;31mSessionEnded:\u001b[0m ${evalue}`] };
    this.#child = undefined;
    this.#lose();
    if (++this.#failedStarts < mostFailedStarts) this.start();
    this.#died();
    this.#events.output({ cell, type: 'error', content: Buffer.from(JSON.stringify(failure)) });
    if (waiting) this.#finish(waiting.cell, { status: 'error', ...failure });
  }
}

function parseBody(body: Buffer): unknown {
  return JSON.parse(body.toString('utf8'));
}

function describeEnd(code: number | null, signal: string | null): string {
  if (signal === 'SIGKILL') return 'killed, perhaps for want of memory';
  return signal === null ? `exit code ${code}` : `signal ${signal}`;
}
