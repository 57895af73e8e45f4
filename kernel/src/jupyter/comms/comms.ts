/**
 * The session's comms: which are open, and who handles what comes over them. Knows nothing of sockets or processes,
 * and never evaluates what comes: a message is data for a handler that the user or a widget has registered.
 */
import type { Comm, CommHost, CommMessage, CommOptions, CommTarget } from '../../host/comms.ts';

export type CommType = 'comm_open' | 'comm_msg' | 'comm_close';

/** A comm message as it travels: content for the wire, and what goes beside it. */
export interface CommTraffic {
  readonly type: CommType;
  readonly content: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly buffers: readonly Uint8Array[];
}

type Send = (traffic: CommTraffic) => void;
/** Told of each comm that opens, with its target, and of each that ends, without. */
type Changed = (id: string, target?: string) => void;

export class Comms implements CommHost {
  readonly #send: Send;
  readonly #newId: () => string;
  readonly #changed: Changed;
  readonly #targets = new Map<string, CommTarget>();
  readonly #open = new Map<string, Line>();

  constructor(send: Send, changed: Changed = () => {}, newId: () => string = () => crypto.randomUUID()) {
    this.#send = send;
    this.#changed = changed;
    this.#newId = newId;
  }

  open(target: string, data: object, { id = this.#newId(), ...options }: CommOptions & { id?: string } = {}): Comm {
    const line = this.#line(id, target);
    this.#send(traffic('comm_open', { comm_id: id, target_name: target, data }, options));
    return line;
  }

  register(target: string, handler: CommTarget): () => void {
    this.#targets.set(target, handler);
    return () => {
      if (this.#targets.get(target) === handler) this.#targets.delete(target);
    };
  }

  /**
   * Handle what came from the front end. @returns what the handler returned, a promise perhaps
   * @throws whatever the handler throws; a comm whose opening fails is closed first
   */
  receive({ type, content, metadata, buffers }: CommTraffic): unknown {
    const id = String(content.comm_id ?? '');
    const message: CommMessage = { data: objectOf(content.data), metadata, buffers };
    const line = this.#open.get(id);
    switch (type) {
      case 'comm_open':
        return this.#accept(id, String(content.target_name ?? ''), message);
      case 'comm_msg':
        return line?.message?.(message);
      case 'comm_close':
        line?.end();
        return line?.ended?.(message);
    }
  }

  #accept(id: string, target: string, message: CommMessage): unknown {
    const handler = this.#targets.get(target);
    if (!handler || this.#open.has(id)) {
      // Of an id that is in use, the comm that has it stays as it is.
      if (!this.#open.has(id)) this.#send(traffic('comm_close', { comm_id: id, data: {} }));
      return undefined;
    }
    const line = this.#line(id, target);
    let opening: unknown;
    try {
      opening = handler(line, message);
    } catch (thrown) {
      line.close();
      throw thrown;
    }
    if (!(opening instanceof Promise)) return opening;
    return opening.catch((thrown: unknown) => {
      line.close();
      throw thrown;
    });
  }

  #line(id: string, target: string): Line {
    const line = new Line(id, target, this.#send, () => {
      if (this.#open.delete(id)) this.#changed(id);
    });
    this.#open.set(id, line);
    this.#changed(id, target);
    return line;
  }
}

class Line implements Comm {
  readonly id: string;
  readonly target: string;
  message: ((message: CommMessage) => unknown) | undefined;
  ended: ((message: CommMessage) => unknown) | undefined;
  readonly #send: Send;
  readonly #forget: () => void;
  #closed = false;

  constructor(id: string, target: string, send: Send, forget: () => void) {
    this.id = id;
    this.target = target;
    this.#send = send;
    this.#forget = forget;
  }

  get closed(): boolean {
    return this.#closed;
  }

  send(data: object, options: CommOptions = {}): void {
    if (this.#closed) throw new Error(`comm ${this.id} (${this.target}) is closed: open another to send`);
    this.#send(traffic('comm_msg', { comm_id: this.id, data }, options));
  }

  close(data: object = {}, options: CommOptions = {}): void {
    if (this.#closed) return;
    this.end();
    this.#send(traffic('comm_close', { comm_id: this.id, data }, options));
  }

  onMessage(handler: (message: CommMessage) => unknown): void {
    this.message = handler;
  }

  onClose(handler: (message: CommMessage) => unknown): void {
    this.ended = handler;
  }

  /** No longer open, whoever has closed it. */
  end(): void {
    this.#closed = true;
    this.#forget();
  }
}

function traffic(type: CommType, content: Record<string, unknown>, options: CommOptions = {}): CommTraffic {
  const buffers = (options.buffers ?? []).map((buffer) =>
    ArrayBuffer.isView(buffer)
      ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
      : new Uint8Array(buffer),
  );
  return { type, content, metadata: options.metadata ?? {}, buffers };
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
