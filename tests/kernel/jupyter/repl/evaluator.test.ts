import { describe, expect, it } from 'vitest';
import { type CompileError, type Ending, Evaluator } from '#kernel/jupyter/repl/evaluator';
import { Interrupted } from '#kernel/jupyter/repl/run';

const evaluator = new Evaluator('__evaluatorTest');
Object.assign(globalThis, { __evaluatorTest: (thrown: unknown) => evaluator.caught(thrown), seen: [] as unknown[] });
const { seen } = globalThis as unknown as { seen: unknown[] };

const run = (code: string) =>
  new Promise<{ ending: Ending; at: CompileError | undefined }>((resolve) => {
    evaluator.evaluate(code, (ending, at) => resolve({ ending, at }));
  });
const thrownBy = async (code: string) => {
  const { ending } = await run(code);
  return ending.ok ? 'nothing' : ending.thrown;
};

describe('evaluation in REPL mode', () => {
  it('ends well', async () => {
    expect((await run('1 + 1')).ending).toEqual({ ok: true });
  });

  it('keeps declarations, which closures see rebound', async () => {
    await run('let rebound = 1; function read() { return rebound }');
    await run('rebound = 2; seen.push(read())');
    await run('let rebound = 3; seen.push(read())');
    expect(seen.splice(0)).toEqual([2, 3]);
  });

  it('awaits at top level', async () => {
    await run('const later = await new Promise((r) => setTimeout(r, 5, "there")); seen.push(later)');
    expect(seen.splice(0)).toEqual(['there']);
  });

  it.each([
    ['throw "text"', 'text'],
    ['throw 5', 5],
    ['throw NaN', Number.NaN],
    ['throw -0', -0],
    ['throw -Infinity', Number.NEGATIVE_INFINITY],
    ['throw 12n', 12n],
    ['throw null', null],
    ['throw undefined', undefined],
    ['throw true', true],
    ['await Promise.reject("later")', 'later'],
  ])('%s hands over what was thrown', async (code, thrown) => {
    expect(await thrownBy(code)).toBe(thrown);
  });

  it('hands over the very object that was thrown', async () => {
    const error = new Error('mine');
    Object.assign(globalThis, { mine: error });
    expect(await thrownBy('throw mine')).toBe(error);
    expect(await thrownBy('await Promise.reject(mine)')).toBe(error);
    expect(typeof (await thrownBy('throw Symbol("s")'))).toBe('symbol');
  });

  it('tells where code does not compile', async () => {
    const { ending, at } = await run('1;\n  let = 5 5');
    expect(ending.ok || ending.thrown).toBeInstanceOf(SyntaxError);
    expect(at?.line).toBe(1);
  });

  it('lets go of what does not end, and goes on', async () => {
    let ended = 0;
    evaluator.evaluate('await new Promise(() => {})', () => ended++);
    evaluator.evaluate('await new Promise((r) => setTimeout(r, 20))', () => ended++);
    evaluator.abandon();
    expect((await run('await new Promise((r) => setTimeout(r, 40))')).ending).toEqual({ ok: true });
    expect(ended).toBe(0);
    await run('seen.push(typeof read)');
    expect(seen.splice(0)).toEqual(['function']);
  });

  it('ends the code that is running, and nothing around it', async () => {
    Object.assign(globalThis, { terminate: () => evaluator.terminate() });
    const { ending } = await run('seen.push("before"); terminate(); for (;;); seen.push("behind")');
    expect(ending.ok || ending.thrown).toBeInstanceOf(Interrupted);
    expect(seen.splice(0)).toEqual(['before']);
    await new Promise((resolve) => setImmediate(resolve)); // V8 is done with it when nothing of this turn is left
    expect((await run('seen.push("next")')).ending).toEqual({ ok: true });
    expect(seen.splice(0)).toEqual(['next']);
  });
});
