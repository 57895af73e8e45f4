/**
 * How a test run's parts add up. Whatever did not pass counts as failed: a file that does not load, an error outside
 * every test, a skipped, planned or expected failure, a run without tests, a runner that died.
 */

/**
 * @typedef {object} Tally
 * @property {number} passed
 * @property {number} failed
 */

/**
 * What a runner reports: counts of tests by their state, and of errors that belong to no test.
 * @typedef {object} Report
 * @property {number} passed
 * @property {number} failed
 * @property {number} notRun skipped, planned, expected to fail, or never finished
 * @property {number} errors files that do not load, failed hooks, unhandled errors
 */

/**
 * A runner's tally.
 * @param {Report | undefined} report undefined when the runner left none
 * @param {number} code its exit code: a run that says it failed never counts as clean
 * @returns {Tally}
 */
export function tally(report, code) {
  if (!report) return { passed: 0, failed: 1 };
  const { passed } = report;
  const failed = report.failed + report.notRun + report.errors;
  const clean = failed === 0 && passed > 0 && code === 0;
  return { passed, failed: clean ? 0 : Math.max(failed, 1) };
}

/**
 * @param {readonly Tally[]} tallies
 * @returns {Tally}
 */
export function total(tallies) {
  const sum = tallies.reduce((a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed }), {
    passed: 0,
    failed: 0,
  });
  return sum.passed === 0 && sum.failed === 0 ? { passed: 0, failed: 1 } : sum;
}

/** @param {Tally} sum */
export function closingLine({ passed, failed }) {
  return `${passed} passed, ${failed} failed`;
}

/** @param {Tally} sum */
export function exitCode({ passed, failed }) {
  return failed === 0 && passed > 0 ? 0 : 1;
}
