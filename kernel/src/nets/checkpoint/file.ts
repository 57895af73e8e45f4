/**
 * Files written whole or not at all: beside the old one first, then put in its place. The one file of this room that
 * knows Node; its modules are loaded when a file is first written or read.
 */
import type { FileHandle } from 'node:fs/promises';

/** What of Node's file system is used; tests give one whose disk is full. */
export interface Files {
  open(path: string, flags: string): Promise<Pick<FileHandle, 'writeFile' | 'sync' | 'close'>>;
  rename(from: string, to: string): Promise<void>;
  rm(path: string, options: { readonly force: true }): Promise<void>;
}

function requireNode(path: string): void {
  if (typeof process === 'undefined' || typeof process.versions?.node !== 'string') {
    throw new Error(
      `checkpoint: there are no files here (no Node), so '${path}' can be neither read nor written; use encodeCheckpoint and decodeCheckpoint`,
    );
  }
}

/**
 * Write a file so that, whatever happens, the path has either the old contents or the new, whole.
 *
 * @throws Error that says why it could not be written, and that the earlier file is as it was
 */
export async function writeWhole(path: string, bytes: Uint8Array, given?: Files): Promise<void> {
  requireNode(path);
  const files: Files = given ?? (await import('node:fs/promises'));
  const beside = `${path}.${process.pid}.part`;
  try {
    const file = await files.open(beside, 'w');
    try {
      await file.writeFile(bytes);
      await file.sync(); // on the disk before it takes the old one's place
    } finally {
      await file.close();
    }
    await files.rename(beside, path);
  } catch (error) {
    await files.rm(beside, { force: true }).catch(() => undefined);
    throw new Error(
      `checkpoint: ${path} was not written: ${reasonOf(error, bytes.length)}. An earlier file is as it was`,
      {
        cause: error,
      },
    );
  }
}

function reasonOf(error: unknown, size: number): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return `there is no room for its ${(size / 1e6).toFixed(1)} MB (${code}); free some, or give another folder`;
  }
  if (code === 'ENOENT') return 'there is no such folder; make it first';
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return `writing there is not permitted (${code})`;
  return message;
}

/** The bytes of a file. @throws Error that names the path where it cannot be read */
export async function readWhole(path: string): Promise<Uint8Array> {
  requireNode(path);
  const { readFile } = await import('node:fs/promises');
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'there is no such file' : error.message;
    throw new Error(`checkpoint: ${path} was not read: ${why}`, { cause: error });
  });
}
