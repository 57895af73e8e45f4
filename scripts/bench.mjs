/** `npm run bench -- NAME`: the measurements of tests/bench, under the Node the kernel runs on. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, main } from './lib/failure.mjs';
import { environmentNode, root } from './lib/paths.mjs';
import { runShown } from './lib/run.mjs';
import { everything, setUp } from './lib/setup.mjs';
import { environmentVariables } from './lib/variables.mjs';

await main('bench', async () => {
  await setUp(everything);
  const program = ['run.ts', 'run.mjs']
    .map((name) => join(root, 'tests', 'bench', name))
    .find((path) => existsSync(path));
  const node = environmentNode();
  if (!program || !node) throw new Failure('There is no tests/bench/run.ts.', 'Check the repository out whole.');
  return runShown(node, [program, ...process.argv.slice(2)], { env: environmentVariables() });
});
