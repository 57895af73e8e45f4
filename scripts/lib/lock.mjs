/**
 * One set-up at a time: a second one waits for the first, and a lock whose owner died is taken over.
 */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const POLL_MILLISECONDS = 200;

/**
 * Do `work` while holding the lock.
 * @template T
 * @param {string} path the lock file; it holds its owner's process id
 * @param {() => Promise<T>} work
 * @param {(owner: number) => void} onWait called once when another process holds the lock
 * @returns {Promise<T>}
 */
export async function withLock(path, work, onWait) {
  mkdirSync(dirname(path), { recursive: true });
  const release = () => ownerOf(path) === process.pid && rmSync(path, { force: true });
  for (let told = false; !take(path); await pause(POLL_MILLISECONDS)) {
    const owner = ownerOf(path);
    if (owner !== undefined && !isAlive(owner)) takeAway(path, owner);
    else if (owner !== undefined && !told) {
      told = true;
      onWait(owner);
    }
  }
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

/**
 * Create the lock, whole or not at all: the file is written aside and linked into place, so nobody reads it half-made.
 * @param {string} path
 */
function take(path) {
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, `${process.pid}\n`);
  try {
    linkSync(aside, path);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

/**
 * Remove a dead owner's lock. Two processes may try at once: the rename lets one of them win, and if a live lock was
 * caught instead (taken between look and rename) it is put back.
 * @param {string} path
 * @param {number} owner
 */
function takeAway(path, owner) {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
    if (ownerOf(aside) !== owner) linkSync(aside, path);
  } catch {
    // Another process was first; the caller looks again.
  } finally {
    rmSync(aside, { force: true });
  }
}

/**
 * @param {string} path
 * @returns {number | undefined} the owner's process id; undefined when there is no lock
 */
function ownerOf(path) {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
