import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { python, root, stateFolder } from '../../scripts/lib/paths.mjs';
import { closingLine, exitCode, tally, total } from '../../scripts/lib/tally.mjs';
import { readJunit, selectTestFiles } from '../../scripts/lib/test-runners.mjs';
import { environmentVariables } from '../../scripts/lib/variables.mjs';

const clean = { passed: 3, failed: 0, notRun: 0, errors: 0 };

describe('a tally', () => {
  it('is what passed, when everything passed and the runner says so', () => {
    expect(tally(clean, 0)).toEqual({ passed: 3, failed: 0 });
  });

  it('counts tests that did not run, and errors outside tests, as failed', () => {
    expect(tally({ passed: 3, failed: 1, notRun: 2, errors: 4 }, 1)).toEqual({ passed: 3, failed: 7 });
  });

  it('is a failure when the runner ended with an error that no count shows', () => {
    expect(tally(clean, 1)).toEqual({ passed: 3, failed: 1 });
    expect(tally(clean, 137)).toEqual({ passed: 3, failed: 1 });
  });

  it('is a failure when nothing was tested, or no report was left', () => {
    expect(tally({ ...clean, passed: 0 }, 0)).toEqual({ passed: 0, failed: 1 });
    expect(tally(undefined, 0)).toEqual({ passed: 0, failed: 1 });
  });
});

describe('the closing line', () => {
  it('adds the runners up', () => {
    const sum = total([
      { passed: 0, failed: 2 },
      { passed: 40, failed: 0 },
      { passed: 2, failed: 1 },
    ]);
    expect(closingLine(sum)).toBe('42 passed, 3 failed');
    expect(exitCode(sum)).toBe(1);
  });

  it('is a failure when there was nothing to add', () => {
    expect(closingLine(total([]))).toBe('0 passed, 1 failed');
    expect(exitCode(total([]))).toBe(1);
    expect(exitCode({ passed: 0, failed: 0 })).toBe(1);
    expect(exitCode({ passed: 1, failed: 0 })).toBe(0);
  });
});

/** Files for a run of their own, inside the repository so that vitest resolves. */
let folder = '';
beforeAll(() => {
  const temporary = join(stateFolder, 'tmp');
  mkdirSync(temporary, { recursive: true });
  folder = mkdtempSync(join(temporary, 'tally '));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(files: Record<string, string>): string {
  const suite = mkdtempSync(join(folder, 'suite '));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(suite, name), text);
  return suite;
}

/** Run vitest with our reporter, as scripts/test.mjs does. Planned and skipped tests are spelt as properties here. */
function vitestTally(files: Record<string, string>) {
  const suite = write({ ...files, 'vitest.config.mjs': "export default { test: { include: ['*.check.ts'] } };" });
  const report = join(suite, 'report.json');
  const reporter = join(root, 'scripts', 'lib', 'vitest-reporter.mjs');
  const program = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const args = [
    program,
    'run',
    '--root',
    suite,
    '--config',
    join(suite, 'vitest.config.mjs'),
    `--reporter=${reporter}`,
  ];
  const { status } = spawnSync(process.execPath, args, { env: { ...process.env, ESTIMAND_VITEST_REPORT: report } });
  return tally(JSON.parse(readFileSync(report, 'utf8')), status ?? 1);
}

describe("vitest's report", () => {
  const passing = "import { expect, it } from 'vitest';\nit('adds', () => expect(1 + 1).toBe(2));\n";

  it('is clean for tests that pass', () => {
    expect(vitestTally({ 'a.check.ts': passing, 'b.check.ts': passing })).toEqual({ passed: 2, failed: 0 });
  });

  it('counts each thing that did not pass once', () => {
    const files = {
      'passes.check.ts': passing,
      'fails.check.ts': "import { expect, it } from 'vitest';\nit('adds', () => expect(1 + 1).toBe(3));\n", // 1
      'throws-at-load.check.ts': "throw new Error('at load');\n", // 1
      'imports-nothing.check.ts': "import './missing.ts';\n", // 1
      'empty.check.ts': '\n', // 1
      'not-run.check.ts': "import { it } from 'vitest';\nit['skip']('a', () => {});\nit['todo']('b');\n", // 2
      'expected.check.ts': "import { expect, it } from 'vitest';\nit.fails('c', () => expect(1).toBe(2));\n", // 1
      'hook.check.ts':
        "import { afterAll, it } from 'vitest';\nafterAll(() => { throw new Error(); });\nit('d', () => {});\n", // 1
      'late.check.ts': // 1: its test passes, and its error comes after
        "import { it } from 'vitest';\nit('e', () => { setTimeout(() => { throw new Error('late'); }, 5); });\nit('f', () => new Promise((done) => { setTimeout(done, 50); }));\n",
    };
    expect(vitestTally(files)).toEqual({ passed: 4, failed: 9 });
  });
});

/** Run pytest with our settings, as scripts/test.mjs does. */
function pytestTally(files: Record<string, string>) {
  const suite = write(files);
  const report = join(suite, 'report.xml');
  const settings = join(root, 'tests', 'pytest.ini');
  const tests = Object.keys(files).map((name) => join(suite, name));
  const args = ['-m', 'pytest', '-c', settings, `--junit-xml=${report}`, ...tests];
  const { status } = spawnSync(python, args, { env: environmentVariables() });
  return tally(readJunit(readFileSync(report, 'utf8')), status ?? 1);
}

describe("pytest's report", () => {
  const passing = 'def test_adds():\n    assert 1 + 1 == 2\n';

  it('is clean for tests that pass', () => {
    expect(pytestTally({ 'test_a.py': passing })).toEqual({ passed: 1, failed: 0 });
  });

  it('counts failures, errors, skipped and expected failures', () => {
    const files = {
      'test_passes.py': passing,
      'test_fails.py': 'def test_adds():\n    assert 1 + 1 == 3\n', // 1
      'test_marks.py': [
        'import pytest',
        '@pytest.mark.skip',
        'def test_skipped(): pass', // 1
        '@pytest.mark.xfail',
        'def test_expected(): assert False', // 1
        '@pytest.mark.xfail',
        'def test_unexpected(): pass', // 1: xfail_strict
      ].join('\n'),
      'test_fixture.py': 'import pytest\n@pytest.fixture\ndef broken(): raise ValueError\ndef test_it(broken): pass\n', // 1
      'test_teardown.py':
        'import pytest\n@pytest.fixture\ndef broken():\n    yield\n    raise ValueError\ndef test_it(broken): pass\n', // 1
      'test_parts.py': [
        'import unittest',
        'class Parts(unittest.TestCase):',
        '    def test_whole(self):', // passes once, whatever the number of its parts
        '        for part in range(3):',
        '            with self.subTest(part=part): self.assertLess(part, 3)',
        '    def test_broken(self):', // 1
        '        for part in range(3):',
        '            with self.subTest(part=part): self.assertLess(part, 1)',
      ].join('\n'),
      'test_thread.py': [
        'import threading',
        'def test_late():', // 1: the thread's error
        '    thread = threading.Thread(target=lambda: 1 / 0)',
        '    thread.start()',
        '    thread.join()',
      ].join('\n'),
    };
    expect(pytestTally(files)).toEqual({ passed: 2, failed: 8 });
  });

  it('counts a file that does not load', () => {
    expect(pytestTally({ 'test_broken.py': 'import no_such_module\n', 'test_a.py': passing }).failed).toBe(1);
  });

  it('is a failure when there are no tests', () => {
    expect(pytestTally({ 'test_empty.py': '\n' })).toEqual({ passed: 0, failed: 1 });
  });
});

describe('the choice of test files', () => {
  it('sends each file to its runner', () => {
    const { vitest, pytest } = selectTestFiles(['tests/scripts/']);
    expect(vitest).toContain('tests/scripts/tally.test.ts');
    expect(pytest).toContain('tests/scripts/test_wheel.py');
  });

  it('refuses what matches nothing, and options, with the way out', () => {
    expect(() => selectTestFiles(['no-such-test'])).toThrow(/No test file matches no-such-test\. Give part of a path/);
    expect(() => selectTestFiles(['--bail'])).toThrow(/not --bail/);
  });
});
