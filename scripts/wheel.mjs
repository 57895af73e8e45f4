/** `npm run wheel`: one Python wheel with the kernel, the extension and the notebooks. */
import { relative } from 'node:path';
import { main, say } from './lib/failure.mjs';
import { root } from './lib/paths.mjs';
import { packaging, setUp } from './lib/setup.mjs';
import { wheelPath } from './lib/wheel.mjs';

await main('wheel', async () => {
  await setUp(packaging);
  say(relative(root, wheelPath() ?? ''));
});
