import { describe, expect, it } from 'vitest';
import { isAddress, readAddress } from '#kernel/data/fetch';

const limits = { maxBytes: 1e6, signal: new AbortController().signal };

/** Run with a fetch that answers or fails as told. */
async function withFetch<T>(answer: () => Promise<Response>, task: () => Promise<T>): Promise<T> {
  const real = globalThis.fetch;
  globalThis.fetch = answer;
  try {
    return await task();
  } finally {
    globalThis.fetch = real;
  }
}

describe('an address', () => {
  it('is http or https', () => {
    expect(['http://a/b', 'HTTPS://a'].every(isAddress)).toBe(true);
    expect(['a.csv', '/a', 'C:\\a.csv', 'file:///a', 'httpx://a'].some(isAddress)).toBe(false);
  });

  it("on GitHub's page about a file names the raw address", async () => {
    const page = () => Promise.resolve(new Response('<html>', { headers: { 'content-type': 'text/html' } }));
    const reading = withFetch(page, () => readAddress('https://github.com/o/r/blob/main/x.csv', limits));
    await expect(reading).rejects.toThrow("its button 'Raw'");
  });

  it('of an unknown server, or of no network, says which', async () => {
    const failing = (message: string) => () => Promise.reject(new TypeError('fetch failed', { cause: { message } }));
    const unknown = withFetch(failing('getaddrinfo ENOTFOUND x.invalid'), () =>
      readAddress('http://x.invalid', limits),
    );
    await expect(unknown).rejects.toThrow('no server of that name was found');
    const offline = withFetch(failing('network is unreachable'), () => readAddress('http://x.invalid', limits));
    await expect(offline).rejects.toThrow(
      'cannot be reached (network is unreachable); check the address and the network',
    );
  });

  it('with an empty answer gives no bytes', async () => {
    const empty = () => Promise.resolve(new Response(null));
    expect((await withFetch(empty, () => readAddress('http://x/', limits))).length).toBe(0);
  });
});
