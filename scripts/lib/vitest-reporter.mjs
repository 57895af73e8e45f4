/**
 * A vitest reporter that counts everything that did not pass, for `tally.mjs`. vitest's own JSON report leaves out
 * errors outside tests, and counts a file that does not load as no test at all.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Where the report goes: the variable ESTIMAND_VITEST_REPORT. */
export default class TallyReporter {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly unknown[]} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    const report = countTests(modules, unhandledErrors.length);
    const path = process.env.ESTIMAND_VITEST_REPORT;
    if (!path)
      throw new Error(
        "vitest-reporter: expected the report's path in ESTIMAND_VITEST_REPORT; scripts/test.mjs sets it",
      );
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify(report));
  }
}

/**
 * @param {readonly import('vitest/node').TestModule[]} modules
 * @param {number} unhandled
 * @returns {import('./tally.mjs').Report}
 */
function countTests(modules, unhandled) {
  const report = { passed: 0, failed: 0, notRun: 0, errors: unhandled };
  for (const module of modules) {
    const suites = [...module.children.allSuites()];
    const tests = [...module.children.allTests()];
    report.errors += module.errors().length + suites.reduce((sum, suite) => sum + suite.errors().length, 0);
    if (tests.length === 0 && module.errors().length === 0) report.errors += 1; // a file without tests
    for (const test of tests) {
      const { state } = test.result();
      if (state === 'failed') report.failed += 1;
      else if (state === 'passed' && !test.options.fails) report.passed += 1;
      else report.notRun += 1;
    }
  }
  return report;
}
