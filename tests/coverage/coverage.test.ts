import { describe, expect, it } from 'vitest';
import { agreement, cases } from './cases.ts';

describe('intervals cover as often as their exact coverage says', () => {
  const results: { exact: number; coverage: Awaited<ReturnType<(typeof cases)[number]['run']>> }[] = [];

  it.each(cases)('$name', async ({ exact, short, run }) => {
    const coverage = await run(short, 0);
    expect(coverage.failed).toBe(0);
    expect(coverage.intervals).toBe(short);
    if (exact === undefined) {
      expect(coverage.share).toBeGreaterThan(0.5);
      return;
    }
    results.push({ exact, coverage });
    // Three Monte Carlo standard errors: a false alarm in 370 for a new seed; this one is fixed.
    const error = Math.sqrt((exact * (1 - exact)) / coverage.intervals);
    expect(Math.abs(coverage.share - exact) / error).toBeLessThan(3);
  });

  it('and all of them together', () => {
    expect(results).toHaveLength(5);
    expect(agreement(results)).toBeGreaterThan(0.001);
  });
});
