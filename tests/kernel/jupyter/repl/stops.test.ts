import { Session } from 'node:inspector';
import { describe, expect, it, vi } from 'vitest';
import { asker } from '#kernel/jupyter/repl/input';
import { Interrupted } from '#kernel/jupyter/repl/run';
import { inputStates, newSharedMemory, slots, viewShared } from '#kernel/jupyter/repl/shared';
import { currentFrames } from '#kernel/jupyter/repl/stack';
import { Stops } from '#kernel/jupyter/repl/stops';

const room = new URL('../../../../kernel/src/jupyter/', import.meta.url).href;

/** A frame as V8 tells of it. */
const frame = (name: string | null, isEval = false) =>
  ({ getScriptNameOrSourceURL: () => name, isEval: () => isEval }) as unknown as NodeJS.CallSite;

/** Stops as they choose where these frames are on the stack. */
function choosing(...frames: NodeJS.CallSite[]) {
  const shared = viewShared(newSharedMemory());
  const terminate = vi.fn();
  return { shared, terminate, stops: new Stops(shared, terminate, () => frames) };
}

describe('a stop', () => {
  it.each([
    ['a cell', frame('cell[3]')],
    ['a module of the user’s', frame('file:///notebooks/helper.ts')],
    ['a package', frame('/notebooks/node_modules/lodash/lodash.js')],
    ['the library', frame(new URL('../estimate/sample.ts', room).href)],
    ['a compiled program', frame('wasm://wasm/0a1b')],
    ['what new Function made', frame(null, true)],
  ])('ends the code of %s', (_, users) => {
    const { stops, terminate } = choosing(frame(`${room}repl/host.ts`), users, frame('node:inspector'));
    stops.ask(1);
    expect(terminate).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['nothing runs', []],
    ['Node reads what came', [frame('node:internal/stream_base_commons'), frame('node:net')]],
    ['we take a cell that came', [frame(`${room}engine/session.ts`), frame('node:events')]],
    ['a built-in function of ours runs', [frame(null), frame(`${room}engine/protocol.ts`)]],
    ['a message is handed to its handler', [frame(`${room}comms/comms.ts`), frame('node:estimand')]],
  ])('is left alone while %s', (_, frames) => {
    const { stops, terminate } = choosing(...frames);
    stops.ask(1);
    expect(terminate).not.toHaveBeenCalled();
    stops.during(() => stops.ask(1));
    expect(terminate).not.toHaveBeenCalled();
  });

  it('waits for the end of what we do for a cell, the outermost', () => {
    const { stops, terminate } = choosing(frame('cell[3]'));
    stops.during(() => {
      stops.during(() => stops.ask(1));
      expect(terminate).not.toHaveBeenCalled();
    });
    expect(terminate).toHaveBeenCalledTimes(1);
    stops.during(() => {});
    expect(terminate).toHaveBeenCalledTimes(1);
  });

  it('waits for it also where that fails', () => {
    const { stops, terminate } = choosing(frame('cell[3]'));
    expect(() =>
      stops.during(() => {
        stops.ask(1);
        throw new Error('full');
      }),
    ).toThrow('full');
    expect(terminate).toHaveBeenCalledTimes(1);
  });

  it('that comes after its interrupt was heard is left alone', () => {
    const { stops, terminate, shared } = choosing(frame('cell[3]'));
    stops.heard(7);
    expect(shared.slots[slots.heard]).toBe(7);
    stops.ask(7);
    expect(terminate).not.toHaveBeenCalled();
    stops.ask(8);
    expect(terminate).toHaveBeenCalledTimes(1);
  });

  it('that was waiting is forgotten when its interrupt is heard', () => {
    const { stops, terminate } = choosing(frame('cell[3]'));
    stops.during(() => {
      stops.ask(1);
      stops.heard(1);
    });
    expect(terminate).not.toHaveBeenCalled();
  });
});

describe('the frames of what runs', () => {
  const names = () => currentFrames().map((site) => site.getScriptNameOrSourceURL());

  it('are told with the names that cells are given, the innermost first, however many', () => {
    const session = new Session();
    session.connect();
    const seen: (string | null)[] = [];
    Object.assign(globalThis, { look: () => seen.push(...names()) });
    const deep = 'function down(n) { if (n === 0) look(); else down(n - 1); }';
    session.post('Runtime.evaluate', { expression: `${deep} down(300);\n//# sourceURL=cell[1]` });
    session.disconnect();
    expect(seen[0]).toContain('stops.test');
    expect(seen.filter((name) => name === 'cell[1]')).toHaveLength(302);
    expect(seen).toContain('node:inspector');
  });

  it('are those of the stack alone, without what waits for a promise', async () => {
    const inner = async (): Promise<number> => {
      await null;
      return names().filter((name) => name?.includes('stops.test')).length;
    };
    const outer = async (): Promise<number> => await inner();
    expect(await outer()).toBe(2); // `inner` and `names`
  });

  it('leave stacks as they were', () => {
    const { prepareStackTrace, stackTraceLimit } = Error;
    currentFrames();
    expect(Error.prepareStackTrace).toBe(prepareStackTrace);
    expect(Error.stackTraceLimit).toBe(stackTraceLimit);
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
