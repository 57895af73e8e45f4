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
import { inputStates, ownCode, slots, stoppingStates, viewShared } from './shared.ts';

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
/** How long the end of our own code is waited for, ms: what it writes may have to wait as well. */
const ownPatience = 1000;

const shared = viewShared(workerData as SharedArrayBuffer);
const session = new Session();
session.connectToMainThread();

let interrupts = 0;
/** The interrupt the main thread has yet to answer, since when, and the computing it had done by then. */
let pending: (Interrupt & { readonly since: number; readonly computed: number }) | undefined;
let insisting = false;

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

/** Stop the main thread unless it has heard of the interrupt; as often as it takes, but one stop at a time. */
function insist(): void {
  insisting = pending !== undefined && Atomics.load(shared.slots, slots.heard) < pending.number;
  if (!insisting || !pending) return;
  setTimeout(insist, patience);
  if (Atomics.load(shared.slots, slots.stopping) !== stoppingStates.none || !isStuck()) return;
  stop(pending, performance.now() + ownPatience);
}

function stop(asked: Interrupt, until: number): void {
  Atomics.store(shared.slots, slots.stopping, stoppingStates.now);
  // Looked at after `stopping` is set: see stops.ts. With no cell running, what blocks was left behind by one.
  const running = Atomics.load(shared.slots, slots.running);
  if (running === ownCode) {
    Atomics.store(shared.slots, slots.stopping, stoppingStates.soon);
    setTimeout(stopSoon, 1, asked, until);
  } else if (running === 0 || running === asked.cell) {
    session.post('Runtime.terminateExecution', stopped);
  } else {
    stopped();
  }
}

/** Stop the main thread where it says that it waits for it in a cell's code, and nowhere else. */
function stopSoon(asked: Interrupt, until: number): void {
  const { here, now } = stoppingStates;
  const heard = Atomics.load(shared.slots, slots.heard) >= asked.number;
  if (heard || performance.now() >= until) stopped();
  else if (Atomics.compareExchange(shared.slots, slots.stopping, here, now) === here) {
    session.post('Runtime.terminateExecution', stopped);
  } else {
    setTimeout(stopSoon, 1, asked, until);
  }
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

function stopped(): void {
  Atomics.store(shared.slots, slots.stopping, stoppingStates.none);
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
