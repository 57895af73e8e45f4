import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ascendingOrder, rankNormalise } from '#kernel/diagnose/ranks';
import { normalQuantile } from '#kernel/numeric/special/normal';

const numbers = fc.array(fc.oneof(fc.double({ noNaN: true }), fc.integer({ min: -3, max: 3 })), { maxLength: 60 });

describe('ascending order', () => {
  it('is what a stable comparison sort gives, for any numbers without NaN', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const expected = values
          .map((_, i) => i)
          .sort((i, j) => (values[i]! < values[j]! ? -1 : values[i]! > values[j]! ? 1 : i - j));
        expect([...ascendingOrder(Float64Array.from(values))]).toEqual(expected);
      }),
      { seed: 20261122, numRuns: 500 },
    );
  });

  it.each([
    [
      [Number.POSITIVE_INFINITY, -1e308, 5e-324, -5e-324, Number.NEGATIVE_INFINITY, 0],
      [4, 1, 3, 5, 2, 0],
    ],
    [
      [0, -0, 0, -0],
      [0, 1, 2, 3],
    ],
    [
      [1, 1, 1],
      [0, 1, 2],
    ],
    [[], []],
  ])('of %j is %j', (values, order) => {
    expect([...ascendingOrder(Float64Array.from(values))]).toEqual(order);
  });
});

describe('rank normalisation', () => {
  it('goes over all chains together, ties sharing their mean rank', () => {
    // Ranks of 30, 10 | 20, 10 are 4, 1.5 | 3, 1.5; the score of rank r of 4 is Φ⁻¹((r − 3/8) / 4.25).
    const scores = rankNormalise([Float64Array.of(30, 10), Float64Array.of(20, 10)]);
    const score = (rank: number) => normalQuantile((rank - 0.375) / 4.25);
    expect([...scores[0]!]).toEqual([score(4), score(1.5)]);
    expect([...scores[1]!]).toEqual([score(3), score(1.5)]);
  });

  it('does not change with a monotone transformation', () => {
    const draws = [Float64Array.of(0.3, -2, 5, 1), Float64Array.of(7, 0.1, -1, 2)];
    expect(rankNormalise(draws.map((chain) => chain.map(Math.exp)))).toEqual(rankNormalise(draws));
  });
});
