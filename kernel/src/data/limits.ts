/**
 * Reading bytes within limits: of size, of time, and until an interrupt.
 */
import { DataError } from './error.ts';
import { megabytes } from './progress.ts';

/** What a reader must respect. */
export interface ReadLimits {
  /** Largest size in bytes. */
  readonly maxBytes: number;
  /** Aborted on an interrupt and when the time is up. */
  readonly signal: AbortSignal;
  /** Told how many bytes are there, and how many there will be where that is known. */
  readonly onBytes?: (bytes: number, total?: number) => void;
}

/** Gives the bytes of a file. */
export type FileReader = (path: string, limits: ReadLimits) => Promise<Uint8Array>;

/** All bytes of a stream; stops as soon as there are more than `maxBytes`. `total` is how many will come, if known. */
export async function readAll(
  chunks: AsyncIterable<Uint8Array>,
  source: string,
  { maxBytes, onBytes }: ReadLimits,
  total?: number,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > maxBytes) throw new DataError(source, tooLarge(size, maxBytes));
    parts.push(chunk);
    onBytes?.(size, total);
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** The message for a source over its limit. */
export function tooLarge(size: number, maxBytes: number): string {
  return `at least ${megabytes(size)}, more than the limit of ${megabytes(maxBytes)}; raise it with { maxBytes } if you mean it`;
}
