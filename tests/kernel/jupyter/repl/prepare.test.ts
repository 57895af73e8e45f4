import { describe, expect, it } from 'vitest';
import { CodeError } from '#kernel/jupyter/repl/code-error';
import { prepare } from '#kernel/jupyter/repl/prepare';

/** Where `word` stands in a text, the line from 1, the column from 0. */
function placeOf(text: string, word: string) {
  const before = text.slice(0, text.indexOf(word)).split('\n');
  return { line: before.length, column: before.at(-1)!.length };
}

describe('prepare', () => {
  it.each([
    ['types', 'const a: number = 1;\nfoo(a as any, boom())'],
    ['imports', 'import {\n  a,\n  b\n} from "m"; const c: string = boom()'],
    ['awaits', 'const first = await one(await two(boom()))'],
    ['an enum', 'enum E {\n  A\n}\nconst x: E = boom()'],
    ['a hoisted function', 'let q: number = 1;\nq + boom()\nfunction late() {}'],
    ['a model stage', 'm.observe(({ a, x }: any) => ({ y: normal(a * x, boom()) }))'],
    ['a decorator', 'function d(a: any, b: any) {}\n@d class A {}\n  boom()'],
    ['a semicolon and an emoji', '"😀"; const x: number = boom();'],
  ])('leads back from the code that runs to the text, through %s', (_, source) => {
    const prepared = prepare(source, new Map([['late', { place: 'slot', constant: false }]]));
    expect(prepared.code).toContain('boom');
    expect(prepared.locator()(placeOf(prepared.code, 'boom'))).toEqual(placeOf(source, 'boom'));
  });

  it('rewrites the operators of model stages', () => {
    expect(prepare('m.observe(({ a, x }) => ({ y: normal(a * x, 1) }))').code).toContain('.mul(');
  });

  it('leaves operators elsewhere alone', () => {
    expect(prepare('let y = a * x').code).toBe('let y = a * x');
  });

  it('tells what a cell declares', () => {
    expect([...prepare('const a: number = 1; enum E { X }').names.keys()]).toEqual(['a', 'E']);
  });

  it.each([
    ['const a = 1;\nlet y = ;', 2, 8],
    ['let a: number = 1;\nlet a = 2;', 2, 4],
    ['enum E {\n  A\n}\nlet z = 1; let z = 2;', 4, 15],
  ])('tells where %j is wrong, in its own text', (source, line, column) => {
    expect.assertions(1);
    try {
      prepare(source);
    } catch (error) {
      expect((error as CodeError).place).toEqual({ line, column });
    }
  });

  it('does not take an @ elsewhere for a decorator', () => {
    expect(() => prepare('"@"; let y = ;')).toThrow(CodeError);
    expect(prepare('"a@b"').code).toBe('__estimand.value(("a@b"))');
  });
});
