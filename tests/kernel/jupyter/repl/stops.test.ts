import { describe, expect, it, vi } from 'vitest';
import { asker } from '#kernel/jupyter/repl/input';
import { Interrupted } from '#kernel/jupyter/repl/run';
import { inputStates, newSharedMemory, ownCode, slots, stoppingStates, viewShared } from '#kernel/jupyter/repl/shared';
import { Stops } from '#kernel/jupyter/repl/stops';

function agreement() {
  const shared = viewShared(newSharedMemory());
  const burn = vi.fn<(pending: () => boolean) => void>((pending) => {
    expect(pending()).toBe(true);
    shared.slots[slots.stopping] = 0;
  });
  const running = () => shared.slots[slots.running];
  return { shared, burn, running, stops: new Stops(shared, burn) };
}

describe('whose code runs', () => {
  it('is a cell’s, ours, or nobody’s', () => {
    const { stops, running } = agreement();
    stops.open(3);
    expect(running()).toBe(3);
    stops.close();
    expect(running()).toBe(ownCode);
    stops.open(0);
    expect(running()).toBe(0);
  });

  it('is ours while we do something for a cell, and the cell’s again', () => {
    const { stops, running } = agreement();
    stops.open(3);
    stops.during(() => expect(running()).toBe(ownCode));
    expect(running()).toBe(3);
    expect(() =>
      stops.during(() => {
        throw new Error('full');
      }),
    ).toThrow('full');
    expect(running()).toBe(3);
  });

  it('offers itself to a stop that was announced meanwhile at the end of ours, in the name of the cell', () => {
    const { stops, shared, running } = agreement();
    stops.open(3);
    shared.slots[slots.stopping] = stoppingStates.soon;
    const offers: (number | undefined)[] = [];
    // The guard's part: where the main thread offers itself, it stops it.
    const exchange = Atomics.compareExchange;
    const offered = vi.spyOn(Atomics, 'compareExchange').mockImplementation((view, place, expected, next) => {
      const before = exchange(view as never, place, expected as never, next as never);
      if (shared.slots[slots.stopping] === stoppingStates.here) {
        offers.push(running());
        shared.slots[slots.stopping] = stoppingStates.none;
      }
      return before as never;
    });
    stops.during(() => {
      stops.during(() => {});
      expect(offers).toEqual([]);
    });
    offered.mockRestore();
    expect(offers).toEqual([3]);
    expect(running()).toBe(3);
  });

  it('is said before a late stop is spent', () => {
    const { stops, shared, burn, running } = agreement();
    stops.open(3);
    shared.slots[slots.stopping] = 1;
    burn.mockImplementation(() => {
      expect(running()).toBe(ownCode);
      shared.slots[slots.stopping] = 0;
    });
    stops.close();
    expect(burn).toHaveBeenCalledTimes(1);
    stops.close();
    expect(burn).toHaveBeenCalledTimes(1);
  });

  it('is told which interrupt has come through', () => {
    const { stops, shared } = agreement();
    stops.heard(7);
    expect(shared.slots[slots.heard]).toBe(7);
  });
});

describe('asking for input', () => {
  const ask = (answer: (shared: ReturnType<typeof viewShared>) => void, allowed = true) => {
    const shared = viewShared(newSharedMemory());
    const asked: [string, boolean][] = [];
    // The guard answers from its own thread; here it answers before the wait begins, which then does not wait.
    const request = (prompt: string, password: boolean) => {
      expect(shared.slots[slots.input]).toBe(inputStates.waiting);
      asked.push([prompt, password]);
      answer(shared);
    };
    return { asked, shared, ask: asker(shared, request, () => allowed) };
  };

  it('gives the line', () => {
    const {
      asked,
      ask: question,
      shared,
    } = ask(({ slots: view, input }) => {
      const bytes = Buffer.from('Ada 😀');
      input.set(bytes);
      view[slots.inputLength] = bytes.length;
      view[slots.input] = inputStates.answered;
    });
    expect(question('Name? ', true)).toBe('Ada 😀');
    expect(asked).toEqual([['Name? ', true]]);
    expect(shared.slots[slots.input]).toBe(inputStates.none);
  });

  it('is broken by an interrupt', () => {
    const { ask: question } = ask(({ slots: view }) => {
      view[slots.input] = inputStates.interrupted;
    });
    expect(() => question('?', false)).toThrow(Interrupted);
  });

  it('is refused where nobody can answer', () => {
    const { ask: question, asked } = ask(() => {}, false);
    expect(() => question('?', false)).toThrow('nobody is there to answer');
    expect(asked).toEqual([]);
  });
});
