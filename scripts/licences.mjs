/** `node scripts/licences.mjs`: write THIRD-PARTY-NOTICES anew, after a change of the packages we bundle. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main } from './lib/failure.mjs';
import { licenceList } from './lib/licences.mjs';
import { root } from './lib/paths.mjs';

await main('licences', async () => writeFileSync(join(root, 'THIRD-PARTY-NOTICES'), licenceList()));
