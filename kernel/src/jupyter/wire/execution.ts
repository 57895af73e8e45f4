/**
 * Cells one after the other: the queue, the counter, the replies, and what happens to those behind a cell that fails.
 *
 * Comm messages: as in ipykernel, a `comm_open` waits for its turn behind the cells that came before it, which may be
 * about to register its target. Other than there, messages over an open comm overtake the cells that wait, and are
 * handled while a cell awaits: so a cell can await a button. A cell that computes is never interrupted by one.
 */
import type { CommType } from '../comms/comms.ts';
import type { Cell, Engine, Outcome, Output, StreamName } from '../engine/engine.ts';
import { helpTopic } from './help.ts';
import type { History } from './history.ts';
import type { Answering } from './kernel.ts';
import type { Content, Request } from './message.ts';
import { StreamBuffer } from './streams.ts';

/** Sends to iopub with a raw header as parent. */
export type Publish = (parent: Uint8Array, type: string, content: Content) => void;

interface Waiting {
  readonly request: Request;
  /** It came while another ran. */
  readonly queued: boolean;
  /** Runs the body between busy and idle. */
  answer(body: (answering: Answering) => Promise<void>): Promise<void>;
}

/** A cell that was given to the engine; kept after its end, for as long as outputs may come late. */
interface Started {
  /** Of its request: whom to ask for input, and the parent of what it shows. */
  readonly identities: readonly Uint8Array[];
  readonly rawHeader: Uint8Array;
  readonly silent: boolean;
  /** The line in the history, for its result. */
  readonly line: number | undefined;
}

/** A cell that the engine runs already; one of which nothing is to be run has no outcome. */
interface Begun {
  readonly code: string;
  readonly silent: boolean;
  /** What the cell asks about, where it is a question. */
  readonly topic: string | undefined;
  readonly outcome: Promise<Outcome> | undefined;
}

/** Cells whose late outputs still find their parent, if the engine forgets none of them. */
const remembered = 10_000;
/** When an interrupted cell still runs after so long, the user is told, ms. */
const toldAfter = 4500;

export class ExecutionQueue {
  readonly #engine: Engine;
  readonly #history: History;
  readonly #publish: Publish;
  readonly #streams: StreamBuffer;
  readonly #waiting: Waiting[] = [];
  readonly #started = new Map<number, Started>();
  #count = 0;
  #cells = 0;
  #busy = false;
  /** The cell the engine runs now, if any. */
  #running: number | undefined;
  #interrupted = false;

  constructor(engine: Engine, history: History, publish: Publish) {
    this.#engine = engine;
    this.#history = history;
    this.#publish = publish;
    this.#streams = new StreamBuffer((cell, name, text) => {
      const parent = this.#started.get(cell)?.rawHeader;
      if (parent) publish(parent, 'stream', { name, text });
    });
  }

  /** Take an execute request; it runs when those before it have ended. */
  add(request: Request, answer: Waiting['answer']): void {
    this.#waiting.push({ request, queued: this.#busy, answer });
    if (!this.#busy) void this.#work();
  }

  /** Take a comm message; see above when it is handled. */
  addComm(request: Request, answer: Waiting['answer']): void {
    const id = request.content.comm_id;
    const sameComm = ({ header, content }: Request) => header.msg_type.startsWith('comm_') && content.comm_id === id;
    const waits = request.header.msg_type === 'comm_open' || this.#waiting.some((other) => sameComm(other.request));
    if (waits && this.#busy) this.#waiting.push({ request, queued: true, answer });
    else void answer((answering) => this.#handle(request, answering));
  }

  async #handle(request: Request, { publish }: Answering): Promise<void> {
    const { header, content, metadata, buffers } = request;
    if (!this.#engine.comm) {
      if (header.msg_type === 'comm_open') publish('comm_close', { comm_id: content.comm_id ?? '', data: {} });
      return;
    }
    const cell = this.#start(request, false, undefined);
    await this.#engine.comm({ cell, type: header.msg_type as CommType, content, metadata, buffers });
    this.#streams.flush();
  }

  /** The request that a cell came from. */
  requestOf(cell: number): Pick<Request, 'identities' | 'rawHeader'> | undefined {
    return this.#started.get(cell);
  }

  /** Nothing can come of a cell any more: nothing that it started is left. */
  forget(cell: number): void {
    if (cell === this.#running) return;
    this.#streams.flush();
    this.#started.delete(cell);
  }

  /** Gather what a cell prints. */
  stream(cell: number, name: StreamName, text: string): void {
    if (this.#started.get(cell)?.silent === false) this.#streams.write(cell, name, text);
  }

  /** Send what was printed so far. */
  flush(): void {
    this.#streams.flush();
  }

  /** Pass on an output to the cell's own parent, after all that was printed before it. */
  output({ cell, type, content }: Output): void {
    this.#streams.flush();
    const started = this.#started.get(cell);
    if (!started || started.silent) return;
    this.#publish(started.rawHeader, type, content);
    if (type === 'execute_result' && started.line !== undefined) {
      const { line } = started;
      // Once everything else is on its way: the content may be large.
      setImmediate(() => {
        const { data } = JSON.parse(Buffer.from(content).toString('utf8')) as { data: Record<string, unknown> };
        this.#history.result(line, String(data['text/plain']));
      });
    }
  }

  /**
   * Stop the running cell, and with it those that wait; with no cell running, what a cell left behind.
   *
   * @returns whether a cell runs
   */
  interrupt(): boolean {
    const cell = this.#running;
    this.#engine.interrupt(cell);
    if (cell === undefined) return false;
    this.#interrupted = true;
    setTimeout(() => this.#tell(cell), toldAfter).unref();
    return true;
  }

  #tell(cell: number): void {
    if (this.#running !== cell) return;
    const advice =
      'The cell was interrupted but still runs: it is inside native code that cannot be stopped, or goes on regardless. ' +
      'Restarting the kernel stops it; the variables are lost then.';
    const content = { data: { 'text/plain': advice }, metadata: {}, transient: {} };
    const parent = this.#started.get(cell)?.rawHeader;
    if (parent) this.#publish(parent, 'display_data', content);
  }

  async #work(): Promise<void> {
    this.#busy = true;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      const { request } = next;
      if (!isCell(next)) {
        await next.answer((answering) => this.#handle(request, answering));
        continue;
      }
      let behind: readonly Waiting[] = [];
      const begun = this.#begin(next);
      await next.answer(async (answering) => {
        behind = await this.#run(begun, request, answering);
      });
      for (const { answer } of behind) {
        await answer(async ({ reply }) => reply('execute_reply', { status: 'aborted', execution_count: this.#count }));
      }
    }
    this.#busy = false;
  }

  /**
   * The cells that a stop takes with it: those that wait, and what has come but is not yet read from the socket. Taken
   * before the stopped cell is answered, for what is sent after that answer is a new beginning.
   */
  async #takeBehind(): Promise<Waiting[]> {
    await new Promise((resolve) => setImmediate(resolve));
    const behind = this.#waiting.filter(isCell);
    this.#waiting.splice(0, this.#waiting.length, ...this.#waiting.filter((waiting) => !isCell(waiting)));
    return behind;
  }

  /**
   * Begin with a cell. The engine comes first, and whatever is said of the cell's beginning after it: the engine's
   * answers take at least one turn of the event loop, and meanwhile two processes work.
   */
  #begin({ request, queued }: Waiting): Begun {
    const { content } = request;
    const code = typeof content.code === 'string' ? content.code : '';
    const silent = content.silent === true;
    const stored = !silent && content.store_history !== false;
    const expressions = expressionsOf(content);
    const isEmpty = code.trim() === '' && Object.keys(expressions).length === 0;
    if (stored && !isEmpty) this.#history.add(++this.#count, code);
    const topic = helpTopic(code);
    if (isEmpty || topic !== undefined) return { code, silent, topic, outcome: undefined };

    const id = this.#start(request, silent, stored ? this.#count : undefined);
    this.#running = id;
    const input = content.allow_stdin === true;
    const cell: Cell = {
      id,
      ...(stored ? { count: this.#count } : {}),
      code,
      expressions,
      input,
      ...(queued ? { queued } : {}),
    };
    return { code, silent, topic, outcome: this.#engine.evaluate(cell) };
  }

  /** Take a cell that has begun to its reply. @returns the cells behind it that are not to run */
  async #run(
    { code, silent, topic, outcome }: Begun,
    request: Request,
    answering: Answering,
  ): Promise<readonly Waiting[]> {
    const { reply, publish } = answering;
    if (!silent) publish('execute_input', { code, execution_count: this.#count });
    if (topic !== undefined) {
      const data = (await this.#engine.inspect(topic, topic.length)) ?? {
        'text/plain': `Nothing is known of ${topic}.`,
      };
      reply('execute_reply', okReply(this.#count, {}, [{ source: 'page', data, start: 0 }]));
      return [];
    }
    if (outcome === undefined) {
      reply('execute_reply', okReply(this.#count, {}));
      return [];
    }
    const ended = await this.#ended(outcome);
    const stops = this.#interrupted || (ended.status === 'error' && request.content.stop_on_error !== false);
    this.#interrupted = false;
    const behind = stops ? await this.#takeBehind() : [];
    if (ended.status === 'ok') {
      const payload = ended.leaves ? [{ source: 'ask_exit', keepkernel: false }] : [];
      reply('execute_reply', okReply(this.#count, ended.expressions, payload));
    } else reply('execute_reply', { ...ended, execution_count: this.#count, user_expressions: {}, payload: [] });
    return behind;
  }

  async #ended(outcome: Promise<Outcome>): Promise<Outcome> {
    try {
      return await outcome;
    } finally {
      this.#streams.flush();
      this.#running = undefined;
    }
  }

  /** Keep of a request what is needed to show things in its name. @returns its number */
  #start({ identities, rawHeader }: Request, silent: boolean, line: number | undefined): number {
    const id = ++this.#cells;
    this.#started.set(id, { identities, rawHeader, silent, line });
    if (this.#started.size > remembered) this.#started.delete(this.#started.keys().next().value!);
    return id;
  }
}

function isCell({ request }: Waiting): boolean {
  return request.header.msg_type === 'execute_request';
}

function okReply(count: number, expressions: object, payload: readonly object[] = []): Record<string, unknown> {
  return { status: 'ok', execution_count: count, user_expressions: expressions, payload };
}

function expressionsOf(content: Readonly<Record<string, unknown>>): Record<string, string> {
  const given = content.user_expressions;
  if (typeof given !== 'object' || given === null) return {};
  return Object.fromEntries(Object.entries(given).filter((entry) => typeof entry[1] === 'string'));
}
