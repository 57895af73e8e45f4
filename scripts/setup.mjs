/** `npm run setup`: the whole set-up without starting anything. Add `-- --test` for the browser the tests need. */
import { main } from './lib/failure.mjs';
import { everything, everythingForTests, setUp } from './lib/setup.mjs';

await main('setup', () => setUp(process.argv.includes('--test') ? everythingForTests : everything));
