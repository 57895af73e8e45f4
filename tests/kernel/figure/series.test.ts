import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimateExtremes, evenIndices } from '#kernel/figure/decimate';
import { rankHistogram, ranks } from '#kernel/figure/ranks';

describe('decimation of a trace', () => {
  it('keeps the extremes of every stretch in the order they came', () => {
    expect([...decimateExtremes([0, 9, 1, 2, 3, 4], 4)]).toEqual([0, 9, 2, 4]);
  });

  it('never loses the largest or the smallest value', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true }), { minLength: 1 }), (values) => {
        const kept = decimateExtremes(values, 10);
        return Math.max(...kept) === Math.max(...values) && Math.min(...kept) === Math.min(...values);
      }),
    );
  });

  it('gives a short series back as it is', () => {
    expect([...decimateExtremes([3, 1, 2], 4)]).toEqual([3, 1, 2]);
  });

  it('passes over a NaN where the stretch has numbers', () => {
    expect([...decimateExtremes([Number.NaN, 1, 2, 5, 4, 3], 2)]).toEqual([1, 5]);
  });

  it('spreads kept draws evenly', () => {
    expect(evenIndices(10, 4)).toEqual([0, 2, 5, 7]);
    expect(evenIndices(2, 4)).toEqual([0, 1]);
  });
});

describe('rank histograms', () => {
  it('shares the rank of ties', () => {
    expect([...ranks([3, 1, 1])]).toEqual([2, 0.5, 0.5]);
  });

  it('is flat for chains that interleave and leans for one that is stuck low', () => {
    expect(rankHistogram([0, 2, 4, 6, 1, 3, 5, 7], 2, 2)).toEqual([
      [2, 2],
      [2, 2],
    ]);
    expect(rankHistogram([0, 1, 2, 3, 4, 5, 6, 7], 2, 2)).toEqual([
      [4, 0],
      [0, 4],
    ]);
  });

  it('counts every draw once, NaN too', () => {
    const counts = rankHistogram([1, Number.NaN, 2, 2, Number.NaN, 0], 2, 3);
    expect(counts.map((row) => row.reduce((a, b) => a + b, 0))).toEqual([3, 3]);
  });
});
