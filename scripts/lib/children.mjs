/**
 * Child processes that end when we do, whichever way that is: Ctrl-C, TERM, a closed terminal, or npm killed above us.
 *
 * On POSIX each child leads a process group of its own, so that its children are reached too; Ctrl-C then comes to us
 * alone and is passed on. (npm hands TERM only to its shell, which dies and leaves us: hence the look at the parent.)
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
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export function startChild(command, args, options = {}) {
  endWithUs();
  const child = spawn(command, args, { windowsHide: true, ...options, detached: !windows });
  children.add(child);
  child.once('exit', () => children.delete(child));
  child.once('error', () => children.delete(child));
  return child;
}

/**
 * Wait for a child's end.
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null }>}
 */
export function ended(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
}

/** True once we were told to stop: what fails from then on fails because of that. */
export function isEnding() {
  return ending;
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
  for (const child of open) child.kill('SIGTERM');
  const kill = setTimeout(() => open.forEach(killGroup), GRACE_MILLISECONDS);
  await gone;
  clearTimeout(kill);
  open.forEach(killGroup);
  process.exit(exitCode);
}

/**
 * Kill a child with all that is left of its group.
 * @param {import('node:child_process').ChildProcess} child
 */
function killGroup(child) {
  if (child.pid === undefined) return;
  try {
    if (windows) child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // ESRCH: nothing is left of it.
  }
}
