/**
 * The other front ends and the grader, for the tests: an environment of their own in `.setup`, which sees the packages
 * of `.venv` and adds its own. So a person's JupyterLab has none of them, and nothing is installed twice.
 */
import { cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { python, root, sitePackages, stateFolder, venv, windows } from './paths.mjs';
import { pipInstall } from './python.mjs';
import { runQuiet } from './run.mjs';
import { stampedStep } from './steps.mjs';

const REQUIREMENTS = 'python/front-ends.lock.txt';

/** The environment's folder, and its interpreter. */
const folder = join(stateFolder, 'front-ends');
export const frontEndsPython = windows ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');

export const frontEnds = stampedStep({
  name: 'front ends',
  inputs: [REQUIREMENTS, 'python/requirements.lock.txt', 'scripts/lib/front-ends.mjs', 'scripts/lib/python.mjs'],
  hasOutput: () => existsSync(frontEndsPython),
  work: async () => {
    const remedy = 'Run the command again.';
    rmSync(folder, { recursive: true, force: true });
    await runQuiet(python, ['-m', 'venv', '--without-pip', folder], { log: 'front-ends-venv', remedy });
    writeFileSync(join(sitePackages(folder) ?? '', 'neighbours.pth'), `${sitePackages()}\n`);
    // What both have, pip sees through the .pth file and leaves where it is.
    await pipInstall(['-r', join(root, REQUIREMENTS)], { log: 'front-ends', remedy, interpreter: frontEndsPython });
    // Notebook 7 looks for what JupyterLab's own parts can be set to, and for its themes, in its own environment alone.
    for (const part of ['schemas', 'themes']) {
      const place = join('share', 'jupyter', 'lab', part);
      cpSync(join(venv, place), join(folder, place), { recursive: true });
    }
  },
});
