import { describe, expect, it } from 'vitest';
import { PivotedQr } from '#kernel/numeric/linalg/pivoted-qr';
import { leastSquares } from '#kernel/numeric/linalg/qr';
import { key, normalVector, split } from '#kernel/numeric/random';

const [first, second] = split(key(3), 2);

describe('PivotedQr', () => {
  const rows = 30;
  const columns = split(first!, 4).map((k) => normalVector(k, rows));
  const y = normalVector(second!, rows);

  it('agrees with plain least squares', () => {
    const x = Float64Array.from({ length: rows * 4 }, (_, i) => columns[i % 4]![Math.floor(i / 4)]!);
    const { coefficients, residuals } = new PivotedQr(columns, rows).solve(y);
    leastSquares(x, rows, 4, y).forEach((value, j) => {
      expect(coefficients[j]).toBeCloseTo(value, 13);
    });
    for (const column of columns) {
      expect(column.reduce((sum, value, i) => sum + value * residuals[i]!, 0)).toBeCloseTo(0, 13);
    }
  });

  it('leaves out columns that depend on others and names their partners', () => {
    const sum = columns[0]!.map((value, i) => value - 3 * columns[2]![i]!);
    const qr = new PivotedQr([columns[0]!, columns[1]!, columns[2]!, sum, columns[3]!], rows);
    expect(qr.rank).toBe(4);
    expect(qr.dependent).toEqual([3]);
    expect(qr.partners(3)).toEqual([0, 2]);
    expect(qr.solve(y).coefficients[3]).toBeNaN();
  });

  it('gives leverages that add to the rank, and effects whose squares add to what is explained', () => {
    const qr = new PivotedQr(columns, rows);
    expect(qr.leverage().reduce((sum, h) => sum + h, 0)).toBeCloseTo(4, 13);
    const { effects, residuals } = qr.solve(y);
    const squares = (values: Float64Array) => values.reduce((sum, value) => sum + value * value, 0);
    expect(squares(effects) + squares(residuals)).toBeCloseTo(squares(y), 12);
  });

  it('recovers the coefficients of an ill-conditioned polynomial to the last digits', () => {
    const x = Float64Array.from({ length: 40 }, (_, i) => i / 8);
    const powers = Array.from({ length: 9 }, (_, k) => x.map((value) => value ** k)); // exact in doubles up to x⁸
    const exact = Float64Array.from(x, (_, i) => powers.reduce((sum, power) => sum + power[i]!, 0));
    const { coefficients } = new PivotedQr(powers, 40).solve(exact);
    for (const value of coefficients) expect(Math.abs(value - 1)).toBeLessThan(1e-8);
  });

  it('has the inverse of XᵀX', () => {
    const covariance = new PivotedQr(columns, rows).unscaledCovariance();
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 4; j++) {
        let sum = 0;
        for (let k = 0; k < 4; k++) {
          const product = columns[i]!.reduce((total, value, row) => total + value * columns[k]![row]!, 0);
          sum += product * covariance[k * 4 + j]!;
        }
        expect(sum).toBeCloseTo(i === j ? 1 : 0, 12);
      }
    }
  });

  it.each([1e-300, 1e-200, 1e200, 1e300])('does not mind a column whose entries are near %d', (unit) => {
    const x = [1, 2, 3, 4, 5, 7];
    const y = Float64Array.of(1, 2, 3, 4, 5.5, 6);
    const ones = new Float64Array(6).fill(1);
    const plain = new PivotedQr([ones, Float64Array.from(x)], 6);
    const scaled = new PivotedQr([ones, Float64Array.from(x, (value) => value * unit)], 6);
    expect(scaled.rank).toBe(2);
    const [a, b] = [plain.solve(y, true), scaled.solve(y, true)];
    expect(b.coefficients[1]! * unit).toBeCloseTo(a.coefficients[1]!, 14);
    expect([...scaled.leverage()].map((h) => h.toFixed(12))).toEqual([...plain.leverage()].map((h) => h.toFixed(12)));
    expect(scaled.unscaledCovariance()[0]).toBeCloseTo(plain.unscaledCovariance()[0]!, 14);
    expect(scaled.unscaledCovariance()[1]! * unit).toBeCloseTo(plain.unscaledCovariance()[1]!, 14);
    const twice = [
      ones,
      Float64Array.from(x, (value) => value * unit),
      Float64Array.from(x, (value) => 3 * value * unit),
    ];
    const dependent = new PivotedQr(twice, 6);
    expect(dependent.dependent).toEqual([2]);
    expect(dependent.partners(2)).toEqual([1]);
  });
});
