/**
 * The Python environment `.venv`, exactly as python/requirements.lock.txt says: JupyterLab, the Node the kernel runs
 * on, and what builds and tests the wheel.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from './failure.mjs';
import { environmentNode, python, root, venv, windows } from './paths.mjs';
import { runQuiet } from './run.mjs';
import { stampedStep } from './steps.mjs';
import { cleanVariables } from './variables.mjs';

const REQUIREMENTS = 'python/requirements.lock.txt';
const OLDEST = '3.10';

export const pythonEnvironment = stampedStep({
  name: 'Python environment',
  inputs: [REQUIREMENTS, 'scripts/lib/python.mjs'],
  hasOutput: () => existsSync(python) && environmentNode() !== undefined,
  work: async () => {
    const [command, ...prefix] = findPython();
    rmSync(venv, { recursive: true, force: true });
    const remedy = 'Run the command again.';
    await runQuiet(command, [...prefix, '-m', 'venv', venv], { log: 'python-venv', remedy });
    // Else Node would read JupyterLab's own CommonJS scripts as our package.json says, as modules.
    writeFileSync(join(venv, 'package.json'), '{}\n');
    await pipInstall(['-r', join(root, REQUIREMENTS)], { log: 'python-packages', remedy });
  },
});

/**
 * `pip install` into an environment, whatever the user's own settings of pip say about places.
 * @param {readonly string[]} args
 * @param {{ log: string, remedy: string, interpreter?: string }} options `interpreter`: of another environment than ours
 */
export function pipInstall(args, { log, remedy, interpreter }) {
  const options = ['--quiet', '--disable-pip-version-check', '--no-cache-dir', '--no-input'];
  const where = interpreter === undefined ? [] : ['--python', interpreter];
  const { PIP_TARGET, PIP_PREFIX, PIP_ROOT, ...env } = cleanVariables();
  return runQuiet(python, ['-m', 'pip', ...where, 'install', ...options, ...args], {
    log,
    remedy,
    env: { ...env, PIP_USER: '0' },
  });
}

/**
 * The command of a Python that is new enough and can make environments.
 * @returns {[string, ...string[]]}
 * @throws {Failure} when there is none
 */
function findPython() {
  /** @type {[string, ...string[]][]} */
  const candidates = windows
    ? [['py', '-3'], ['python']]
    : [['python3'], ['python'], ['python3.14'], ['python3.13'], ['python3.12'], ['python3.11'], ['python3.10']];
  const newEnough = candidates.filter((command) =>
    succeeds(command, 'import sys; sys.exit(sys.version_info < (3, 10))'),
  );
  if (newEnough.length === 0) {
    throw new Failure(
      `No Python ${OLDEST} or newer on the PATH.`,
      'Install one (python.org, or your package manager), then run the command again.',
    );
  }
  const complete = newEnough.find((command) => succeeds(command, 'import venv, ensurepip'));
  if (!complete) {
    throw new Failure(
      `${newEnough[0]?.join(' ')} has no venv module.`,
      'On Debian or Ubuntu: apt-get install python3-venv. Then run the command again.',
    );
  }
  return complete;
}

/**
 * @param {[string, ...string[]]} command
 * @param {string} code
 */
function succeeds([command, ...prefix], code) {
  return spawnSync(command, [...prefix, '-c', code], { stdio: 'ignore', windowsHide: true }).status === 0;
}
