import { describe, expect, it } from 'vitest';
import { key, Stream } from '#kernel/numeric/random';
import { CovarianceDescent } from '#kernel/regression/covariance-descent';
import { descend, gradient, type PenalisedPoint, type PenalisedProblem } from '#kernel/regression/descent';
import { gaussianFamily } from '#kernel/regression/families/gaussian';
import { links } from '#kernel/regression/families/links';
import { poissonFamily } from '#kernel/regression/families/poisson';
import { penalised } from '#kernel/regression/penalised';

function problemOf({ shift = 0, intercept = true, mix = 1, equal = true }): PenalisedProblem {
  const stream = new Stream(key(21));
  const n = 120;
  const columns = Array.from({ length: 8 }, () => Float64Array.from({ length: n }, () => shift + stream.normal()));
  for (let i = 0; i < n; i++) columns[1]![i]! += 2 * columns[0]![i]!;
  const y = Float64Array.from({ length: n }, (_, i) => 3 + columns[0]![i]! - columns[3]![i]! + stream.normal());
  const raw = y.map((_, i) => (equal ? 1 : 1 + (i % 4)));
  const total = raw.reduce((a, b) => a + b, 0);
  const offset = y.map((_, i) => 0.1 * (i % 5));
  const family = gaussianFamily(links.identity);
  return { columns, y, weights: raw.map((w) => w / total), offset, family, intercept, mix };
}

const penalties = [1, 0.5, 0.2, 0.1, 0.05, 0.01, 0.001, 0];

describe('CovarianceDescent', () => {
  for (const options of [
    {},
    { mix: 0.5 },
    { mix: 0 },
    { intercept: false },
    { shift: 2 },
    { equal: false },
    { shift: 1, equal: false, mix: 0.3 },
  ]) {
    it(`finds what sweeps over the rows find: ${JSON.stringify(options)}`, () => {
      const problem = problemOf(options);
      const found = CovarianceDescent.open(problem)!.walk(penalties);
      let point: PenalisedPoint = { intercept: 0, coefficients: new Float64Array(8) };
      penalties.forEach((penalty, k) => {
        point = descend(problem, penalty, point);
        expect(Math.abs(found[k]!.intercept - point.intercept)).toBeLessThan(1e-8);
        found[k]!.coefficients.forEach((b, j) => {
          expect(Math.abs(b - point.coefficients[j]!)).toBeLessThan(1e-8);
          expect(b === 0).toBe(point.coefficients[j] === 0);
        });
      });
    });
  }

  it('meets the conditions of the optimum to rounding', () => {
    const problem = problemOf({});
    const path = CovarianceDescent.open(problem)!.walk(penalties);
    path.forEach((point, k) => {
      const { slopes, intercept } = gradient(problem, point);
      expect(Math.abs(intercept)).toBeLessThan(1e-10);
      slopes.forEach((slope, j) => {
        const b = point.coefficients[j]!;
        if (b === 0) expect(Math.abs(slope)).toBeLessThan(penalties[k]! + 1e-10);
        else expect(Math.abs(slope - penalties[k]! * Math.sign(b))).toBeLessThan(1e-10);
      });
    });
  });

  it('is for Gaussian responses with more rows than columns', () => {
    const problem = problemOf({});
    expect(CovarianceDescent.open({ ...problem, family: poissonFamily(links.log) })).toBeUndefined();
    const wide = Array.from({ length: 121 }, () => problem.columns[0]!);
    expect(CovarianceDescent.open({ ...problem, columns: wide })).toBeUndefined();
  });

  it('leaves columns far from 0, and constant ones, to be centred row by row', () => {
    const { columns, weights, y } = problemOf({});
    const raw = { weights, response: y, intercept: true, standardise: true, mix: 1 };
    expect(CovarianceDescent.ofRaw({ ...raw, columns })).toBeDefined();
    const far = columns.map((column, j) => (j === 2 ? column.map((x) => x + 1e4) : column));
    expect(CovarianceDescent.ofRaw({ ...raw, columns: far })).toBeUndefined();
    const constant = columns.map((column, j) => (j === 2 ? column.map(() => 0.3) : column));
    expect(CovarianceDescent.ofRaw({ ...raw, columns: constant })).toBeUndefined();
  });

  it('gives a path that does not depend on where the columns lie', () => {
    const { columns, y } = problemOf({});
    const data = (shift: number) => ({
      ...Object.fromEntries(columns.map((column, j) => [`x${j}`, column.map((x) => x + shift)])),
      y,
    });
    const formula = `y ~ ${columns.map((_, j) => `x${j}`).join(' + ')}`;
    const [near, far] = [penalised(formula, data(0)), penalised(formula, data(1e4))];
    near.coefficients.forEach((row, k) => {
      for (let j = 1; j < row.length; j++) expect(Math.abs(row[j]! - far.coefficients[k]![j]!)).toBeLessThan(1e-7);
    });
  });
});
