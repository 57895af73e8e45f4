import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Composer, type Content, parseMessage, Signer } from '#kernel/jupyter/wire/message';

const signer = new Signer('key');
const bytes = (text: string) => Buffer.from(text);
const header = { msg_id: 'a', msg_type: 'execute_request', session: 's', username: 'u' };

/** The frames of a well-formed request, any part replaced. */
function frames(parts: { header?: string; content?: string; signature?: string; identities?: Buffer[] } = {}) {
  const signed = [parts.header ?? JSON.stringify(header), '{}', '{}', parts.content ?? '{"code":"1"}'].map(bytes);
  const signature = parts.signature ?? signer.sign(signed);
  return [...(parts.identities ?? [bytes('client')]), bytes('<IDS|MSG>'), bytes(signature), ...signed];
}

describe('signatures', () => {
  it('are the HMAC-SHA256 of the four frames, in hexadecimal', () => {
    const parts = ['a', 'b', 'c', 'd'].map(bytes);
    expect(signer.sign(parts)).toBe(createHmac('sha256', 'key').update('abcd').digest('hex'));
  });

  it('use the hash of the connection file', () => {
    expect(new Signer('key', 'md5').sign([bytes('a')])).toBe(createHmac('md5', 'key').update('a').digest('hex'));
  });

  it('are empty and not looked at without a key', () => {
    const open = new Signer('');
    expect(open.sign([bytes('a')])).toBe('');
    expect(open.verify(bytes('anything'), [bytes('a')])).toBe(true);
  });
});

describe('parseMessage', () => {
  it('reads header, content, identities and buffers', () => {
    const parsed = parseMessage([...frames({ identities: [bytes('a'), bytes('b')] }), bytes('raw')], signer);
    if (!parsed.ok) throw new Error(parsed.why);
    expect(parsed.request.header).toEqual(header);
    expect(parsed.request.content).toEqual({ code: '1' });
    expect(parsed.request.identities).toEqual([bytes('a'), bytes('b')]);
    expect(parsed.request.buffers).toEqual([bytes('raw')]);
  });

  it('keeps the header as the bytes that came', () => {
    const spelled = '{ "msg_type":"x",  "msg_id":"\\u0061"}';
    const parsed = parseMessage(frames({ header: spelled }), signer);
    expect(parsed.ok && Buffer.from(parsed.request.rawHeader).toString()).toBe(spelled);
  });

  it.each([
    ['another signature', frames({ signature: '0'.repeat(64) })],
    ['no signature', frames({ signature: '' })],
    ['a shorter signature', frames({ signature: 'ab' })],
  ])('drops a message with %s', (_, message) => {
    expect(parseMessage(message, signer)).toEqual({ ok: false, why: 'bad signature' });
  });

  it('does not parse what is not signed', () => {
    expect(parseMessage(frames({ header: '{', signature: 'x' }), signer)).toEqual({ ok: false, why: 'bad signature' });
  });

  it.each([
    ['no frames', []],
    ['no delimiter', [bytes('a'), bytes('b')]],
    ['too few frames', frames().slice(0, 5)],
    ['a header that is no JSON', frames({ header: '{' })],
    ['a header that is a list', frames({ header: '[]' })],
    ['a header without a type', frames({ header: '{"msg_id":"a"}' })],
    ['a header with a number for an id', frames({ header: '{"msg_id":1,"msg_type":"x"}' })],
    ['content that is null', frames({ content: 'null' })],
  ])('drops a message with %s', (_, message) => {
    expect(parseMessage(message, signer)).toEqual({ ok: false, why: 'malformed' });
  });

  it('survives any frames at all', () => {
    const anyFrame = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom(...frames()).map((frame) => new Uint8Array(frame)),
    );
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 9 }), (message) => {
        const parsed = parseMessage(message, signer);
        expect(typeof parsed.ok).toBe('boolean');
      }),
    );
  });
});

describe('Composer', () => {
  const composer = new Composer(signer);
  const compose = (content: Content) => composer.compose('status', content, ['topic'], bytes('{"msg_id":"p"}'));

  it('makes a message that its own signer accepts', () => {
    const message = compose({ execution_state: 'idle' }).map((frame) => Buffer.from(frame as string));
    const parsed = parseMessage(message, signer);
    if (!parsed.ok) throw new Error(parsed.why);
    expect(parsed.request.header).toMatchObject({ msg_type: 'status', session: composer.session, version: '5.4' });
    expect(parsed.request.content).toEqual({ execution_state: 'idle' });
  });

  it('puts the parent in as the bytes it was given', () => {
    expect(String(compose({})[4])).toBe('{"msg_id":"p"}');
    expect(String(composer.compose('status', {}, [])[3])).toBe('{}');
  });

  it('passes encoded content on untouched, and signs it', () => {
    const content = bytes('{"text": "as it is"}');
    const message = compose(content);
    expect(message[6]).toBe(content);
    expect(message[2]).toBe(signer.sign(message.slice(3, 7) as Buffer[]));
  });

  it('gives every message its own id', () => {
    const ids = [1, 2, 3].map(() => JSON.parse(String(compose({})[3])).msg_id);
    expect(new Set(ids).size).toBe(3);
  });

  it('appends binary buffers, which are not signed', () => {
    const message = composer.compose('comm_msg', {}, ['t'], undefined, {}, [bytes('b1'), bytes('b2')]);
    expect(message.slice(-2)).toEqual([bytes('b1'), bytes('b2')]);
  });
});
