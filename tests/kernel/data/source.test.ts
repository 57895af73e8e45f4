/**
 * Files and addresses, with a server of our own on 127.0.0.1.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CsvOptions, csv } from '#kernel/data/csv';
import { DataError } from '#kernel/data/error';
import { installHost, type MimeBundle } from '#kernel/host/host';

const columns = { a: 'number' } as const;

async function failure(source: string | URL, options: CsvOptions = {}): Promise<string> {
  const error = await csv(source, columns, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataError);
  expect((error as DataError).source).toBe(String(source));
  return (error as DataError).message;
}

describe('a path', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'estimand data '));
    await writeFile(join(folder, 'good.csv'), 'a,b\n1,2\n3,4\n');
    await writeFile(join(folder, 'latin.csv'), Buffer.from('a,name\n1,x\n2,M\xfcnchen\n', 'latin1'));
    await writeFile(join(folder, 'utf16.csv'), Buffer.from('\uFEFFa,b\n7,ü\n', 'utf16le'));
    await writeFile(join(folder, 'binary.csv'), Buffer.from([1, 0, 2, 0]));
    await writeFile(join(folder, 'packed.csv'), Buffer.from([0x1f, 0x8b, 8, 0, 1]));
    await writeFile(join(folder, 'sheet.csv'), Buffer.from([0x50, 0x4b, 3, 4, 0x14, 0]));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('gives typed columns, as a path, a file: address or a URL', async () => {
    const path = join(folder, 'good.csv');
    for (const source of [path, pathToFileURL(path).href, pathToFileURL(path)]) {
      expect([...(await csv(source, columns)).a]).toEqual([1, 3]);
    }
  });

  it("starts, when relative, at the process's folder, which is the notebook's", async () => {
    const path = relative(process.cwd(), join(folder, 'good.csv'));
    expect([...(await csv(path, columns)).a]).toEqual([1, 3]);
  });

  it('that does not exist says where it was looked for', async () => {
    const message = await failure('no-such-folder/x.csv');
    expect(message).toContain(`there is no such file; looked for ${join(process.cwd(), 'no-such-folder', 'x.csv')}`);
  });

  it('of a folder says so', async () => {
    expect(await failure(folder)).toContain('this is a folder');
  });

  it('of a file over the limit is not read', async () => {
    expect(await failure(join(folder, 'good.csv'), { maxBytes: 5 })).toContain('more than the limit of 0.000005 MB');
  });

  it('of text in another encoding names line and remedy', async () => {
    const path = join(folder, 'latin.csv');
    expect(await failure(path)).toMatch(/line 3: not utf-8 text from here on; .* try \{ encoding: 'windows-1252' \}/);
    const { name } = await csv(path, { name: 'string' }, { encoding: 'windows-1252' });
    expect(name[1]).toBe('München');
    expect(await failure(path, { encoding: 'klingon' })).toContain("there is no encoding 'klingon'");
  });

  it('of UTF-16 with its mark is read', async () => {
    expect([...(await csv(join(folder, 'utf16.csv'), columns)).a]).toEqual([7]);
  });

  it('of something that is not text says what it may be', async () => {
    expect(await failure(join(folder, 'binary.csv'))).toContain('not a text file');
    expect(await failure(join(folder, 'packed.csv'))).toContain('gzip-compressed: unpack it first');
    expect(await failure(join(folder, 'sheet.csv'))).toContain('export it as CSV');
  });

  it('can be read by a reader of one’s own, for where there are no files', async () => {
    const read = async (path: string) => new TextEncoder().encode(`a\n${path.length}\n`);
    expect([...(await csv('four', columns, { read })).a]).toEqual([4]);
  });
});

describe('an address', () => {
  let server: Server;
  let base: string;
  const open = new Set<ServerResponse>();
  const closed: string[] = [];
  const routes: Record<string, (request: IncomingMessage, response: ServerResponse) => void> = {
    '/good.csv': (_, response) => response.setHeader('content-type', 'text/csv').end('a,b\n1,2\n3,4\n'),
    '/octets': (_, response) => response.setHeader('content-type', 'application/octet-stream').end('a\n5\n'),
    '/moved': (_, response) => response.writeHead(302, { location: '/good.csv' }).end(),
    '/loop': (_, response) => response.writeHead(302, { location: '/loop' }).end(),
    '/page': (_, response) => response.setHeader('content-type', 'text/html; charset=utf-8').end('<html>'),
    '/image': (_, response) => response.setHeader('content-type', 'image/png').end('PNG'),
    '/secret': (_, response) => response.writeHead(403).end(),
    '/broken': (_, response) => response.writeHead(503).end(),
    '/teapot': (_, response) => response.writeHead(418).end(),
    '/slow.csv': (_, response) => {
      response.writeHead(200, { 'content-length': '12' }).write('a\n');
      setTimeout(() => response.write('1\n2\n'), 600);
      setTimeout(() => response.end('3\n4\n5\n'), 650);
    },
    '/silent': (_, response) => open.add(response),
    '/stalled': (_, response) => {
      open.add(response);
      response.write('a\n1\n');
    },
    '/cut': (_, response) => {
      response.setHeader('content-length', '1000');
      response.write('a\n1\n', () => response.destroy());
    },
    '/announced': (_, response) => {
      response.setHeader('content-length', '500000000');
      open.add(response);
      response.write('a\n');
    },
    '/endless': (request, response) => {
      const more = () => {
        while (!response.destroyed && response.write('1\n'.repeat(10_000)));
      };
      response.on('drain', more);
      request.on('close', () => closed.push('/endless'));
      response.write('a\n');
      more();
    },
  };

  beforeAll(async () => {
    server = createServer((request, response) => {
      const route = routes[request.url ?? ''];
      if (route) route(request, response);
      else response.writeHead(404).end('nothing here');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    for (const response of open) response.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('gives typed columns, also after a redirect, and whatever unusual type the server names', async () => {
    expect([...(await csv(`${base}/good.csv`, columns)).a]).toEqual([1, 3]);
    expect([...(await csv(new URL('/moved', base), columns)).a]).toEqual([1, 3]);
    expect([...(await csv(`${base}/octets`, columns)).a]).toEqual([5]);
  });

  it.each([
    ['/nothing', /no such file \(HTTP 404\); check the address/],
    ['/secret', /refuses access \(HTTP 403\); download the file/],
    ['/broken', /in trouble or busy \(HTTP 503\); try again later/],
    ['/teapot', /answered with HTTP 418/],
    ['/loop', /redirects in a circle/],
    ['/page', /a web page, not a CSV file; use the address of the file itself/],
    ['/image', /image\/png, not text/],
    ['/cut', /the connection broke before the end of the file/],
    ['/announced', /at least 500 MB, more than the limit of 100 MB; raise it with \{ maxBytes \}/],
  ])('%s fails with its reason and a remedy', async (path, message) => {
    expect(await failure(base + path)).toMatch(message);
  });

  it('that sends more than it said is cut off at the limit, and the connection closed', async () => {
    expect(await failure(`${base}/endless`, { maxBytes: 1e6 })).toContain('more than the limit of 1 MB');
    await expect.poll(() => closed).toContain('/endless');
  });

  it('that does not answer, or stops in the middle, ends at the time limit', async () => {
    for (const path of ['/silent', '/stalled']) {
      expect(await failure(base + path, { timeout: 150 })).toContain('not read within 0.15 s');
    }
  });

  it('can be given up by a signal, or by the interrupt of the cell', async () => {
    const controller = new AbortController();
    const loading = csv(`${base}/stalled`, columns, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('by hand')), 30);
    await expect(loading).rejects.toThrow('by hand');

    const cell = new AbortController();
    installHost({ display: () => ({ update: () => undefined }), signal: () => cell.signal });
    try {
      const waiting = csv(`${base}/silent`, columns);
      setTimeout(() => cell.abort(new Error('interrupted')), 30);
      await expect(waiting).rejects.toThrow('interrupted');
    } finally {
      installHost(undefined);
    }
  });

  it('tells how far it has come, and shows it below the cell when it takes a while', async () => {
    const shown: unknown[] = [];
    const told: string[] = [];
    const update = (bundle: MimeBundle) => shown.push(bundle['text/plain']);
    const display = (bundle: MimeBundle) => {
      update(bundle);
      return { update };
    };
    installHost({ display, signal: () => undefined });
    try {
      await csv(`${base}/slow.csv`, columns, { onProgress: ({ text }) => told.push(text) });
    } finally {
      installHost(undefined);
    }
    expect(told.at(-1)).toBe(`${base}/slow.csv: 0.000012 MB read`);
    expect(told[0]).toBe(`${base}/slow.csv: 0.000006 MB of 0.000012 MB read`);
    expect(shown).toEqual(told);
    const quick: string[] = [];
    await csv(`${base}/good.csv`, columns, { onProgress: ({ text }) => quick.push(text) });
    expect(quick).toEqual([`${base}/good.csv: 0.000012 MB read`]);
  });

  it('where nobody answers says so', async () => {
    const unused = createServer();
    await new Promise<void>((resolve) => unused.listen(0, '127.0.0.1', resolve));
    const { port } = unused.address() as AddressInfo;
    await new Promise((resolve) => unused.close(resolve));
    expect(await failure(`http://127.0.0.1:${port}/x.csv`)).toContain('no server answers there');
  });

  it('refuses limits that are none', async () => {
    await expect(csv(base, columns, { maxBytes: Number.NaN })).rejects.toThrow('maxBytes');
    await expect(csv(base, columns, { timeout: -1 })).rejects.toThrow('timeout');
  });
});
