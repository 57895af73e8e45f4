import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { interactive, slider } from '#kernel/jupyter/widgets/index';
import type { Rerunner } from '#kernel/jupyter/widgets/interact';
import { OutputList } from '#kernel/jupyter/widgets/output-area';

describe('work that is run again', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] }));
  afterEach(() => vi.useRealTimers());

  it('runs at once, then waits for its turn, and runs once after many requests', async () => {
    const { Rerunner: Timed } = await fresh();
    let value = 0;
    const seen: number[] = [];
    const rerunner = new Timed(async () => void seen.push(value));
    rerunner.request();
    for (value = 1; value < 100; value++) rerunner.request();
    expect(seen).toEqual([0]);
    await vi.advanceTimersByTimeAsync(49);
    expect(seen).toEqual([0]);
    await vi.advanceTimersByTimeAsync(1);
    expect(seen).toEqual([0, 100]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(seen).toEqual([0, 100]);
  });

  it('begins at most 20 times a second, however often it is asked', async () => {
    const { Rerunner: Timed } = await fresh();
    let runs = 0;
    const rerunner = new Timed(async () => void runs++);
    for (let ms = 0; ms < 1000; ms++) {
      rerunner.request();
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(runs).toBeLessThanOrEqual(21);
    expect(runs).toBeGreaterThanOrEqual(19);
  });

  /** The module takes its timers when it is loaded: load it under the false ones. */
  async function fresh(): Promise<{ Rerunner: typeof Rerunner }> {
    vi.resetModules();
    return await import('#kernel/jupyter/widgets/interact');
  }
});

it('runs outside a notebook too', () => {
  const run = vi.fn();
  const view = interactive(({ a }) => run(a), { a: slider(0, 1) });
  expect(run).toHaveBeenCalledExactlyOnceWith(0.5);
  expect(view.values).toEqual({ a: 0.5 });
  expect(String(view)).toBe('FloatSlider(a: 0.5)');
});

describe('captured outputs', () => {
  const show = (text: string, id?: string) =>
    ({ data: { 'text/plain': text }, metadata: {}, ...(id ? { transient: { display_id: id } } : {}) }) as const;

  it('join streams of one name', () => {
    const list = new OutputList();
    list.add({ type: 'stream', name: 'stdout', text: 'a' });
    list.add({ type: 'stream', name: 'stdout', text: 'b' });
    list.add({ type: 'stream', name: 'stderr', text: 'c' });
    expect(list.outputs).toEqual([
      { output_type: 'stream', name: 'stdout', text: 'ab' },
      { output_type: 'stream', name: 'stderr', text: 'c' },
    ]);
  });

  it('update all displays with an id, and none without', () => {
    const list = new OutputList();
    for (const id of ['x', 'y', 'x']) list.add({ type: 'display_data', content: show('old', id) });
    list.add({ type: 'update_display_data', content: show('new', 'x') });
    list.add({ type: 'update_display_data', content: show('nowhere', 'z') });
    expect(list.outputs.map(({ data }) => (data as Record<string, string>)['text/plain'])).toEqual([
      'new',
      'old',
      'new',
    ]);
  });

  it('are cleared at once, or by what comes next', () => {
    const list = new OutputList();
    list.add({ type: 'stream', name: 'stdout', text: 'a' });
    list.add({ type: 'clear_output', content: { wait: true } });
    expect(list.outputs).toHaveLength(1);
    list.add({ type: 'stream', name: 'stdout', text: 'b' });
    expect(list.outputs).toEqual([{ output_type: 'stream', name: 'stdout', text: 'b' }]);
    list.add({ type: 'clear_output', content: { wait: false } });
    expect(list.outputs).toEqual([]);
  });

  it('are cut with a note when there are very many', () => {
    const list = new OutputList();
    for (let i = 0; i < 503; i++) list.add({ type: 'display_data', content: show(String(i)) });
    expect(list.outputs).toHaveLength(501);
    expect(list.outputs.at(-1)).toMatchObject({ text: '\n… cut: 3 more outputs\n' });
  });

  it('keep the beginning of very long text, with a note, until they are cleared', () => {
    const list = new OutputList();
    const line = `${'x'.repeat(99)}\n`;
    for (let i = 0; i < 1002; i++) list.add({ type: 'stream', name: i < 600 ? 'stdout' : 'stderr', text: line });
    list.add({ type: 'display_data', content: show('after') });
    expect(list.outputs.map(({ output_type }) => output_type)).toEqual(['stream', 'stream', 'display_data', 'stream']);
    expect(list.outputs.at(-1)).toMatchObject({ text: '\n… cut: 200 more characters\n' });
    list.add({ type: 'clear_output', content: { wait: false } });
    list.add({ type: 'stream', name: 'stdout', text: 'anew' });
    expect(list.outputs).toEqual([{ output_type: 'stream', name: 'stdout', text: 'anew' }]);
    list.add({ type: 'stream', name: 'stdout', text: 'y'.repeat(100_000) });
    expect(list.outputs).toHaveLength(2);
    expect(String(list.outputs[0]!.text)).toHaveLength(100_000);
    expect(list.outputs[1]).toMatchObject({ text: '\n… cut: 4 more characters\n' });
  });
});
