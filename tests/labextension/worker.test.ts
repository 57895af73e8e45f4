import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from './browser.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What the worker runs: a model told, estimated, sampled, looked at from above, and drawn. */
const program = `
  import { figure, landscape, mle, model, normal, sample } from 'estimand';
  const line = model()
    .data({ x: [-2, -1, 0, 1, 2], y: [-3.1, -1.2, 0.4, 1.9, 4.2] })
    .parameters({ alpha: normal(0, 5), beta: normal(0, 5) })
    .observe(({ alpha, beta, x }) => ({ y: normal(alpha.add(beta.mul(x)), 0.5) }));
  try {
    const fit = await mle(line);
    const posterior = await sample(line, { chains: 2, draws: 100, warmup: 100, seed: 1 });
    const ground = await landscape(line, { parameters: ['alpha', 'beta'], size: 12 });
    const png = await figure(ground).png(1);
    postMessage({ node: typeof process, estimates: fit.estimates, mean: posterior.summary().row('beta').mean, png: [...png.slice(0, 4)] });
  } catch (error) {
    postMessage({ error: String(error.stack ?? error) });
  }
`;

let browser: Browser;
let server: Server;

beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: root, loader: 'js' },
    alias: { estimand: `${root}kernel/src/index.ts` },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    external: ['node:*'], // imported only where a file is read from disk; the worker reads none
    target: 'es2024',
    write: false,
  });
  // The bundle stands where kernel/dist/host/assets.js stands, so that ../../assets is next door.
  const files = new Map<string, [type: string, body: string | Uint8Array]>([
    ['/', ['text/html', '<!doctype html><title>worker</title>']],
    ['/app/dist/host/worker.js', ['text/javascript', outputFiles[0]!.contents]],
    ['/app/assets/DejaVuSans.ttf', ['font/ttf', readFileSync(`${root}kernel/assets/DejaVuSans.ttf`)]],
    [
      '/app/assets/index_bg.wasm',
      ['application/wasm', readFileSync(`${root}node_modules/@resvg/resvg-wasm/index_bg.wasm`)],
    ],
  ]);
  server = createServer((request, response) => {
    const file = files.get(request.url ?? '');
    response.writeHead(file ? 200 : 404, { 'content-type': file?.[0] ?? 'text/plain' }).end(file?.[1]);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  browser = await startBrowser();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  server?.close();
});

describe('the library without Node', () => {
  it('estimates, samples and draws in a Web Worker, with the same numbers as here', async () => {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const told = (await page.evaluate(
      () =>
        new Promise<unknown>((resolve) => {
          const worker = new Worker('/app/dist/host/worker.js', { type: 'module' });
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = ({ message }) => resolve({ error: message });
        }),
    )) as { error?: string; node: string; estimates: object; mean: number; png: number[] };
    expect(told.error).toBeUndefined();
    expect(told.node).toBe('undefined');
    expect(told.png).toEqual([0x89, 0x50, 0x4e, 0x47]);

    const { mle, model, normal, sample } = await import('#kernel/index');
    const line = model()
      .data({ x: [-2, -1, 0, 1, 2], y: [-3.1, -1.2, 0.4, 1.9, 4.2] })
      .parameters({ alpha: normal(0, 5), beta: normal(0, 5) })
      .observe(({ alpha, beta, x }) => ({ y: normal(alpha.add(beta.mul(x)), 0.5) }));
    expect(told.estimates).toEqual((await mle(line)).estimates);
    const posterior = await sample(line, { chains: 2, draws: 100, warmup: 100, seed: 1 });
    expect(told.mean).toBe(posterior.summary().row('beta').mean);
  }, 120_000);
});
