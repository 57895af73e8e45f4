/**
 * The wheel: everything one `pip install` puts into place, staged in `python/build` and packed by hatchling.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assembleApplication } from './application.mjs';
import { KERNEL_INPUTS, LABEXTENSION_INPUTS, labextensionOutput } from './builds.mjs';
import { licenceTexts } from './licences.mjs';
import { python, root, sitePackages, venv } from './paths.mjs';
import { pipInstall } from './python.mjs';
import { runQuiet } from './run.mjs';
import { filesUnder, stampedStep } from './steps.mjs';
import { cleanVariables } from './variables.mjs';

const staging = join(root, 'python', 'build');
const output = join(root, 'python', 'dist');
const INPUTS = [
  ...KERNEL_INPUTS,
  ...LABEXTENSION_INPUTS,
  'package.json',
  'python',
  'notebooks',
  'README.md',
  'LICENSE',
  'THIRD-PARTY-NOTICES',
  'scripts/lib',
];

/** Path of the wheel that was made last, or undefined. */
export function wheelPath() {
  const name = existsSync(output) ? readdirSync(output).find((file) => file.endsWith('.whl')) : undefined;
  return name && join(output, name);
}

export const wheel = stampedStep({
  name: 'wheel',
  inputs: INPUTS,
  hasOutput: () => wheelPath() !== undefined,
  work: async () => {
    stage();
    rmSync(output, { recursive: true, force: true });
    await runQuiet(python, ['-m', 'hatchling', 'build', '-t', 'wheel', '-d', output], {
      log: 'wheel',
      remedy: 'Mend what the log says, then run the command again.',
      cwd: join(root, 'python'),
      env: { ...cleanVariables(), PYTHONDONTWRITEBYTECODE: '1' },
    });
    rmSync(staging, { recursive: true, force: true });
  },
});

/** The wheel, installed into `.venv` as a user's `pip install` would. */
export const installation = stampedStep({
  name: 'installation',
  inputs: [...INPUTS, 'python/requirements.lock.txt'],
  hasOutput: () => {
    const packages = sitePackages();
    return (
      packages !== undefined &&
      existsSync(join(packages, 'estimand_kernel', 'app', 'node_modules', 'estimand', 'package.json')) &&
      existsSync(join(venv, 'share', 'jupyter', 'kernels', 'estimand', 'kernel.json'))
    );
  },
  work: async () => {
    await pipInstall(['--no-index', '--no-deps', '--force-reinstall', wheelPath() ?? ''], {
      log: 'installation',
      remedy: 'Delete .venv and run the command again.',
    });
  },
});

/** Lay out what the wheel holds; python/pyproject.toml names these folders. */
function stage() {
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  assembleApplication(join(staging, 'app'));

  const extension = join(staging, 'share', 'jupyter', 'labextensions', '@estimand', 'labextension');
  cpSync(labextensionOutput(), extension, { recursive: true, filter: (path) => !path.endsWith('.map') });
  const install = {
    packageManager: 'python',
    packageName: 'estimand',
    uninstallInstructions: 'pip uninstall estimand',
  };
  writeFileSync(join(extension, 'install.json'), `${JSON.stringify(install, undefined, 2)}\n`);

  cpSync(join(root, 'python', 'share'), join(staging, 'share'), { recursive: true });
  const notebooks = join(staging, 'share', 'estimand', 'notebooks');
  mkdirSync(notebooks, { recursive: true });
  for (const path of filesUnder(join(root, 'notebooks'), isNotebookInput)) {
    cpSync(join(root, 'notebooks', path), join(notebooks, path));
  }

  for (const name of ['LICENSE', 'README.md']) cpSync(join(root, name), join(staging, name));
  const notices = readFileSync(join(root, 'THIRD-PARTY-NOTICES'), 'utf8');
  writeFileSync(join(staging, 'THIRD-PARTY-NOTICES'), `${notices}\n${licenceTexts()}`);
}

/** @param {string} path */
function isNotebookInput(path) {
  return !path.includes('.ipynb_checkpoints') && !path.endsWith('.executed.ipynb');
}
