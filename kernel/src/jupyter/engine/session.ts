/**
 * What every engine process is around the code it runs: cells, interrupts, input, comms and questions from the wire
 * process, and its end when the wire process ends.
 */
import { Socket } from 'node:net';
import { cwd } from 'node:process';
import { Worker } from 'node:worker_threads';
import { Comms, type CommTraffic } from '../comms/comms.ts';
import { captureProcess } from '../repl/captured.ts';
import type { Interrupt } from '../repl/guard.ts';
import { installHooks, LocalFiles } from '../repl/hooks.ts';
import { define, installGlobals } from '../repl/host.ts';
import { asker } from '../repl/input.ts';
import { Repl } from '../repl/repl.ts';
import type { Runner } from '../repl/runner.ts';
import { newSharedMemory, viewShared } from '../repl/shared.ts';
import { stackPreparer } from '../repl/stack.ts';
import { sendToWire, sendWithNext } from '../repl/writer.ts';
import type { Cell, OutputType, StreamName } from './engine.ts';
import {
  decodeComm,
  descriptors,
  encodeBody,
  encodeComm,
  FrameReader,
  type Question,
  type ToEngine,
} from './protocol.ts';

/** What the wire process may ask of an engine process beside running cells; the answer is for JSON. */
export type Tell = (question: Question) => unknown;

/** Taken now: a cell may put something else in their place. */
const nextTurn = setImmediate;
const forgetTurn = clearImmediate;

/**
 * Make this process an engine: to be called once, at its start.
 *
 * @param makeRunner what runs the code of cells; V8's REPL mode unless another is given
 * @param tell answers questions, where this process is asked any
 */
export function startSession(makeRunner?: (session: Repl) => Runner, tell: Tell = () => null): void {
  const folder = cwd();
  const memory = newSharedMemory();
  const shared = viewShared(memory);

  const guard = new Worker(new URL(`../repl/guard${import.meta.url.slice(-3)}`, import.meta.url), {
    workerData: memory,
    stdout: true, // not into this thread's own, which would only be made for it
    stderr: true,
  });
  guard.on('message', ({ cell, number }: Interrupt) => {
    repl.interrupt(cell, number);
    handling.settle();
  });
  guard.unref();

  const repl = new Repl(emit, shared, makeRunner);
  const files = new LocalFiles();
  const comms = new Comms(
    (traffic: CommTraffic) => {
      repl.during(() => sendToWire(...encodeComm({ cell: repl.run().cell, ...traffic })));
    },
    (id, target) => repl.during(() => sendToWire({ kind: 'line', id, ...(target === undefined ? {} : { target }) })),
  );
  const handling = new Handling();
  let inputAllowed = false;

  captureProcess(repl);
  installHooks(folder, files, repl.sources);
  installGlobals(repl, comms, folder, files);
  const ask = asker(
    shared,
    (prompt, password) => sendToWire({ kind: 'input', cell: repl.run().cell, prompt, password }),
    () => inputAllowed,
  );
  define('input', true, (prompt = '') => ask(String(prompt), false));
  define('password', true, (prompt = '') => ask(String(prompt), true));
  Error.prepareStackTrace = stackPreparer(repl.sources);
  Error.stackTraceLimit = 50;
  process.argv.splice(1);

  listen((note, body) => {
    switch (note.kind) {
      case 'evaluate':
        inputAllowed = note.cell.input;
        void run(repl, note.cell);
        break;
      case 'comm':
        repl.handle(note.cell, () => comms.receive(decodeComm(note, body)));
        handling.add(note.cell);
        break;
      case 'ask':
        repl.during(() => sendToWire({ kind: 'told', id: note.id }, encodeBody({ answer: tell(note.question) })));
    }
  });
  sendToWire({ kind: 'ready' });
}

const emit = {
  over: (cell: number) => sendToWire({ kind: 'over', cell }),
  output: (cell: number, type: OutputType, content: object) => {
    // Behind a cell's value comes its end.
    const send = type === 'execute_result' ? sendWithNext : sendToWire;
    send({ kind: 'output', cell, type }, encodeBody(content));
  },
  stream: (cell: number, name: StreamName, text: string) =>
    sendToWire({ kind: 'stream', cell, name }, Buffer.from(text)),
};

async function run(repl: Repl, cell: Cell): Promise<void> {
  const outcome = await repl.evaluate(cell);
  sendToWire({ kind: 'done', cell: cell.id }, encodeBody(outcome));
}

/** Tells that comm messages have been handled, after what promises that were already settled had to say. */
class Handling {
  readonly #owed = new Map<number, NodeJS.Immediate>();

  add(cell: number): void {
    this.#owed.set(cell, nextTurn(this.#tell, cell));
  }

  /**
   * Tell of all that is owed, now: where an immediate is stopped, Node forgets those behind it, but counts them, and its
   * loop would never rest again.
   */
  settle(): void {
    for (const [cell, immediate] of this.#owed) {
      forgetTurn(immediate);
      this.#tell(cell);
    }
  }

  readonly #tell = (cell: number): void => {
    this.#owed.delete(cell);
    sendToWire({ kind: 'handled', cell });
  };
}

/** Hear the wire process; when it is gone, so are we. */
function listen(receive: (note: ToEngine, body: Buffer) => void): void {
  const decoder = new FrameReader<ToEngine>(receive);
  const socket = new Socket({ fd: descriptors.toMain, readable: true, writable: false });
  socket.on('data', (piece: Buffer) => decoder.push(piece));
  const leave = (): void => void process.kill(process.pid, 'SIGKILL');
  socket.on('close', leave);
  socket.on('error', leave);
}
