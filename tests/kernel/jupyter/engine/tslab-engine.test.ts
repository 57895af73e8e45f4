import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cell, Outcome, Output } from '#kernel/jupyter/engine/engine';
import { TslabEngine } from '#kernel/jupyter/engine/tslab-engine';

/** The engine with tslab itself, which the set-up for tests installs (ESTIMAND_TSLAB), without the wire. */
let engine: TslabEngine;
let outputs: { type: string; content: Record<string, unknown> }[] = [];
let printed = '';
let count = 0;

beforeAll(() => {
  engine = new TslabEngine({
    stream: (_, name, text) => {
      printed += `${name}:${text}`;
    },
    output: ({ type, content }: Output) =>
      outputs.push({ type, content: JSON.parse(Buffer.from(content).toString()) as Record<string, unknown> }),
    over: () => {},
    comm: () => {},
    line: () => {},
    lost: () => {},
    input: () => engine.answer('given'),
  });
});
afterAll(() => engine.close());

function run(code: string, more: Partial<Cell> = {}): Promise<Outcome> {
  outputs = [];
  printed = '';
  const id = ++count;
  return engine.evaluate({ id, count: id, code, expressions: {}, input: false, ...more });
}
const result = () => outputs.find(({ type }) => type === 'execute_result')?.content.data;

describe("a cell under tslab's executor", () => {
  it('has its value as its result, not as text on stdout', async () => {
    expect(await run('const x: number = 20; x + 1')).toEqual({ status: 'ok', expressions: {} });
    expect(result()).toEqual({ 'text/plain': '21' });
    expect(printed).toBe('');
  });

  it('prints in order to its own streams', async () => {
    await run("console.log('a'); console.error('b'); console.log('c')");
    expect(printed).toBe('stdout:a\nstderr:b\nstdout:c\n');
  });

  it('fails with what it throws, and with what the compiler objects to', async () => {
    expect(await run("throw new RangeError('far')")).toMatchObject({ ename: 'RangeError', evalue: 'far' });
    expect(await run("const n: number = 'x'")).toMatchObject({ status: 'error', ename: 'TypeCheckError' });
    expect(await run('let y = ;')).toMatchObject({ status: 'error', ename: 'SyntaxError' });
    expect(printed).toBe('');
  });

  it('leaves behind what it declared before it failed', async () => {
    await run('let kept = 1; kept = 2; throw new Error("x")');
    await run('kept');
    expect(result()).toEqual({ 'text/plain': '2' });
  });

  it('awaits at its top level, also in loops', async () => {
    await run('let sum = 0; for await (const n of [1, Promise.resolve(2)]) sum += n; await 0; sum');
    expect(result()).toEqual({ 'text/plain': '3' });
  });

  it('evaluates expressions after it, each with its own error', async () => {
    const outcome = await run('1', { expressions: { good: 'x * 2', bad: 'nothing' } });
    expect(outcome).toMatchObject({
      expressions: { good: { status: 'ok', data: { 'text/plain': '40' } }, bad: { status: 'error' } },
    });
  });

  it('asks for input', async () => {
    await run("input('? ')", { input: true });
    expect(result()).toEqual({ 'text/plain': "'given'" });
  });

  it("shows what tslab's own display is given", async () => {
    await run("import * as tslab from 'tslab'; tslab.display.html('<b>x</b>'); tslab.versions.tslab");
    expect(outputs[0]).toMatchObject({ type: 'display_data', content: { data: { 'text/html': '<b>x</b>' } } });
    expect(result()).toEqual({ 'text/plain': "'1.0.22'" });
  });

  it('reads formulas in the stages of a model', async () => {
    const outcome = await run(
      "import { model, normal } from 'estimand';\n" +
        'const line = model().data({ y: [1, 2] }).parameters({ a: normal(0, 1) })\n' +
        '  .observe(({ a }) => ({ y: normal(2 * a - 1, 1) }));',
    );
    expect(outcome).toMatchObject({ status: 'ok' });
  });

  it.each(['while (true) {}', 'await 0; while (true) {}', 'await new Promise(() => {})'])(
    'is stopped in %j, and the next one runs',
    async (code) => {
      const running = run(`console.log('begun'); ${code}`);
      await expect.poll(() => printed, { timeout: 20_000 }).toBe('stdout:begun\n');
      engine.interrupt(count);
      expect(await running).toMatchObject({ status: 'error', ename: 'Interrupted' });
      await run('x');
      expect(result()).toEqual({ 'text/plain': '20' });
    },
  );
});

describe('names', () => {
  it('are completed with their kinds, places in code points', async () => {
    const code = "'😀'; Math.hyp";
    const { matches, start, end } = await engine.complete(code, [...code].length);
    expect(matches).toContainEqual({ text: 'hypot', type: 'method' });
    expect([start, end]).toEqual([10, 13]);
  });

  it('of earlier cells are inspected', async () => {
    await run('/** Twice a number. */ function twice(n: number): number { return 2 * n; }');
    const found = await engine.inspect('twice(1)', 3);
    expect(found?.['text/plain']).toContain('function twice(n: number): number\n\nTwice a number.');
    expect(found?.['text/markdown']).toContain('```typescript\nfunction twice(n: number): number\n```');
    expect(await engine.inspect('nobody', 3)).toBeUndefined();
  });

  it('tell whether a cell is complete', async () => {
    expect(await engine.isComplete('f(1)')).toEqual({ status: 'complete' });
    expect(await engine.isComplete('if (true) {')).toEqual({ status: 'incomplete', indent: '  ' });
  });

  it('are unknown, not waited for, when the session ends', async () => {
    const asked = [engine.complete('x', 1), engine.inspect('x', 1), engine.isComplete('x')] as const;
    engine.reset();
    expect(await Promise.all(asked)).toEqual([{ matches: [], start: 1, end: 1 }, undefined, { status: 'unknown' }]);
    expect(await run('x')).toMatchObject({ ename: 'TypeCheckError' });
  });
});
