/**
 * The checks of the source that run nothing of it.
 */
import { join } from 'node:path';
import { say } from './failure.mjs';
import { environmentNode, root } from './paths.mjs';
import { runShown } from './run.mjs';
import { environmentVariables } from './variables.mjs';

const bin = (/** @type {string[]} */ ...path) => join(root, 'node_modules', ...path);

/** @type {readonly { name: string, program: string, args: readonly string[] }[]} */
const CHECKS = [
  { name: 'biome', program: bin('@biomejs', 'biome', 'bin', 'biome'), args: ['check', '--error-on-warnings', '.'] },
  { name: 'types', program: bin('typescript', 'bin', 'tsc'), args: ['-b', '--pretty'] },
  {
    name: 'direction of imports',
    program: bin('dependency-cruiser', 'bin', 'dependency-cruise.mjs'),
    args: ['--config', '.dependency-cruiser.mjs', 'kernel/src', 'labextension/src', 'scripts'],
  },
  {
    name: 'dead exports',
    program: bin('knip', 'bin', 'knip.js'),
    args: ['--no-progress', '--treat-config-hints-as-errors'],
  },
];

/**
 * Run every check.
 * @returns {Promise<string[]>} the names of those that are not clean
 */
export async function lint() {
  const failed = [];
  for (const { name, program, args } of CHECKS) {
    say(`lint: ${name}`);
    const code = await runShown(environmentNode() ?? process.execPath, [program, ...args], {
      env: environmentVariables(),
    });
    if (code !== 0) failed.push(name);
  }
  return failed;
}
