import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  binomial,
  dirichlet,
  flat,
  gamma,
  halfNormal,
  mixture,
  multivariateNormal,
  normal,
  poisson,
  truncated,
} from '#kernel/distributions/index';
import { variable } from '#kernel/program/index';

describe('pdf', () => {
  it('is the density at a number, and outside the support 0', () => {
    expectTypeOf(normal(0, 1).pdf(0)).toEqualTypeOf<number>();
    expect(normal(0, 1).pdf(0)).toBeCloseTo(1 / Math.sqrt(2 * Math.PI), 15);
    expect(normal(3, 2).logPdf(5)).toBeCloseTo(-0.5 - Math.log(2) - 0.5 * Math.log(2 * Math.PI), 15);
    // scipy 1.17.1: gamma.pdf(1.5, 2.5, scale=1/0.7)
    expect(gamma(2.5, 0.7).pdf(1.5)).toBeCloseTo(0.19826067611134665, 14);
    expect(gamma(2.5, 0.7).pdf(-1)).toBe(0);
    expect(halfNormal(0, 1).logPdf(-0.1)).toBe(Number.NEGATIVE_INFINITY);
  });

  it('of a discrete distribution is its probability, 0 between the whole numbers', () => {
    expect(binomial(10, 0.5).pdf(7)).toBeCloseTo(120 / 1024, 14);
    expect(poisson(3).pdf(0)).toBeCloseTo(Math.exp(-3), 15);
    expect(poisson(3).pdf(1.5)).toBe(0);
    const total = Array.from({ length: 60 }, (_, k) => poisson(3).pdf(k)).reduce((sum, p) => sum + p, 0);
    expect(total).toBeCloseTo(1, 13);
  });

  it('of an array gives one a element, at one number or at as many', () => {
    expect(normal([0, 1], 1).pdf(0)).toHaveLength(2);
    const values = normal([0, 1], 1).pdf([0, 1]) as Float64Array;
    expect(values[0]).toBe(values[1]);
  });

  it('of vectors is one number a variate, and of wrapped distributions theirs', () => {
    expect(
      multivariateNormal(
        [0, 0],
        [
          [1, 0],
          [0, 1],
        ],
      ).pdf([0, 0]),
    ).toBeCloseTo(1 / (2 * Math.PI), 15);
    expect(dirichlet([1, 1, 1]).pdf([0.2, 0.3, 0.5])).toBeCloseTo(2, 12);
    const cut = truncated(normal(0, 1), { lower: 0 });
    expect(cut.pdf(1)).toBeCloseTo(2 * normal(0, 1).pdf(1), 14);
    const both = mixture([0.25, 0.75], [normal(0, 1), normal(2, 1)]);
    expect(both.pdf(1)).toBeCloseTo(0.25 * normal(0, 1).pdf(1) + 0.75 * normal(2, 1).pdf(1), 14);
    expect(flat().pdf(3)).toBe(1);
  });

  it('says which parameter has no value yet', () => {
    expect(() => normal(variable('mu', []), 1).pdf(0)).toThrow(
      'the value of mean is not known while a model is traced',
    );
  });
});
