import { describe, expect, it } from 'vitest';
import {
  chiSquaredQuantile,
  chiSquaredUpper,
  fLower,
  fQuantile,
  fUpper,
  studentTTwoSided,
} from '#kernel/numeric/special/tail';

describe('tail probabilities', () => {
  it('has closed forms', () => {
    // F(2, 2): P(F > f) = 1 / (1 + f); χ²₂: e^(−x/2); t₁ (Cauchy): 1 − 2 atan(t) / π
    expect(fUpper(4, 2, 2)).toBeCloseTo(0.2, 15);
    expect(fUpper(1e20, 2, 2)).toBeCloseTo(1e-20, 33);
    expect(fLower(4, 2, 2)).toBeCloseTo(0.8, 15);
    expect(fLower(1e-20, 2, 2)).toBeCloseTo(1e-20, 33);
    expect(chiSquaredUpper(6, 2)).toBeCloseTo(Math.exp(-3), 16);
    expect(chiSquaredUpper(1000, 2) / Math.exp(-500)).toBeCloseTo(1, 12);
    expect(studentTTwoSided(-3, 1)).toBeCloseTo(1 - (2 * Math.atan(3)) / Math.PI, 15);
    expect(studentTTwoSided(3, 1)).toBe(studentTTwoSided(-3, 1));
  });

  it('inverts itself', () => {
    for (const p of [1e-10, 0.01, 0.5, 0.975, 1 - 1e-10]) {
      expect(fLower(fQuantile(p, 3, 7), 3, 7)).toBeCloseTo(p, 12);
      expect(1 - chiSquaredUpper(chiSquaredQuantile(p, 5), 5)).toBeCloseTo(p, 12);
    }
  });

  it('stands at the ends', () => {
    expect(fUpper(0, 2, 3)).toBe(1);
    expect(fUpper(Number.POSITIVE_INFINITY, 2, 3)).toBe(0);
    expect(fUpper(Number.NaN, 2, 3)).toBeNaN();
    expect(fUpper(3, 2, Number.POSITIVE_INFINITY)).toBeCloseTo(chiSquaredUpper(6, 2), 15);
    expect(chiSquaredUpper(-1, 2)).toBe(1);
  });
});
