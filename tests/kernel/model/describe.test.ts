import { describe, expect, it } from 'vitest';
import { flat, gamma, normal, ordered, positiveOrdered, simplex, uniform } from '#kernel/distributions/index';
import { describeDistribution, describeExpression, describeSize } from '#kernel/model/describe';
import { constant, type Expr, variable } from '#kernel/program/index';

const mu = variable('mu', [8]) as Expr;

describe('a distribution in words', () => {
  it.each([
    [normal(0, 5), 'normal(0, 5)'],
    [normal(mu, 2).size(3), 'normal(mu, 2)'],
    [normal(mu.add(1), [1, 1, 1, 1, 1, 1, 1, 1]), 'normal(…, 1)'],
    [normal(0, 1).bounded({ lower: 0 }), 'normal(0, 1).bounded({ lower: 0 })'],
    [normal(0, 1).size(8).bounded({ lower: -1, upper: mu }), 'normal(0, 1).bounded({ lower: -1, upper: mu })'],
    [gamma(2, 0.5), 'gamma(2, 0.5)'], // its own bound goes without saying
    [uniform(0, 1), 'uniform(0, 1)'],
    [flat(), 'flat()'],
    [ordered(normal(0, 1).size(3)), 'ordered(normal(0, 1))'],
    [positiveOrdered(normal(0, 1).size(3)), 'positiveOrdered(normal(0, 1))'],
    [simplex(3).size(2), 'simplex(3)'],
  ])('%#: as one writes it', (distribution, text) => {
    expect(describeDistribution(distribution)).toBe(text);
  });
});

describe('expressions and sizes in words', () => {
  it('a name, a number, or dots', () => {
    expect(describeExpression(mu)).toBe('mu');
    expect(describeExpression(constant([2, 2]) as Expr)).toBe('2');
    expect(describeExpression(constant([1, 2]) as Expr)).toBe('…');
    expect(describeExpression(mu.exp())).toBe('…');
  });

  it('singular and plural', () => {
    expect([[], [1], [8], [3, 4]].map(describeSize)).toEqual(['1 value', '1 value', '8 values', '3 × 4 values']);
  });
});
