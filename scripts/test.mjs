/**
 * `npm test`: set-up, build, lint, vitest, pytest, and one closing line, `N passed, N failed`.
 *
 * Arguments after `--` are parts of file names, as in vitest: only the test files that match one of them run, with
 * neither lint nor the others.
 */
import { complain, Failure, main, say } from './lib/failure.mjs';
import { lint } from './lib/lint.mjs';
import { everythingForTests, setUp } from './lib/setup.mjs';
import { closingLine, exitCode, total } from './lib/tally.mjs';
import { runPytest, runVitest, selectTestFiles } from './lib/test-runners.mjs';

await main('test', async () => {
  const filters = process.argv.slice(2);
  const results = [];
  try {
    const files = selectTestFiles(filters);
    await setUp(everythingForTests);
    if (filters.length === 0) results.push({ passed: 0, failed: (await lint()).length });
    if (files.vitest.length > 0) results.push(await runVitest(filters.length === 0 ? [] : files.vitest));
    if (files.pytest.length > 0) results.push(await runPytest(files.pytest));
  } catch (error) {
    complain(`test: ${error instanceof Failure || !(error instanceof Error) ? String(error) : error.stack}`);
    results.push({ passed: 0, failed: 1 });
  }
  const sum = total(results);
  say(closingLine(sum));
  return exitCode(sum);
});
