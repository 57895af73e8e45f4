import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { kindOf, withoutAlias } from '#kernel/jupyter/language/alias';
import { toCodePoints, toUnits } from '#kernel/jupyter/language/code-points';
import { complete } from '#kernel/jupyter/language/completion';
import { inspect } from '#kernel/jupyter/language/inspection';
import { isComplete } from '#kernel/jupyter/language/is-complete';
import { NotebookSession } from '#kernel/jupyter/language/session';

const folder = mkdtempSync(join(tmpdir(), 'language-'));
afterAll(() => rmSync(folder, { recursive: true }));

const session = new NotebookSession(folder);
beforeEach(() => session.forget());

const completions = (code: string, cursor = [...code].length) =>
  complete(session, code, cursor).matches.map(({ text }) => text);
const about = (code: string, cursor = [...code].length) => inspect(session, code, cursor)?.['text/plain'];

/** Garbage has been collected. */
async function collected(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

describe('code points', () => {
  it.each([
    ['a😀b', 2, 3],
    ['abc', 3, 3],
    ['😀😀', 1, 2],
    ['', 0, 0],
  ])('%j: %i code points are %i units', (text, points, units) => {
    expect(toUnits(text, points)).toBe(units);
    expect(toCodePoints(text, units)).toBe(points);
  });

  it('beyond the end are the end', () => {
    expect(toUnits('ab', 99)).toBe(2);
  });
});

describe('the names a cell declares', () => {
  it('are of values and types alike, exported or not', () => {
    session.remember(`const a = 1, { b, c: [d, , ...e] } = x; function f() {} class G {} interface H {} type I = 1; enum J {}
      namespace K {} import l, { m as n } from 'o'; import * as p from 'q'; let { r } = s; { const inner = 1 }
      export const t = 1; export interface U {}; export { a as v }; export default 1;`);
    expect([...'abdefGHIJKlnprtU'].filter((name) => !session.declares(name))).toEqual([]);
    expect(['c', 'm', 'x', 'inner', 'v', 'default'].filter((name) => session.declares(name))).toEqual([]);
  });
});

describe('names behind imports', () => {
  it('are shown as what they are', () => {
    expect(withoutAlias('(alias) const a: number\nimport a')).toBe('const a: number');
    expect(withoutAlias('(alias) function f(): void\nexport f')).toBe('function f(): void');
    expect(withoutAlias('import fs')).toBe('module fs');
    expect(withoutAlias('const a: 1')).toBe('const a: 1');
    expect(kindOf('const a: number')).toBe('const');
    expect(kindOf('twice(x: number): number')).toBe('function');
  });
});

describe('a session', () => {
  it('knows the last declaration of a name', () => {
    session.remember('const subject = [1]; function f() { return subject }');
    session.remember('const subject = "text"');
    expect(completions('subject.toUpp')).toEqual(['toUpperCase']);
    expect(completions('f().flatM')).toEqual(['flatMap']);
  });

  it('knows types across cells', () => {
    session.remember('interface Bird { wingspan: number }');
    session.remember('const gull: Bird = { wingspan: 1 }');
    expect(completions('gull.')).toEqual(['wingspan']);
    expect(completions('const x: Bird = {} as any; x.w')).toEqual(['wingspan']);
  });

  it('knows what a cell imported', () => {
    session.remember("import { readFileSync as read } from 'node:fs'; import * as path from 'node:path'");
    expect(completions('path.basen')).toEqual(['basename']);
    expect(about('read')).toContain('function readFileSync');
  });

  it('takes what a cell exports', () => {
    session.remember('export const shared = 1; export default 5');
    expect(completions('shar')).toEqual(['shared']);
  });

  it('takes nothing from a cell that could not run', () => {
    session.remember('const whole = "text"');
    session.remember('const whole = 5; let y = ;');
    expect(completions('whole.toUpp')).toEqual(['toUpperCase']);
  });

  it('takes the names of a cell with errors of type alone', () => {
    session.remember('const wrong: number = "text"; const right = 1');
    expect(completions('wron')).toEqual(['wrong']);
    expect(completions('righ')).toEqual(['right']);
  });

  it('lets the cell that is being written declare a name anew', () => {
    session.remember('const value = 1');
    expect(completions('const value = "x"; value.toUpp')).toEqual(['toUpperCase']);
  });

  it('forgets', () => {
    session.remember('const ephemeral = 1');
    session.forget();
    expect(completions('ephem')).toEqual([]);
  });

  it('keeps what names are left of, and what they were written with, and no more', async () => {
    session.remember('interface Point { x: number }');
    session.remember('function middle(a: Point, b: Point): Point { return { x: (a.x + b.x) / 2 } }');
    session.remember('interface Point { renamed: string }');
    for (let i = 0; i < 500; i++) session.remember(`const often = ${i}; const twice = 'a';`);
    for (let i = 0; i < 500; i++) session.remember('often + twice.length');
    await collected();
    expect(session.surroundings.size).toBeLessThan(60);
    expect(completions('middle({ x: 1 }, { x: 2 }).')).toContain('x');
    expect(completions('const p: Point = null!; p.')).toEqual(['renamed']);
    expect(about('often')).toContain('499');
    session.forget();
    expect(session.surroundings.size).toBe(0);
    session.remember('const after = 1');
    expect(about('after')).toContain('const after: 1');
  });

  it('reads modules beside the notebook, and again when they change', () => {
    const file = join(folder, 'beside.ts');
    writeFileSync(file, 'export const altitude = 1;\n');
    expect(completions("import { alt } from './beside.ts'", 12)).toEqual(['altitude']);
    writeFileSync(file, 'export const altogether = 1;\n');
    expect(completions("import { alt } from './beside.ts'", 12)).toEqual(['altogether']);
  });
});

describe('completion', () => {
  it('replaces the word before the cursor', () => {
    expect(complete(session, 'x + Math.hyp(1)', 12)).toMatchObject({ start: 9, end: 12, matches: [{ text: 'hypot' }] });
    expect(complete(session, '"😀"; Math.hyp', 13)).toMatchObject({ start: 10, end: 13 });
  });

  it('falls back on other capitals', () => {
    expect(completions('Math.HYP')).toEqual(['hypot']);
  });

  it('completes inside strings', () => {
    expect(completions("import fs from 'node:f")).toContain('node:fs');
    session.remember("type Side = 'left' | 'right'; declare function go(side: Side): void");
    expect(complete(session, "go('le", 6)).toMatchObject({ start: 4, end: 6, matches: [{ text: 'left' }] });
  });

  it('never offers the engine’s own names', () => {
    expect(completions('__estim')).toEqual([]);
  });

  it('survives a cursor anywhere', () => {
    for (let cursor = 0; cursor < 30; cursor++) {
      expect(() => complete(session, 'const {a: [b]} = `$(x.`; }}}', cursor)).not.toThrow();
    }
  });
});

describe('inspection', () => {
  it('gives signature and documentation', () => {
    session.remember('/** Halves. @example half(4) */\nfunction half(x: number) { return x / 2 }');
    expect(about('half')).toBe('function half(x: number): number\n\nHalves.\n\n@example half(4)');
    expect(inspect(session, 'half', 2)?.['text/markdown']).toContain('*@example*\n```typescript\nhalf(4)\n```');
  });

  it('looks at the function in whose parentheses the cursor stands', () => {
    session.remember('function outer(a: number) { return a } function inner(b: string) { return 1 }');
    expect(about('outer(')).toContain('outer(a: number)');
    expect(about('outer(inner(')).toContain('inner(b: string)');
    expect(about('new Map(')).toContain('Map');
  });

  it('knows nothing of what nobody declared', () => {
    expect(about('undeclared')).toBeUndefined();
    expect(about('')).toBeUndefined();
  });
});

describe('isComplete', () => {
  it.each(['', '1', 'const x: number = 1', 'function f() {}', 'await x', '`a\nb`', 'using a = b', '@d class A {}'])(
    '%j is complete',
    (code) => {
      expect(isComplete(code)).toEqual({ status: 'complete' });
    },
  );

  it.each([
    ['function f() {', '  '],
    ['  if (x) {', '    '],
    ['f(', '  '],
    ['[1,', ''],
    ['1 +', ''],
    ['`a', ''],
    ['/* a', ''],
    ['const f = () =>', '  '],
    ['class A {\n  m() {\n    return 1', '    '],
  ])('%j is not', (code, indent) => {
    expect(isComplete(code)).toEqual({ status: 'incomplete', indent });
  });

  it.each(['}', ')', 'let = =', 'a b', "'open", 'function f( {} }'])('%j is wrong', (code) => {
    expect(isComplete(code)).toEqual({ status: 'invalid' });
  });
});
