import { describe, expect, it } from 'vitest';
import { grows, slopeOf } from './slope.ts';

/** A fixed sequence that looks random: (i · golden ratio) mod 1, around 0. */
const noise = (i: number): number => ((i * 0.618_033_988_75) % 1) - 0.5;
const points = (f: (i: number) => number, n = 100) => Array.from({ length: n }, (_, i) => ({ x: i, y: f(i) }));

describe('a slope', () => {
  it('of a straight line is exact', () => {
    const { slope, standardError } = slopeOf(points((i) => 3 + 2 * i));
    expect(slope).toBeCloseTo(2, 12);
    expect(standardError).toBeCloseTo(0, 9);
  });

  it('and its error are those of least squares', () => {
    // R 4.2: summary(lm(c(1, 3, 2, 5, 4) ~ c(0, 1, 2, 3, 4))): 0.8, standard error 0.3464; residuals change their signs.
    const { slope, standardError } = slopeOf([1, 3, 2, 5, 4].map((y, x) => ({ x, y })));
    expect(slope).toBeCloseTo(0.8, 12);
    expect(standardError).toBeCloseTo(0.346_41, 5);
  });

  it('has a larger error where neighbours are alike', () => {
    const independent = slopeOf(points(noise)).standardError;
    const alike = slopeOf(points((i) => noise(Math.floor(i / 10)))).standardError;
    expect(alike).toBeGreaterThan(2.5 * independent);
  });

  it.each([
    ['noise', (i: number) => noise(i), false],
    ['a constant', () => 7, false],
    ['less and less', (i: number) => -i, false],
    ['a little growth in little noise', (i: number) => 0.01 * i + 0.1 * noise(i), true],
    ['a little growth in much noise', (i: number) => 0.0001 * i + noise(i), false],
    ['nothing that is a number', () => Number.NaN, true],
  ])('of %s: grows? ', (_, f, expected) => {
    expect(grows(slopeOf(points(f)))).toBe(expected);
  });

  it('grows only beyond what is taken for nothing', () => {
    const found = slopeOf(points((i) => 3 * i + noise(i)));
    expect([grows(found), grows(found, 2), grows(found, 8)]).toEqual([true, true, false]);
  });

  it('wants points that determine it', () => {
    expect(() => slopeOf(points((i) => i, 2))).toThrow('at least 3 points, got 2');
    expect(() => slopeOf([1, 2, 3].map((y) => ({ x: 1, y })))).toThrow('two places');
  });
});
