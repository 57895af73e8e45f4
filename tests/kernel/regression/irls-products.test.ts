import { describe, expect, it } from 'vitest';
import { key, Stream } from '#kernel/numeric/random';
import { poissonVariate } from '#kernel/numeric/variates/poisson';
import { binomialFamily } from '#kernel/regression/families/binomial';
import type { Family } from '#kernel/regression/families/family';
import { gammaFamily } from '#kernel/regression/families/gamma';
import { links } from '#kernel/regression/families/links';
import { negativeBinomialFamily } from '#kernel/regression/families/negative-binomial';
import { poissonFamily } from '#kernel/regression/families/poisson';
import { glm } from '#kernel/regression/glm';
import { type ScoringProblem, scoreByFactors } from '#kernel/regression/irls';
import { isLarge, scoreByProducts } from '#kernel/regression/irls-products';

/** Correlated columns behind an intercept, a response that the family can have, weights and an offset. */
function problemOf(family: Family, n: number, p: number, plain = false): ScoringProblem {
  const stream = new Stream(key(11));
  const columns = [new Float64Array(n).fill(1)];
  while (columns.length < p) {
    const last = columns.at(-1)!;
    const first = columns.length === 1;
    columns.push(last.map((x) => (first ? 0 : 0.5 * x) + stream.normal()));
  }
  const offset = new Float64Array(n).map(() => (plain ? 0 : 0.2 * stream.normal()));
  const y = offset.map((part, i) => {
    const eta = columns.reduce((sum, column, j) => sum + 0.2 * Math.cos(j) * column[i]!, part);
    const mean = family.link.mean(eta);
    if (family.name === 'binomial') return Number(stream.uniform() < mean);
    return family.name === 'gamma' ? mean * stream.exponential() : poissonVariate(stream, mean);
  });
  const weights = y.map((_, i) => (plain ? 1 : i % 11 === 0 ? 0 : 1 + (i % 3)));
  return { columns, y, weights, offset, family };
}

const families: readonly Family[] = [
  binomialFamily(links.logit),
  binomialFamily(links.probit),
  binomialFamily(links.cloglog),
  poissonFamily(links.log),
  gammaFamily(links.log),
  negativeBinomialFamily(links.log, 2),
];

const relative = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!) / (1e-3 + Math.abs(b[i]!))), 0);

describe('scoreByProducts agrees with factors of the rows', () => {
  for (const family of families) {
    for (const [n, p] of [
      [2200, 11], // a sample, and its approach
      [900, 20], // none: too few rows a column
    ] as const) {
      it(`${family.name}, ${family.link.name}, ${n} × ${p}, weights and offset`, () => {
        const problem = problemOf(family, n, p);
        expect(isLarge(problem)).toBe(true);
        const [a, b] = [scoreByProducts(problem)!, scoreByFactors(problem)];
        expect(a.ending).toBe('converged');
        expect(relative(a.coefficients, b.coefficients)).toBeLessThan(1e-10);
        expect(relative(a.qr.unscaledCovariance(), b.qr.unscaledCovariance())).toBeLessThan(1e-9);
        expect(Math.abs(a.deviance / b.deviance - 1)).toBeLessThan(1e-12);
        expect(relative(a.predictor, b.predictor)).toBeLessThan(1e-9);
        expect(relative(a.mean, b.mean)).toBeLessThan(1e-9);
        expect(relative(a.workingWeights, b.workingWeights)).toBeLessThan(1e-8);
        const leverage = a.qr.leverage(a.workingWeights);
        expect(relative(leverage, b.qr.leverage(undefined))).toBeLessThan(1e-8);
        expect(leverage.reduce((x, y) => x + y, 0)).toBeCloseTo(p, 8);
      });
    }
  }

  it('starts from predictors where they are given', () => {
    const problem = problemOf(poissonFamily(links.log), 2200, 11);
    const b = scoreByFactors(problem);
    const a = scoreByProducts({ ...problem, start: b.predictor })!;
    expect(relative(a.coefficients, b.coefficients)).toBeLessThan(1e-10);
    expect(a.iterations).toBeLessThan(4);
  });

  it('leaves separated data, and columns that depend on each other, to them', () => {
    const problem = problemOf(binomialFamily(links.logit), 2200, 11, true);
    const separated = problem.columns[1]!.map((x) => Number(x > 0));
    expect(scoreByProducts({ ...problem, y: separated })).toBeUndefined();
    const twice = problem.columns[1]!.map((x, i) => x - problem.columns[2]![i]!);
    expect(scoreByProducts({ ...problem, columns: [...problem.columns, twice] })).toBeUndefined();
  });

  it('says that a small problem is not large', () => {
    expect(isLarge(problemOf(poissonFamily(links.log), 100, 5))).toBe(false);
  });
});

describe('glm of many rows', () => {
  const { columns, y } = problemOf(binomialFamily(links.logit), 3000, 9, true);
  const data = Object.fromEntries(columns.slice(1).map((column, j) => [`x${j}`, column]));
  const formula = `y ~ ${Object.keys(data).join(' + ')}`;

  it('has what a small one has: deviances, criteria, leverages, distances, residuals', () => {
    const fit = glm(formula, { ...data, y }, { family: 'binomial' });
    const half = 3000 / 2;
    expect(fit.leverage.reduce((a, b) => a + b, 0)).toBeCloseTo(9, 8);
    expect(fit.aic).toBeCloseTo(fit.deviance + 18, 8);
    expect(fit.nullDeviance).toBeGreaterThan(fit.deviance);
    expect(fit.nullDeviance).toBeLessThan(2 * 2 * half * Math.log(2) + 1e-9);
    expect(fit.residuals('deviance').reduce((sum, r) => sum + r * r, 0)).toBeCloseTo(fit.deviance, 8);
    expect(fit.cooksDistance.every((d) => d >= 0)).toBe(true);
  });

  it('names columns that depend on others', () => {
    const more = { ...data, y, twice: columns[1]!.map((x) => 2 * x) };
    expect(() => glm(`${formula} + twice`, more, { family: 'binomial' })).toThrow(/'twice' is a combination of 'x0'/);
    const dropped = glm(`${formula} + twice`, more, { family: 'binomial', collinear: 'drop' });
    expect(dropped.estimates.twice).toBeNaN();
  });

  it('says that separated data have no estimate', () => {
    const fit = glm(formula, { ...data, y: columns[1]!.map((x) => Number(x > 0)) }, { family: 'binomial' });
    expect(fit.warnings.join()).toMatch(/separation/);
  });
});
