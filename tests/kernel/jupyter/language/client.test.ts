import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { Language } from '#kernel/jupyter/language/client';

/** The thread itself, asked as the engine asks it. */
const language = new Language();
afterAll(() => language.close());

const texts = async (code: string) => (await language.complete(code, [...code].length)).matches.map(({ text }) => text);

describe('the language thread', () => {
  it('knows the cells that ran before it was started', async () => {
    language.remember('const early = { inside: 1 }');
    expect(await texts('early.ins')).toEqual(['inside']);
  });

  it('knows the cells that ran after', async () => {
    language.remember('const late = { beyond: 1 }');
    expect(await texts('late.bey')).toEqual(['beyond']);
  });

  it('knows in an answer all that ran before the question, and nothing of what came before it was told to forget', async () => {
    const another = new Language();
    const names = async (code: string) => (await another.complete(code, code.length)).matches.map(({ text }) => text);
    expect(await names('Math.hyp')).toEqual(['hypot']);
    for (let i = 0; i < 20; i++) another.remember(`const burst = { at${i}: 1 }`);
    expect(await names('burst.a')).toEqual(['at19']);
    another.remember('const gone = { inside: 1 }');
    another.forget();
    another.remember('const stays = { inside: 1 }');
    expect(await names('gone.ins')).toEqual([]);
    expect(await names('stays.ins')).toEqual(['inside']);
    another.close();
  });

  it('is told of what has no hurry when it is quiet, in its order, or before the next question', async () => {
    const another = new Language();
    const post = vi.spyOn(Worker.prototype, 'postMessage');
    expect(await another.check('0')).toEqual([]);
    post.mockClear();
    another.remember('const turned: number = 1');
    const first = another.check('const asNumber: number = turned', true);
    another.remember("const turned: string = ''");
    const second = another.check('const asText: string = turned', true);
    expect(post).not.toHaveBeenCalled();
    expect(await another.isComplete('f(')).toMatchObject({ status: 'incomplete' });
    expect(await first).toEqual([]);
    expect(await second).toEqual([]);
    expect(post).toHaveBeenCalledTimes(1);
    expect(await another.check('const asNumber: number = turned', true)).toHaveLength(1);
    post.mockRestore();
    another.close();
  });

  it('inspects', async () => {
    expect((await language.inspect('early', 2))?.['text/plain']).toContain('const early');
    expect(await language.inspect('nobody', 2)).toBeUndefined();
  });

  it('says whether a cell is whole', async () => {
    expect(await language.isComplete('f(')).toEqual({ status: 'incomplete', indent: '  ' });
  });

  it('answers every one of many questions, each its own', async () => {
    const answers = await Promise.all(['early.', 'Math.hyp', 'late.', '}'].map((code) => texts(code)));
    expect(answers.map((matches) => matches[0])).toEqual(['inside', 'hypot', 'beyond', expect.anything()]);
  });

  it('forgets', async () => {
    language.forget();
    expect(await texts('early.ins')).toEqual([]);
  });

  it('knows of many cells the last 1000, when it begins late', async () => {
    const another = new Language();
    another.remember('const first = 1');
    for (let i = 0; i < 999; i++) another.remember('let second = [1]');
    expect((await another.inspect('first', 2))?.['text/plain']).toContain('const first');
    const third = new Language();
    third.remember('const first = 1');
    for (let i = 0; i < 1000; i++) third.remember('let second = [1]');
    expect(await third.inspect('first', 2)).toBeUndefined();
    expect((await third.inspect('second', 2))?.['text/plain']).toContain('number[]');
    another.close();
    third.close();
  });

  it('gives nothing rather than no answer when it ends, and begins again when asked', async () => {
    const left = language.complete('Math.hyp', 8);
    language.close();
    expect(await left).toEqual({ matches: [], start: 8, end: 8 });
    language.remember('const again = { after: 1 }');
    expect(await texts('again.aft')).toEqual(['after']);
  });
});
