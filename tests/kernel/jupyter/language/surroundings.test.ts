import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { complete } from '#kernel/jupyter/language/completion';
import { check } from '#kernel/jupyter/language/diagnostics';
import { inspect } from '#kernel/jupyter/language/inspection';
import { NotebookSession } from '#kernel/jupyter/language/session';
import { ts } from '#kernel/jupyter/language/typescript';

const folder = mkdtempSync(join(tmpdir(), 'surroundings-'));
afterAll(() => rmSync(folder, { recursive: true }));

const session = new NotebookSession(folder);
const { surroundings } = session;
const completions = (code: string) => complete(session, code, code.length).matches.map(({ text }) => text);
const codes = (code: string) => check(session, code).map((found) => found.code);

/** How many programs are built while `work` is done. */
function built(work: () => void): number {
  const before = surroundings.built;
  work();
  return surroundings.built - before;
}

beforeEach(() => {
  session.forget();
  codes('1'); // the program of a fresh session
});

describe('the compiler', () => {
  it('has what we use of it beyond its types', () => {
    expect(ts.bindSourceFile).toBeTypeOf('function');
    expect(ts.getTouchingPropertyName).toBeTypeOf('function');
    expect(ts.SymbolDisplay.getSymbolDisplayPartsDocumentationAndSymbolKind).toBeTypeOf('function');
    const program = ts.createProgram(['none.ts'], { noLib: true, types: [] });
    expect(program).toMatchObject({ getResolvedModule: expect.any(Function), getSourceFile: expect.any(Function) });
    const file = ts.createSourceFile('a.ts', 'export const a = 1; let b;', ts.ScriptTarget.ESNext, true);
    ts.bindSourceFile(file, {});
    expect(file).toMatchObject({ parseDiagnostics: [], locals: expect.any(Map), symbol: { exports: expect.any(Map) } });
  });
});

describe('the program', () => {
  it('is not built again for a text, nor for a cell, however many there are', () => {
    const found: string[] = [];
    const programs = built(() => {
      for (let i = 0; i < 150; i++) {
        const code = `const value${i} = { field${i}: ${i} }; function twice${i}(x: number) { return 2 * x }`;
        expect(check(session, code)).toEqual([]);
        session.remember(code);
        found.push(...completions(`value${i}.fie`));
        expect(inspect(session, `twice${i}(${i})`, 3)?.['text/plain']).toContain(`function twice${i}`);
      }
    });
    expect(found).toEqual(Array.from({ length: 150 }, (_, i) => `field${i}`));
    expect(programs).toBe(0);
  });

  it('is built again after many texts, and the session is still known', () => {
    session.remember('const kept = { inside: 1 }');
    const programs = built(() => {
      for (let i = 0; i < 1100; i++) expect(completions(`const x${i} = kept.ins`)).toEqual(['inside']);
    });
    expect(programs).toBe(2);
  });

  it('is built once for a package, and again for another', () => {
    const ask = (name: string) => built(() => codes(`import { x } from '${name}'`));
    expect(built(() => session.remember("import { normal } from 'estimand'; const prior = normal(0, 1)"))).toBe(0);
    expect(built(() => expect(completions('prior.siz')).toEqual(['size']))).toBe(1);
    expect(built(() => expect(completions('prior.boun')).toEqual(['bounded']))).toBe(0);
    expect(ask('estimand')).toBe(0);
    expect(ask('tslab')).toBe(1);
    expect(ask('estimand')).toBe(0);
    expect(ask('node:fs')).toBe(0);
  });

  it('looks again for a module that was not there', () => {
    const code = "import { late } from './late.ts'; late.length";
    expect(codes(code)).toEqual([2307]);
    writeFileSync(join(folder, 'late.ts'), 'export const late = 1;');
    expect(codes(code)).toEqual([2339]);
    rmSync(join(folder, 'late.ts'));
  });

  it('is built again when a module of the folder changes, also one that only another imports', () => {
    writeFileSync(join(folder, 'inner.ts'), 'export const size = 1;');
    writeFileSync(join(folder, 'outer.ts'), "export { size } from './inner.ts';");
    session.remember("import { size } from './outer.ts';");
    expect(codes('size.length')).toEqual([2339]);
    expect(built(() => codes('size.toFixed()'))).toBe(0);
    writeFileSync(join(folder, 'inner.ts'), "export const size = 'a';");
    expect(built(() => expect(codes('size.length')).toEqual([]))).toBe(1);
  });

  it('takes in what a cell adds to all the others, until the session is forgotten', () => {
    const code = 'declare global { interface Array<T> { last(): T } }\nexport const one = 1;';
    expect(codes('[1].last()')).not.toEqual([]);
    expect(codes(`${code} [1].last().toFixed()`)).toEqual([]);
    expect(codes('[1].last() ')).not.toEqual([]);
    session.remember(code);
    expect(codes('[one].last().toFixed()')).toEqual([]);
    expect(codes('[one].last().length')).toEqual([2339]);
    session.forget();
    expect(codes('[1].last()  ')).not.toEqual([]);
  });

  it('lets go of texts that nothing reaches any more once it is built again', async () => {
    const texts = [0, 1].map((i) => new WeakRef(session.open(`const text${i} = ${i}; text${i} + 1`).file));
    session.remember('const text1 = 1; text1 + 1');
    session.open('1');
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    expect(built(() => codes("import 'tslab'"))).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    expect(texts.map((text) => text.deref() !== undefined)).toEqual([false, true]);
  });
});

describe('names of earlier cells', () => {
  it('come before global ones, and all of them where nothing is written yet', () => {
    session.remember('const mathematics = 1, Maths = 2; let zebra = 3');
    expect(completions('Ma').slice(0, 2)).toEqual(['Maths', 'Map']);
    expect(completions('const a = ').slice(0, 4)).toEqual(['a', 'Maths', 'mathematics', 'zebra'].sort());
  });

  it('are offered where a name may stand, after a spread too, and not among members', () => {
    session.remember('const ownName = [1], other = 2');
    expect(completions('[...own')).toEqual(['ownName']);
    expect(completions('f(own')).toEqual(['ownName']);
    expect(completions('`${own')).toEqual(['ownName']);
    expect(completions('other.own')).toEqual([]);
    expect(completions('other?.own')).toEqual([]);
    expect(completions('const ownMembers = { ownKey: 1 }; ownMembers.own')).toEqual(['ownKey']);
  });

  it('are those that were declared in a block by var, too, and the name of a default export', () => {
    session.remember('if (true) { var inner = 1; let hidden = 2 } export default function named() { return 1 }');
    expect(codes('inner.toFixed(); named().toFixed()')).toEqual([]);
    expect(codes('hidden')).toEqual([2304]);
  });

  it('may get their value in any cell', () => {
    session.remember('let x: number; let y;');
    expect(codes('x.toFixed(); y.anything; () => x + y')).toEqual([]);
    expect(codes('let z: number; z.toFixed()')).toEqual([2454]);
  });

  it('keep to their type, and constants to their value', () => {
    session.remember('let n = 1; const c = 1; const maybe = [1].at(0);');
    expect(codes('n = 2')).toEqual([]);
    expect(codes("n = 'text'")).toEqual([2322]);
    expect(codes('c = 2')).toEqual([2588]);
    expect(codes('maybe.toFixed()')).toEqual([18048]);
    expect(codes('if (maybe !== undefined) maybe.toFixed()')).toEqual([]);
  });

  it('may have any name', () => {
    session.remember('const __under = 1, $dollar = 2, été = 3, toString = 4, constructor = 5, hasOwnProperty = 6');
    expect(codes('[__under, $dollar, été, toString, constructor, hasOwnProperty].map((x) => x.toFixed())')).toEqual([]);
    expect(codes('[__proto__]')).toEqual([2304]);
  });

  it('are completed with kind, signature and documentation', () => {
    session.remember('/** How wide it spreads. */\nfunction wingspan(age: number): number { return age }');
    expect(complete(session, 'wing', 4).matches).toEqual([
      {
        text: 'wingspan',
        type: 'function',
        signature: 'function wingspan(age: number): number',
        documentation: 'How wide it spreads.',
      },
    ]);
  });
});
