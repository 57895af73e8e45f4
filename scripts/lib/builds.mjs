/**
 * The builds of the two packages, each skipped while nothing that goes into it has changed.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleTasks } from './bundle.mjs';
import { root } from './paths.mjs';
import { runQuiet } from './run.mjs';
import { stampedStep } from './steps.mjs';

const REMEDY = 'Mend what the log says, then run the command again.';

/** What a change of makes every build due: the compiler's settings and every package's version. */
const COMMON = ['package-lock.json', 'tsconfig.base.json', 'scripts/lib/builds.mjs', 'scripts/lib/bundle.mjs'];
export const KERNEL_INPUTS = [...COMMON, 'kernel'];
export const LABEXTENSION_INPUTS = [...COMMON, 'kernel/package.json', 'kernel/src/figure', 'labextension'];

/** The program the kernel's process runs; the wheel starts it. */
const KERNEL_MAIN = 'dist/jupyter/main.js';

/** @param {...string} project a folder with a tsconfig.json */
const compile = (...project) =>
  runQuiet(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-b', ...project], {
    log: `compile-${project.join('-')}`,
    remedy: REMEDY,
  });

export const kernelBuild = stampedStep({
  name: 'kernel',
  inputs: KERNEL_INPUTS,
  hasOutput: () => existsSync(join(root, 'kernel', KERNEL_MAIN)),
  work: async () => {
    await compile('kernel');
    await bundleTasks();
  },
});

/** The folder the extension is built into, as its package.json says. */
export function labextensionOutput() {
  const manifest = JSON.parse(readFileSync(join(root, 'labextension', 'package.json'), 'utf8'));
  return join(root, 'labextension', manifest.jupyterlab?.outputDir ?? 'dist');
}

export const labextensionBuild = stampedStep({
  name: 'JupyterLab extension',
  inputs: LABEXTENSION_INPUTS,
  hasOutput: () => existsSync(join(labextensionOutput(), 'package.json')),
  work: async () => {
    await compile('labextension');
    const modules = join(root, 'node_modules');
    const builder = join(modules, '@jupyter', 'builder', 'lib', 'build-labextension.js');
    const core = join(modules, '@jupyterlab', 'core-meta', 'core.package.json');
    await runQuiet(process.execPath, [builder, '--core-package-file', core, '.'], {
      log: 'bundle-labextension',
      remedy: REMEDY,
      cwd: join(root, 'labextension'),
    });
  },
});
