/**
 * The same bits on every engine there is: this Node, every other Node on the path, and Chromium.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from '../../labextension/browser.ts';
import { checksums } from './random-programs.ts';

const COUNT = 200;
/** Every Node on the path, this one first. */
function nodes(): string[] {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name));
  return [...new Set([process.execPath, ...onPath.filter(existsSync)].map((file) => realpathSync(file)))];
}

let bundle: string;
/** What this engine finds. */
const here = checksums(COUNT);

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('random-programs.ts', import.meta.url))],
    bundle: true,
    format: 'iife',
    globalName: 'programs',
    target: 'es2022',
    write: false,
  });
  bundle = outputFiles[0]!.text;
});

describe(`${COUNT} random programs and their gradients`, () => {
  it('give the same bits interpreted, as JavaScript and as WebAssembly', () => {
    expect(here).toMatchObject({ javascript: here.interpreter, webassembly: here.interpreter, assembled: COUNT });
    expect(here.finite).toBeGreaterThan(COUNT / 2); // NaN would hide what went before it
  });
  it('give the same bits interpreted and as WebAssembly in single precision', () => {
    expect(here.single).toBe(here.singleInterpreted);
  });
  it('give the same bits on every Node at hand', () => {
    for (const node of nodes()) {
      const script = `${bundle}\nprocess.stdout.write(JSON.stringify(programs.checksums(${COUNT})));`;
      const found = JSON.parse(execFileSync(node, ['-'], { input: script, encoding: 'utf8' }));
      expect(found, node).toEqual(here);
    }
  });
  it('give the same bits in Chromium', async () => {
    const browser = await startBrowser();
    try {
      const page = await browser.newPage();
      await page.addScriptTag({ content: bundle });
      expect(await page.evaluate(`programs.checksums(${COUNT})`)).toEqual(here);
    } finally {
      await browser.close();
    }
  });
});
