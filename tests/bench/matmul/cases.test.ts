import { describe, expect, it } from 'vitest';
import { cases, checksum } from './cases.ts';

describe('the cases of the matmul bench', () => {
  const all = Object.keys(cases);
  it.each(all.filter((name) => name.startsWith('cholesky')))('%s: L Lᵀ is the covariance, zeros above', (name) => {
    const { work, result, data, tolerance } = cases[name]!();
    const { n } = data as { n: number };
    work();
    const l = result();
    for (const [i, j] of [
      [0, 0],
      [n - 1, n - 1],
      [n - 1, 3],
      [n >> 1, (n >> 1) - 7],
    ] as const) {
      let sum = 0;
      for (let q = 0; q < n; q++) sum += l[i * n + q]! * l[j * n + q]!;
      expect(Math.abs(sum - Math.exp(-Math.abs(i - j) / 10) - (i === j ? 0.1 : 0))).toBeLessThan(tolerance);
    }
    expect(l[n - 1]).toBe(0);
    expect(Number.isFinite(checksum(l))).toBe(true);
  });
  it.each(all.filter((name) => !name.startsWith('cholesky')))('%s has the checksum of a plain product', (name) => {
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
