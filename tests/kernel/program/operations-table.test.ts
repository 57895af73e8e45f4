/**
 * The documentation of operations is that of the registry.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { operations } from '#kernel/program/operations/registry';
import { operationsDocument } from './operations-table.ts';

const text = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');

describe('docs/operations.md', () => {
  it('is what the registry says: after a change, node tests/kernel/program/operations-table.ts > docs/operations.md', () => {
    expect(text).toBe(operationsDocument());
  });
  it('has a row for every operation, once', () => {
    for (const name of Object.keys(operations)) {
      expect(text.split(`\n| \`${name}\` |`), name).toHaveLength(2);
    }
  });
  it('says of none that it is called in no way', () => {
    expect(text.split('\n').filter((line) => line.includes('undefined'))).toEqual([]);
  });
});
