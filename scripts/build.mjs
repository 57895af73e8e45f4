/** `npm run build`: the kernel and the extension, each only when something that goes into it has changed. */
import { main } from './lib/failure.mjs';
import { builds, setUp } from './lib/setup.mjs';

await main('build', () => setUp(builds));
