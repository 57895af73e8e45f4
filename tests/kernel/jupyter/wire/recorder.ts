/**
 * A kernel without sockets and without a process: a transport that keeps what is sent, and an engine whose cells end
 * when the test says so.
 */
import { vi } from 'vitest';
import type { Cell, Engine, Outcome } from '#kernel/jupyter/engine/engine';
import { Kernel } from '#kernel/jupyter/wire/kernel';
import { Signer } from '#kernel/jupyter/wire/message';

export interface Sent {
  readonly channel: string;
  readonly type: string;
  readonly parent: string | undefined;
  readonly content: Record<string, unknown>;
  readonly identities: string[];
}

export const ok: Outcome = { status: 'ok', expressions: {} };
export const failed: Outcome = { status: 'error', ename: 'Error', evalue: 'no', traceback: ['no'] };

class MockEngine implements Engine {
  readonly cells: Cell[] = [];
  #end: ((outcome: Outcome) => void) | undefined;
  readonly interrupt = vi.fn<Engine['interrupt']>();
  readonly answer = vi.fn<Engine['answer']>();
  readonly reset = vi.fn<Engine['reset']>();
  readonly comm = vi.fn<NonNullable<Engine['comm']>>(async () => {});
  readonly close = vi.fn<Engine['close']>();

  evaluate(cell: Cell): Promise<Outcome> {
    this.cells.push(cell);
    return new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** End the running cell. */
  end(outcome: Outcome = ok): void {
    this.#end?.(outcome);
  }

  complete = vi.fn<Engine['complete']>(async (_, cursor) => ({
    matches: [{ text: 'hypot', type: 'method', signature: '() => number' }],
    start: 0,
    end: cursor,
  }));
  inspect = vi.fn<Engine['inspect']>(async (code) =>
    code === 'known' ? { 'text/plain': 'plain', 'text/markdown': '*md*' } : undefined,
  );
  isComplete = vi.fn<Engine['isComplete']>(async () => ({ status: 'incomplete', indent: '  ' }));
}

export function recorder() {
  const sent: Sent[] = [];
  const shutdown = vi.fn<() => void>();
  const signer = new Signer('secret');
  const engine = new MockEngine();
  const transport = {
    send(channel: string, frames: readonly (Uint8Array | string)[]): void {
      const texts = frames.map((frame) => Buffer.from(frame as string).toString());
      const at = texts.indexOf('<IDS|MSG>');
      const [header, parent, , content] = texts.slice(at + 2).map((text) => JSON.parse(text));
      sent.push({
        channel,
        type: header.msg_type,
        parent: parent.msg_id,
        content,
        identities: texts.slice(0, at),
      });
    },
  };
  const kernel = new Kernel(engine, { transport, signer, shutdown });
  let count = 0;

  /** Hand the kernel a request; its id. */
  function request(type: string, content: object = {}, channel: 'shell' | 'control' | 'stdin' = 'shell'): string {
    const id = `${type}-${++count}`;
    const header = { msg_id: id, msg_type: type, session: 'client', username: 'tester' };
    const signed = [header, {}, {}, content].map((part) => Buffer.from(JSON.stringify(part)));
    const frames = [Buffer.from('client'), Buffer.from('<IDS|MSG>'), Buffer.from(signer.sign(signed)), ...signed];
    kernel.receive(channel, frames);
    return id;
  }
  const of = (id: string) => sent.filter(({ parent }) => parent === id);
  /** Let everything that can happen happen: a few turns of the event loop. */
  async function settle(): Promise<void> {
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
  return { kernel, engine, sent, shutdown, request, of, settle };
}
