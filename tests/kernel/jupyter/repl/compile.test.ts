import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CodeError } from '#kernel/jupyter/repl/code-error';
import { compileByTypeScript, stripCell, stripModule, wantsCompiler } from '#kernel/jupyter/repl/compile';
import { follow } from '#kernel/jupyter/repl/positions';

const folder = mkdtempSync(join(tmpdir(), 'compiled '));
afterAll(() => rmSync(folder, { recursive: true }));

/** How the older kind of decorators is compiled. */
const older = '__decorate([';

describe('what TypeScript compiles', () => {
  it('has no decorator left, and its lines are known', () => {
    const source = 'function d(v: any, c: any) {}\n@d\nclass A {}\nboom();';
    const { code, map } = compileByTypeScript(source, folder);
    expect(code).not.toMatch(/^@d/m);
    const lines = code.split('\n');
    const line = lines.findIndex((text) => text.includes('boom();')) + 1;
    expect(follow([map!])({ line, column: 0 })).toEqual({ line: 4, column: 0 });
  });

  it("has the language's own decorators, unless a parameter is decorated", () => {
    expect(compileByTypeScript('class A { @d m() {} }', folder).code).not.toContain(older);
    expect(compileByTypeScript('class A { @d m() {} n(@p x: number) {} }', folder).code).toContain(older);
    expect(compileByTypeScript('class A { constructor(@p private x: number) {} }', folder).code).toContain(older);
  });

  it('has the older ones where the nearest tsconfig.json says so, comments and all', () => {
    const inner = join(folder, 'a', 'b');
    mkdirSync(inner, { recursive: true });
    const config = join(folder, 'a', 'tsconfig.json');
    writeFileSync(
      config,
      '{ // older\n "compilerOptions": { "experimentalDecorators": true, "emitDecoratorMetadata": true } }',
    );
    const { code } = compileByTypeScript('class A { @d m(x: string) {} }', inner);
    expect(code).toContain(older);
    expect(code).toContain('"design:paramtypes", [String]');
    writeFileSync(join(inner, 'tsconfig.json'), '{}');
    expect(compileByTypeScript('class A { @d m() {} }', inner).code).not.toContain(older);
    writeFileSync(join(inner, 'tsconfig.json'), 'nothing that can be read {');
    expect(compileByTypeScript('class A { @d m() {} }', inner).code).not.toContain(older);
  });
});

describe('a cell', () => {
  it('whose modifiers do not fit is compiled all the same', () => {
    expect(stripCell("class G { override toString(): string { return 'G' } }").code).toMatch(/{\s*toString\(\)/);
  });

  it('that is no TypeScript is refused with its place', () => {
    expect(() => stripCell('let y = ;')).toThrow(CodeError);
  });
});

describe('a module', () => {
  it.each([
    ['a decorator', 'class A { @d m(): number { return 1 } }'],
    ['an accessor', 'class A { accessor x: number = 1 }'],
    ['a static accessor', 'export class A { static accessor #x: number = 1 }'],
  ])('with %s is compiled', (_, source) => {
    expect(stripModule(source, folder).code).not.toMatch(/@d|\baccessor [#x]/);
  });

  it.each([
    "/** @param x it */\nexport const mail: string = 'a@b.c';",
    'const accessor: number = 1; export { accessor };',
    'export class A { accessor; y: number = 1 }',
  ])('with %j needs nothing but its types out', (source) => {
    expect(stripModule(source, folder).map).toBeUndefined();
  });
});

it.each([
  ['@d class A {}', 0, true],
  ['class A { accessor x }', 19, true],
  ['class A { accessor  #x }', 20, true],
  ['class A { accessors x }', 20, false],
  ['let a = ;', 8, false],
])('%j is left to the compiler, or not', (code, place, wanted) => {
  expect(wantsCompiler(code, place)).toBe(wanted);
});
