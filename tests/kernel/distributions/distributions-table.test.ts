/**
 * The documentation of distributions is that of the registry.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeDistributions } from '#kernel/distributions/registry';
import { distributionsDocument } from './distributions-table.ts';

const text = readFileSync(new URL('../../../docs/distributions.md', import.meta.url), 'utf8');

describe('docs/distributions.md', () => {
  it('is what the registry says: after a change, node tests/kernel/distributions/distributions-table.ts > docs/distributions.md', () => {
    expect(text).toBe(distributionsDocument());
  });
  it('has a row for every family, once', () => {
    for (const { signature } of describeDistributions()) {
      expect(text.split(`\n| \`${signature}\` |`), signature).toHaveLength(2);
    }
  });
  it('leaves no cell undefined', () => {
    expect(text).not.toContain('undefined');
  });
});
