/**
 * The kernel as the wire sees it: takes requests from the channels, answers them, and tells iopub.
 *
 * Every request, whatever its kind, stands between busy and idle; its header is the parent of all that answers it and
 * is never kept anywhere but with it. Cells wait their turn in a queue; all else is answered at once, also while a
 * cell runs.
 */
import type { CommNote, Completions, Engine, Output, StreamName } from '../engine/engine.ts';
import { OpenComms } from './comms.ts';
import { ExecutionQueue } from './execution.ts';
import { History } from './history.ts';
import { kernelInformation } from './information.ts';
import { log } from './log.ts';
import { Composer, type Content, type Fault, parseMessage, type Request, type Signer } from './message.ts';
import { type Outgoing, Pacer } from './pace.ts';
import type { Transport } from './sockets.ts';

export type RequestChannel = 'shell' | 'control' | 'stdin';

/** What the rest of the wire needs of a kernel to answer a request. */
export interface Answering {
  reply(type: string, content: Content): void;
  /** Tell iopub, with the request as parent. */
  publish(type: string, content: Content): void;
}

export interface KernelOptions {
  readonly transport: Transport;
  readonly signer: Signer;
  /** Called after the answer to a shutdown has been sent. */
  readonly shutdown: () => void;
}

type Handler = (request: Request, answering: Answering) => void | Promise<void>;

export class Kernel {
  /** Messages that were dropped, by the reason. */
  readonly dropped: Record<Fault, number> = { malformed: 0, 'bad signature': 0 };
  readonly #transport: Transport;
  readonly #signer: Signer;
  readonly #composer: Composer;
  readonly #shutdown: () => void;
  readonly #engine: Engine;
  readonly #comms = new OpenComms();
  readonly #history = new History();
  readonly #pacer: Pacer;
  readonly #executions: ExecutionQueue;
  readonly #handlers: Readonly<Record<string, Handler>>;

  constructor(engine: Engine, { transport, signer, shutdown }: KernelOptions) {
    this.#engine = engine;
    this.#transport = transport;
    this.#signer = signer;
    this.#shutdown = shutdown;
    this.#composer = new Composer(signer);
    this.#pacer = new Pacer(
      (message) => this.#deliver(message),
      (hold) => engine.hold?.(hold),
    );
    this.#executions = new ExecutionQueue(engine, this.#history, (parent, type, content) =>
      this.#pacer.publish({ type, content, parent }),
    );
    this.#handlers = this.#makeHandlers();
  }

  /** A message came. Never throws. */
  receive(channel: RequestChannel, frames: readonly Uint8Array[]): void {
    const parsed = parseMessage(frames, this.#signer);
    if (!parsed.ok) {
      this.dropped[parsed.why]++;
      log(`${channel}: dropped a message: ${parsed.why}`);
      return;
    }
    const { request } = parsed;
    if (channel === 'stdin') {
      // Not a request but the answer to one of ours: it has no busy and no idle.
      if (request.header.msg_type === 'input_reply') this.#engine.answer(text(request.content.value));
      return;
    }
    if (request.header.msg_type === 'execute_request' && channel === 'shell') {
      this.#executions.add(request, (body) => this.#answerInOrder(request, body));
      return;
    }
    if (/^comm_(open|msg|close)$/.test(request.header.msg_type) && channel === 'shell') {
      this.#executions.addComm(request, (body) => this.#answerInOrder(request, body));
      return;
    }
    // Of our own making only: a message type may be called `toString`.
    const { msg_type: type } = request.header;
    const handler = Object.hasOwn(this.#handlers, type) ? this.#handlers[type] : undefined;
    const reply = type.replace(/_request$/, '_reply');
    void this.#answer(request, this.#answering(channel, request), async (answering) => {
      try {
        await handler?.(request, answering);
      } catch (error) {
        // A fault of ours; but who asked waits for an answer.
        log(`${type}: ${error instanceof Error ? error.stack : String(error)}`);
        answering.reply(reply, { status: 'error', ename: 'Error', evalue: String(error), traceback: [] });
      }
    });
  }

  /** Someone subscribed to iopub: say that what comes from now on is complete (JEP 65). */
  subscribed(topic: Uint8Array): void {
    const subscription = Buffer.from(topic).toString('utf8');
    this.#transport.send('iopub', this.#composer.compose('iopub_welcome', { subscription }, [topic]));
  }

  /** A cell has printed something. */
  stream(cell: number, name: StreamName, text: string): void {
    this.#executions.stream(cell, name, text);
  }

  /** An output of a cell, perhaps of one that has long ended. */
  output(output: Output): void {
    this.#executions.output(output);
  }

  /** Nothing more can come of a cell. */
  over(cell: number): void {
    this.#executions.forget(cell);
  }

  /** The session has opened, used or closed a comm. */
  comm({ cell, type, content, metadata, buffers }: CommNote): void {
    this.#executions.flush();
    const parent = this.#executions.requestOf(cell)?.rawHeader;
    this.#pacer.publish({ type, content, parent, metadata, buffers });
  }

  /** A comm is open now, to `target`; without one, it has ended. */
  line(id: string, target?: string): void {
    this.#comms.note(id, target);
  }

  /** The session is gone: its comms are closed. */
  lost(): void {
    for (const id of this.#comms.clear()) {
      this.#pacer.publish({ type: 'comm_close', content: { comm_id: id, data: {} }, parent: undefined });
    }
  }

  /** A cell asks its front end for a line. */
  input(cell: number, prompt: string, password: boolean): void {
    const request = this.#executions.requestOf(cell);
    if (!request) return;
    this.#executions.flush();
    const frames = this.#composer.compose(
      'input_request',
      { prompt, password },
      request.identities, // of the shell socket: the front end uses the same on stdin
      request.rawHeader,
    );
    this.#pacer.inOrder(() => this.#transport.send('stdin', frames));
  }

  /** Say that the kernel is starting. */
  starting(): void {
    this.#deliver({ type: 'status', content: { execution_state: 'starting' }, parent: undefined });
  }

  /** All that waits is sent now: we leave. */
  release(): void {
    this.#executions.flush();
    this.#pacer.release();
  }

  #deliver({ type, content, parent, metadata, buffers }: Outgoing): void {
    const frames = this.#composer.compose(type, content, [`kernel.${type}`], parent, metadata, buffers);
    this.#transport.send('iopub', frames);
  }

  /** Stop what runs, and what waits behind it. */
  interrupt(): void {
    this.#pacer.cut(this.#executions.interrupt());
  }

  /** Ways to answer at once. */
  #answering(channel: 'shell' | 'control', { rawHeader: parent, identities }: Request): Answering {
    return {
      reply: (type, content) =>
        this.#transport.send(channel, this.#composer.compose(type, content, identities, parent)),
      publish: (type, content) => this.#deliver({ type, content, parent }),
    };
  }

  /** Answer a request that has outputs: its reply and its idle come behind all of them. */
  #answerInOrder(request: Request, body: (answering: Answering) => Promise<void>): Promise<void> {
    const { reply } = this.#answering('shell', request);
    const ordered: Answering = {
      reply: (type, content) => this.#pacer.inOrder(() => reply(type, content)),
      publish: (type, content) => this.#pacer.publish({ type, content, parent: request.rawHeader }),
    };
    return this.#answer(request, ordered, body);
  }

  /** Run a body between busy and idle. */
  async #answer(
    { header }: Request,
    answering: Answering,
    body: (answering: Answering) => Promise<void>,
  ): Promise<void> {
    answering.publish('status', { execution_state: 'busy' });
    try {
      await body(answering);
    } catch (error) {
      log(`${header.msg_type}: ${error instanceof Error ? error.stack : String(error)}`);
    } finally {
      answering.publish('status', { execution_state: 'idle' });
    }
  }

  #makeHandlers(): Record<string, Handler> {
    const engine = this.#engine;
    return {
      kernel_info_request: (_, { reply }) => reply('kernel_info_reply', kernelInformation()),
      connect_request: (_, { reply }) => reply('connect_reply', { status: 'ok' }),
      complete_request: async ({ content }, { reply }) => {
        const code = text(content.code);
        reply('complete_reply', completeReply(await engine.complete(code, cursor(content, code))));
      },
      inspect_request: async ({ content }, { reply }) => {
        const code = text(content.code);
        const data = await engine.inspect(code, cursor(content, code));
        reply('inspect_reply', { status: 'ok', found: data !== undefined, data: data ?? {}, metadata: {} });
      },
      is_complete_request: async ({ content }, { reply }) => {
        reply('is_complete_reply', { ...(await engine.isComplete(text(content.code))) });
      },
      history_request: ({ content }, { reply }) =>
        reply('history_reply', { status: 'ok', history: this.#history.request(content) }),
      comm_info_request: ({ content }, { reply }) =>
        reply('comm_info_reply', { status: 'ok', comms: this.#comms.information(content.target_name) }),
      interrupt_request: (_, { reply }) => {
        this.interrupt();
        reply('interrupt_reply', { status: 'ok' });
      },
      shutdown_request: ({ content }, { reply }) => {
        const restart = content.restart === true;
        reply('shutdown_reply', { status: 'ok', restart });
        // Also when the client will restart us: a new process is its business. After the `idle` is sent.
        setImmediate(() => {
          this.release();
          this.#shutdown();
        });
      },
      debug_request: ({ content }, { reply }) =>
        reply('debug_reply', {
          type: 'response',
          request_seq: content.seq ?? 0,
          success: false,
          command: text(content.command),
          message: 'this kernel has no debugger',
          body: {},
        }),
    };
  }
}

/** A field that should be text. */
function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The cursor in code points; where none is given, the end of the text. */
function cursor(content: Readonly<Record<string, unknown>>, code: string): number {
  const place = content.cursor_pos;
  return typeof place === 'number' && place >= 0 ? place : [...code].length;
}

function completeReply({ matches, start, end }: Completions): Content {
  return {
    status: 'ok',
    matches: matches.map((match) => match.text),
    cursor_start: start,
    cursor_end: end,
    metadata: {
      _jupyter_types_experimental: matches.map((match) => ({ ...match, start, end })),
    },
  };
}
