import { describe, expect, it } from 'vitest';
import * as d from '#kernel/distributions/index';
import { key, Stream } from '#kernel/numeric/random';
import { numbers } from './near.ts';

describe('batches of vectors', () => {
  const covariance = [
    [1.5, 0.3],
    [0.3, 0.8],
  ];

  it('have one log density a row, the same as each row on its own', () => {
    const rows = [
      [0.3, -1.2],
      [2, 0.1],
      [-1, 0.4],
    ];
    const means = [
      [0, 1],
      [0.5, 0],
      [1, 1],
    ];
    const together = numbers(d.multivariateNormal(means, covariance).logDensity(rows));
    const apart = rows.map((row, i) => numbers(d.multivariateNormal(means[i]!, covariance).logDensity(row))[0]!);
    together.forEach((value, i) => void expect(value).toBeCloseTo(apart[i]!, 12));
    expect(d.multivariateNormal([0, 1], covariance).logDensity(rows).shape).toEqual([3]);
    expect(d.multivariateNormal([0, 1], covariance).size(4, 3).shape).toEqual([4, 3, 2]);
    expect(
      d.dirichlet([
        [1, 2],
        [3, 4],
        [5, 6],
      ]).shape,
    ).toEqual([3, 2]);
  });

  it('of codes take one row of probabilities each', () => {
    const p = [
      [0.2, 0.8],
      [0.6, 0.4],
    ];
    expect(numbers(d.categorical(p).logDensity([1, 0]))).toEqual([Math.log(0.8), Math.log(0.6)]);
    expect(numbers(d.categorical(p[0]!).logDensity([1, 0, 1]))).toEqual([0.8, 0.2, 0.8].map(Math.log));
    const together = numbers(d.orderedLogistic([0.3, -1], [-1, 0.5]).logDensity([2, 0]));
    expect(together[0]).toBeCloseTo(Math.log(1 / (1 + Math.exp(0.2))), 13);
    expect(together[1]).toBeCloseTo(Math.log(0.5), 13);
  });

  it('draw each row from its own parameters', () => {
    const draws = d
      .multinomial(
        [5, 50],
        [
          [0.5, 0.5],
          [0.1, 0.9],
        ],
      )
      .sample(new Stream(key(3)));
    expect([draws[0]! + draws[1]!, draws[2]! + draws[3]!]).toEqual([5, 50]);
    const sure = d
      .categorical([
        [1, 0],
        [0, 1],
      ])
      .size(20)
      .sample(new Stream(key(3)));
    sure.forEach((code, i) => void expect(code).toBe(i % 2));
  });
});

describe('arguments of vector families', () => {
  it.each([
    [
      'a scalar for a vector',
      () => d.dirichlet(1),
      'dirichlet: concentration must be a vector, got a number; give it one',
    ],
    ['a vector for a matrix', () => d.multivariateNormal([0, 0], [1, 2]), 'covariance must be a matrix, got a vector'],
    [
      'sizes that differ',
      () =>
        d.multivariateNormal(
          [0, 0, 0],
          [
            [1, 0],
            [0, 1],
          ],
        ),
      'mean has 3 elements, covariance is 2 × 2; it must be 3 × 3',
    ],
    [
      'an asymmetric covariance',
      () =>
        d.multivariateNormal(
          [0, 0],
          [
            [1, 0.5],
            [0.1, 1],
          ],
        ),
      'covariance must be symmetric',
    ],
    [
      'an indefinite covariance',
      () =>
        d.multivariateNormal(
          [0, 0],
          [
            [1, 2],
            [2, 1],
          ],
        ),
      'must be positive definite',
    ],
    [
      'a full factor',
      () =>
        d.multivariateNormalCholesky(
          [0, 0],
          [
            [1, 2],
            [2, 1],
          ],
        ),
      'must be lower triangular, got 2 at [0,1]',
    ],
    [
      'a factor of negative diagonal',
      () =>
        d.multivariateNormalCholesky(
          [0, 0],
          [
            [1, 0],
            [2, -1],
          ],
        ),
      'positive diagonal, got -1 at [1,1]',
    ],
    ['probabilities of another sum', () => d.categorical([0.5, 0.6]), 'probabilities must sum to 1, got 1.1; divide'],
    ['a negative element', () => d.dirichlet([1, -1]), 'concentration must be positive, got -1 at [1]'],
    ['one concentration', () => d.dirichlet([1]), 'concentration must have at least 2 elements, got 1'],
    ['falling cut points', () => d.orderedLogistic(0, [1, 0]), 'cutpoints must rise, got 1, 0; sort them'],
    ['a code beyond the last', () => d.categorical([0.5, 0.5]).logDensity([0, 2]), 'at most 1, got 2 at [1]'],
    ['a rating beyond the last', () => d.orderedLogistic(0, [0, 1]).logDensity(3), 'must be at most 2, got 3'],
    ['a fractional count', () => d.multinomial(3, [0.5, 0.5]).logDensity([1.5, 1.5]), 'must be whole numbers, got 1.5'],
  ])('%s is refused', (_, make, message) => {
    expect(make).toThrow(RangeError);
    expect(make).toThrow(message);
  });

  it('give −∞ to counts that do not sum to the trials', () => {
    expect(numbers(d.multinomial(3, [0.5, 0.5]).logDensity([1, 1]))).toEqual([-Infinity]);
  });
});
