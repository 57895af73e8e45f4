/**
 * A pool of warm workers: opened when first needed, at most as many as there are processors, kept for the next task.
 *
 * A task names a module and gives it plain data; what it computes must not depend on which worker does it, nor on
 * how many there are. Whoever starts a task reads its messages with `for await`, so that what follows runs in the
 * reader's own context (a notebook's output belongs to the cell that asked for it).
 */
import type { Answer, Order } from './messages.ts';
import { type Opener, openThread, processors, type Thread } from './thread.ts';

export interface Task {
  /** URL of the module whose export `run` does the work; `moduleBeside` makes it. */
  readonly module: string;
  /** What `run` is given; copied. */
  readonly payload: unknown;
  /** Large objects that several tasks read: copied to a worker once, as long as they are in use. */
  readonly shared?: readonly object[];
}

/** A task under way. */
export interface Job<M, R> extends AsyncIterable<M> {
  /** Rejects with `WorkerLost`, or with what the work threw; undefined where it was stopped before it began. */
  readonly result: Promise<R | undefined>;
  /** Ask it to end with what it has. */
  stop(): void;
}

/** The worker of a task ended before the task did. */
export class WorkerLost extends Error {
  override readonly name = 'WorkerLost';
}

/** There are no workers here: do the work on this thread. */
export class NoWorkers extends Error {
  override readonly name = 'NoWorkers';
}

/** Shared objects a worker keeps at most: the models of a session's last runs. */
const mostKept = 4;

/** Messages of a job that wait for their reader. */
class Inbox<M> {
  #messages: M[] = [];
  #closed = false;
  #wake: (() => void) | undefined;

  put(message: M): void {
    this.#messages.push(message);
    this.#wake?.();
  }

  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  async *read(): AsyncGenerator<M, void> {
    while (true) {
      const messages = this.#messages;
      this.#messages = [];
      yield* messages;
      if (this.#messages.length > 0) continue;
      if (this.#closed) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

interface Running {
  readonly number: number;
  readonly task: Task;
  readonly inbox: Inbox<unknown>;
  readonly settle: (data: unknown) => void;
  readonly fail: (error: unknown) => void;
}

/** A worker, what it does, and the shared objects it holds (oldest use first). */
interface Place {
  readonly thread: Thread;
  ready: boolean;
  running: Running | undefined;
  readonly kept: Set<number>;
  /** Modules it was told of. */
  readonly told: Set<string>;
  /** Those of them it has loaded, and those whose work it has done before: their code is warm. */
  readonly loaded: Set<string>;
  readonly practised: Set<string>;
}

/**
 * @example
 * const pool = new WorkerPool();
 * const job = pool.start<number, number>({ module: moduleBeside(import.meta.url, './work'), payload: 3 });
 * for await (const part of job) show(part);
 * const whole = await job.result;
 */
export class WorkerPool {
  /** Workers at most. */
  readonly size: number;
  readonly #open: Opener;
  readonly #mostWaiting: number;
  readonly #places: Place[] = [];
  readonly #waiting: Running[] = [];
  readonly #numbers = new WeakMap<object, number>();
  #jobs = 0;
  #objects = 0;
  #available = true;

  /**
   * @param size workers at most, ≥ 1 (default: as many as there are processors)
   * @param mostWaiting tasks that may wait for a worker, ≥ 0 (default 1000)
   * @param open how a worker is opened
   */
  constructor(size: number = processors(), mostWaiting = 1000, open: Opener = openThread) {
    if (!(Number.isInteger(size) && size >= 1)) {
      throw new RangeError(`WorkerPool: size must be a whole number ≥ 1, got ${size}`);
    }
    this.size = size;
    this.#mostWaiting = mostWaiting;
    this.#open = open;
  }

  /** Workers open at the moment. */
  get open(): number {
    return this.#places.length;
  }

  /**
   * Open as many workers as will be needed, and have them load a task's module: they do so while the caller still puts
   * the task together.
   */
  prepare(module: string, count: number): void {
    while (this.#places.length < Math.min(count, this.size) && this.#addPlace() !== undefined);
    for (const { thread, told } of this.#places.slice(0, count)) {
      if (told.has(module)) continue;
      told.add(module);
      thread.post({ type: 'load', module });
    }
  }

  /** Workers that have nothing to do and have loaded a module. */
  ready(module: string): number {
    return this.#places.filter(({ running, loaded }) => running === undefined && loaded.has(module)).length;
  }

  /** Workers that have nothing to do and have done work of a module before. */
  practised(module: string): number {
    return this.#places.filter(({ running, practised }) => running === undefined && practised.has(module)).length;
  }

  /** Begin a task, or let it wait for a worker. @throws RangeError when too many wait already */
  start<M, R>(task: Task): Job<M, R> {
    const inbox = new Inbox<unknown>();
    let settle: Running['settle'] = () => undefined;
    let fail: Running['fail'] = () => undefined;
    const result = new Promise<R | undefined>((resolve, reject) => {
      settle = (data) => resolve(data as R | undefined);
      fail = reject;
    }).finally(() => inbox.close());
    result.catch(() => undefined); // heard by whoever awaits it; the messages may be read first
    const running: Running = { number: this.#jobs++, task, inbox, settle, fail };
    if (!this.#begin(running)) this.#wait(running);
    return {
      result,
      stop: () => this.#stop(running),
      [Symbol.asyncIterator]: () => inbox.read() as AsyncGenerator<M, void>,
    };
  }

  /** End all workers; tasks under way are lost. */
  close(): void {
    const places = this.#places.splice(0);
    for (const { thread, running } of places) {
      thread.end();
      running?.fail(new WorkerLost('the pool was closed'));
    }
    for (const running of this.#waiting.splice(0)) running.fail(new WorkerLost('the pool was closed'));
  }

  #wait(running: Running): void {
    if (!this.#available) {
      running.fail(new NoWorkers('no worker can be opened here'));
      return;
    }
    if (this.#waiting.length >= this.#mostWaiting) {
      running.fail(
        new RangeError(
          `workers: all ${this.size} workers are busy and ${this.#mostWaiting} tasks wait already; ` +
            'await earlier runs before you start more',
        ),
      );
      return;
    }
    this.#waiting.push(running);
  }

  /** Give the task to an idle worker, or to a new one. */
  #begin(running: Running): boolean {
    const { module } = running.task;
    const idle = this.#places.filter((p) => p.running === undefined);
    const place = idle.find((p) => p.loaded.has(module)) ?? idle[0] ?? this.#addPlace();
    if (place === undefined) return false;
    place.running = running;
    place.thread.hold(true);
    const { task, number } = running;
    try {
      const objects = task.shared ?? [];
      const shared = objects.map((object) => this.#share(place, object, Math.max(mostKept, objects.length)));
      place.thread.post({ type: 'run', job: number, module, payload: task.payload, shared });
    } catch (error) {
      this.#finish(place, () => running.fail(error)); // what cannot be cloned
    }
    return true;
  }

  #addPlace(): Place | undefined {
    if (!this.#available || this.#places.length >= this.size) return undefined;
    const listener = {
      answer: (answer: Answer) => this.#hear(place, answer),
      lost: (reason: string) => this.#lose(place, reason),
    };
    const thread = this.#open(listener);
    if (thread === undefined) {
      this.#available = false;
      return undefined;
    }
    const place: Place = {
      thread,
      ready: false,
      running: undefined,
      kept: new Set(),
      told: new Set(),
      loaded: new Set(),
      practised: new Set(),
    };
    this.#places.push(place);
    return place;
  }

  /** See that the worker has the object. @returns its number */
  #share({ thread, kept }: Place, object: object, most: number): number {
    let number = this.#numbers.get(object);
    if (number === undefined) {
      number = this.#objects++;
      this.#numbers.set(object, number);
    }
    if (!kept.delete(number)) thread.post({ type: 'keep', number, object });
    kept.add(number);
    for (const old of kept) {
      if (kept.size <= most) break;
      kept.delete(old);
      thread.post({ type: 'forget', number: old });
    }
    return number;
  }

  #stop(running: Running): void {
    const at = this.#waiting.indexOf(running);
    if (at >= 0) {
      this.#waiting.splice(at, 1);
      running.settle(undefined);
      return;
    }
    const order: Order = { type: 'stop', job: running.number };
    this.#places.find((p) => p.running === running)?.thread.post(order);
  }

  #hear(place: Place, answer: Answer): void {
    if (answer.type === 'ready') {
      place.ready = true;
      return;
    }
    if (answer.type === 'loaded') {
      place.loaded.add(answer.module);
      return;
    }
    const { running } = place;
    if (running?.number !== answer.job) return;
    switch (answer.type) {
      case 'message':
        running.inbox.put(answer.data);
        break;
      case 'done':
        place.practised.add(running.task.module);
        this.#finish(place, () => running.settle(answer.data));
        break;
      case 'failed':
        this.#finish(place, () => running.fail(answer.error));
        break;
    }
  }

  /** The worker is free: tell the caller, and take what waits. */
  #finish(place: Place, tell: () => void): void {
    place.running = undefined;
    place.thread.hold(false);
    tell();
    this.#next();
  }

  #next(): void {
    while (this.#waiting.length > 0) {
      const running = this.#waiting.shift()!;
      if (this.#begin(running)) continue;
      this.#waiting.unshift(running);
      break;
    }
    if (!this.#available && this.#places.length === 0) {
      for (const running of this.#waiting.splice(0)) running.fail(new NoWorkers('no worker can be opened here'));
    }
  }

  #lose(place: Place, reason: string): void {
    const at = this.#places.indexOf(place);
    if (at < 0) return;
    this.#places.splice(at, 1);
    // One that never got as far as to say it is ready will not do so the next time.
    if (!place.ready) this.#available = false;
    const { running } = place;
    running?.fail(
      place.ready ? new WorkerLost(`its worker ended: ${reason}`) : new NoWorkers(`no worker can be opened: ${reason}`),
    );
    this.#next();
  }
}

let common: WorkerPool | undefined;

/** The pool of this process, which all estimators share. */
export function sharedPool(): WorkerPool {
  common ??= new WorkerPool();
  return common;
}
