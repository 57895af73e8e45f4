/** `npm run coverage`: how often intervals cover, by a long simulation (tests/coverage), under the kernel's Node. */
import { join } from 'node:path';
import { Failure, main } from './lib/failure.mjs';
import { environmentNode, root } from './lib/paths.mjs';
import { runShown } from './lib/run.mjs';
import { everything, setUp } from './lib/setup.mjs';
import { environmentVariables } from './lib/variables.mjs';

await main('coverage', async () => {
  await setUp(everything);
  const node = environmentNode();
  if (!node) throw new Failure('The environment has no Node.', 'Run npm run setup.');
  return runShown(node, [join(root, 'tests', 'coverage', 'run.ts')], { env: environmentVariables() });
});
