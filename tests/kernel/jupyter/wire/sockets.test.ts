import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { address, type Connection } from '#kernel/jupyter/wire/connection';
import { type Listener, openSockets, type Sockets } from '#kernel/jupyter/wire/sockets';

/** The clients' side, from the kernel's own dependency. */
interface Client {
  connect(address: string): void;
  subscribe(topic: string): void;
  send(message: string | string[]): Promise<void>;
  receive(): Promise<Buffer[]>;
  close(): void;
}
const ofKernel = createRequire(new URL('../../../../kernel/package.json', import.meta.url));
type Clients = Record<'Dealer' | 'Request' | 'Subscriber', new (options?: object) => Client>;
const { Dealer, Request, Subscriber } = ofKernel('zeromq') as Clients;

/** Real sockets, over ipc so that no port is taken. */
const folder = mkdtempSync(join(tmpdir(), 'sockets-'));
const connection: Connection = {
  transport: 'ipc',
  ip: join(folder, 'k'),
  ports: { shell: 1, control: 2, iopub: 3, stdin: 4, hb: 5 },
  key: '',
  hash: 'sha256',
};
const received: [string, string[]][] = [];
let sockets: Sockets;
let subscribed: (topic: string) => void = () => {};
let came: () => void = () => {};

beforeAll(async () => {
  const listener: Listener = {
    receive: (channel, frames) => {
      received.push([channel, frames.map((frame) => Buffer.from(frame).toString('latin1'))]);
      came();
    },
    subscribed: (topic) => subscribed(Buffer.from(topic).toString()),
    lost: (channel, error) => {
      throw new Error(`${channel}: ${String(error)}`);
    },
  };
  sockets = await openSockets(connection, listener);
});
afterAll(() => {
  sockets.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the sockets', () => {
  it.each(['shell', 'control', 'stdin'] as const)('receive on %s, and answer the one who asked', async (channel) => {
    const client = new Dealer({ routingId: 'me' });
    client.connect(address(connection, channel));
    const next = new Promise<void>((resolve) => {
      came = resolve;
    });
    await client.send(['a', 'b']);
    await next;
    expect(received.at(-1)).toEqual([channel, ['me', 'a', 'b']]);
    sockets.send(channel, ['me', 'answer']);
    expect(String((await client.receive())[0])).toBe('answer');
    client.close();
  });

  it('send a heartbeat back as it came', async () => {
    const client = new Request();
    client.connect(address(connection, 'hb'));
    await client.send('beat');
    expect(String((await client.receive())[0])).toBe('beat');
    client.close();
  });

  it('tell of subscriptions, and publish any number of messages without losing one', async () => {
    const client = new Subscriber({ receiveHighWaterMark: 0 });
    const topic = new Promise<string>((resolve) => {
      subscribed = resolve;
    });
    client.connect(address(connection, 'iopub'));
    client.subscribe('topic');
    expect(await topic).toBe('topic');
    const count = 20_000;
    for (let i = 0; i < count; i++) sockets.send('iopub', ['topic', String(i)]);
    for (let i = 0; i < count; i++) {
      const [, number] = await client.receive();
      if (Number(number) !== i) expect(Number(number)).toBe(i);
    }
    client.close();
  });

  it('send every frame byte for byte, whatever is in it', async () => {
    const client = new Subscriber({ receiveHighWaterMark: 0 });
    const topic = new Promise<string>((resolve) => {
      subscribed = resolve;
    });
    client.connect(address(connection, 'iopub'));
    client.subscribe('bytes');
    await topic;
    const any = Uint8Array.from({ length: 1000 }, (_, i) => i % 256); // no text
    const text = `\ufeffé😀\u0000\r\n${'x'.repeat(300)}`;
    const inside = Buffer.from(`aa${text}aa`).subarray(2, -2);
    const frames = [
      'bytes',
      any,
      text,
      Buffer.from(text),
      inside,
      'x'.repeat(1e6),
      Buffer.alloc(1e6, 'é'),
      any.subarray(0, 5),
    ];
    sockets.send('iopub', frames);
    const got = await client.receive();
    expect(got.map((frame) => frame.toString('latin1'))).toEqual(
      frames.map((frame) => Buffer.from(frame as string).toString('latin1')),
    );
    client.close();
  });

  it('do not mind an answer to someone who has left', async () => {
    sockets.send('shell', ['nobody', 'answer']);
    const client = new Request();
    client.connect(address(connection, 'hb'));
    await client.send('still there');
    expect(String((await client.receive())[0])).toBe('still there');
    client.close();
  });
});
