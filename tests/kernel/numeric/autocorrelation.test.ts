import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { autocorrelationSums } from '#kernel/numeric/autocorrelation';
import { key, normalVector } from '#kernel/numeric/random';

/** Σᵢ xᵢ xᵢ₊ₗ over all series, by its definition. */
function byDefinition(series: readonly Float64Array[], lag: number): number {
  let sum = 0;
  for (const x of series) for (let i = lag; i < x.length; i++) sum += x[i]! * x[i - lag]!;
  return sum;
}

const normals = (count: number, n: number) => Array.from({ length: count }, (_, k) => normalVector(key(k), n));

describe('sums of products at every lag', () => {
  it('are those of whole numbers one can add up by hand', () => {
    // 1 + 4 + 9, 1·2 + 2·3, 1·3
    const sums = autocorrelationSums([Float64Array.of(1, 2, 3)]);
    expect([...sums].map((sum) => Math.round(1e12 * sum) / 1e12)).toEqual([14, 8, 3]);
  });

  // Sizes of the transform: powers of four and twice such; lengths that fill them, and that leave them nearly empty.
  it.each([1, 2, 3, 4, 7, 8, 9, 16, 17, 31, 64, 100, 257, 1000])('are right for series of %i', (n) => {
    for (const count of [1, 2, 3, 4]) {
      const series = normals(count, n);
      const sums = autocorrelationSums(series);
      expect(sums).toHaveLength(n);
      for (let lag = 0; lag < n; lag++) {
        expect(Math.abs(sums[lag]! - byDefinition(series, lag)) / sums[0]!).toBeLessThan(2e-15);
      }
    }
  });

  it('are at least as many as were asked for, and none that wraps around', () => {
    const series = normals(3, 300);
    for (const lags of [1, 75, 212, 213, 300]) {
      const sums = autocorrelationSums(series, lags);
      expect(sums.length).toBeGreaterThanOrEqual(lags);
      expect(sums.length).toBeLessThanOrEqual(300);
      sums.forEach((sum, lag) => {
        expect(sum / sums[0]!).toBeCloseTo(byDefinition(series, lag) / sums[0]!, 13);
      });
    }
  });

  it('do not depend on what was asked before', () => {
    const [short, long] = [normals(2, 50), normals(2, 500)];
    const before = autocorrelationSums(short);
    autocorrelationSums(long);
    expect(autocorrelationSums(short)).toEqual(before);
  });

  it('leave the series as they are, and are no view of what the next call overwrites', () => {
    const series = normals(2, 40);
    const copy = series.map((x) => x.slice());
    const sums = autocorrelationSums(series);
    const kept = sums.slice();
    autocorrelationSums(normals(4, 40));
    expect(series).toEqual(copy);
    expect(sums).toEqual(kept);
  });

  it('of a series with NaN or infinity are NaN', () => {
    expect(autocorrelationSums([Float64Array.of(1, Number.NaN, 2)]).every(Number.isNaN)).toBe(true);
    expect(autocorrelationSums([Float64Array.of(1, Number.POSITIVE_INFINITY)]).some(Number.isNaN)).toBe(true);
  });

  it('grow with the square of the series, and are the same forwards and backwards', () => {
    const numbers = fc.array(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 70 });
    fc.assert(
      fc.property(numbers, (values) => {
        const x = Float64Array.from(values);
        const sums = autocorrelationSums([x]);
        const room = 1e-13 * (sums[0]! + 1e-300);
        const doubled = autocorrelationSums([x.map((v) => 2 * v)]);
        const reversed = autocorrelationSums([x.toReversed()]);
        sums.forEach((sum, lag) => {
          expect(doubled[lag]).toBe(4 * sum);
          expect(Math.abs(reversed[lag]! - sum)).toBeLessThanOrEqual(room);
        });
      }),
      { seed: 20261122, numRuns: 300 },
    );
  });
});
