/**
 * Jupyter messages as multipart ZeroMQ frames:
 *
 *     identities … | <IDS|MSG> | signature | header | parent header | metadata | content | buffers …
 *
 * The signature is an HMAC over the four JSON frames as raw bytes. A request's header is kept as the bytes
 * that came, and goes back unchanged as the parent header of whatever answers it.
 * Source: jupyter-client documentation, "Messaging in Jupyter", the wire protocol.
 */
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

const delimiter = Buffer.from('<IDS|MSG>');

/** The version of the messaging protocol we speak. */
export const protocolVersion = '5.4';

export interface Header {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly session: string;
  readonly username: string;
  readonly date?: string;
  readonly version?: string;
}

/** A message that came in, its signature checked. */
export interface Request {
  readonly identities: readonly Uint8Array[];
  readonly header: Header;
  /** The header as it came: the parent header of every answer. */
  readonly rawHeader: Uint8Array;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly content: Readonly<Record<string, unknown>>;
  readonly buffers: readonly Uint8Array[];
}

export type Parsed = { readonly ok: true; readonly request: Request } | { readonly ok: false; readonly why: Fault };

/** Why a message was dropped. */
export type Fault = 'malformed' | 'bad signature';

export class Signer {
  readonly #key: string;
  readonly #hash: string;

  /** @param key the secret of the connection file; empty for messages that are not signed */
  constructor(key: string, hash = 'sha256') {
    this.#key = key;
    this.#hash = hash;
  }

  /** Hexadecimal HMAC over the frames, or an empty string where there is no key. */
  sign(frames: readonly (Uint8Array | string)[]): string {
    if (this.#key === '') return '';
    const hmac = createHmac(this.#hash, this.#key);
    for (const frame of frames) hmac.update(frame);
    return hmac.digest('hex');
  }

  verify(signature: Uint8Array, frames: readonly Uint8Array[]): boolean {
    if (this.#key === '') return true;
    const expected = Buffer.from(this.sign(frames));
    return signature.length === expected.length && timingSafeEqual(signature, expected);
  }
}

/** Read a message. Never throws: what cannot be read or trusted says why. */
export function parseMessage(frames: readonly Uint8Array[], signer: Signer): Parsed {
  const start = frames.findIndex((frame) => delimiter.equals(frame));
  const [signature, ...rest] = frames.slice(start + 1);
  if (start < 0 || signature === undefined || rest.length < 4) return { ok: false, why: 'malformed' };
  // The signature first: nothing unsigned is ever parsed.
  if (!signer.verify(signature, rest.slice(0, 4))) return { ok: false, why: 'bad signature' };

  const [header, parent, metadata, content] = rest.slice(0, 4).map(parseObject);
  if (!header || !parent || !metadata || !content || !isHeader(header)) return { ok: false, why: 'malformed' };
  const request = {
    identities: frames.slice(0, start),
    header,
    rawHeader: rest[0]!,
    metadata,
    content,
    buffers: rest.slice(4),
  };
  return { ok: true, request };
}

function isHeader(header: object): header is Header {
  const { msg_id, msg_type } = header as Partial<Header>;
  return typeof msg_id === 'string' && typeof msg_type === 'string';
}

function parseObject(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** JSON content, or the bytes of content that was encoded elsewhere. */
export type Content = Readonly<Record<string, unknown>> | Uint8Array;

/** Makes this kernel's messages: its session, its signature, its name. */
export class Composer {
  readonly session = randomUUID();
  readonly #signer: Signer;
  #count = 0;

  constructor(signer: Signer) {
    this.#signer = signer;
  }

  /**
   * The frames of a message.
   *
   * @param identities the routing prefix: a request's identities for its reply, a topic on iopub
   * @param parent the raw header of the request this answers; none for a message of our own accord
   */
  compose(
    type: string,
    content: Content,
    identities: readonly (Uint8Array | string)[],
    parent?: Uint8Array,
    metadata: Readonly<Record<string, unknown>> = {},
    buffers: readonly Uint8Array[] = [],
  ): (Uint8Array | string)[] {
    const header = {
      msg_id: `${this.session}_${this.#count++}`,
      msg_type: type,
      session: this.session,
      username: 'kernel',
      date: new Date().toISOString(),
      version: protocolVersion,
    };
    const signed = [
      JSON.stringify(header),
      parent ?? '{}',
      JSON.stringify(metadata),
      content instanceof Uint8Array ? content : JSON.stringify(content),
    ];
    return [...identities, delimiter, this.#signer.sign(signed), ...signed, ...buffers];
  }
}
