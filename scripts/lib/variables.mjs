/**
 * The variables that programs we start find in their environment.
 */
import { mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { binFolder, stateFolder, venv } from './paths.mjs';

/** The outer npm's settings (`--ignore-scripts`, `--workspace`, `--json` …) must not leak into an inner npm. */
const NPM_SETTINGS =
  /^npm_(config_(workspaces?|include_workspace_root|ignore_scripts|omit|include|only|production|json|global|prefix|local_prefix|if_present|dry_run|offline)|package_.*|lifecycle_.*|command)$/i;

/** The user's own Python set-up must not leak into the environment's. */
const PYTHON_SETTINGS = /^(PYTHONHOME|PYTHONPATH|__PYVENV_LAUNCHER__)$/;

/**
 * Variables for an inner program, without what the outer npm added and what bends Python's search for packages.
 * @returns {NodeJS.ProcessEnv}
 */
export function cleanVariables() {
  const kept = Object.entries(process.env).filter(([name]) => !NPM_SETTINGS.test(name) && !PYTHON_SETTINGS.test(name));
  return Object.fromEntries(kept);
}

/**
 * Variables for a process that runs inside the environment: its programs come first on the PATH, and everything
 * Jupyter writes goes under `.setup/jupyter`, nothing into the user's home.
 * @returns {NodeJS.ProcessEnv}
 */
export function environmentVariables() {
  const jupyter = join(stateFolder, 'jupyter');
  mkdirSync(jupyter, { recursive: true }); // IPython warns where the parent of its folder is missing
  return {
    ...cleanVariables(),
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
