import { describe, expect, it, vi } from 'vitest';
import { Comms, type CommTraffic, type CommType } from '#kernel/jupyter/comms/comms';

function session() {
  const sent: CommTraffic[] = [];
  const lines: [string, string | undefined][] = [];
  let count = 0;
  const comms = new Comms(
    (traffic) => sent.push(traffic),
    (id, target) => lines.push([id, target]),
    () => `id-${++count}`,
  );
  const receive = (type: CommType, content: object, buffers: Uint8Array[] = []): unknown =>
    comms.receive({ type, content: content as Record<string, unknown>, metadata: {}, buffers });
  return { comms, sent, lines, receive };
}

describe('a comm opened here', () => {
  it('sends its opening, messages with buffers, and its close once', () => {
    const { comms, sent } = session();
    const comm = comms.open('t', { a: 1 }, { metadata: { version: '2.1.0' } });
    comm.send({ b: 2 }, { buffers: [new Float32Array([1, 2]).subarray(1), new ArrayBuffer(3)] });
    comm.close();
    comm.close();
    expect(sent.map(({ type }) => type)).toEqual(['comm_open', 'comm_msg', 'comm_close']);
    expect(sent[0]).toMatchObject({
      content: { comm_id: 'id-1', target_name: 't', data: { a: 1 } },
      metadata: { version: '2.1.0' },
    });
    expect(sent[1]!.buffers.map(({ length }) => length)).toEqual([4, 3]);
  });

  it('cannot be used once it is closed, by either side', () => {
    const { comms, receive } = session();
    const comm = comms.open('t', {});
    const ended = vi.fn();
    comm.onClose(ended);
    receive('comm_close', { comm_id: 'id-1', data: { why: 1 } });
    expect(ended).toHaveBeenCalledExactlyOnceWith({ data: { why: 1 }, metadata: {}, buffers: [] });
    expect(comm.closed).toBe(true);
    expect(() => comm.send({})).toThrow('comm id-1 (t) is closed');
  });

  it('hears what is sent to it, and nothing that is sent to others', () => {
    const { comms, receive } = session();
    const heard = vi.fn(() => 'returned');
    comms.open('t', {}).onMessage(heard);
    expect(receive('comm_msg', { comm_id: 'id-1', data: { x: 1 } }, [new Uint8Array(2)])).toBe('returned');
    receive('comm_msg', { comm_id: 'other', data: {} });
    expect(heard).toHaveBeenCalledTimes(1);
  });
});

describe('a comm opened by the front end', () => {
  it('is closed where its target is unknown or forgotten', () => {
    const { comms, sent, receive } = session();
    const forget = comms.register('t', () => {});
    forget();
    for (const target_name of ['t', 'constructor', undefined]) receive('comm_open', { comm_id: 'c', target_name });
    expect(sent.map(({ type, content }) => [type, content.comm_id])).toEqual(Array(3).fill(['comm_close', 'c']));
  });

  it('is closed when its handler throws, at once or later', async () => {
    const { comms, sent, receive } = session();
    comms.register('now', () => {
      throw new Error('now');
    });
    comms.register('later', async () => {
      throw new Error('later');
    });
    expect(() => receive('comm_open', { comm_id: 'a', target_name: 'now' })).toThrow('now');
    await expect(receive('comm_open', { comm_id: 'b', target_name: 'later' })).rejects.toThrow('later');
    expect(sent.map(({ content }) => content.comm_id)).toEqual(['a', 'b']);
  });

  it('with the id of an open comm leaves that one as it is', () => {
    const { comms, sent, receive } = session();
    const opened = vi.fn();
    comms.register('t', opened);
    receive('comm_open', { comm_id: 'c', target_name: 't' });
    receive('comm_open', { comm_id: 'c', target_name: 't' });
    expect(opened).toHaveBeenCalledTimes(1);
    expect(sent).toEqual([]);
  });

  it('is told as open only when it was accepted, and as ended whoever ends it', () => {
    const { comms, lines, receive } = session();
    comms.register('t', () => {});
    for (const target_name of ['nobody', 't', 't']) receive('comm_open', { comm_id: 'c', target_name });
    for (let i = 0; i < 2; i++) receive('comm_close', { comm_id: 'c' });
    comms.open('u', {}).close();
    expect(lines).toEqual([
      ['c', 't'],
      ['c', undefined],
      ['id-1', 'u'],
      ['id-1', undefined],
    ]);
  });

  it('goes to the handler that was registered last; forgetting an older one changes nothing', () => {
    const { comms, receive } = session();
    const [first, second] = [vi.fn(), vi.fn()];
    const forget = comms.register('t', first);
    comms.register('t', second);
    forget();
    receive('comm_open', { comm_id: 'c', target_name: 't', data: 'no object' });
    expect(first).not.toHaveBeenCalled();
    expect(second.mock.calls[0]![1]).toEqual({ data: {}, metadata: {}, buffers: [] });
  });
});
