import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ascendingOrder, foldedOrder, inOrder, rankNormalise } from '#kernel/diagnose/ranks';
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

/** Doubles whose patterns differ in the digits of the sort: signs, exponents, and either word of the mantissa alone. */
const near = [1, -1].flatMap((sign) =>
  [0, 1, 2047, 2048, 2 ** 22, 2 ** 31, 2 ** 32, 2 ** 43].map((step) => sign * (1 + step * Number.EPSILON)),
);

describe('numbers that differ in few bits', () => {
  it('are told apart by each digit of the sort', () => {
    const values = Float64Array.from([...near, ...near.map((x) => x * 1e300), ...near.map((x) => x * 1e-310)]);
    expect([...inOrder(values, ascendingOrder(values))]).toEqual([...values].sort((a, b) => a - b));
  });
});

describe('the folded order', () => {
  const centred = fc.tuple(
    numbers.filter((values) => values.length > 0),
    fc.integer({ min: -3, max: 3 }),
  );

  it('has the distances from the centre ascending, each of its own draw', () => {
    fc.assert(
      fc.property(centred, ([values, centre]) => {
        const all = Float64Array.from(values);
        const order = ascendingOrder(all);
        const folded = foldedOrder(order, inOrder(all, order), centre);
        const distances = all.map((x) => Math.abs(x - centre));
        expect([...folded.distances]).toEqual([...distances].sort((a, b) => a - b));
        expect([...inOrder(distances, folded.order)]).toEqual([...folded.distances]);
        expect([...folded.order].sort((a, b) => a - b)).toEqual(values.map((_, i) => i));
      }),
      { seed: 20261122, numRuns: 500 },
    );
  });

  it.each([
    [[1, 2, 4], 10, [6, 8, 9]],
    [[1, 2, 4], -1, [2, 3, 5]],
    [[1, 1, 1], 1, [0, 0, 0]],
    [[], 0, []],
  ])('of %j about %i is %j', (values, centre, distances) => {
    const all = Float64Array.from(values);
    const order = ascendingOrder(all);
    expect([...foldedOrder(order, inOrder(all, order), centre).distances]).toEqual(distances);
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

  it('of as many draws again is that of these draws', () => {
    const few = () => rankNormalise([Float64Array.of(3, 1, 2)]);
    const before = few();
    rankNormalise([Float64Array.of(5, 4, 3, 2, 1)]);
    expect(few()).toEqual(before);
    expect([...before[0]!]).toEqual([3, 1, 2].map((rank) => normalQuantile((rank - 0.375) / 3.25)));
  });

  it('does not change with a monotone transformation', () => {
    const draws = [Float64Array.of(0.3, -2, 5, 1), Float64Array.of(7, 0.1, -1, 2)];
    expect(rankNormalise(draws.map((chain) => chain.map(Math.exp)))).toEqual(rankNormalise(draws));
  });
});
