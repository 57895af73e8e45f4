/**
 * The guard: a thread of the engine process that listens while the main thread runs a cell.
 *
 * An interrupt is first told to the main thread, which ends a cell that awaits. Only if that does not answer is it asked
 * to stop what it runs (stops.ts), through an inspector session of this thread: V8 answers that in the midst of a loop.
 * And when the wire process is gone, so are we, whatever a cell is doing.
 */
import { Session } from 'node:inspector';
import { Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { descriptors, FrameReader, type ToGuard } from '../engine/protocol.ts';
import { hostName } from './host-name.ts';
import { inputStates, slots, viewShared } from './shared.ts';

/** Told to the main thread. */
export interface Interrupt {
  readonly cell: number;
  /** Counts the interrupts, for the main thread to say which it has heard of. */
  readonly number: number;
}

/** How long the main thread may take to answer before it is stopped, ms. A sampler yields every 50. */
const patience = 300;
/**
 * A thread that answers late on a machine with much to do is not stuck: one that is computes. It must have used this
 * share of the time …
 */
const busyShare = 0.05;
/** … unless it has been silent for so long, ms, as one that sleeps in a system call. */
const silence = 2000;

const shared = viewShared(workerData as SharedArrayBuffer);
const session = new Session();
session.connectToMainThread();

let interrupts = 0;
/** The interrupt the main thread has yet to answer, since when, and the computing it had done by then. */
let pending: (Interrupt & { readonly since: number; readonly computed: number }) | undefined;
let insisting = false;
/** A question whether to stop is on its way: one that sits in native code answers late. */
let asking = false;

function interrupt(cell: number): void {
  const told: Interrupt = { cell, number: ++interrupts };
  pending = { ...told, since: performance.now(), computed: computedElsewhere() };
  parentPort?.postMessage(told);
  if (
    Atomics.compareExchange(shared.slots, slots.input, inputStates.waiting, inputStates.interrupted) ===
    inputStates.waiting
  ) {
    Atomics.notify(shared.slots, slots.input);
  }
  if (!insisting) setTimeout(insist, patience);
  insisting = true;
}

/** Ask the main thread to stop the user's code unless it has heard of the interrupt, as often as it takes. */
function insist(): void {
  insisting = pending !== undefined && Atomics.load(shared.slots, slots.heard) < pending.number;
  if (!insisting || !pending) return;
  setTimeout(insist, patience);
  if (isStuck()) ask(`stop(${pending.cell}, ${pending.number})`);
}

/** Call the engine's side on the main thread, in the midst of what it does. */
function ask(call: string): void {
  if (asking) return;
  asking = true;
  const expression = `${hostName}.${call}\n//# sourceURL=node:estimand`;
  session.post('Runtime.evaluate', { expression, silent: true }, () => {
    asking = false;
  });
}

function isStuck(): boolean {
  const waited = performance.now() - pending!.since;
  return waited >= silence || computedElsewhere() - pending!.computed > busyShare * waited;
}

/** What all threads but this one have computed, ms. */
function computedElsewhere(): number {
  const all = process.cpuUsage();
  const own = process.threadCpuUsage();
  return (all.user + all.system - own.user - own.system) / 1000;
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
  else if (note.kind === 'clear') ask('clear()');
  else answer(note.value);
});
const socket = new Socket({ fd: descriptors.toGuard, readable: true, writable: false });
socket.on('data', (piece: Buffer) => reader.push(piece));
socket.on('error', leave);
socket.on('close', leave);

function leave(): void {
  process.kill(process.pid, 'SIGKILL');
}
