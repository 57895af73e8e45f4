/** `npm run lint`: format and lint rules, the direction of imports, dead exports, types. */
import { complain, main } from './lib/failure.mjs';
import { lint } from './lib/lint.mjs';
import { everything, setUp } from './lib/setup.mjs';

await main('lint', async () => {
  await setUp(everything);
  const failed = await lint();
  if (failed.length > 0) complain(`lint: not clean: ${failed.join(', ')}`);
  return failed.length === 0 ? 0 : 1;
});
