/**
 * What goes out on iopub, no faster than a notebook server takes it. jupyter_server counts messages and bytes of printed
 * text over a window of time, and drops what is too much for good, with one remark on stderr. So what is too much waits
 * here, in order; and when much waits, the engine is held.
 *
 * Source of the rules and limits: jupyter_server 2.21, `services/kernels/connection/channels.py`, `_limit_rate`.
 */
import type { Content } from './message.ts';
import { longestPiece } from './streams.ts';

/** A message for iopub. */
export interface Outgoing {
  readonly type: string;
  readonly content: Content;
  /** The raw header of the request it belongs to. */
  readonly parent: Uint8Array | undefined;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly buffers?: readonly Uint8Array[];
  /** Few and short: they take from what is kept in reserve. */
  readonly urgent?: boolean;
}

/**
 * The server allows 1000 messages and 1 MB of text a second, over 3 s, when it comes to them: late ones count with those
 * that follow. So no second has more than it allows, and a window has room for what comes 1.4 s late: so much at once …
 */
const burst = { messages: 350, bytes: 350_000 };
/** … and so much a second. */
const rate = { messages: 600, bytes: 600_000 };
/** What is kept for urgent messages. */
const reserve = { messages: 50, bytes: 20_000 };
/** How often it is tried again to send what waits, ms. */
const interval = 50;
/** Kinds the server does not count. */
const uncounted = new Set(['status', 'comm_open', 'execute_input', 'iopub_welcome']);
/** Kinds an interrupt may cut. */
const droppable = new Set(['stream', 'display_data', 'update_display_data', 'clear_output']);
/** Longer updates of a display are not looked into, bytes. */
const longestLookedInto = 1_000_000;
/** The engine is held when so much text waits, in UTF-16 units, or so many messages. */
const held = { text: 8_000_000, messages: 10_000 };

/** What waits: a message, or something to be done when all before it has been sent. */
type Waiting = Outgoing | (() => void);

/** What an interrupt has cut of one request's output. */
interface Cut {
  readonly parent: Uint8Array | undefined;
  characters: number;
  displays: number;
}

export class Pacer {
  readonly #deliver: (message: Outgoing) => void;
  readonly #hold: (hold: boolean) => void;
  #queue: Waiting[] = [];
  /** Text in the queue. */
  #text = 0;
  /** The last update of each display in the queue; those before it are not sent: nobody could see them. */
  readonly #updates = new Map<string, Outgoing>();
  readonly #superseded = new WeakSet<Outgoing>();
  #holding = false;
  /** What may be sent at once, as of `#filled`. Below 0 after a text that was longer than that. */
  readonly #allowed = { ...burst };
  #filled = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #cutting = false;
  #cuts: Cut[] = [];

  /**
   * @param deliver sends a message at once
   * @param hold asks the engine to be silent, and to go on
   */
  constructor(deliver: (message: Outgoing) => void, hold: (hold: boolean) => void) {
    this.#deliver = deliver;
    this.#hold = hold;
  }

  /** Send a message, after all that was handed over before it. */
  publish(message: Outgoing): void {
    if (this.#cutting && this.#waits() && droppable.has(message.type)) {
      this.#cut(message);
      return;
    }
    this.#tellCuts();
    if (isIdle(message)) this.#cutting = false;
    if (this.#queue.length === 0 && this.#send(message)) return;
    this.#push(message);
  }

  /** Do something when all that was handed over before has been sent: at once, if nothing waits. */
  inOrder(task: () => void): void {
    if (this.#queue.length === 0) task();
    else this.#push(task);
  }

  /**
   * An interrupt: of what waits, nobody wants the printed text and the displays any more.
   *
   * @param running whether a cell runs: of what else it says until it ends, the same is true
   */
  cut(running: boolean): void {
    this.#cutting = true;
    const queue = this.#queue;
    this.#queue = [];
    this.#text = 0;
    this.#updates.clear();
    for (const waiting of queue) {
      if (typeof waiting === 'function') this.inOrder(waiting);
      else this.publish(waiting);
    }
    this.#cutting = running;
    if (!running) this.#tellCuts();
    this.#relieve();
  }

  /** Send all that waits, for we leave. */
  release(): void {
    clearTimeout(this.#timer);
    for (const waiting of this.#queue.splice(0)) {
      if (typeof waiting === 'function') waiting();
      else this.#deliver(waiting);
    }
  }

  #waits(): boolean {
    return this.#queue.length > 0 || this.#cuts.length > 0 || !this.#mayGo(false);
  }

  /** Whether a message may be sent now. */
  #mayGo(urgent: boolean | undefined): boolean {
    const now = performance.now();
    const seconds = (now - this.#filled) / 1000;
    this.#filled = now;
    const kept = urgent ? { messages: -reserve.messages, bytes: -reserve.bytes } : { messages: 0, bytes: 0 };
    let mayGo = true;
    for (const what of ['messages', 'bytes'] as const) {
      this.#allowed[what] = Math.min(burst[what], this.#allowed[what] + rate[what] * seconds);
      mayGo &&= this.#allowed[what] > kept[what];
    }
    return mayGo;
  }

  /** Send a message if it is not too much. @returns whether it was sent */
  #send(message: Outgoing): boolean {
    if (uncounted.has(message.type)) {
      this.#deliver(message);
      if (isIdle(message)) Object.assign(this.#allowed, burst); // the server begins to count anew
      return true;
    }
    if (!this.#mayGo(message.urgent || message.type === 'error')) return false;
    const content = encoded(message.content);
    this.#allowed.messages--;
    if (message.type === 'stream') this.#allowed.bytes -= content.length + overhead;
    this.#deliver({ ...message, content });
    return true;
  }

  #push(waiting: Waiting): void {
    const last = this.#queue.at(-1);
    const joined = typeof waiting !== 'function' && typeof last === 'object' ? join(last, waiting) : undefined;
    if (joined) this.#queue[this.#queue.length - 1] = joined;
    else this.#queue.push(waiting);
    if (typeof waiting !== 'function') this.#supersede(waiting);
    this.#text += typeof waiting === 'function' ? 0 : textOf(waiting).length;
    if (!this.#holding && (this.#text > held.text || this.#queue.length > held.messages)) {
      this.#holding = true;
      this.#hold(true);
    }
    this.#wait();
  }

  #supersede(message: Outgoing): void {
    const display = displayOf(message);
    if (display === undefined) return;
    const earlier = this.#updates.get(display);
    if (earlier) this.#superseded.add(earlier);
    this.#updates.set(display, message);
  }

  #wait(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#drain();
    }, interval);
  }

  #drain(): void {
    let done = 0;
    for (const waiting of this.#queue) {
      if (typeof waiting === 'function') waiting();
      else if (this.#superseded.has(waiting)) this.#superseded.delete(waiting);
      else if (this.#send(waiting)) this.#text -= textOf(waiting).length;
      else break;
      done++;
    }
    this.#queue.splice(0, done);
    if (this.#queue.length > 0) this.#wait();
    else this.#updates.clear();
    this.#relieve();
  }

  #relieve(): void {
    if (!this.#holding || this.#text > held.text / 2 || this.#queue.length > held.messages / 2) return;
    this.#holding = false;
    this.#hold(false);
  }

  #cut(message: Outgoing): void {
    const last = this.#cuts.at(-1);
    const cut = last?.parent === message.parent && last ? last : { parent: message.parent, characters: 0, displays: 0 };
    if (cut !== last) this.#cuts.push(cut);
    if (message.type === 'stream') cut.characters += textOf(message).length;
    else cut.displays++;
  }

  #tellCuts(): void {
    for (const { parent, characters, displays } of this.#cuts.splice(0)) {
      const what = [
        characters > 0 ? `${characters} more characters` : '',
        displays > 0 ? `${displays} more displays` : '',
      ].filter((part) => part !== '');
      const text = `\n… cut by the interrupt: ${what.join(' and ')}\n`;
      const note: Outgoing = { type: 'stream', content: { name: 'stdout', text }, parent, urgent: true };
      if (this.#queue.length > 0 || !this.#send(note)) this.#push(note);
    }
  }
}

/** The frames of a message beside its content: header, parent header, metadata; more than they ever are. */
const overhead = 1000;

function encoded(content: Content): Uint8Array {
  return content instanceof Uint8Array ? content : Buffer.from(JSON.stringify(content));
}

/** The display that a message is the next state of. */
function displayOf({ type, content }: Outgoing): string | undefined {
  if (type !== 'update_display_data' || !(content instanceof Uint8Array) || content.length > longestLookedInto) {
    return undefined;
  }
  const { transient } = JSON.parse(Buffer.from(content).toString('utf8')) as { transient?: { display_id?: string } };
  return transient?.display_id;
}

function isIdle({ type, content }: Outgoing): boolean {
  return type === 'status' && !(content instanceof Uint8Array) && content.execution_state === 'idle';
}

function textOf({ type, content }: Outgoing): string {
  return type === 'stream' && !(content instanceof Uint8Array) ? String(content.text) : '';
}

/** Text that waits behind text of the same stream and request becomes one message with it. */
function join(last: Outgoing, next: Outgoing): Outgoing | undefined {
  if (last.type !== 'stream' || next.type !== 'stream' || last.parent !== next.parent) return undefined;
  const [before, after] = [last.content, next.content] as Record<string, unknown>[];
  const text = textOf(last) + textOf(next);
  if (before!.name !== after!.name || text.length > longestPiece) return undefined;
  return { ...last, content: { name: before!.name, text } };
}
