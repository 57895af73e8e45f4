/**
 * Frames to the wire process, written at once: what a cell printed before it blocked, crashed or ran out of memory
 * has already left this process.
 */
import { writeSync } from 'node:fs';
import { descriptors, encodeFrame, type FromEngine } from '../engine/protocol.ts';

const pause = new Int32Array(new SharedArrayBuffer(4));

/** Write all bytes, waiting where the pipe is full. */
function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.length; ) {
    try {
      offset += writeSync(descriptor, bytes, offset, bytes.length - offset);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}

/** Where the engine's messages go; tests put a list in its place. */
export type Send = (note: FromEngine, body?: Uint8Array) => void;

/** Taken now: a cell may put something else in their place. */
const later = setTimeout;
const forget = clearTimeout;
/** How long a frame is kept for one that follows, ms. */
const keptAtMost = 5;

/** Frames that wait for the next. */
let kept: Uint8Array[] = [];
let timer: NodeJS.Timeout | undefined;

export const sendToWire: Send = (note, body) => {
  if (kept.length > 0) {
    kept.push(...encodeFrame(note, body));
    writeKept();
    return;
  }
  for (const piece of encodeFrame(note, body)) writeAll(descriptors.toWire, piece);
};

/** The same where another frame will follow very soon: both are one write, which wakes the wire process once. */
export const sendWithNext: Send = (note, body) => {
  kept.push(...encodeFrame(note, body));
  timer ??= later(writeKept, keptAtMost);
};

function writeKept(): void {
  forget(timer);
  timer = undefined;
  const bytes = Buffer.concat(kept);
  kept = [];
  writeAll(descriptors.toWire, bytes);
}
