import { describe, expect, it } from 'vitest';
import { cellCode } from '#kernel/jupyter/repl/cell-code';
import { CodeError } from '#kernel/jupyter/repl/code-error';
import type { Declared } from '#kernel/jupyter/repl/declarations';

const rewrite = (code: string, session: [string, Declared][] = []) => cellCode(code, new Map(session)).code;
const call = '__estimand';

describe('imports in a cell', () => {
  it.each([
    ['import "a"', `await ${call}.import("a");`],
    ['import a from "m"', `let a; ({ "default": a } = await ${call}.import("m", ["default"]));`],
    ['import { a, b as c } from "m";', `let a, c; ({ "a": a, "b": c } = await ${call}.import("m", ["a","b"]));`],
    ['import * as n from "m"', `let n; n = await ${call}.import("m");`],
    ['import d, * as n from "m"', `let d, n; n = await ${call}.import("m", ["default"]), { "default": d } = n;`],
    ['import { "odd name" as x } from "m"', `let x; ({ "odd name": x } = await ${call}.import("m", ["odd name"]));`],
    [
      'import j from "./a.json" with { type: "json" }',
      `let j; ({ "default": j } = await ${call}.import("./a.json", ["default"], { with: { "type": "json" } }));`,
    ],
  ])('%s', (code, expected) => {
    expect(rewrite(code)).toBe(expected);
  });

  it('keep the lines of what follows', () => {
    const code = rewrite('import {\n  a,\n  b,\n} from "m";\nboom()');
    expect(code.split('\n')[4]).toBe(`${call}.value((boom()))`);
  });

  it('are made dynamic calls of ours everywhere', () => {
    expect(rewrite('const f = () => import("a")')).toBe(`let f = () => ${call}.dynamicImport("a")`);
    expect(rewrite('f(import.meta.url);')).toBe(`${call}.value((f(${call}.meta.url)));`);
  });

  it('declare constants', () => {
    expect(rewrite('import { a } from "m"; a = 1')).toContain(`${call}.constant("a")`);
  });
});

describe('exports in a cell', () => {
  it.each([
    ['export const a = 1', 'let a = 1'],
    ['export function f() {}', 'function f() {}'],
    ['let a, b; export { a, b }', 'let a, b; ;'],
    ['export * from "m"', `await ${call}.import("m");`],
    ['export { a } from "m"', `await ${call}.import("m");`],
  ])('%s', (code, expected) => {
    expect(rewrite(code)).toBe(expected);
  });
});

describe('awaits', () => {
  it('of the cell itself are held', () => {
    expect(rewrite('const a = await f(1)')).toBe(`let a = await ${call}.hold(f(1))`);
    expect(rewrite('if (x) { await a; }')).toBe(`if (x) { await ${call}.hold(a); }`);
    expect(rewrite('await (await a).b')).toBe(`${call}.value((await ${call}.hold((await ${call}.hold(a)).b)))`);
    expect(rewrite('for await (const x of xs) f(x)')).toBe(`for await (const x of ${call}.holdEach(xs)) f(x)`);
  });

  it('of functions are left alone', () => {
    const code = 'async function f() { await a; for await (const x of y); }\nconst g = async () => await b;';
    expect(rewrite(code)).toBe(code.replace('const g', 'let g'));
    expect(rewrite('class A { async m() { await 1 } }')).toBe('class A { async m() { await 1 } }');
  });
});

describe('the value of a cell', () => {
  it.each([
    ['1 + 1', `${call}.value((1 + 1))`],
    ['1 + 1;', `${call}.value((1 + 1));`],
    ['a, b', `${call}.value((a, b))`],
    ['(a, b);;', `${call}.value(((a, b)));;`],
    ['x // note', `${call}.value((x)) // note`],
    ['x // note\n;', `${call}.value((x // note\n));`],
    ['f()\nvar Later;', `${call}.value((f()))\nvar Later;`],
    ['({ a: 1 })', `${call}.value((({ a: 1 })))`],
    ['`a`', `${call}.value((\`a\`))`],
  ])('%j is its last expression', (code, expected) => {
    expect(rewrite(code)).toBe(expected);
  });

  it.each(['x = 1', 'x++', '--x', 'if (a) b', 'for (;;) a', '{ a }', '', '// nothing', 'function f() {}'])(
    '%j has none',
    (code) => {
      expect(rewrite(code)).toBe(code);
    },
  );
});

describe('code that cannot be parsed', () => {
  it('names the place', () => {
    expect.assertions(2);
    try {
      rewrite('const a = 1;\nconst b = 2; const b = 3;');
    } catch (error) {
      expect((error as CodeError).message).toBe("Identifier 'b' has already been declared");
      expect((error as CodeError).place).toEqual({ line: 2, column: 19 });
    }
  });

  it('as a module may still be sloppy code', () => {
    expect(rewrite('delete x;')).toBe(`${call}.value((delete x));`);
    expect(rewrite('x = 010')).toBe('x = 010');
  });

  it('is a CodeError, so that nothing of ours is blamed', () => {
    expect(() => rewrite('return 5')).toThrow(CodeError);
    expect(() => rewrite('@d class A {}')).toThrow(CodeError);
  });
});

describe('the map', () => {
  it('is not there where nothing changed', () => {
    expect(cellCode('x = 1', new Map()).map()).toBeUndefined();
  });

  it('is made where something did', () => {
    expect(cellCode('await x', new Map()).map()?.mappings).toBeTruthy();
  });
});
