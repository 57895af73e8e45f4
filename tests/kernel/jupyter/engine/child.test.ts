import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineProcess } from '#kernel/jupyter/engine/child';
import type { Cell, CommNote, Outcome, Output } from '#kernel/jupyter/engine/engine';

/** The engine process itself, without the wire: cells in, outputs and outcomes out. */
let engine: EngineProcess;
let outputs: { cell: number; type: string; content: Record<string, unknown> }[] = [];
let printed = '';
let deaths = 0;
let lost = 0;
const over: number[] = [];
const comms: CommNote[] = [];
const lines: [string, string | undefined][] = [];
let count = 0;

beforeAll(() => {
  engine = new EngineProcess(
    {
      stream: (_, name, text) => {
        printed += `${name}:${text}`;
      },
      output: ({ cell, type, content }: Output) =>
        outputs.push({ cell, type, content: JSON.parse(Buffer.from(content).toString()) }),
      comm: (note) => comms.push(note),
      line: (id, target) => lines.push([id, target]),
      lost: () => lost++,
      over: (cell) => over.push(cell),
      input: () => engine.tellGuard({ kind: 'answer', value: 'given' }),
    },
    () => deaths++,
  );
});
afterAll(() => engine.stop());

function run(code: string, more: Partial<Cell> = {}): Promise<Outcome> {
  outputs = [];
  printed = '';
  const id = ++count;
  return engine.evaluate({ id, count: id, code, expressions: {}, input: false, ...more });
}
const result = () => outputs.find(({ type }) => type === 'execute_result')?.content.data;

describe('the engine process', () => {
  it('carries comm messages with their buffers both ways, and says when one was handled', async () => {
    await run(
      "globalThis[Symbol.for('estimand.host')].comms.register('t', (comm, { buffers }) => comm.send({}, { buffers }))",
    );
    const buffers = [new Uint8Array([1, 2]), new Uint8Array(0), new Uint8Array(100_000).fill(7)];
    const content = { comm_id: 'c', target_name: 't' };
    await engine.comm({ cell: ++count, type: 'comm_open', content, metadata: {}, buffers });
    expect(lines).toEqual([['c', 't']]);
    expect(comms).toEqual([
      { cell: count, type: 'comm_msg', content: { comm_id: 'c', data: {} }, metadata: {}, buffers },
    ]);
  });

  it('runs a cell and gives its value', async () => {
    expect(await run('const x: number = 20; x + 1')).toEqual({ status: 'ok', expressions: {} });
    expect(result()).toEqual({ 'text/plain': '21' });
  });

  it('keeps variables from cell to cell', async () => {
    await run('x * 2');
    expect(result()).toEqual({ 'text/plain': '40' });
  });

  it('prints before it ends', async () => {
    await run('console.log("a"); console.error("b")');
    expect(printed).toBe('stdout:a\nstderr:b\n');
  });

  it('reports an error as output and as outcome', async () => {
    const outcome = await run('throw new RangeError("far")');
    expect(outcome).toMatchObject({ status: 'error', ename: 'RangeError', evalue: 'far' });
    expect(outputs.map(({ type }) => type)).toEqual(['error']);
  });

  it('evaluates expressions after the cell', async () => {
    const outcome = await run('const y = 3', { expressions: { good: 'y + 1', bad: 'nope' } });
    expect(outcome).toMatchObject({
      status: 'ok',
      expressions: {
        good: { status: 'ok', data: { 'text/plain': '4' } },
        bad: { status: 'error', ename: 'ReferenceError' },
      },
    });
  });

  it('does not show an expression as the result of a cell', async () => {
    await run('undefined', { expressions: { a: '1' } });
    expect(result()).toBeUndefined();
  });

  it('stops a loop on an interrupt of that cell, and only of that cell', async () => {
    const stuck = run('console.log("in"); while (true) {}');
    await expect.poll(() => printed).toContain('in');
    engine.tellGuard({ kind: 'interrupt', cell: count - 1 });
    engine.tellGuard({ kind: 'interrupt', cell: count });
    expect(await stuck).toMatchObject({ status: 'error', ename: 'Interrupted' });
    expect(await run('x')).toMatchObject({ status: 'ok' });
  });

  // `__estimand.stop` is what the guard asks in the midst of whatever runs: here a cell asks it itself, at that very place.
  it.each([
    ['in a cell', ''],
    ['behind an await', 'await 0; '],
    ['in a function that a module of Node calls', "process.getBuiltinModule('node:vm').runInThisContext('0'); "],
  ])('loses no cell behind a stop %s', async (_, before) => {
    const stuck = run(`${before}__estimand.stop(${count + 1}, 1e6); for (;;) Math.sqrt(2)`);
    engine.tellGuard({ kind: 'interrupt', cell: count });
    expect(await stuck).toMatchObject({ status: 'error', ename: 'Interrupted' });
    expect(await run('x')).toMatchObject({ status: 'ok' });
  });

  it('loses no cell behind stops that come while none of the user’s code runs', async () => {
    // Called by a timer, an immediate, a message and a tick, with nothing of the cell’s on the stack.
    await run(`{
      const stop = __estimand.stop.bind(undefined, 0, 1e6);
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = stop;
      port1.unref();
      for (let i = 0; i < 20; i++) {
        setTimeout(stop, i);
        setImmediate(stop);
        process.nextTick(stop);
        Promise.resolve().then(stop);
        port2.postMessage(0);
      }
    }`);
    for (let i = 0; i < 20; i++) {
      expect(await run(`await new Promise((r) => setTimeout(r, 1)); ${i}`)).toMatchObject({ status: 'ok' });
      expect(result()).toEqual({ 'text/plain': String(i) });
    }
  });

  it('says that a message was handled although a stop took that along, and rests behind it', async () => {
    await run(
      "globalThis[Symbol.for('estimand.host')].comms.register('loop', (comm) => comm.onMessage(() => setImmediate(() => { console.log('in'); for (;;); })))",
    );
    const content = { comm_id: 'l', target_name: 'loop', data: {} };
    await engine.comm({ cell: ++count, type: 'comm_open', content, metadata: {}, buffers: [] });
    const handled = engine.comm({ cell: ++count, type: 'comm_msg', content, metadata: {}, buffers: [] });
    await expect.poll(() => printed).toContain('in');
    engine.tellGuard({ kind: 'interrupt', cell: 0 });
    await handled;
    const stuck = run("setImmediate(() => { console.log('in'); for (;;); }); undefined");
    await expect.poll(() => printed).toContain('in');
    engine.tellGuard({ kind: 'interrupt', cell: count });
    expect(await stuck).toMatchObject({ ename: 'Interrupted' });
    // Immediates that Node counts but has forgotten: with one, its loop turns without end.
    await run('process.getActiveResourcesInfo().includes("Immediate")');
    expect(result()).toEqual({ 'text/plain': 'false' });
  });

  it('stops what an interrupted cell has left behind when a later one waits for it', async () => {
    const left = run(`globalThis.begin = () => { for (;;); }; setTimeout(begin, 50); await new Promise(() => {})`);
    engine.tellGuard({ kind: 'interrupt', cell: count });
    expect(await left).toMatchObject({ ename: 'Interrupted' });
    expect(await run('await new Promise((r) => setTimeout(r, 100)); 7')).toMatchObject({ status: 'ok' });
    expect(result()).toEqual({ 'text/plain': '7' });
  });

  it('lets a long cell run that follows an interrupted one', async () => {
    const long = 'const until = performance.now() + 1200; let n = 0; while (performance.now() < until) n++; n > 0';
    expect(await run(long)).toMatchObject({ status: 'ok' });
    expect(result()).toEqual({ 'text/plain': 'true' });
  });

  it('stops a cell that was interrupted before it began', async () => {
    engine.tellGuard({ kind: 'interrupt', cell: count + 1 });
    const outcome = await run('await new Promise(() => {})');
    expect(outcome).toMatchObject({ ename: 'Interrupted' });
  });

  it('says which cells are over, once they are collected', async () => {
    await run('1');
    const one = count;
    const collect =
      "process.getBuiltinModule('v8').setFlagsFromString('--expose-gc'); process.getBuiltinModule('vm').runInNewContext('gc')()";
    await run(`await new Promise((r) => setTimeout(r, 5)); ${collect}`);
    await expect.poll(() => over).toContain(one);
  });

  it('hands a line of input to a cell that waits for it', async () => {
    await run('input("?")', { input: true });
    expect(result()).toEqual({ 'text/plain': "'given'" });
  });

  it('begins anew after its end, and says so', async () => {
    const outcome = await run('process.kill(process.pid, "SIGKILL"); await new Promise(() => {})');
    expect(outcome).toMatchObject({ status: 'error', ename: 'SessionEnded' });
    expect(deaths).toBe(1);
    expect(await run('typeof x')).toMatchObject({ status: 'ok' });
    expect(result()).toEqual({ 'text/plain': "'undefined'" });
    expect(lost).toBeGreaterThan(0);
  });
});
