/** `npm run notebook -- FILE.ipynb [--output FILE] [--timeout SECONDS]`: run a notebook without a browser. */
import { join, resolve } from 'node:path';
import { main } from './lib/failure.mjs';
import { python, root } from './lib/paths.mjs';
import { runShown } from './lib/run.mjs';
import { everything, setUp } from './lib/setup.mjs';
import { environmentVariables } from './lib/variables.mjs';

await main('notebook', async () => {
  await setUp(everything);
  // npm changes into the repository's root; the paths are meant from where it was called.
  const cwd = resolve(process.env.INIT_CWD ?? process.cwd());
  return runShown(python, [join(root, 'scripts', 'run_notebook.py'), ...process.argv.slice(2)], {
    cwd,
    env: environmentVariables(),
  });
});
