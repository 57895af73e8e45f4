/**
 * The guard: a thread of the engine process that listens while the main thread runs a cell.
 *
 * An interrupt is first told to the main thread, which ends a cell that awaits. Only if that does not answer is its
 * JavaScript stopped, through an inspector session of this thread: a stop sent through the session that evaluates
 * would wait behind the evaluation. And when the wire process is gone, so are we, whatever a cell is doing.
 */
import { Session } from 'node:inspector';
import { Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { descriptors, FrameReader, type ToGuard } from '../engine/protocol.ts';
import { inputStates, slots, viewShared } from './shared.ts';

/** Told to the main thread. */
export interface Interrupt {
  readonly cell: number;
  /** To be stored in `slots.heard`. */
  readonly number: number;
}

/** How long the main thread may take to answer before it is stopped, ms. A sampler yields every 50. */
const patience = 300;

const shared = viewShared(workerData as SharedArrayBuffer);
const session = new Session();
session.connectToMainThread();
let interrupts = 0;

function interrupt(cell: number): void {
  const number = ++interrupts;
  parentPort?.postMessage({ cell, number } satisfies Interrupt);
  if (
    Atomics.compareExchange(shared.slots, slots.input, inputStates.waiting, inputStates.interrupted) ===
    inputStates.waiting
  ) {
    Atomics.notify(shared.slots, slots.input);
  }
  setTimeout(() => insist(cell, number), patience);
}

/** Stop the main thread unless it has heard of the interrupt, as often as it takes. */
function insist(cell: number, number: number): void {
  if (Atomics.load(shared.slots, slots.heard) >= number) return;
  setTimeout(() => insist(cell, number), patience);
  Atomics.store(shared.slots, slots.stopping, 1);
  // Looked at after `stopping` is set, which the main thread waits for before it runs another cell: so the cell
  // that is seen here is the one that is stopped. With no cell running, what blocks is a callback left behind.
  const running = Atomics.load(shared.slots, slots.running);
  if (running !== 0 && running !== cell) stopped();
  else session.post('Runtime.terminateExecution', stopped);
}

function stopped(): void {
  Atomics.store(shared.slots, slots.stopping, 0);
  Atomics.notify(shared.slots, slots.stopping);
}

function answer(value: string): void {
  if (Atomics.load(shared.slots, slots.input) !== inputStates.waiting) return;
  const { written } = new TextEncoder().encodeInto(value, shared.input);
  Atomics.store(shared.slots, slots.inputLength, written);
  Atomics.store(shared.slots, slots.input, inputStates.answered);
  Atomics.notify(shared.slots, slots.input);
}

const reader = new FrameReader<ToGuard>((note) => {
  if (note.kind === 'interrupt') interrupt(note.cell);
  else answer(note.value);
});
const socket = new Socket({ fd: descriptors.toGuard, readable: true, writable: false });
socket.on('data', (piece: Buffer) => reader.push(piece));
socket.on('error', leave);
socket.on('close', leave);

function leave(): void {
  process.kill(process.pid, 'SIGKILL');
}
