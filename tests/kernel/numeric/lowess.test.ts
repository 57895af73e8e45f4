import { describe, expect, it } from 'vitest';
import { lowess } from '#kernel/numeric/lowess';
import figures from './fixtures/lowess.json' with { type: 'json' };

const far = (found: ArrayLike<number>, wanted: readonly number[]) =>
  Math.max(...wanted.map((value, i) => Math.abs(value - found[i]!) / Math.max(1, Math.abs(value))));

describe('lowess', () => {
  it.each(figures)('is R’s within 1e-10: $name', ({ x, y, curve, span, rounds, delta }) => {
    const found = lowess(x, y, { span, rounds, delta });
    expect(Array.from(found.x)).toEqual(x.toSorted((a, b) => a - b));
    expect(far(found.y, curve)).toBeLessThan(1e-10);
  });

  it('has R’s span, rounds and delta where none are said', () => {
    const [{ x, y, curve }] = figures as [(typeof figures)[0]];
    expect(far(lowess(x, y).y, curve)).toBeLessThan(1e-10);
  });

  it('leaves out points that are not finite', () => {
    const found = lowess([3, Number.NaN, 1, 2, 4], [6, 1, 2, 4, Infinity]);
    expect(Array.from(found.x)).toEqual([1, 2, 3]);
    expect(far(found.y, [2, 4, 6])).toBeLessThan(1e-12);
  });

  it('is no further from most points when one of them lies far out, and is without rounds', () => {
    const x = Array.from({ length: 41 }, (_, i) => i / 4);
    const y = x.map((v, i) => 1 + v + 0.1 * Math.cos(7 * i));
    const spoilt = y.map((v, i) => (i === 20 ? 500 : v));
    const away = (rounds: number) =>
      Math.max(...Array.from(lowess(x, spoilt, { rounds }).y, (v, i) => Math.abs(v - (1 + x[i]!))));
    expect(away(3)).toBeLessThan(0.2);
    expect(away(0)).toBeGreaterThan(10);
  });

  it('of nothing is nothing, and of one point that point', () => {
    expect(lowess([], []).y).toHaveLength(0);
    expect(Array.from(lowess([2], [5]).y)).toEqual([5]);
  });

  it('refuses what it cannot fit to', () => {
    expect(() => lowess([1, 2], [1])).toThrow('x and y are equally long; got 2 and 1 values');
    for (const span of [0, -1, Number.NaN]) expect(() => lowess([1], [1], { span })).toThrow(/span is a share/);
    for (const rounds of [-1, 1.5, Number.NaN]) {
      expect(() => lowess([1], [1], { rounds })).toThrow(/rounds is a whole number ≥ 0/);
    }
    for (const delta of [-1, Number.NaN]) expect(() => lowess([1], [1], { delta })).toThrow(/delta is ≥ 0/);
  });
});
