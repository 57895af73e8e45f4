import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { check } from '#kernel/jupyter/language/diagnostics';
import { NotebookSession } from '#kernel/jupyter/language/session';

const folder = mkdtempSync(join(tmpdir(), 'diagnostics-'));
afterAll(() => rmSync(folder, { recursive: true }));

const session = new NotebookSession(folder);
beforeEach(() => session.forget());
const codes = (code: string) => check(session, code).map((found) => found.code);

describe('the type checker', () => {
  it('gives the place in the cell’s own text, behind the imports that stand before it', () => {
    session.remember('const earlier = 1;');
    expect(check(session, 'let fine = earlier;\n  const n: number = "a";')).toEqual([
      { line: 2, column: 8, length: 1, code: 2322, message: "Type 'string' is not assignable to type 'number'." },
    ]);
  });

  it('keeps to the line where the objection begins', () => {
    const [found] = check(session, 'const p: { a: number } = {\n  a: 1,\n  b: 2,\n};');
    expect(found).toMatchObject({ line: 3, column: 2, length: 1 });
  });

  it('explains a mismatch level by level, but not for ever', () => {
    const deep = (type: string) => `{ a: { b: { c: { d: { e: { f: { g: ${type} } } } } } } }`;
    const [found] = check(session, `declare const x: ${deep('string')}; const y: ${deep('number')} = x;`);
    expect(found!.message.split('\n').length).toBeLessThanOrEqual(7);
  });

  it('says nothing of values without a type, nor of unused ones', () => {
    expect(codes('function f(a, { b }, ...c) { let unused; return this }')).toEqual([]);
    expect(codes('let list = []; let late; late = 1; const o: any = {}; o["x" + 1].y')).toEqual([]);
  });

  it('says nothing of a name of an earlier cell that is bound anew, but checks nothing else less', () => {
    session.remember('let n = 1; const c = "a";');
    expect(codes('n = 2; n++; n += 1')).toEqual([]);
    expect(codes('c.length.foo')).toEqual([2339]);
  });

  it('says nothing where the cell cannot be parsed', () => {
    expect(codes('const n: number = ; "a" * 2')).toEqual([]);
  });

  it('knows JSON and modules of the notebook’s folder', () => {
    writeFileSync(join(folder, 'data.json'), '{ "a": 1 }');
    writeFileSync(join(folder, 'local.ts'), 'export const twice = (x: number): number => 2 * x;');
    expect(codes("import data from './data.json'; data.a.toFixed(1)")).toEqual([]);
    expect(codes("import data2 from './data.json'; data2.b")).toEqual([2339]);
    expect(codes("import { twice } from './local.ts'; twice('a')")).toEqual([2345]);
    expect(codes("import { nothing } from './nowhere.ts'")).toEqual([2307]);
  });

  it('keeps types, enums, namespaces and classes across cells', () => {
    session.remember('enum Color { Red, Green }\nnamespace Unit { export type Length = number; export const one = 1 }');
    session.remember('abstract class Shape<T> { constructor(readonly tag: T) {} abstract area(): number }');
    expect(codes('class Square extends Shape<Color> { area(): Unit.Length { return Unit.one } }')).toEqual([]);
    expect(codes('class Wrong extends Shape<Color> {}')).toEqual([2515]);
    expect(codes('const c: Color = Color.Blue')).toEqual([2339]);
  });
});
