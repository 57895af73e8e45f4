import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Outgoing, Pacer } from '#kernel/jupyter/wire/pace';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const request = new TextEncoder().encode('{"msg_id":"a"}');
const other = new TextEncoder().encode('{"msg_id":"b"}');
const json = (content: object): Uint8Array => new TextEncoder().encode(JSON.stringify(content));

interface Sent extends Outgoing {
  readonly at: number;
}

function recorder() {
  const sent: Sent[] = [];
  const holds: boolean[] = [];
  const pacer = new Pacer(
    (message) => sent.push({ ...message, at: performance.now() }),
    (hold) => holds.push(hold),
  );
  const print = (text: string, name = 'stdout', parent = request): void =>
    pacer.publish({ type: 'stream', content: { name, text }, parent });
  const display = (value: number, id?: string): void => {
    const content = json({ data: { 'text/plain': String(value) }, transient: { display_id: id } });
    pacer.publish({ type: id === undefined ? 'display_data' : 'update_display_data', content, parent: request });
  };
  const state = (execution_state: string): void =>
    pacer.publish({ type: 'status', content: { execution_state }, parent: request });
  return { pacer, sent, holds, print, display, state };
}
const contentOf = ({ content }: Outgoing): Record<string, unknown> =>
  JSON.parse(Buffer.from(content instanceof Uint8Array ? content : json(content)).toString());
const textOf = (messages: readonly Outgoing[]): string => messages.map((m) => contentOf(m).text ?? '').join('');
/** The most messages, or bytes of text, of any second. */
function busiest(sent: readonly Sent[], measure: (message: Sent) => number): number {
  const counted = sent.filter(({ type }) => type !== 'status');
  return Math.max(
    ...counted.map(({ at }) =>
      counted.filter((m) => m.at >= at && m.at < at + 1000).reduce((sum, m) => sum + measure(m), 0),
    ),
  );
}

describe('messages for iopub', () => {
  it('that are few go at once', () => {
    const { pacer, sent, print, display } = recorder();
    const done: string[] = [];
    print('a');
    display(1);
    pacer.inOrder(() => done.push('reply'));
    expect(sent.map(({ type }) => type)).toEqual(['stream', 'display_data']);
    expect(done).toEqual(['reply']);
  });

  it('that are many wait, in order, with what is to be done after them: no second has more than 1000', () => {
    const { pacer, sent, display, state } = recorder();
    const done: number[] = [];
    for (let i = 0; i < 5000; i++) display(i);
    pacer.inOrder(() => done.push(sent.length));
    state('idle');
    expect(sent.length).toBeLessThan(1000);
    vi.advanceTimersByTime(10_000);
    expect(sent.map((m) => (contentOf(m).data as Record<string, string>)?.['text/plain']).slice(0, 5000)).toEqual(
      Array.from({ length: 5000 }, (_, i) => String(i)),
    );
    expect(done).toEqual([5000]);
    expect(sent.at(-1)!.type).toBe('status');
    expect(busiest(sent, () => 1)).toBeLessThan(1000);
    expect(sent.at(-1)!.at - sent[0]!.at).toBeLessThan(8500);
  });

  it('with much text wait: no second has more than 1 MB, and nothing is lost', () => {
    const { sent, print } = recorder();
    const line = `${'é'.repeat(30_000)}\n`;
    for (let i = 0; i < 100; i++) print(line);
    vi.advanceTimersByTime(20_000);
    expect(textOf(sent)).toBe(line.repeat(100));
    expect(busiest(sent, (m) => (m.content as Uint8Array).length)).toBeLessThan(1_000_000);
  });

  it('are counted anew after an idle', () => {
    const { sent, display, state } = recorder();
    for (let cell = 0; cell < 20; cell++) {
      for (let i = 0; i < 300; i++) display(i);
      state('idle');
    }
    expect(sent).toHaveLength(20 * 301);
  });

  it('that are not counted by a server are not counted', () => {
    const { pacer, sent } = recorder();
    for (let i = 0; i < 5000; i++) pacer.publish({ type: 'comm_open', content: {}, parent: request });
    expect(sent).toHaveLength(5000);
  });

  it('of large displays do not wait for their size', () => {
    const { pacer, sent } = recorder();
    for (let i = 0; i < 20; i++) {
      pacer.publish({ type: 'display_data', content: new Uint8Array(5_000_000), parent: request });
    }
    expect(sent).toHaveLength(20);
  });
});

describe('while messages wait', () => {
  it('text of one stream and request is joined, other text is not', () => {
    const { sent, print, display } = recorder();
    for (let i = 0; i < 350; i++) display(i);
    for (const name of ['stdout', 'stdout', 'stderr', 'stdout']) print(name[3]!, name);
    print('o', 'stdout', other);
    vi.advanceTimersByTime(200);
    expect(sent.slice(350).map((m) => [contentOf(m).name, contentOf(m).text, m.parent === other])).toEqual([
      ['stdout', 'oo', false],
      ['stderr', 'e', false],
      ['stdout', 'o', false],
      ['stdout', 'o', true],
    ]);
  });

  it('of the updates of a display the last is sent', () => {
    const { sent, display } = recorder();
    for (let i = 0; i < 3000; i++) {
      display(i, 'one');
      display(-i, 'two');
    }
    vi.advanceTimersByTime(500);
    const last = sent.slice(-2).map((m) => (contentOf(m).data as Record<string, string>)['text/plain']);
    expect(last).toEqual(['2999', '-2999']);
    expect(sent.length).toBeLessThan(360);
  });

  it('the engine is held when it says much more, until half of it is sent', () => {
    const { sent, holds, print } = recorder();
    const line = 'x'.repeat(30_000);
    for (let i = 0; i < 250; i++) print(line);
    expect(holds).toEqual([]);
    for (let i = 0; i < 50; i++) print(line);
    expect(holds).toEqual([true]);
    vi.advanceTimersByTime(5000);
    expect(holds).toEqual([true]);
    vi.advanceTimersByTime(10_000);
    expect(holds).toEqual([true, false]);
    expect(textOf(sent)).toBe(line.repeat(300));
  });

  it('all are sent at once when the kernel leaves', () => {
    const { pacer, sent, display } = recorder();
    const done: number[] = [];
    for (let i = 0; i < 5000; i++) display(i);
    pacer.inOrder(() => done.push(sent.length));
    pacer.release();
    expect(sent).toHaveLength(5000);
    expect(done).toEqual([5000]);
    vi.advanceTimersByTime(1000);
    expect(sent).toHaveLength(5000);
  });
});

describe('an interrupt', () => {
  it('cuts the text that waits and that which comes until the cell ends, and says how much', () => {
    const { pacer, sent, print, state } = recorder();
    const done: string[] = [];
    const line = 'x'.repeat(30_000);
    for (let i = 0; i < 200; i++) print(line);
    const before = textOf(sent).length;
    pacer.cut(true);
    for (let i = 0; i < 100; i++) print(line);
    pacer.publish({ type: 'error', content: { ename: 'Interrupted' }, parent: request });
    pacer.inOrder(() => done.push('reply'));
    state('idle');
    vi.advanceTimersByTime(100);
    expect(sent.slice(-3).map(({ type }) => type)).toEqual(['stream', 'error', 'status']);
    expect(contentOf(sent.at(-3)!).text).toBe(`\n… cut by the interrupt: ${300 * 30_000 - before} more characters\n`);
    expect(done).toEqual(['reply']);
    print('the next cell');
    expect(textOf(sent.slice(-1))).toBe('the next cell');
  });

  it('cuts displays, but no comm message, no error and no result', () => {
    const { pacer, sent, display } = recorder();
    for (let i = 0; i < 2000; i++) display(i);
    for (const type of ['comm_msg', 'execute_result', 'error']) pacer.publish({ type, content: {}, parent: request });
    const shown = sent.length;
    pacer.cut(false);
    vi.advanceTimersByTime(1000);
    expect(contentOf(sent[shown]!).text).toContain(`${2000 - shown} more displays`);
    expect(sent.slice(shown + 1).map(({ type }) => type)).toEqual(['comm_msg', 'execute_result', 'error']);
  });

  it('lets the engine go on', () => {
    const { pacer, holds, print } = recorder();
    for (let i = 0; i < 400; i++) print('x'.repeat(30_000));
    pacer.cut(true);
    expect(holds).toEqual([true, false]);
  });

  it('cuts nothing where nothing waits', () => {
    const { pacer, sent, print, display, state } = recorder();
    pacer.cut(true);
    print('a');
    display(1);
    state('idle');
    pacer.cut(false);
    print('b');
    expect(textOf(sent)).toBe('ab');
    expect(sent).toHaveLength(4);
  });
});
