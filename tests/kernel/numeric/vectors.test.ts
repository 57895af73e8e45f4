import { describe, expect, it } from 'vitest';
import { allFinite } from '#kernel/numeric/all-finite';
import { constantVector } from '#kernel/numeric/constant-vectors';

describe('allFinite', () => {
  it('finds NaN and infinities wherever they stand', () => {
    for (const length of [0, 1, 3, 4, 5, 8, 11]) {
      const values = Float64Array.from({ length }, (_, i) => (i % 2 ? 1e308 : -5e-324));
      expect(allFinite(values)).toBe(true);
      for (let i = 0; i < length; i++) {
        for (const bad of [Number.NaN, Infinity, -Infinity]) {
          const changed = values.slice();
          changed[i] = bad;
          expect(allFinite(changed)).toBe(false);
        }
      }
    }
  });
});

describe('constantVector', () => {
  it('holds one number, and is the same while the length stays', () => {
    const ones = constantVector(1, 5);
    expect([...ones]).toEqual([1, 1, 1, 1, 1]);
    expect(constantVector(1, 5)).toBe(ones);
    expect([...constantVector(0, 2)]).toEqual([0, 0]);
    expect(constantVector(1, 3)).toHaveLength(3);
  });
});
