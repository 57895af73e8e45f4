import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, describe, expect, it } from 'vitest';
import { type Compiler, plainImports, replaceFiles } from '#kernel/jupyter/tslab-engine/files';

/** A compiler's view of a disk that holds what is given. */
function disk(files: Record<string, string>): Compiler {
  const under = (path: string) => Object.keys(files).filter((name) => name.startsWith(`${path}/`));
  return {
    preProcessFile: ts.preProcessFile,
    sys: {
      fileExists: (path) => path in files,
      readFile: (path) => files[path],
      directoryExists: (path) => under(path).length > 0,
      getDirectories: (path) => [...new Set(under(path).map((name) => name.slice(path.length + 1).split('/')[0]!))],
    },
  };
}

const flat = {
  '/n/node_modules/tslab/package.json': '{}',
  '/n/node_modules/@types/node/package.json': '{}',
  '/n/node_modules/@types/node/index.d.ts': 'node',
  '/n/node_modules/@types/node/ts4.8/index.d.ts': 'older node',
  '/n/node_modules/@types/node/fs.d.ts': 'fs',
  '/notebooks/shapes.ts': 'shapes',
};
const tslab = '/n/node_modules/tslab';
const types = `${tslab}/node_modules/@types`;

describe("what tslab's compiler sees", () => {
  it("are Node's types, which it looks for inside its own folder and npm has put beside it", () => {
    const compiler = disk(flat);
    replaceFiles(compiler, tslab);
    const system = compiler.sys;
    expect(system.directoryExists(types)).toBe(true);
    expect(system.getDirectories(types)).toEqual(['node']);
    expect(system.fileExists(`${types}/node/package.json`)).toBe(true);
    expect(system.readFile(`${types}/node/fs.d.ts`)).toBe('fs');
    expect(system.readFile('/notebooks/shapes.ts')).toBe('shapes');
    expect(system.fileExists('/notebooks/other.ts')).toBe(false);
    expect(system.readFile('/notebooks/other.ts')).toBeUndefined();
  });

  it('is all where it is, for a tslab that has its packages inside', () => {
    const compiler = disk({ '/g/tslab/node_modules/@types/node/index.d.ts': 'node' });
    replaceFiles(compiler, '/g/tslab');
    const system = compiler.sys;
    expect(system.fileExists('/g/tslab/node_modules/@types/node/index.d.ts')).toBe(true);
  });

  it.each(['index.d.ts', 'ts4.8/index.d.ts'])("are the session's helpers, named at the head of %s", (name) => {
    const compiler = disk(flat);
    replaceFiles(compiler, tslab);
    const system = compiler.sys;
    expect(system.readFile(`${types}/node/${name}`)).toMatch(/^\/\/\/ <reference path="estimand-globals\.d\.ts" \/>\n/);
    const globals = `${types}/node/estimand-globals.d.ts`;
    expect(system.fileExists(globals)).toBe(true);
    expect(system.readFile(globals)).toContain('declare function display(');
    expect(system.readFile(globals)).toContain("declare module 'estimand'");
  });
});

describe('imports of TypeScript files', () => {
  const compiler = disk({
    '/notebooks/outer.ts': "export * from './inner.ts';",
    '/n/node_modules/p/index.ts': "export * from './x.ts';",
  });

  it.each([
    ["import { a } from './a.ts'; b", "import { a } from './a'   ; b"],
    ['export * from "../a.b.ts"', 'export * from "../a.b"   '],
    ["await import('./a.ts'); import './b.ts'", "await import('./a'   ); import './b'   "],
    ["let t: import('./t.ts').T", "let t: import('./t'   ).T"],
  ])('%j lose their ending, and nothing moves', (text, plain) => {
    expect(plainImports(compiler, text)).toBe(plain);
    expect(plain).toHaveLength(text.length);
  });

  it.each([
    "import a from 'a.ts'",
    "import './types.d.ts'",
    "const text = `import './a.ts'`; const other = \"from './b.ts'\"; // import './c.ts'",
    "require('./a.ts')",
    "import './a.js'",
  ])('%j is left as it is', (text) => {
    expect(plainImports(compiler, text)).toBe(text);
  });

  it('are so in local files too, not in packages', () => {
    replaceFiles(compiler, tslab);
    expect(compiler.sys.readFile('/notebooks/outer.ts')).toBe("export * from './inner'   ;");
    expect(compiler.sys.readFile('/n/node_modules/p/index.ts')).toBe("export * from './x.ts';");
  });
});

describe('local files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'watched '));
  afterAll(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'shapes.ts');
  writeFileSync(path, 'export const a = 1');
  utimesSync(path, 1, 1);

  it('are looked at when a cell is compiled, and only what has changed is told', () => {
    const compiler = disk(flat);
    const files = replaceFiles(compiler, tslab);
    const system = compiler.sys;
    const told: [string, number][] = [];
    const watcher = system.watchFile!(path, (...change) => told.push(change));
    files.refresh();
    expect(told).toEqual([]);
    utimesSync(path, 2, 2);
    files.refresh();
    files.refresh();
    expect(told).toEqual([[path, 1]]);
    watcher.close();
    utimesSync(path, 3, 3);
    files.refresh();
    expect(told).toHaveLength(1);
  });

  it('are told when they are gone, and those of packages are left alone', () => {
    const compiler = disk(flat);
    const files = replaceFiles(compiler, tslab);
    const system = compiler.sys;
    const gone = join(folder, 'gone.ts');
    writeFileSync(gone, '');
    const told: string[] = [];
    system.watchFile!(gone, (name) => told.push(name));
    system.watchFile!('/n/node_modules/tslab/package.json', (name) => told.push(name)).close();
    rmSync(gone);
    files.refresh();
    expect(told).toEqual([gone]);
  });
});
