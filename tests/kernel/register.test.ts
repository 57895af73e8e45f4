import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { estimand } from '#kernel/vite';

const register = fileURLToPath(new URL('../../kernel/src/register.ts', import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'estimand register ')); // with blanks, on purpose
});
afterAll(() => rm(folder, { recursive: true }));

/** Run a program as a user would; what it wrote, and how it ended. */
async function run(name: string, text: string, before: readonly string[] = []) {
  const file = join(folder, name);
  await writeFile(file, text);
  return new Promise<{ stdout: string; stderr: string; code: number }>((resolve) => {
    execFile(process.execPath, [...before, '--import', register, file], (error, stdout, stderr) => {
      resolve({ stdout, stderr, code: error === null ? 0 : Number(error.code) });
    });
  });
}

describe('node --import estimand/register', () => {
  it('runs TypeScript with operators in stages, from any folder, and writes nothing to stderr', async () => {
    const { stdout, stderr, code } = await run(
      'use.ts',
      `import { variable } from 'estimand';
      interface Builder { derived(build: (scope: { a: number }) => unknown): unknown }
      const stage: Builder = { derived: (build) => build({ a: variable('a', [3]) as never }) };
      console.log((stage.derived(({ a }) => 2 * a + 1) as { shape: number[] }).shape, 1 + 1);`,
    );
    expect({ stdout, stderr, code }).toEqual({ stdout: '[ 3 ] 2\n', stderr: '', code: 0 });
  });

  it('rewrites JavaScript modules too', async () => {
    const text = "function f(a) { 'use expression'; return -a; }\nconsole.log(f(2), f.toString().includes('neg('));";
    expect((await run('use.mjs', text)).stdout).toBe('-2 true\n');
  });

  it('leaves an error at its own line and column, also after rewritten operators', async () => {
    const text = [
      'interface Unused { a: number }',
      'function f(a: number): number {',
      "  'use expression';",
      '  return Math.exp(a * 2 + broken(a));',
      '}',
      'function broken(a: number): never { throw new Error("no"); }',
      'f(1);',
    ].join('\n');
    const { stderr, code } = await run('broken.ts', text);
    expect(code).toBe(1);
    expect(stderr).toContain('broken.ts:6:43');
    expect(stderr).toContain('broken.ts:4:27');
  });

  it('leaves a syntax error to Node, with the name of the file', async () => {
    const { stderr, code } = await run('syntax.ts', 'const a: number = ;');
    expect(code).toBe(1);
    expect(stderr).toContain('SyntaxError');
  });

  it('names the remedy in one line where Node is too old', async () => {
    const old = join(folder, 'old.mjs');
    await writeFile(old, "import module from 'node:module'; module.registerHooks = undefined;");
    const { stderr, code, stdout } = await run('any.ts', 'console.log(1)', ['--import', old]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^estimand\/register needs Node 22\.15 or newer, and this is v\d+.*; install a newer Node.*\n$/,
    );
  });
});

describe('the plugin for Vite', () => {
  const stage = 'm.derived((a) => a * 2)';
  it('rewrites the modules of a project and gives their source map', () => {
    const { code, map } = estimand().transform(stage, '/project/src/a.ts?v=1')!;
    expect(code).toMatch(/^m\.derived\(\(a\) => globalThis\[.*\.mul\(a , 2\)\)$/);
    expect(JSON.parse(map)).toMatchObject({ version: 3, sources: ['/project/src/a.ts'] });
  });

  it.each([
    '/project/node_modules/x/a.js',
    '/project/a.css',
    fileURLToPath(new URL('../../kernel/src/a.ts', import.meta.url)),
  ])('leaves %s alone', (id) => {
    expect(estimand().transform(stage, id)).toBeUndefined();
  });

  it('leaves modules without stages alone', () => {
    expect(estimand().transform('1 + 1', '/project/a.ts')).toBeUndefined();
  });
});
