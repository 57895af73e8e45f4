/**
 * Frames to the wire process, written at once: what a cell printed before it blocked, crashed or ran out of memory
 * has already left this process.
 */
import { writeSync } from 'node:fs';
import { descriptors, encodeFrame, type FromEngine } from '../engine/protocol.ts';

const pause = new Int32Array(new SharedArrayBuffer(4));

/** Write all bytes, waiting where the pipe is full. */
export function writeAll(descriptor: number, bytes: Uint8Array): void {
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

export const sendToWire: Send = (note, body) => {
  for (const piece of encodeFrame(note, body)) writeAll(descriptors.toWire, piece);
};
