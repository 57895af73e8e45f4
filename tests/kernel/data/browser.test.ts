/**
 * The room in a place like a browser's Web Worker: bundled for browsers, run where there is no Node.
 */
import { createContext, Script } from 'node:vm';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

it('loads and reads CSV where there is neither Buffer nor Node, and says that there are no files', async () => {
  const { outputFiles } = await build({
    entryPoints: ['kernel/src/data/index.ts'],
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    globalName: 'data',
    external: ['node:*'],
    logLevel: 'silent',
  });
  const worker = createContext({ TextDecoder, TextEncoder, AbortSignal, setTimeout, performance, URL, fetch });
  new Script(outputFiles[0]!.text).runInContext(worker);
  const run = (code: string) => new Script(`(async () => { ${code} })()`).runInContext(worker);
  expect(await run('return typeof Buffer + typeof process + data.penguins().year.length')).toBe(
    'undefinedundefined344',
  );
  const rows = await run(`
    const { x, s } = await data.parseCsv('x,s\\n1,"ä ""q"""\\n2,NA\\n', { x: 'number', s: 'string' });
    return [...x, ...s].join('|');
  `);
  expect(rows).toBe('1|2|ä "q"|');
  const message = await run("return data.csv('a.csv', { a: 'number' }).then(String, (error) => error.message)");
  expect(message).toBe('a.csv: there are no files here (no Node); give an http(s) address, or a reader: { read }');
});
