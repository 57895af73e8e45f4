/**
 * A file from an http(s) address, by the platform's own fetch.
 */
import { DataError } from './error.ts';
import { type ReadLimits, readAll, tooLarge } from './limits.ts';

/** True for text that is an http(s) address. */
export function isAddress(source: string): boolean {
  return /^https?:\/\//i.test(source);
}

/**
 * The bytes behind an address, redirects followed (at most 20, the platform's limit).
 *
 * @throws DataError when the server cannot be reached, answers with an error or a web page, or sends too much
 */
export async function readAddress(address: string, limits: ReadLimits): Promise<Uint8Array> {
  const { maxBytes, signal } = limits;
  let response: Response;
  try {
    response = await fetch(address, { signal, headers: { accept: 'text/csv, text/plain, */*' } });
  } catch (error) {
    signal.throwIfAborted();
    throw new DataError(address, unreachable(error));
  }
  const stop = async (what: string): Promise<never> => {
    await response.body?.cancel();
    throw new DataError(address, what);
  };
  if (!response.ok) await stop(refused(response.status));
  const type = (response.headers.get('content-type') ?? '').toLowerCase();
  const refusal = wrongType(type, address);
  if (refusal !== undefined) await stop(refusal);
  const announced = bytesToCome(response.headers);
  if (announced !== undefined && announced > maxBytes) await stop(tooLarge(announced, maxBytes));
  if (response.body === null) return new Uint8Array(0);
  try {
    return await readAll(chunksOf(response.body), address, limits, bytesToCome(response.headers));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof DataError) throw error;
    throw new DataError(address, `the connection broke before the end of the file (${reasonOf(error)}); try again`);
  }
}

/** The length a server announces; it is that of the compressed body, so of no use where there is compression. */
function bytesToCome(headers: Headers): number | undefined {
  const length = Number(headers.get('content-length') || Number.NaN);
  return headers.has('content-encoding') || !(length >= 0) ? undefined : length;
}

/** A stream's chunks; leaving the loop early closes the connection. (Not every browser iterates streams itself.) */
async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  let finished = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        finished = true;
        return;
      }
      yield value;
    }
  } finally {
    if (!finished) await reader.cancel().catch(() => undefined);
    reader.releaseLock();
  }
}

/** Node says only "fetch failed" and keeps the reason in `cause`. */
function reasonOf(error: unknown): string {
  const cause = (error as { cause?: { message?: string; code?: string } } | null)?.cause;
  return cause?.message || cause?.code || (error instanceof Error ? error.message : String(error));
}

function unreachable(error: unknown): string {
  const reason = reasonOf(error);
  if (/redirect count/i.test(reason)) return 'the server redirects in a circle (over 20 times); check the address';
  if (/ENOTFOUND|EAI_AGAIN/.test(reason)) return `no server of that name was found (${reason}); check the address`;
  if (/ECONNREFUSED/.test(reason)) return `no server answers there (${reason}); check host and port`;
  return `cannot be reached (${reason}); check the address and the network`;
}

function refused(status: number): string {
  if (status === 404 || status === 410) return `the server has no such file (HTTP ${status}); check the address`;
  if (status === 401 || status === 403) {
    return `the server refuses access (HTTP ${status}); download the file with your rights and give its path`;
  }
  if (status === 429 || status >= 500) return `the server is in trouble or busy (HTTP ${status}); try again later`;
  return `the server answered with HTTP ${status}, no file; check the address`;
}

/** Types that cannot be CSV. Servers call CSV many things, so what is merely unusual passes. */
function wrongType(type: string, address: string): string | undefined {
  if (/^text\/html|^application\/xhtml/.test(type)) {
    const github = /^https?:\/\/github\.com\/[^/]+\/[^/]+\/blob\//i.test(address);
    return github
      ? "this is GitHub's page about the file; use the address of its button 'Raw' (raw.githubusercontent.com)"
      : 'the server sent a web page, not a CSV file; use the address of the file itself';
  }
  if (/^(image|audio|video|font)\/|^application\/(pdf|zip|gzip|x-gzip|x-tar|vnd\.(ms-|openxml))/.test(type)) {
    return `the server sent ${type.split(';')[0]}, not text; give the address of a CSV file`;
  }
  return undefined;
}
