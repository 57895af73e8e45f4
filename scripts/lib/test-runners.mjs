/**
 * vitest under the environment's Node, and pytest under its Python: which files, and what came of them.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { findChromium } from './chromium.mjs';
import { Failure } from './failure.mjs';
import { environmentNode, python, root, stateFolder } from './paths.mjs';
import { runShown } from './run.mjs';
import { filesUnder } from './steps.mjs';
import { tally } from './tally.mjs';
import { tslabFolder } from './tslab.mjs';
import { environmentVariables } from './variables.mjs';

const reports = join(stateFolder, 'report');

/**
 * The test files whose path contains one of the filters; all of them without a filter.
 * @param {readonly string[]} filters
 * @throws {Failure} when an argument is an option, or nothing matches
 */
export function selectTestFiles(filters) {
  const option = filters.find((filter) => filter.startsWith('-'));
  if (option) {
    throw new Failure(
      `npm test takes parts of file names, not ${option}.`,
      'Call vitest or pytest for their own options.',
    );
  }
  const matching = filesUnder(join(root, 'tests'), (path) => !path.includes('fixtures/'))
    .map((path) => `tests/${path}`)
    .filter((path) => filters.length === 0 || filters.some((filter) => path.includes(filter)));
  const vitest = matching.filter((path) => path.endsWith('.test.ts'));
  const pytest = matching.filter((path) => /^test_.*\.py$/.test(basename(path)));
  if (vitest.length + pytest.length === 0) {
    throw new Failure(`No test file matches ${filters.join(' ')}.`, 'Give part of a path under tests/.');
  }
  return { vitest, pytest };
}

/** What the tests find in their environment: a browser, tslab, and the folders of `.setup`. */
function testVariables() {
  const chromium = findChromium();
  return { ...environmentVariables(), ESTIMAND_TSLAB: tslabFolder, ...(chromium ? { CHROMIUM: chromium } : {}) };
}

/**
 * @param {readonly string[]} files none for all
 * @returns {Promise<import('./tally.mjs').Tally>}
 */
export async function runVitest(files) {
  const report = join(reports, 'vitest.json');
  rmSync(report, { force: true });
  const reporter = join(root, 'scripts', 'lib', 'vitest-reporter.mjs');
  const program = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const args = [program, 'run', '--reporter=default', `--reporter=${reporter}`, ...files];
  const env = { ...testVariables(), ESTIMAND_VITEST_REPORT: report };
  const code = await runShown(environmentNode() ?? process.execPath, args, { env });
  return tally(existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined, code);
}

/**
 * @param {readonly string[]} files
 * @returns {Promise<import('./tally.mjs').Tally>}
 */
export async function runPytest(files) {
  const report = join(reports, 'pytest.xml');
  rmSync(report, { force: true });
  const args = ['-m', 'pytest', '-c', join(root, 'tests', 'pytest.ini'), `--junit-xml=${report}`, ...files];
  const code = await runShown(python, args, { env: testVariables() });
  return tally(existsSync(report) ? readJunit(readFileSync(report, 'utf8')) : undefined, code);
}

/**
 * Counts from pytest's JUnit report, test by test: the sums at its head count subtests as tests. Collection errors stand
 * in it as errors; xfail as skipped.
 * @param {string} xml
 * @returns {import('./tally.mjs').Report | undefined} undefined when it is no such report
 */
export function readJunit(xml) {
  if (!/<testsuite\b/.test(xml)) return undefined;
  const report = { passed: 0, failed: 0, notRun: 0, errors: 0 };
  for (const test of xml.split('<testcase ').slice(1)) {
    if (test.includes('<error')) report.errors += 1;
    else if (test.includes('<failure')) report.failed += 1;
    else if (test.includes('<skipped')) report.notRun += 1;
    else report.passed += 1;
  }
  return report;
}
