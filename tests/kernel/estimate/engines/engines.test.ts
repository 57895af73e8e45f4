/**
 * The same seed gives the same draws on every engine there is, with any number of workers: this Node, every other Node
 * on the path, and Chromium with its Web Workers. All run one build, in which the worker's files stand beside the rest.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from '../../../labextension/browser.ts';
import { checksums } from './draws.ts';

let folder: string;
let server: Server;
let here: Record<string, string>;

/** Every Node on the path, this one first. */
function nodes(): string[] {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const onPath = (process.env.PATH ?? '').split(delimiter).map((path) => join(path, name));
  return [...new Set([process.execPath, ...onPath.filter(existsSync)].map((file) => realpathSync(file)))];
}

beforeAll(async () => {
  here = await checksums(0);
  folder = mkdtempSync(join(tmpdir(), 'estimand engines '));
  const source = (path: string) => fileURLToPath(new URL(`../../../../kernel/src/${path}`, import.meta.url));
  await build({
    entryPoints: {
      draws: fileURLToPath(new URL('./draws.ts', import.meta.url)),
      entry: source('workers/entry.ts'),
      'job-entry': source('estimate/samplers/job-entry.ts'),
    },
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    outdir: folder,
  });
  server = createServer((request, response) => {
    const path = join(folder, (request.url ?? '/').slice(1));
    const file = request.url === '/' || !existsSync(path) ? undefined : path;
    response.setHeader('content-type', file ? 'text/javascript' : 'text/html');
    response.end(file ? readFileSync(file) : '<!doctype html>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

describe('seeded draws are the same', { timeout: 180_000 }, () => {
  it('on 1, 2 and 4 workers of this Node as without any', async () => {
    for (const workers of [1, 2, 4]) expect(await checksums(workers), `${workers} workers`).toEqual(here);
  });

  it('of every sampler, and each other’s are others', () => {
    expect(Object.keys(here)).toContain('tempering');
    expect(new Set(Object.values(here)).size).toBe(Object.keys(here).length);
  });

  it('on every Node at hand, here and on workers', () => {
    for (const node of nodes()) {
      const script = `
        import { checksums } from ${JSON.stringify(pathToFileURL(join(folder, 'draws.js')).href)};
        process.stdout.write(JSON.stringify([await checksums(0), await checksums(2)]));`;
      const found = JSON.parse(execFileSync(node, ['--input-type=module', '-'], { input: script, encoding: 'utf8' }));
      expect(found, node).toEqual([here, here]);
    }
  });

  it('in Chromium, here and on Web Workers', async () => {
    const browser = await startBrowser();
    try {
      const page = await browser.newPage();
      const { port } = server.address() as AddressInfo;
      await page.goto(`http://127.0.0.1:${port}/`);
      let workers = 0;
      page.on('worker', () => workers++);
      const run = (count: number) => page.evaluate(`import('/draws.js').then(({ checksums }) => checksums(${count}))`);
      expect(await run(0)).toEqual(here);
      expect(workers).toBe(0);
      expect(await run(2)).toEqual(here);
      expect(workers).toBe(2);
    } finally {
      await browser.close();
    }
  });
});
