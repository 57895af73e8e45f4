import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeEach, describe, expect, it } from 'vitest';
import { currentHost } from '#kernel/host/host';
import { Comms } from '#kernel/jupyter/comms/comms';
import type { Cell, Outcome, OutputType } from '#kernel/jupyter/engine/engine';
import { LocalFiles } from '#kernel/jupyter/repl/hooks';
import { installGlobals } from '#kernel/jupyter/repl/host';
import { Repl } from '#kernel/jupyter/repl/repl';
import { newSharedMemory, slots, viewShared } from '#kernel/jupyter/repl/shared';

/** The session without a process around it: what it shows is kept. */
interface Shown {
  readonly cell: number;
  readonly type: OutputType | 'stream';
  readonly content: Record<string, unknown>;
}
let shown: Shown[] = [];
const over: number[] = [];
const shared = viewShared(newSharedMemory());
const repl = new Repl(
  {
    output: (cell, type, content) => shown.push({ cell, type, content: content as Record<string, unknown> }),
    stream: (cell, name, text) => shown.push({ cell, type: 'stream', content: { name, text } }),
    over: (cell) => over.push(cell),
  },
  shared,
);
installGlobals(repl, new Comms(() => {}), '/notebooks', new LocalFiles());
Object.assign(globalThis, { print: (text: string) => repl.print('stdout', text) });

let count = 0;
function run(code: string, more: Partial<Cell> = {}): Promise<Outcome> {
  const id = ++count;
  return repl.evaluate({ id, count: id, code, expressions: {}, input: false, ...more });
}
const of = (type: Shown['type']) => shown.filter((one) => one.type === type).map(({ content }) => content);
const plain = (content: Record<string, unknown> | undefined) =>
  (content?.data as Record<string, unknown> | undefined)?.['text/plain'];

beforeEach(() => {
  shown = [];
});

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');
/** Collect garbage, and let what was registered for it be told. */
async function collected(): Promise<readonly number[]> {
  for (let turn = 0; turn < 4; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    collect();
  }
  return over;
}

describe('a cell', () => {
  it('shows its value with its count', async () => {
    expect(await run('const a: number = 2; a * 21')).toEqual({ status: 'ok', expressions: {} });
    expect(of('execute_result')).toEqual([{ execution_count: count, data: { 'text/plain': '42' }, metadata: {} }]);
  });

  it('shows nothing for undefined', async () => {
    await run('undefined');
    expect(shown).toEqual([]);
  });

  it('awaits a promise that is its value', async () => {
    await run('new Promise((r) => setTimeout(r, 5, 7))');
    expect(plain(of('execute_result')[0])).toBe('7');
  });

  it('does not await what only looks like a promise', async () => {
    await run('globalThis.thens = 0; const query = { then() { thens++ } }; query');
    await run('thens');
    expect(plain(of('execute_result').at(-1))).toBe('0');
  });

  it('fails with what its code throws', async () => {
    const outcome = await run('let kept = 1; throw new RangeError("far")');
    expect(outcome).toMatchObject({ status: 'error', ename: 'RangeError', evalue: 'far' });
    expect(of('error')).toHaveLength(1);
    await run('kept');
    expect(plain(of('execute_result')[0])).toBe('1');
  });

  it('that cannot be run declares nothing', async () => {
    expect(await run('let ghost = 1; let y = ;')).toMatchObject({ ename: 'SyntaxError' });
    expect(await run('ghost')).toMatchObject({ ename: 'ReferenceError' });
  });

  it('may declare anew what an earlier one declared otherwise', async () => {
    await run('const name = 1');
    await run('function other() { return name }');
    await run('let name = 2; const other2 = other(); class extra {}');
    await run('const other = other2; var extra = name; [other, extra]');
    expect(plain(of('execute_result')[0])).toBe('[ 2, 2 ]');
  });

  it('tells of the exit of a resource it used', async () => {
    await run('using r = { [Symbol.dispose]() { print("out ") } }; print("in ")');
    expect(of('stream').map(({ text }) => text)).toEqual(['in ', 'out ']);
  });
});

describe('a cell that asks to leave', () => {
  it.each(['exit', 'quit', 'exit()', 'quit();'])('says so at its end: %s', async (code) => {
    expect(await run(code)).toEqual({ status: 'ok', expressions: {}, leaves: true });
    expect(plain(of('execute_result')[0])).toContain('Shut Down Kernel');
    expect(await run('1; typeof exit')).toEqual({ status: 'ok', expressions: {} });
  });

  it('does so with its value alone', async () => {
    expect(await run('const kept = exit; print(typeof kept); undefined')).toEqual({ status: 'ok', expressions: {} });
  });
});

describe('expressions after a cell', () => {
  it('are each evaluated, none shown', async () => {
    const outcome = await run('const e = 3', {
      expressions: { 'a b': 'e + 1', c: 'Promise.resolve(5)', bad: 'e.x.y', worse: '(' },
    });
    expect(shown).toEqual([]);
    expect(outcome).toMatchObject({
      status: 'ok',
      expressions: {
        'a b': { status: 'ok', data: { 'text/plain': '4' } },
        c: { status: 'ok', data: { 'text/plain': '5' } },
        bad: { status: 'error', ename: 'TypeError' },
        worse: { status: 'error', ename: 'SyntaxError' },
      },
    });
  });
});

describe('outputs', () => {
  it('of late code belong to its cell', async () => {
    await run('setTimeout(() => { print("late"); display(1) }, 10)');
    const first = count;
    await run('await new Promise((r) => setTimeout(r, 40))');
    expect(shown.filter(({ type }) => type !== 'execute_result').map(({ cell, type }) => [cell, type])).toEqual([
      [first, 'stream'],
      [first, 'display_data'],
    ]);
  });

  it('that need time are there before the cell ends', async () => {
    await run(`display({ async [Symbol.for('Jupyter.display')]() {
      await new Promise((r) => setTimeout(r, 10)); return { 'text/plain': 'drawn' } } }); undefined`);
    expect(plain(of('display_data')[0])).toBe('drawn');
  });

  it('that cannot be drawn are errors below the cell', async () => {
    await run(`display({ async [Symbol.for('Jupyter.display')]() { throw new Error('undrawn') } }); undefined`);
    expect(of('error')).toMatchObject([{ evalue: 'undrawn' }]);
  });

  it('of the host are live, the last state sent at the end', async () => {
    await run(`const host = globalThis[Symbol.for('estimand.host')];
      const live = host.display({ 'text/plain': 'a' }); live.update({ 'text/plain': 'b' }); live.update({ 'text/plain': 'c' })`);
    expect(plain(of('display_data')[0])).toBe('a');
    expect(of('update_display_data').map(plain)).toEqual(['c']);
  });

  it('may be cleared', async () => {
    await run('clearOutput(); clearOutput(true)');
    expect(of('clear_output')).toEqual([{ wait: false }, { wait: true }]);
  });

  it('have a text for every bundle', async () => {
    await run("display({ 'text/html': '<b>' }, { raw: true }); undefined");
    expect(of('display_data')[0]!.data).toEqual({ 'text/html': '<b>', 'text/plain': '[text/html]' });
  });

  it('may be shown again and updated by their id', async () => {
    await run("display(1, { id: 'x' }); display(2, { id: 'x', update: true }); undefined");
    expect(shown.map(({ type, content }) => [type, content.transient as object])).toEqual([
      ['display_data', { display_id: 'x' }],
      ['update_display_data', { display_id: 'x' }],
    ]);
  });
});

describe('an interrupt', () => {
  const interrupted = (cell: number) => repl.interrupt(cell, cell);

  it('ends a cell that awaits', async () => {
    const cell = run('await new Promise(() => {})');
    interrupted(count);
    expect(await cell).toMatchObject({ status: 'error', ename: 'Interrupted' });
  });

  it('ends a cell that has not begun', async () => {
    interrupted(count + 1);
    expect(await run('await new Promise(() => {})')).toMatchObject({ ename: 'Interrupted' });
  });

  it('of a cell that has ended does nothing', async () => {
    await run('1');
    interrupted(count);
    interrupted(count - 1);
    expect(await run('2')).toMatchObject({ status: 'ok' });
  });

  it('lets a computation that listens return what it has', async () => {
    const cell = run(`const heard = globalThis[Symbol.for('estimand.host')].signal();
      await new Promise((r) => heard.addEventListener('abort', r)); 'partial'`);
    interrupted(count);
    expect(await cell).toMatchObject({ status: 'ok' });
    expect(plain(of('execute_result')[0])).toBe("'partial'");
    expect(currentHost()!.signal()!.aborted).toBe(true);
  });

  it('silences what the cell has left behind', async () => {
    const cell = run('const noisy = setInterval(() => print("x"), 2); await new Promise(() => {})');
    interrupted(count);
    await cell;
    shown = [];
    await run('await new Promise((r) => setTimeout(r, 20)); clearInterval(noisy)');
    expect(shown).toEqual([]);
  });

  it('says to the guard that it has come through', async () => {
    const cell = run('await new Promise(() => {})');
    repl.interrupt(count, 99);
    expect(shared.slots[slots.heard]).toBe(99);
    await cell;
  });

  it('that is not heard may stop the code that runs for its cell', async () => {
    expect(await run(`print('in'); __estimand.stop(${count + 1}, 100); for (;;);`)).toMatchObject({
      status: 'error',
      ename: 'Interrupted',
    });
    expect(of('stream')).toEqual([{ name: 'stdout', text: 'in' }]);
  });

  it('of another cell, or one that was heard, stops nothing', async () => {
    repl.interrupt(0, 200);
    const code = `__estimand.stop(${count}, 201); __estimand.stop(${count + 1}, 200); __estimand.clear(); `;
    expect(await run(`${code} let steps = 0; for (let i = 0; i < 1e5; i++) steps++; steps`)).toMatchObject({
      status: 'ok',
    });
    expect(plain(of('execute_result')[0])).toBe('100000');
  });
});

describe('the name the engine uses', () => {
  it('cannot be taken away by a cell', async () => {
    await run('globalThis.__estimand = 5');
    await run('1 + 1');
    expect(plain(of('execute_result').at(-1))).toBe('2');
  });

  it('is not seen when globals are listed', async () => {
    await run('Object.keys(globalThis).includes("__estimand")');
    expect(plain(of('execute_result')[0])).toBe('false');
  });
});

describe('a cell of which nothing is left', () => {
  it('is said to be over, but for the last one', async () => {
    await run('1');
    const one = count;
    await run('void Promise.resolve().then(() => print("soon")); 2');
    const two = count;
    await run('3');
    expect(await collected()).toEqual(expect.arrayContaining([one, two]));
    expect(over).not.toContain(count);
  });

  it('is not while a timer, a promise or a bound function of it may still show something', async () => {
    await run('const ticking = setInterval(() => print("tick"), 1e6); ticking.unref(); undefined');
    const timed = count;
    await run(
      'const { promise, resolve } = Promise.withResolvers(); void promise.then(() => print("late")); undefined',
    );
    const promised = count;
    await run("let bound = globalThis[Symbol.for('estimand.host')].bind(() => print('bound'))");
    const held = count;
    await run('0');
    await collected();
    expect(over).not.toEqual(expect.arrayContaining([timed]));
    expect(over).not.toEqual(expect.arrayContaining([promised]));
    expect(over).not.toEqual(expect.arrayContaining([held]));
    await run('clearInterval(ticking); resolve(); bound(); bound = undefined');
    const printed = shown.filter(({ type }) => type === 'stream').map(({ cell }) => cell);
    expect(printed.sort()).toEqual([promised, held]);
  });

  it('is not while what it captured from another is still there', async () => {
    await run(
      "let lasting; void globalThis[Symbol.for('estimand.host')].capture(() => new Promise((r) => { lasting = r }), () => {}); 0",
    );
    const around = count;
    await run('0');
    await collected();
    expect(over).not.toContain(around);
    await run('lasting()');
  });
});

describe('a cell that is run again', () => {
  it('keeps nothing of the time before in memory, also where its constants are declared anew', async () => {
    const often =
      'const held = new Float64Array(1000); let other = 1; class Made {}; const [p, { q }] = [1, { q: 2 }];';
    const heap = async (): Promise<number> => {
      for (let i = 0; i < 600; i++) await run(often);
      await collected();
      over.length = 0;
      return process.memoryUsage().heapUsed;
    };
    await heap();
    const before = await heap();
    expect(((await heap()) - before) / 600).toBeLessThan(100);
    expect(await run('held = 1')).toMatchObject({ status: 'error', ename: 'TypeError' });
  });

  it('gives a name a value whose first cell failed before it had one', async () => {
    expect(await run("const unset = (() => { throw new Error('no') })()")).toMatchObject({ status: 'error' });
    await run('const unset = 5; unset');
    expect(plain(of('execute_result')[0])).toBe('5');
    expect(await run("const unset = (() => { throw new Error('no') })()")).toMatchObject({ status: 'error' });
    await run('unset');
    expect(plain(of('execute_result')[1])).toBe('5');
  });
});
