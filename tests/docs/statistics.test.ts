/**
 * docs/statistics.md runs, row by row, compiles under the strict settings of this repository, and prints what it says:
 * the figures of the programs it names (R 4.2.2 with MASS 7.3-58, lme4 1.1-31, survival 3.5, emmeans 1.8, BayesFactor 0.9.12,
 * by the calls in the first column).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as library from '#kernel/index';
import { moduleOf, printing, rows, usedOf } from './statistics-page.ts';

const root = join(import.meta.dirname, '../..');
const names = Object.keys(library);
const source = moduleOf(names);
let folder = '';
let printed: readonly string[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'statistics-'));
  const file = join(folder, 'page.ts');
  writeFileSync(file, source + printing);
  const register = pathToFileURL(join(root, 'kernel/src/register.ts')).href;
  const text = execFileSync(process.execPath, ['--import', register, file], { cwd: root, encoding: 'utf8' });
  printed = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as string);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('docs/statistics.md', () => {
  it('has a hundred rows, each run', () => {
    expect(rows.length).toBeGreaterThan(100);
    expect(printed).toHaveLength(rows.length);
  });

  it.each(rows.map((row, i) => ({ ...row, i })).filter(({ shows }) => shows !== ''))(
    'prints what it says: $here',
    ({ i, shows }) => {
      expect(printed[i]).toContain(shows);
    },
  );

  it('prints something for every row', () => {
    expect(rows.filter((_, i) => !printed[i]).map(({ here }) => here)).toEqual([]);
  });

  it('has no warning, no error and no missing figure where none is meant', () => {
    const odd = rows.filter((_, i) => /⚠|NaN|undefined|Infinity/.test(printed[i]!));
    expect(odd.map(({ here }) => here)).toEqual([]);
  });

  it('compiles as it stands', () => {
    const file = join(root, 'tests/docs/page.ts'); // exists in memory only
    const { config } = ts.readConfigFile(join(root, 'tests/tsconfig.json'), ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, join(root, 'tests'));
    const settings = { ...options, composite: false, incremental: false, noEmit: true, noUnusedLocals: false };
    const host = ts.createCompilerHost(settings);
    const { getSourceFile, fileExists } = host;
    const text = source.replace("from 'estimand'", "from '#kernel/index'");
    host.fileExists = (name) => name === file || fileExists(name);
    host.getSourceFile = (name, ...rest) =>
      name === file ? ts.createSourceFile(name, text, rest[0]) : getSourceFile(name, ...rest);
    const program = ts.createProgram([file], settings, host);
    const faults = program.getSemanticDiagnostics(program.getSourceFile(file));
    expect(faults.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
  }, 120_000);

  it('names every test, every estimator of regressions and every picture there is', async () => {
    const used = new Set(usedOf(names));
    const rooms = await Promise.all([
      import('#kernel/hypothesis/index'),
      import('#kernel/regression/index'),
      import('#kernel/figure/index'),
    ]);
    const functions = rooms.flatMap((room) =>
      Object.entries(room).flatMap(([name, value]) =>
        typeof value === 'function' && /^[a-z]/.test(name) ? [name] : [],
      ),
    );
    // Parts of what is there: `glm` has the multinomial, and a formula's columns and pictures of draws are elsewhere.
    const elsewhere = ['multinomialRegression', 'design', 'formulaModel', 'energyPlot', 'figure'];
    expect(functions.filter((name) => !used.has(name) && !elsewhere.includes(name))).toEqual([]);
  });
});
