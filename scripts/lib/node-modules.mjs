/**
 * npm's packages, exactly as package-lock.json says.
 *
 * Whether they are there is read from npm's own record of the installed tree, which npm writes last: so an
 * installation that was broken off is done again, and one made by hand with `npm ci` or `npm install` counts.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, stateFolder } from './paths.mjs';
import { npmCommand, runQuiet } from './run.mjs';
import { cleanVariables } from './variables.mjs';

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, link?: boolean }} LockedPackage
 * @typedef {{ packages: Record<string, LockedPackage> }} Lock
 */

/**
 * Whether the installed tree is the locked one. Optional packages (other platforms' binaries) may be missing.
 * @param {Lock} locked package-lock.json
 * @param {Lock} installed node_modules/.package-lock.json
 */
export function isInstalled(locked, installed) {
  const same = Object.entries(locked.packages).every(([path, wanted]) => {
    if (!path.startsWith('node_modules/')) return true; // the root and the workspaces themselves
    const found = installed.packages[path];
    return found ? found.version === wanted.version && found.integrity === wanted.integrity : wanted.optional === true;
  });
  return same && Object.keys(installed.packages).every((path) => path in locked.packages);
}

/** @type {import('./steps.mjs').Step} */
export const nodeModules = {
  name: 'npm packages',
  isDone: () => {
    const record = join(root, 'node_modules', '.package-lock.json');
    return existsSync(record) && isInstalled(readLock(join(root, 'package-lock.json')), readLock(record));
  },
  work: () =>
    installLocked(root, ['--include=dev'], {
      log: 'npm-packages',
      remedy: 'Delete node_modules and run the command again.',
    }),
};

/**
 * Install what a folder's package-lock.json says.
 * @param {string} folder
 * @param {readonly string[]} options more of `npm ci`
 * @param {{ log: string, remedy: string }} how
 */
export async function installLocked(folder, options, how) {
  const cache = join(stateFolder, 'cache', 'npm'); // not the user's: nothing is written into the home folder
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier'];
  const [command, args] = npmCommand(['ci', ...options, ...quiet, '--cache', cache]);
  await runQuiet(command, args, { ...how, cwd: folder, env: { ...cleanVariables(), npm_config_logs_max: '0' } });
  rmSync(cache, { recursive: true, force: true });
}

/**
 * @param {string} path
 * @returns {Lock}
 */
function readLock(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
