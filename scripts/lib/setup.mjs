/**
 * All the set-up, inside the repository, in its one order.
 */
import { kernelBuild, labextensionBuild } from './builds.mjs';
import { chromium } from './chromium.mjs';
import { Failure } from './failure.mjs';
import { frontEnds } from './front-ends.mjs';
import { nodeModules } from './node-modules.mjs';
import { pythonEnvironment } from './python.mjs';
import { ensure } from './steps.mjs';
import { tslab } from './tslab.mjs';
import { installation, wheel } from './wheel.mjs';

const OLDEST_NODE = [20, 19];

export const builds = [nodeModules, kernelBuild, labextensionBuild];
export const packaging = [nodeModules, pythonEnvironment, kernelBuild, labextensionBuild, wheel];
export const everything = [...packaging, installation];
export const everythingForTests = [...everything, frontEnds, tslab, chromium];

/**
 * Bring the repository to where the command needs it. Does nothing, quickly, when it is there.
 * @param {readonly import('./steps.mjs').Step[]} steps
 */
export async function setUp(steps) {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    throw new Failure(`Node ${process.version} is too old.`, `Install Node ${OLDEST_NODE.join('.')} or newer.`);
  }
  await ensure(steps);
}
