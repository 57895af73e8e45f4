import { describe, expect, it } from 'vitest';
import { qqLine, qqNormal } from '#kernel/figure/qq-normal';

// Computed by R 4.2.2: `print(qqnorm(x, plot.it = FALSE), digits = 15)`.
const cases = [
  {
    name: 'few values with a missing one (a = 3/8)',
    values: [3.1, -0.2, 1.7, 0.4, 2.2, Number.NaN, 9],
    theoretical: [
      0.643345405392917,
      -1.281551565544601,
      -0.201893479141851,
      -0.643345405392917,
      0.201893479141851,
      Number.NaN,
      1.281551565544601,
    ],
  },
  {
    name: 'more than ten values with a tie (a = 1/2): cars$dist[1:12]',
    values: [2, 10, 4, 22, 16, 10, 18, 26, 34, 17, 28, 14],
    theoretical: [
      -1.731664396122245, -0.812217801499913, -1.150349380376008, 0.548522282698098, -0.104633455614075,
      -0.548522282698098, 0.318639363964375, 0.812217801499913, 1.731664396122246, 0.104633455614075, 1.150349380376008,
      -0.318639363964375,
    ],
  },
];

describe('pairs of a normal quantile–quantile plot', () => {
  it.each(cases)('are those of R for $name', ({ values, theoretical }) => {
    const pairs = qqNormal(values);
    expect([...pairs.sample]).toEqual(values);
    expect(pairs.theoretical).toHaveLength(values.length);
    theoretical.forEach((q, i) => {
      if (Number.isNaN(q)) expect(pairs.theoretical[i]).toBeNaN();
      else expect(pairs.theoretical[i]).toBeCloseTo(q, 13);
    });
  });

  it('are antisymmetric and rise with the values', () => {
    const { theoretical } = qqNormal(Float64Array.from({ length: 101 }, (_, i) => i ** 3));
    for (let i = 0; i < 101; i++) expect(theoretical[i]! + theoretical[100 - i]!).toBeCloseTo(0, 13);
    expect(theoretical[50]).toBeCloseTo(0, 14);
    for (let i = 1; i < 101; i++) expect(theoretical[i]).toBeGreaterThan(theoretical[i - 1]!);
  });

  it('give infinite values the outermost ranks, and nothing for no values', () => {
    const { theoretical } = qqNormal([Infinity, 0, -Infinity]);
    expect(theoretical[0]).toBeGreaterThan(0);
    expect(theoretical[2]).toBe(-theoretical[0]!);
    expect(qqNormal([]).theoretical).toHaveLength(0);
    expect([...qqNormal([Number.NaN]).theoretical]).toEqual([Number.NaN]);
  });

  it('leave the values alone that they are made from', () => {
    const values = Float64Array.of(3, 1, 2);
    qqNormal(values);
    qqLine(values);
    expect([...values]).toEqual([3, 1, 2]);
  });
});

describe('the line of a Q–Q plot', () => {
  it('goes through the quartiles', () => {
    // z quartiles ±0.6744897501960817; values 0..100 have quartiles 25 and 75.
    const { intercept, slope } = qqLine(Float64Array.from({ length: 101 }, (_, i) => 100 - i));
    expect(intercept).toBeCloseTo(50, 12);
    expect(slope).toBeCloseTo(25 / 0.6744897501960817, 11);
  });

  it('does not see missing values', () => {
    expect(qqLine([1, Number.NaN, 2, 3])).toEqual(qqLine([1, 2, 3]));
  });
});
