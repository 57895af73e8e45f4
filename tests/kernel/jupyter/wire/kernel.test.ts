import { describe, expect, it, vi } from 'vitest';
import { failed, ok, recorder } from './recorder.ts';

const summary = (messages: readonly { type: string; content: Record<string, unknown> }[]) =>
  messages.map(({ type, content }) => (type === 'status' ? content.execution_state : type));

describe('requests other than cells', () => {
  it.each([
    ['kernel_info_request', 'shell', 'kernel_info_reply'],
    ['kernel_info_request', 'control', 'kernel_info_reply'],
    ['complete_request', 'shell', 'complete_reply'],
    ['inspect_request', 'shell', 'inspect_reply'],
    ['is_complete_request', 'shell', 'is_complete_reply'],
    ['history_request', 'shell', 'history_reply'],
    ['comm_info_request', 'shell', 'comm_info_reply'],
    ['interrupt_request', 'control', 'interrupt_reply'],
    ['shutdown_request', 'control', 'shutdown_reply'],
    ['shutdown_request', 'shell', 'shutdown_reply'],
    ['debug_request', 'control', 'debug_reply'],
  ] as const)('%s on %s is answered there, between busy and idle', async (type, channel, reply) => {
    const { request, of, settle } = recorder();
    const id = request(type, {}, channel);
    await settle();
    expect(summary(of(id))).toEqual(['busy', reply, 'idle']);
    expect(of(id)[1]!.channel).toBe(channel);
    expect(of(id)[1]!.identities).toEqual(['client']);
  });

  it('that fail inside are answered so, and end with idle', async () => {
    const { request, of, settle, engine } = recorder();
    engine.complete.mockRejectedValueOnce(new Error('inside'));
    const id = request('complete_request', { code: 'a', cursor_pos: 1 });
    await settle();
    expect(summary(of(id))).toEqual(['busy', 'complete_reply', 'idle']);
    expect(of(id)[1]!.content).toMatchObject({ status: 'error', evalue: 'Error: inside' });
  });

  it('of unknown kinds are ignored between busy and idle', async () => {
    const { request, of, settle } = recorder();
    for (const type of ['nonsense', 'toString', '__proto__', 'constructor']) {
      const id = request(type);
      await settle();
      expect(summary(of(id)), type).toEqual(['busy', 'idle']);
    }
  });

  it('are answered while a cell runs', async () => {
    const { request, of, settle } = recorder();
    request('execute_request', { code: '1' });
    const id = request('complete_request', { code: 'a', cursor_pos: 1 });
    await settle();
    expect(summary(of(id))).toContain('complete_reply');
  });

  it('count what was dropped, by the reason', () => {
    const { kernel, sent } = recorder();
    kernel.receive('shell', []);
    kernel.receive('control', [Buffer.from('<IDS|MSG>'), ...['x', '{}', '{}', '{}', '{}'].map((t) => Buffer.from(t))]);
    expect(kernel.dropped).toEqual({ malformed: 1, 'bad signature': 1 });
    expect(sent).toEqual([]);
  });

  it('take a cursor that is missing as the end, in code points', async () => {
    const { request, settle, engine } = recorder();
    request('complete_request', { code: '😀ab' });
    await settle();
    expect(engine.complete).toHaveBeenCalledWith('😀ab', 3);
  });

  it('give completions with their kinds beside them', async () => {
    const { request, of, settle } = recorder();
    const id = request('complete_request', { code: 'Math.', cursor_pos: 5 });
    await settle();
    expect(of(id)[1]!.content).toEqual({
      status: 'ok',
      matches: ['hypot'],
      cursor_start: 0,
      cursor_end: 5,
      metadata: {
        _jupyter_types_experimental: [{ text: 'hypot', type: 'method', signature: '() => number', start: 0, end: 5 }],
      },
    });
  });

  it('say of inspection whether anything was found', async () => {
    const { request, of, settle } = recorder();
    const known = request('inspect_request', { code: 'known', cursor_pos: 1 });
    const unknown = request('inspect_request', { code: 'other', cursor_pos: 1 });
    await settle();
    expect(of(known)[1]!.content).toMatchObject({ found: true, data: { 'text/plain': 'plain' } });
    expect(of(unknown)[1]!.content).toMatchObject({ status: 'ok', found: false, data: {} });
  });

  it('hand a comm message to the engine, and are idle when it was handled', async () => {
    const { request, of, settle, engine, kernel } = recorder();
    const { promise, resolve } = Promise.withResolvers<void>();
    engine.comm.mockReturnValueOnce(promise);
    const id = request('comm_open', { comm_id: 'c', target_name: 'x' });
    await settle();
    expect(summary(of(id))).toEqual(['busy']);
    const note = { ...engine.comm.mock.calls[0]![0], type: 'comm_close', content: { comm_id: 'c' } } as const;
    kernel.comm({ ...note, metadata: {}, buffers: [] });
    resolve();
    await settle();
    expect(summary(of(id))).toEqual(['busy', 'comm_close', 'idle']);
  });

  it('close a comm where the engine knows none', async () => {
    const { request, of, settle, engine } = recorder();
    Object.assign(engine, { comm: undefined });
    const id = request('comm_open', { comm_id: 'c', target_name: 'x' });
    const other = request('comm_msg', { comm_id: 'c' });
    await settle();
    expect(summary(of(id))).toEqual(['busy', 'comm_close', 'idle']);
    expect(summary(of(other))).toEqual(['busy', 'idle']);
  });

  it('let a comm message overtake cells that wait, but no opening, nor what is sent over a comm that waits', async () => {
    const { request, settle, engine } = recorder();
    request('execute_request', { code: '1' });
    request('comm_open', { comm_id: 'waits', target_name: 'x' });
    request('comm_msg', { comm_id: 'waits' });
    request('comm_msg', { comm_id: 'open' });
    await settle();
    expect(engine.comm.mock.calls.map(([note]) => note.content.comm_id)).toEqual(['open']);
    engine.end();
    await settle();
    expect(engine.comm.mock.calls.map(([note]) => note.type)).toEqual(['comm_msg', 'comm_open', 'comm_msg']);
  });

  it('answer comm_info from what the session has told, and close all when the session is lost', async () => {
    const { request, of, settle, kernel, sent } = recorder();
    kernel.line('c', 'x');
    const id = request('comm_info_request');
    await settle();
    expect(of(id)[1]!.content).toEqual({ status: 'ok', comms: { c: { target_name: 'x' } } });
    kernel.lost();
    expect(sent.at(-1)).toMatchObject({ type: 'comm_close', content: { comm_id: 'c' }, parent: undefined });
  });

  it('call for the shutdown after the idle, also for a restart', async () => {
    for (const restart of [true, false]) {
      const { request, of, settle, shutdown } = recorder();
      const id = request('shutdown_request', { restart }, 'control');
      expect(shutdown).not.toHaveBeenCalled();
      await settle();
      expect(of(id)[1]!.content).toEqual({ status: 'ok', restart });
      expect(shutdown).toHaveBeenCalledTimes(1);
    }
  });

  it('welcome a subscriber', () => {
    const { kernel, sent } = recorder();
    kernel.subscribed(Buffer.from('topic'));
    expect(sent).toEqual([
      {
        channel: 'iopub',
        type: 'iopub_welcome',
        parent: undefined,
        content: { subscription: 'topic' },
        identities: ['topic'],
      },
    ]);
  });
});

describe('cells', () => {
  it('are announced, run and replied to', async () => {
    const { request, of, settle, engine } = recorder();
    const id = request('execute_request', { code: '1 + 1', user_expressions: { a: 'x' }, allow_stdin: true });
    await settle();
    expect(engine.cells).toEqual([{ id: 1, count: 1, code: '1 + 1', expressions: { a: 'x' }, input: true }]);
    expect(summary(of(id))).toEqual(['busy', 'execute_input']);
    engine.end();
    await settle();
    expect(summary(of(id))).toEqual(['busy', 'execute_input', 'execute_reply', 'idle']);
    expect(of(id)[2]!.content).toEqual({ status: 'ok', execution_count: 1, user_expressions: {}, payload: [] });
  });

  it('that ask to leave say so in their reply, for consoles', async () => {
    const { request, of, settle, engine } = recorder();
    const id = request('execute_request', { code: 'exit' });
    await settle();
    engine.end({ status: 'ok', expressions: {}, leaves: true });
    await settle();
    expect(of(id)[2]!.content.payload).toEqual([{ source: 'ask_exit', keepkernel: false }]);
  });

  it('are with the engine before anything is said of them, so that both processes work at once', async () => {
    const { request, engine, sent } = recorder();
    let before: number | undefined;
    engine.evaluate = async () => {
      before = sent.length;
      return ok;
    };
    request('execute_request', { code: '1' });
    expect(before).toBe(0);
    expect(summary(sent)).toEqual(['busy', 'execute_input']);
  });

  it('tell the engine when they were sent while another ran', async () => {
    const { request, settle, engine } = recorder();
    request('execute_request', { code: 'a' });
    request('execute_request', { code: 'b' });
    await settle();
    engine.end();
    await settle();
    engine.end();
    await settle();
    request('execute_request', { code: 'c' });
    expect(engine.cells.map(({ code, queued }) => [code, queued])).toEqual([
      ['a', undefined],
      ['b', true],
      ['c', undefined],
    ]);
  });

  it('wait for each other', async () => {
    const { request, settle, engine } = recorder();
    request('execute_request', { code: 'a' });
    request('execute_request', { code: 'b' });
    await settle();
    expect(engine.cells.map(({ code }) => code)).toEqual(['a']);
    engine.end();
    await settle();
    expect(engine.cells.map(({ code }) => code)).toEqual(['a', 'b']);
  });

  it('that fail abort those that wait', async () => {
    const { request, of, settle, engine } = recorder();
    request('execute_request', { code: 'a' });
    const behind = [request('execute_request', { code: 'b' }), request('execute_request', { code: 'c' })];
    engine.end(failed);
    await settle();
    for (const id of behind) {
      expect(summary(of(id))).toEqual(['busy', 'execute_reply', 'idle']);
      expect(of(id)[1]!.content.status).toBe('aborted');
    }
    expect(engine.cells).toHaveLength(1);
  });

  it('sent as soon as a failure is answered are a new beginning', async () => {
    const { request, settle, engine, sent } = recorder();
    request('execute_request', { code: 'a' });
    const push = sent.push.bind(sent);
    vi.spyOn(sent, 'push').mockImplementation((...messages) => {
      const length = push(...messages);
      // The client is so fast that its next cell is here before the kernel does anything else.
      if (messages[0]!.type === 'execute_reply' && engine.cells.length === 1) request('execute_request', { code: 'b' });
      return length;
    });
    engine.end(failed);
    await settle();
    expect(engine.cells.map(({ code }) => code)).toEqual(['a', 'b']);
  });

  it('that fail abort nothing when stop_on_error is false', async () => {
    const { request, settle, engine } = recorder();
    request('execute_request', { code: 'a', stop_on_error: false });
    request('execute_request', { code: 'b' });
    engine.end(failed);
    await settle();
    expect(engine.cells).toHaveLength(2);
  });

  it('of which one was interrupted abort those that wait, even if it succeeded', async () => {
    const { request, of, settle, engine } = recorder();
    request('execute_request', { code: 'a' });
    const behind = request('execute_request', { code: 'b' });
    request('interrupt_request', {}, 'control');
    engine.end(ok);
    await settle();
    expect(engine.interrupt).toHaveBeenCalledWith(1);
    expect(of(behind)[1]!.content.status).toBe('aborted');
  });

  it('are not concerned by an interrupt while none runs', async () => {
    const { request, of, settle, engine } = recorder();
    request('interrupt_request', {}, 'control');
    expect(engine.interrupt).toHaveBeenCalledWith(undefined);
    const id = request('execute_request', { code: 'a' });
    engine.end();
    await settle();
    expect(of(id).at(-2)!.content.status).toBe('ok');
  });

  it('outside the history raise no counter', async () => {
    const { request, of, settle, engine } = recorder();
    for (const content of [{ silent: true }, { store_history: false }, {}]) {
      request('execute_request', { code: 'a', ...content });
      await settle();
      engine.end();
      await settle();
    }
    expect(engine.cells.map(({ count }) => count)).toEqual([undefined, undefined, 1]);
    const last = request('history_request', { hist_access_type: 'tail' });
    await settle();
    expect(of(last)[1]!.content.history).toEqual([[1, 1, 'a']]);
  });

  it('that are silent publish nothing but their states', async () => {
    const { kernel, request, of, settle, engine } = recorder();
    const id = request('execute_request', { code: 'a', silent: true });
    kernel.stream(1, 'stdout', 'x');
    kernel.output({ cell: 1, type: 'display_data', content: Buffer.from('{}') });
    engine.end();
    await settle();
    expect(summary(of(id))).toEqual(['busy', 'execute_reply', 'idle']);
  });

  it('that are empty are not run', async () => {
    const { request, of, settle, engine } = recorder();
    const id = request('execute_request', { code: ' \n' });
    await settle();
    expect(engine.cells).toEqual([]);
    expect(of(id).at(-2)!.content).toMatchObject({ status: 'ok', execution_count: 0 });
  });

  it('that ask for help are paged, not run', async () => {
    const { request, of, settle, engine } = recorder();
    const id = request('execute_request', { code: 'known?' });
    const other = request('execute_request', { code: '?other' });
    await settle();
    expect(engine.cells).toEqual([]);
    const [payload] = of(id).at(-2)!.content.payload as { source: string; data: object }[];
    expect(payload).toMatchObject({ source: 'page', data: { 'text/plain': 'plain' } });
    expect(JSON.stringify(of(other).at(-2)!.content.payload)).toContain('Nothing is known of other');
  });
});

describe('outputs', () => {
  it('find the parent of their own cell, also after its end', async () => {
    const { kernel, request, of, settle, engine } = recorder();
    const first = request('execute_request', { code: 'a' });
    engine.end();
    await settle();
    const second = request('execute_request', { code: 'b' });
    kernel.output({ cell: 1, type: 'display_data', content: Buffer.from('{"data":{}}') });
    await settle();
    expect(summary(of(first))).toEqual(['busy', 'execute_input', 'execute_reply', 'idle', 'display_data']);
    expect(summary(of(second))).toEqual(['busy', 'execute_input']);
  });

  it('come after what was printed before them, and all before the reply', async () => {
    const { kernel, request, of, settle, engine } = recorder();
    const id = request('execute_request', { code: 'a' });
    kernel.stream(1, 'stdout', 'a');
    kernel.stream(1, 'stdout', 'b');
    kernel.output({ cell: 1, type: 'display_data', content: Buffer.from('{}') });
    kernel.stream(1, 'stderr', 'c');
    engine.end();
    await settle();
    expect(summary(of(id)).slice(2)).toEqual(['stream', 'display_data', 'stream', 'execute_reply', 'idle']);
    expect(of(id)[2]!.content).toEqual({ name: 'stdout', text: 'ab' });
  });

  it('of a result enter the history', async () => {
    const { kernel, request, of, settle, engine } = recorder();
    request('execute_request', { code: '1 + 1' });
    const content = { execution_count: 1, data: { 'text/plain': '2' }, metadata: {} };
    kernel.output({ cell: 1, type: 'execute_result', content: Buffer.from(JSON.stringify(content)) });
    engine.end();
    await settle();
    const id = request('history_request', { hist_access_type: 'tail', output: true });
    await settle();
    expect(of(id)[1]!.content.history).toEqual([[1, 1, ['1 + 1', '2']]]);
  });

  it('of a cell that is over are dropped, for there can be none; those of the others find their parent for ever', async () => {
    const { kernel, engine, request, of, settle } = recorder();
    const lasting = request('execute_request', { code: '1' });
    await settle();
    const { id: cell } = engine.cells[0]!;
    kernel.over(cell);
    kernel.stream(cell, 'stdout', 'while it runs');
    engine.end();
    await settle();
    for (let i = 0; i < 3000; i++) {
      request('comm_msg', { comm_id: 'c', data: {} });
      kernel.over(cell + 1 + i);
    }
    kernel.stream(cell, 'stdout', 'long after');
    kernel.over(cell);
    kernel.stream(cell, 'stdout', 'never');
    await settle();
    expect(of(lasting).flatMap(({ content: { text } }) => text ?? [])).toEqual(['while it runs', 'long after']);
  });

  it('of cells that never were go nowhere', () => {
    const { kernel, sent } = recorder();
    kernel.output({ cell: 99, type: 'error', content: Buffer.from('{}') });
    kernel.stream(99, 'stdout', 'x');
    kernel.input(99, '?', false);
    expect(sent).toEqual([]);
  });
});

describe('input', () => {
  it('is asked of the client that sent the cell, and its answer handed on', async () => {
    const { kernel, request, of, settle, engine } = recorder();
    const id = request('execute_request', { code: 'input()', allow_stdin: true });
    kernel.stream(1, 'stdout', 'before');
    kernel.input(1, 'Name? ', true);
    const asked = of(id).find(({ channel }) => channel === 'stdin')!;
    expect(asked).toMatchObject({ type: 'input_request', identities: ['client'] });
    expect(asked.content).toEqual({ prompt: 'Name? ', password: true });
    expect(of(id).findIndex(({ type }) => type === 'stream')).toBeLessThan(of(id).indexOf(asked));
    const answer = request('input_reply', { value: 'Ada' }, 'stdin');
    await settle();
    expect(engine.answer).toHaveBeenCalledWith('Ada');
    expect(of(answer)).toEqual([]);
  });
});
