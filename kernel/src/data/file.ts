/**
 * File access: the one module of this room that knows Node.
 *
 * Node's modules are loaded when a file is first read, so the library itself also loads where there is no
 * Node (a browser's Web Worker); there, `csv` takes addresses, or a reader of one's own.
 */
import { DataError } from './error.ts';
import { type FileReader, readAll, tooLarge } from './limits.ts';

/** Read a file of this machine; a relative path starts at the notebook's folder (the kernel's working folder). */
export const readLocalFile: FileReader = async (path, limits) => {
  const { maxBytes, signal } = limits;
  const inNode = typeof process !== 'undefined' && typeof process.versions?.node === 'string';
  if (!inNode) {
    throw new DataError(path, 'there are no files here (no Node); give an http(s) address, or a reader: { read }');
  }
  const { open } = await import('node:fs/promises');
  const { resolve } = await import('node:path');
  const { fileURLToPath } = await import('node:url');
  const local = path.startsWith('file:') ? fileURLToPath(path) : resolve(path);
  const file = await open(local, 'r').catch((error: NodeJS.ErrnoException) => {
    throw new DataError(path, openFailure(error.code, local));
  });
  try {
    const status = await file.stat();
    if (status.isDirectory()) throw new DataError(path, 'this is a folder; give the path of a file in it');
    if (status.size > maxBytes) throw new DataError(path, tooLarge(status.size, maxBytes));
    return await readAll(file.createReadStream({ signal, autoClose: false }), path, limits, status.size);
  } finally {
    await file.close();
  }
};

function openFailure(code: string | undefined, local: string): string {
  if (code === 'ENOENT') return `there is no such file; looked for ${local} (a path starts at the notebook's folder)`;
  if (code === 'EACCES' || code === 'EPERM') return `reading ${local} is not permitted`;
  return `cannot open ${local} (${code ?? 'unknown reason'})`;
}
