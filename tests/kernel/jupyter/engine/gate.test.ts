import { describe, expect, it } from 'vitest';
import type { EngineEvents, Output } from '#kernel/jupyter/engine/engine';
import { Gate } from '#kernel/jupyter/engine/gate';

/** A gate, and what has come through it. */
function watched() {
  const passed: string[] = [];
  const note =
    (name: string) =>
    (...said: unknown[]): void =>
      void passed.push(`${name} ${said.map((one) => (typeof one === 'object' ? '{}' : String(one))).join(' ')}`);
  const events = Object.fromEntries(
    ['stream', 'output', 'over', 'comm', 'line', 'lost', 'input'].map((name) => [name, note(name)]),
  ) as unknown as EngineEvents;
  const gate = new Gate();
  return { gate, passed, events: gate.events(events) };
}

const output: Output = { cell: 1, type: 'display_data', content: new Uint8Array() };

describe('the gate', () => {
  it('lets everything through at once while it is open', async () => {
    const { gate, passed, events } = watched();
    events.stream(1, 'stdout', 'a');
    expect(passed).toEqual(['stream 1 stdout a']);
    await gate.opened;
  });

  it('keeps every kind of event, in order, until what it waits for has settled', async () => {
    const { gate, passed, events } = watched();
    const { promise, resolve } = Promise.withResolvers<void>();
    gate.closeUntil(promise);
    events.stream(1, 'stdout', 'a');
    events.output(output);
    events.line('c', 'target');
    events.comm({ cell: 1, type: 'comm_open', content: {}, metadata: {}, buffers: [] });
    events.input(1, 'name?', false);
    events.lost();
    events.over(1);
    await new Promise((turn) => setImmediate(turn));
    expect(passed).toEqual([]);
    resolve();
    await gate.opened;
    expect(passed.map((line) => line.split(' ')[0])).toEqual([
      'stream',
      'output',
      'line',
      'comm',
      'input',
      'lost',
      'over',
    ]);
    events.stream(1, 'stdout', 'b');
    expect(passed.at(-1)).toBe('stream 1 stdout b');
  });

  it('can be closed again', async () => {
    const { gate, passed, events } = watched();
    gate.closeUntil(Promise.resolve());
    await gate.opened;
    gate.closeUntil(Promise.resolve());
    events.over(2);
    expect(passed).toEqual([]);
    await gate.opened;
    expect(passed).toEqual(['over 2']);
  });
});
