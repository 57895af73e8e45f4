import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/lib/paths.mjs';

/** The names of the rules that a small tree of files breaks. */
function violations(files: Record<string, string>): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'imports '));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const name of ['tsconfig.base.json', '.dependency-cruiser.mjs']) {
    writeFileSync(join(folder, name), readFileSync(join(root, name)));
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const program = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const folders = readdirSync(folder).filter((name) => name === 'kernel' || name === 'labextension');
  const args = [program, '--config', '.dependency-cruiser.mjs', '--output-type', 'json', ...folders];
  const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  const { summary } = JSON.parse(stdout) as { summary: { violations: { rule: { name: string } }[] } };
  return [...new Set(summary.violations.map(({ rule }) => rule.name))].sort();
}

const file = 'export const x = 1;\n';

describe('the direction of imports', () => {
  it('is kept by files that lean on earlier rooms', () => {
    const files = {
      'kernel/src/numeric/a.ts': file,
      'kernel/src/model/b.ts': "import { x } from '../numeric/a.ts';\nexport const y = x;\n",
      'kernel/src/jupyter/c.ts': "import { sep } from 'node:path';\nexport const z = sep;\n",
    };
    expect(violations(files)).toEqual([]);
  });

  it('is broken by leaning on a later room, even for a type', () => {
    const files = {
      'kernel/src/model/a.ts': file,
      'kernel/src/numeric/b.ts': "import type { x } from '../model/a.ts';\nexport type Y = typeof x;\n",
    };
    expect(violations(files)).toEqual(['numeric-leans-on-nothing-later']);
  });

  it('is broken by a room nobody knows', () => {
    const files = {
      'kernel/src/numeric/a.ts': file,
      'kernel/src/attic/b.ts': "import { x } from '../numeric/a.ts';\nexport const y = x;\n",
    };
    expect(violations(files)).toEqual(['every-room-has-its-place']);
  });

  it('is broken by Node outside its rooms', () => {
    const files = { 'kernel/src/estimate/a.ts': "import { cpus } from 'node:os';\nexport const n = cpus().length;\n" };
    expect(violations(files)).toEqual(['only-these-import-node']);
  });

  it('is broken by a cycle', () => {
    const files = {
      'kernel/src/numeric/a.ts': "import { y } from './b.ts';\nexport const x = (): number => y();\n",
      'kernel/src/numeric/b.ts': "import { x } from './a.ts';\nexport const y = (): number => x();\n",
    };
    expect(violations(files)).toEqual(['no-cycles']);
  });

  it('keeps the library out of the extension, and figure data in', () => {
    const files = {
      'kernel/src/figure/types.ts': file,
      'kernel/src/model/b.ts': file,
      'labextension/src/good.ts': "import { x } from '../../kernel/src/figure/types.ts';\nexport const y = x;\n",
      'labextension/src/bad.ts': "import { x } from '../../kernel/src/model/b.ts';\nexport const y = x;\n",
    };
    expect(violations(files)).toEqual(['extension-takes-only-figure-data-from-the-kernel']);
  });
});
