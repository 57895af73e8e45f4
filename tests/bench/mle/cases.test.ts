import { describe, expect, it } from 'vitest';
import { cases } from './cases.ts';
import { sample } from './data.ts';
import { largestDifference } from './run.ts';

interface Rows {
  readonly x: readonly (readonly number[])[];
  readonly y: readonly number[];
}

/** The largest element of Xᵀ(y − μ) at coefficients of which the first is the intercept. */
function largestGradient({ x, y }: Rows, b: ArrayLike<number>, mean: (eta: number) => number): number {
  const left = y.map((value, i) => value - mean(x.reduce((sum, column, j) => sum + b[j + 1]! * column[i]!, b[0]!)));
  const columns = [y.map(() => 1), ...x];
  return columns.reduce((most, column) => Math.max(most, Math.abs(column.reduce((s, v, i) => s + v * left[i]!, 0))), 0);
}

describe('the fits of the bench', () => {
  for (const [name, mean] of [
    ['logistic', (eta: number) => 1 / (1 + Math.exp(-eta))],
    ['poisson', Math.exp],
    ['ols', (eta: number) => eta],
  ] as const) {
    it(`reach the gradient that is asked of the peer: ${name}`, async () => {
      const { data, work } = cases[name]!();
      const found = await work();
      expect(found).toHaveLength(21);
      expect(largestGradient(data as unknown as Rows, found, mean)).toBeLessThan(data.tolerance);
    });
  }

  it('refit the rows they hand to the peer', async () => {
    const { data, work } = cases.bootstrap!();
    const { x, y, counts } = data as unknown as Rows & { readonly counts: readonly (readonly number[])[] };
    const found = await work();
    expect(counts).toHaveLength(2000);
    for (const k of [0, 777, 1999]) {
      const rows = counts[k]!.flatMap((count, i) => new Array<number>(count).fill(i));
      expect(rows).toHaveLength(500);
      const drawn = { x: x.map((column) => rows.map((i) => column[i]!)), y: rows.map((i) => y[i]!) };
      const b = Array.from(found).slice(6 * k, 6 * k + 6);
      expect(largestGradient(drawn, b, (eta) => 1 / (1 + Math.exp(-eta)))).toBeLessThan(data.tolerance);
    }
  });

  it('are the same whether a formula or a model tells them', async () => {
    const [a, b] = [await cases.logistic!().work(), await cases['mle(model)']!().work()];
    expect(largestDifference(a, Array.from(b))).toBeLessThan(1e-9);
  });
});

describe('the data of the bench', () => {
  it('are columns that go with their neighbours by one half', () => {
    const { columns } = sample('gaussian', 20_000, 3, 0.3, 7);
    const [a, b, c] = Object.values(columns) as [Float64Array, Float64Array, Float64Array];
    const together = (u: Float64Array, v: Float64Array) => u.reduce((sum, x, i) => sum + x * v[i]!, 0) / u.length;
    // Standard errors of these are about 0.007.
    for (const x of [a, b, c]) expect(Math.abs(together(x, x) - 1)).toBeLessThan(0.04);
    expect(Math.abs(together(a, b) - 0.5)).toBeLessThan(0.03);
    expect(Math.abs(together(a, c) - 0.25)).toBeLessThan(0.03);
  });

  it('come from their seeds', () => {
    expect(sample('poisson', 10, 2, 0.3, 1).y).toEqual(sample('poisson', 10, 2, 0.3, 1).y);
    expect(sample('poisson', 10, 2, 0.3, 1).columns.x0).not.toEqual(sample('poisson', 10, 2, 0.3, 2).columns.x0);
  });
});

describe('largestDifference', () => {
  it('is infinite for other lengths', () => {
    expect(largestDifference([1, 2], [1, 2.5])).toBe(0.5);
    expect(largestDifference([1], [1, 2])).toBe(Infinity);
  });
});
