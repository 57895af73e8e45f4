import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  autocorrelation,
  correlation,
  covariance,
  mean,
  median,
  quantile,
  standardDeviation,
  variance,
} from '#kernel/data/moments';

const nist = JSON.parse(readFileSync(new URL('fixtures/nist-univariate.json', import.meta.url), 'utf8')) as {
  sets: Record<string, { mean: number; sd: number; r1: number; y: number[] }>;
};

/** Correct digits: −log₁₀ of the relative error, as NIST counts them. */
const digits = (got: number, want: number) => Math.min(16, -Math.log10(Math.abs(got / want - 1)));

describe("NIST's univariate sets", () => {
  // Numbers such as 10000000.1 are no doubles: the data themselves are off by 1e-9, the spread of 0.1 by 1e-8. With the
  // data rounded to doubles and the rest in 40 digits (mpmath 1.3.0): NumAcc3 9.4 digits of the spread, Michelso 13.8.
  it.each([
    ['Lew', 15, 14, 13],
    ['Mavro', 15, 12, 12],
    ['Lottery', 15, 15, 14],
    ['Michelso', 15, 13, 13],
    ['NumAcc1', 16, 16, 16],
    ['NumAcc2', 15, 14, 14],
    ['NumAcc3', 15, 9, 11],
    ['NumAcc4', 15, 8, 8],
  ])('%s', (name, ofMean, ofSpread, ofLag) => {
    const { y, ...want } = nist.sets[name]!;
    expect(digits(mean(y), want.mean)).toBeGreaterThanOrEqual(ofMean);
    expect(digits(standardDeviation(y), want.sd)).toBeGreaterThanOrEqual(ofSpread);
    expect(digits(autocorrelation(y), want.r1)).toBeGreaterThanOrEqual(ofLag);
  });
});

describe('moments', () => {
  it('are those of the textbook', () => {
    expect(variance([1, 2, 3, 4])).toBeCloseTo(5 / 3, 15);
    expect(covariance([1, 2, 3], [1, 4, 10])).toBeCloseTo(4.5, 14);
    expect(correlation([1, 2, 3], [2, 4, 6])).toBe(1);
    expect(correlation([1, 2, 3], [3, 2, 1])).toBe(-1);
    expect(correlation([1, 2, 3], [5, 5, 5])).toBeNaN();
    expect(autocorrelation([1, 2, 3, 4], 0)).toBeCloseTo(1, 15);
    expect(autocorrelation([1, -1, 1, -1], 2)).toBeCloseTo(0.5, 15);
  });

  it('of values far from 0 lose no digits', () => {
    const far = Array.from({ length: 1000 }, (_, i) => 2 ** 40 + (i % 2));
    expect(variance(far)).toBeCloseTo(250 / 999, 12);
  });

  it('of quantiles are as R has them', () => {
    // R 4.2.2: quantile(c(3, 1, 4, 1, 5, 9, 2, 6), c(0, .1, .25, .5, .9, 1))
    const values = [3, 1, 4, 1, 5, 9, 2, 6];
    const want = [1, 1, 1.75, 3.5, 6.9, 9];
    [0, 0.1, 0.25, 0.5, 0.9, 1].forEach((p, i) => {
      expect(quantile(values, p)).toBeCloseTo(want[i]!, 14);
    });
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(values).toEqual([3, 1, 4, 1, 5, 9, 2, 6]);
  });

  it('are NaN where a value is missing or there are too few', () => {
    expect([mean([]), mean([1, Number.NaN]), variance([1]), standardDeviation([]), median([])]).toEqual(
      new Array(5).fill(Number.NaN),
    );
    expect(quantile([1, Number.NaN, 3], 0.5)).toBeNaN();
    expect(mean([Number.POSITIVE_INFINITY, 1])).toBe(Number.POSITIVE_INFINITY);
  });

  it('say what they cannot do', () => {
    expect(() => median(3 as never)).toThrow('median: expected an array of numbers, got number');
    expect(() => quantile([1, 2], 1.5)).toThrow('quantile: p must lie in [0, 1], got 1.5');
    expect(() => covariance([1, 2], [1])).toThrow('covariance: samples of one length expected, got 2 and 1');
    expect(() => autocorrelation([1, 2, 3], 3)).toThrow('autocorrelation: lag must be whole, from 0 to 2, got 3');
  });
});
