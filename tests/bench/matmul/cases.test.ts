import { describe, expect, it } from 'vitest';
import { cases, checksum } from './cases.ts';

describe('the cases of the matmul bench', () => {
  it.each(Object.keys(cases))('%s has the checksum of a plain product', (name) => {
    const { work, result, data, tolerance } = cases[name]!();
    const { m, k, n } = data as { m: number; k: number; n: number };
    work();
    const found = result();
    expect(found.length).toBe(m * n);
    const at = (i: number, j: number) => {
      let sum = 0;
      for (let q = 0; q < k; q++) sum += Math.sin(1.3 * (i * k + q) + 0.1) * Math.cos(0.7 * (q * n + j) - 0.2);
      return sum;
    };
    for (const [i, j] of [
      [0, 0],
      [m - 1, n - 1],
      [m >> 1, 3],
    ] as const) {
      expect(Math.abs(found[i * n + j]! - at(i, j))).toBeLessThan(50 * tolerance);
    }
    expect(Number.isFinite(checksum(found))).toBe(true);
  });
});
