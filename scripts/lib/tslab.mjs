/**
 * tslab for the tests of the second engine, exactly as scripts/tslab/package-lock.json says: in a folder of its own, for
 * its fork of TypeScript installs a `tsc`. None of its packages builds anything that is used.
 */
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { installLocked } from './node-modules.mjs';
import { root, stateFolder } from './paths.mjs';
import { stampedStep } from './steps.mjs';

const INPUTS = ['scripts/tslab', 'scripts/lib/tslab.mjs'];

/** The folder whose node_modules has it; ESTIMAND_TSLAB names it to the kernel. */
export const tslabFolder = join(stateFolder, 'tslab');

export const tslab = stampedStep({
  name: 'tslab',
  inputs: INPUTS,
  hasOutput: () => existsSync(join(tslabFolder, 'node_modules', 'tslab', 'dist', 'executor.js')),
  work: async () => {
    rmSync(tslabFolder, { recursive: true, force: true });
    mkdirSync(tslabFolder, { recursive: true });
    for (const name of ['package.json', 'package-lock.json']) {
      copyFileSync(join(root, 'scripts', 'tslab', name), join(tslabFolder, name));
    }
    await installLocked(tslabFolder, ['--ignore-scripts'], { log: 'tslab', remedy: 'Run the command again.' });
  },
});
