import { describe, expect, it } from 'vitest';
import { climbFree, restricted } from '#kernel/landscape/profile';
import type { LogDensity } from '#kernel/program/types';

/** −½ (x² + 2y² + 3z²) − x y: for fixed x, the best (y, z) is (−x/2, 0) with height −x²/2 + x²/4. */
const bowl: LogDensity = {
  dimension: 3,
  value: ([x, y, z]: Iterable<number> & Float64Array) => -0.5 * (x! ** 2 + 2 * y! ** 2 + 3 * z! ** 2) - x! * y!,
  valueAndGradient(position, gradient) {
    const [x, y, z] = position;
    gradient.set([-x! - y!, -2 * y! - x!, -3 * z!]);
    return this.value(position);
  },
};

describe('a log density with some coordinates held fixed', () => {
  it('reads the fixed ones and gives the gradient of the free ones', () => {
    const whole = Float64Array.of(1, 9, 9);
    const free = restricted(bowl, [1, 2], whole);
    const gradient = new Float64Array(2);
    expect(free.dimension).toBe(2);
    expect(free.valueAndGradient(Float64Array.of(2, 3), gradient)).toBe(bowl.value(Float64Array.of(1, 2, 3)));
    expect([...gradient]).toEqual([-5, -9]);
    expect(free.value(Float64Array.of(0, 0))).toBe(-0.5);
  });

  it('is climbed to its top, which the whole position then holds', () => {
    const whole = Float64Array.of(2, 5, -7);
    expect(climbFree(bowl, [1, 2], whole)).toBeCloseTo(-1, 8);
    expect(whole[0]).toBe(2);
    expect(whole[1]).toBeCloseTo(-1, 5);
    expect(whole[2]).toBeCloseTo(0, 5);
  });

  it('is NaN where it is not finite at the start', () => {
    const nowhere: LogDensity = { ...bowl, value: () => Number.NaN, valueAndGradient: () => Number.NaN };
    expect(climbFree(nowhere, [1, 2], Float64Array.of(0, 0, 0))).toBeNaN();
  });
});
