import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findTslab } from '#kernel/jupyter/tslab-engine/tslab';

const place = realpathSync(mkdtempSync(join(tmpdir(), 'tslab places ')));
afterAll(() => rmSync(place, { recursive: true }));

/** A folder with a package that looks like tslab. */
function install(...path: string[]): string {
  const folder = join(place, ...path);
  mkdirSync(join(folder, 'dist'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"name":"tslab"}');
  writeFileSync(join(folder, 'dist', 'executor.js'), '');
  return folder;
}

describe('tslab is found', () => {
  const beside = install('course', 'node_modules', 'tslab');
  const own = install('elsewhere', 'node_modules', 'tslab');
  const bare = install('unpacked');
  const deep = join(place, 'course', 'week 1');
  mkdirSync(deep);

  it('beside the notebook, and in folders above it', () => {
    expect(findTslab(join(place, 'course'), undefined)).toBe(beside);
    expect(findTslab(deep, '')).toBe(beside);
  });

  it('where ESTIMAND_TSLAB says, before any other: the folder it is installed in, or its own', () => {
    expect(findTslab(deep, join(place, 'elsewhere'))).toBe(own);
    expect(findTslab(deep, bare)).toBe(bare);
    expect(findTslab(deep, '../../elsewhere')).toBe(own);
  });

  it('nowhere, and the error says what to do', () => {
    const empty = join(place, 'empty');
    mkdirSync(empty);
    expect(() => findTslab(empty, undefined)).toThrow(/no tslab is installed for .*empty.*npm install tslab@1\.0\.22/);
    expect(() => findTslab(empty, 'gone')).toThrow(/no tslab in gone \(ESTIMAND_TSLAB\).*restart the kernel/);
  });

  it('not in a package of that name without its parts', () => {
    const stub = join(place, 'stubbed');
    mkdirSync(join(stub, 'node_modules', 'tslab'), { recursive: true });
    writeFileSync(join(stub, 'node_modules', 'tslab', 'package.json'), '{"name":"tslab"}');
    expect(() => findTslab(stub, undefined)).toThrow(/no tslab is installed/);
  });
});
