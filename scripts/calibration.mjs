/** `npm run calibration`: simulation-based calibration at full length, under the Node the kernel runs on. */
import { join } from 'node:path';
import { Failure, main } from './lib/failure.mjs';
import { environmentNode, root } from './lib/paths.mjs';
import { runShown } from './lib/run.mjs';
import { everything, setUp } from './lib/setup.mjs';
import { environmentVariables } from './lib/variables.mjs';

await main('calibration', async () => {
  await setUp(everything);
  const node = environmentNode();
  if (!node) throw new Failure('There is no Node in the environment.', 'Run npm start once.');
  const program = join(root, 'tests', 'kernel', 'estimate', 'calibration', 'run.ts');
  return runShown(node, [program, ...process.argv.slice(2)], { env: environmentVariables() });
});
