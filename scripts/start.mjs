/** `npm start`: set up what is missing, then JupyterLab on `notebooks/`; arguments after `--` go to JupyterLab. */
import { main } from './lib/failure.mjs';
import { runLab } from './lib/lab.mjs';
import { everything, setUp } from './lib/setup.mjs';

await main('start', async () => {
  await setUp(everything);
  return runLab(process.argv.slice(2));
});
