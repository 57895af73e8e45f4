/**
 * Child processes that end when we do, whichever way that is: Ctrl-C, TERM, a closed terminal, or npm killed above us.
 *
 * npm hands TERM only to its shell, which dies and leaves us: hence the look at the parent.
 */
import { spawn } from 'node:child_process';
import { windows } from './paths.mjs';

/** How long a child may take to end by itself before it is killed: JupyterLab shuts its kernels down meanwhile. */
const GRACE_MILLISECONDS = 10_000;
const PARENT_CHECK_MILLISECONDS = 500;

/** @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set();
let ending = false;

/**
 * Start a child that will not outlive us.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions & { alone?: boolean }} [options] `alone`: in a process group of its
 *   own, so that Ctrl-C comes to us alone, and we say how it is to end
 */
export function startChild(command, args, { alone = false, ...options } = {}) {
  endWithUs();
  const child = spawn(command, args, { windowsHide: true, ...options, detached: alone && !windows });
  children.add(child);
  child.once('exit', () => children.delete(child));
  child.once('error', () => children.delete(child));
  return child;
}

/**
 * Wait for a child's end. Once we are ending ourselves nobody waits any more: what follows must not start.
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null }>}
 */
export function ended(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => ending || resolve({ code, signal }));
  });
}

let watching = false;

/** Install the handlers, once. The timer does not keep us alive by itself. */
function endWithUs() {
  if (watching) return;
  watching = true;
  process.on('SIGINT', () => endAll(130));
  process.on('SIGTERM', () => endAll(143));
  process.on('SIGHUP', () => endAll(129));
  // A closed terminal makes writing fail; that must not keep us from ending the children.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event !== undefined) {
    setInterval(() => process.ppid !== parent && endAll(143), PARENT_CHECK_MILLISECONDS).unref();
  }
}

/**
 * Ask every child to end, kill what does not, and exit.
 * @param {number} exitCode
 */
async function endAll(exitCode) {
  if (ending) return;
  ending = true;
  const open = [...children];
  const gone = Promise.all(open.map((child) => new Promise((resolve) => child.once('exit', resolve))));
  for (const child of open) {
    // Windows knows no TERM, only the end of the process: a child that listens for the end of its stdin is told so.
    if (windows && child.stdin) child.stdin.end();
    else child.kill('SIGTERM');
  }
  const patience = setTimeout(() => {
    for (const child of open) child.kill('SIGKILL');
  }, GRACE_MILLISECONDS);
  await gone;
  clearTimeout(patience);
  process.exit(exitCode);
}
