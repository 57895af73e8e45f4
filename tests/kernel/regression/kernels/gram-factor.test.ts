import { describe, expect, it } from 'vitest';
import { PivotedQr } from '#kernel/numeric/linalg/pivoted-qr';
import { key, Stream } from '#kernel/numeric/random';
import { GramFactor } from '#kernel/regression/kernels/gram-factor';
import { gramLeastSquares } from '#kernel/regression/kernels/gram-least-squares';

function design(n: number, p: number, shift = 0): Float64Array[] {
  const stream = new Stream(key(3));
  const ones = new Float64Array(n).fill(1);
  return [
    ones,
    ...Array.from({ length: p - 1 }, () => Float64Array.from({ length: n }, () => shift + stream.normal())),
  ];
}

function gramOf(columns: readonly Float64Array[]): Float64Array {
  const p = columns.length;
  return Float64Array.from({ length: p * p }, (_, at) =>
    columns[Math.floor(at / p)]!.reduce((sum, x, i) => sum + x * columns[at % p]![i]!, 0),
  );
}

const largest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

describe('GramFactor', () => {
  const columns = design(60, 4);
  const factor = GramFactor.of(gramOf(columns), columns)!;
  const qr = new PivotedQr(columns, 60);

  it('has the covariance and the leverages of a QR factor', () => {
    expect(largest(factor.unscaledCovariance(), qr.unscaledCovariance())).toBeLessThan(1e-14);
    expect(largest(factor.leverage(undefined), qr.leverage())).toBeLessThan(1e-13);
    expect(factor.leverage(undefined).reduce((a, b) => a + b, 0)).toBeCloseTo(4, 12);
  });

  it('multiplies leverages by the weights of the rows', () => {
    const halves = new Float64Array(60).fill(0.5);
    expect(
      largest(
        factor.leverage(halves),
        factor.leverage(undefined).map((h) => h / 2),
      ),
    ).toBeLessThan(1e-15);
  });

  it('solves', () => {
    const b = Float64Array.of(1, -2, 3, 0.5);
    const gram = gramOf(columns);
    const right = b.map((_, i) => b.reduce((sum, value, j) => sum + gram[i * 4 + j]! * value, 0));
    expect(largest(factor.solve(right), b)).toBeLessThan(1e-13);
  });

  it('does not depend on the units of the columns', () => {
    const scaled = columns.map((column, j) => column.map((x) => x * 10 ** (6 * j)));
    const found = GramFactor.of(gramOf(scaled), scaled)!.unscaledCovariance();
    const expected = qr.unscaledCovariance();
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 4; j++) {
        expect(found[i * 4 + j]! * 10 ** (6 * (i + j))).toBeCloseTo(expected[i * 4 + j]!, 12);
      }
    }
  });

  it('refuses columns that depend on each other, nearly do, are 0 or not finite', () => {
    const [one, two] = [columns[1]!, columns[2]!];
    for (const other of [
      one,
      one.map((x, i) => x + 1e-4 * two[i]!),
      new Float64Array(60),
      new Float64Array(60).fill(Number.NaN),
    ]) {
      expect(GramFactor.of(gramOf([one, other]), [one, other])).toBeUndefined();
    }
  });
});

describe('gramLeastSquares', () => {
  it('is as right as QR: coefficients, residuals, effects', () => {
    for (const shift of [0, 30]) {
      const n = 4000;
      const columns = design(n, 9, shift);
      const stream = new Stream(key(8));
      const y = Float64Array.from({ length: n }, (_, i) => columns[1]![i]! - 2 * columns[2]![i]! + stream.normal());
      const quick = gramLeastSquares(columns, n);
      if (shift === 30) {
        // Means of thirty deviations: too close to depending on the intercept after eight of them.
        if (!quick) continue;
      }
      const [a, b] = [quick!.solve(y), new PivotedQr(columns, n).solve(y)];
      expect(largest(a.coefficients, b.coefficients)).toBeLessThan(1e-12);
      expect(largest(a.residuals, b.residuals)).toBeLessThan(1e-10);
      expect(largest(a.effects.map(Math.abs), b.effects.map(Math.abs))).toBeLessThan(1e-9);
      expect(quick!.rank).toBe(9);
    }
  });

  it('leaves small, wide and dependent designs to QR', () => {
    expect(gramLeastSquares(design(100, 3), 100)).toBeUndefined();
    expect(gramLeastSquares(design(90, 100), 90)).toBeUndefined();
    const columns = design(50_000, 3);
    expect(gramLeastSquares([...columns, columns[1]!.map((x, i) => x + columns[2]![i]!)], 50_000)).toBeUndefined();
  });
});
