/**
 * The five ZeroMQ sockets of a kernel. Nothing here knows what the messages mean.
 */
import { isUtf8 } from 'node:buffer';
import { rmSync } from 'node:fs';
import { address, type Channel, type Connection } from './connection.ts';

export type Frames = readonly (Uint8Array | string)[];

/** The wire as the kernel sees it; tests put a recorder in its place. */
export interface Transport {
  send(channel: Exclude<Channel, 'hb'>, frames: Frames): void;
}

/** What happens on the wire. */
export interface Listener {
  /** A message came on a channel. */
  receive(channel: 'shell' | 'control' | 'stdin', frames: readonly Uint8Array[]): void;
  /** A client subscribed to iopub. */
  subscribed(topic: Uint8Array): void;
  /** A message could not be sent: its reader is gone. */
  lost(channel: Channel, error: unknown): void;
}

// zeromq.js refuses a send while another waits, and by default waits at 1000 queued messages: 600 lines of
// output lost even the `idle` (measured on a kernel with those defaults). With no limit and no waiting every send
// is queued at once, in order.
const unlimited = { sendTimeout: 0, sendHighWaterMark: 0, receiveHighWaterMark: 0 };
/** How long unsent messages are kept when the sockets close, ms: a reader that is alive takes far less. */
const linger = 1000;

/** zeromq.js copies frames up to this length, in bytes … */
const copied = 128;
/** … and to make a text of a frame longer than this costs more than lending it. */
const longestText = 1 << 14;

export interface Sockets extends Transport {
  /** Close all sockets; what was sent still goes out. */
  close(): void;
}

/** Bind all sockets, each before the first message is read, and start reading. */
export async function openSockets(connection: Connection, listener: Listener): Promise<Sockets> {
  const zmq = await import('zeromq');
  const options = { ...unlimited, linger, ipv6: connection.ip.includes(':') };
  const sockets = {
    shell: new zmq.Router({ ...options, handover: true }),
    control: new zmq.Router({ ...options, handover: true }),
    stdin: new zmq.Router({ ...options, handover: true }),
    // XPUB rather than PUB: it tells us of subscriptions, which are answered by `iopub_welcome` (JEP 65).
    iopub: new zmq.XPublisher({ ...options, verbosity: 'allSubs' }),
    hb: new zmq.Router(options),
  };
  const names = Object.keys(sockets) as Channel[];
  await Promise.all(names.map((name) => sockets[name].bind(address(connection, name))));

  for (const name of ['shell', 'control', 'stdin'] as const) {
    void read(sockets[name], (frames) => listener.receive(name, frames));
  }
  // The heartbeat sends back what came. This process never runs user code, so it is always there to answer.
  void read(sockets.hb, (frames) => send('hb', frames));
  void read(sockets.iopub, ([frame]) => {
    if (frame?.[0] === 1) listener.subscribed(frame.subarray(1)); // 1 → subscribe, 0 → unsubscribe
  });

  function send(name: Channel, frames: Frames): void {
    sockets[name].send(frames.map(lent)).catch((error: unknown) => listener.lost(name, error));
  }

  return {
    send,
    close(): void {
      for (const name of names) sockets[name].close();
      // libzmq leaves the files of ipc where they are; whoever is connected stays so without them.
      if (connection.transport === 'ipc') {
        for (const name of names) rmSync(address(connection, name).slice('ipc://'.length), { force: true });
      }
    },
  };
}

/**
 * A frame as it is best handed to zeromq.js: that lends the bytes of a longer buffer to libzmq's thread, which then wakes
 * ours to give them back, a cost of several frames for each; the text of a string it hands over for good.
 */
function lent(frame: Uint8Array | string): Uint8Array | string {
  if (typeof frame === 'string' || frame.length <= copied || frame.length > longestText || !isUtf8(frame)) return frame;
  return Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength).toString('utf8');
}

interface Source {
  readonly closed: boolean;
  receive(): Promise<Uint8Array[]>;
}

async function read(socket: Source, receive: (frames: Uint8Array[]) => void): Promise<void> {
  while (!socket.closed) {
    let frames: Uint8Array[];
    try {
      frames = await socket.receive();
    } catch {
      if (socket.closed) return;
      continue; // a broken read ends one message, never the channel
    }
    receive(frames);
  }
}
