/**
 * The connection file a Jupyter client hands to a kernel: where to listen, and how messages are signed.
 * Source: jupyter-client documentation, "Making kernels for Jupyter", connection files.
 */
import { getHashes } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The five sockets of a kernel, by their names in the connection file. */
const channels = ['shell', 'control', 'iopub', 'stdin', 'hb'] as const;
export type Channel = (typeof channels)[number];

export interface Connection {
  readonly transport: 'tcp' | 'ipc';
  readonly ip: string;
  /** Port of each channel; for ipc, the number at the end of the socket's path. */
  readonly ports: Readonly<Record<Channel, number>>;
  /** The shared secret; empty when messages are not signed. */
  readonly key: string;
  /** The hash of the signature, as `node:crypto` names it: `sha256`. */
  readonly hash: string;
}

/**
 * Check the content of a connection file.
 *
 * @throws Error when a field is missing or of the wrong kind, naming the field
 */
export function parseConnection(text: string): Connection {
  const fields: unknown = JSON.parse(text);
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    throw new Error('connection file: expected a JSON object');
  }
  const get = (name: string): unknown => (fields as Record<string, unknown>)[name];

  const transport = get('transport') ?? 'tcp';
  if (transport !== 'tcp' && transport !== 'ipc') {
    throw new Error(`connection file: transport must be 'tcp' or 'ipc', got ${JSON.stringify(transport)}`);
  }
  const ports = Object.fromEntries(
    channels.map((channel) => {
      const port = get(`${channel}_port`);
      if (typeof port !== 'number' || !Number.isInteger(port) || !(port >= 0)) {
        throw new Error(`connection file: ${channel}_port must be a port number, got ${JSON.stringify(port)}`);
      }
      return [channel, port];
    }),
  ) as Record<Channel, number>;

  // Loopback unless told: a kernel runs whatever it is sent.
  const ip = get('ip') ?? '127.0.0.1';
  const key = get('key') ?? '';
  const scheme = get('signature_scheme') ?? 'hmac-sha256';
  if (typeof ip !== 'string' || ip === '')
    throw new Error('connection file: ip must be a string, and not an empty one');
  if (typeof key !== 'string') throw new Error('connection file: key must be a string');
  if (
    typeof scheme !== 'string' ||
    !scheme.startsWith('hmac-') ||
    !getHashes().includes(scheme.slice('hmac-'.length))
  ) {
    throw new Error(
      `connection file: signature_scheme must be 'hmac-' and a hash (as hmac-sha256), got ${JSON.stringify(scheme)}`,
    );
  }
  return { transport, ip, ports, key, hash: scheme.slice('hmac-'.length) };
}

/** Read and check a connection file. */
export function readConnection(path: string): Connection {
  return parseConnection(readFileSync(path, 'utf8'));
}

/** The ZeroMQ address of a channel: `tcp://127.0.0.1:5000`, or `ipc:///run/kernel-1` (path, dash, number). */
export function address(connection: Connection, channel: Channel): string {
  const port = connection.ports[channel];
  if (connection.transport === 'ipc') return `ipc://${connection.ip}-${port}`;
  const host = connection.ip.includes(':') ? `[${connection.ip}]` : connection.ip; // an IPv6 address
  return `tcp://${host}:${port}`;
}
