import { describe, expect, it } from 'vitest';
import * as d from '#kernel/distributions/index';
import { registeredFamilies } from '#kernel/distributions/registry';
import { compile, constant, variable, where } from '#kernel/program/index';
import type { Expr } from '#kernel/program/types';
import { cases } from './families.ts';

/** The numbers of an expression without inputs. */
const numbers = (expression: Expr): number[] => Array.from(compile({ inputs: [], outputs: [expression] }).run({})[0]!);

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

describe('arguments', () => {
  it.each([
    ['a negative scale', () => d.normal(0, -1), 'normal: sd must be positive, got -1; give a finite number above 0'],
    ['a zero scale', () => d.cauchy(0, 0), 'cauchy: scale must be positive, got 0; '],
    ['an infinite mean', () => d.normal(Infinity, 1), 'normal: mean must be a finite number, got Infinity; '],
    [
      'NaN in an array',
      () => d.normal(0, [1, Number.NaN]),
      'normal: sd must be positive, got NaN at [1]; drop missing',
    ],
    [
      'a negative element of a matrix',
      () =>
        d.exponential([
          [1, 2],
          [3, -4],
        ]),
      'rate must be positive, got -4 at [1,1]',
    ],
    [
      'a probability above 1',
      () => d.bernoulli(1.2),
      'probability must be between 0 and 1, got 1.2; give a probability, or use the logit',
    ],
    [
      'a fractional number of trials',
      () => d.binomial(2.5, 0.5),
      'trials must be a whole number of at least 0, got 2.5',
    ],
    ['a negative rate', () => d.poisson(-1), 'poisson: rate must be at least 0, got -1'],
    ['negative degrees of freedom', () => d.studentT(-1, 0, 1), 'studentT: nu must be positive'],
    [
      'bounds in the wrong order',
      () => d.uniform(2, 1),
      'uniform: lower must be below upper, got 2 and 1; give the smaller one first',
    ],
    [
      'one of several pairs of bounds',
      () => d.uniform(0, [1, -1]),
      'lower must be below upper, got 0 and -1; give the smaller one first at [1]',
    ],
    [
      'a scale constant wrapped as an expression',
      () => d.normal(0, constant(-2)),
      'normal: sd must be positive, got -2',
    ],
  ])('%s known at definition is refused at once, named', (_, make, message) => {
    expect(make).toThrow(RangeError);
    expect(make).toThrow(message);
  });

  it('whose lengths do not fit are refused with every length', () => {
    expect(() => d.normal([1, 2, 3], [1, 2])).toThrow(
      'normal: mean has 3 elements, sd has 2 elements; give arguments of equal length, or scalars',
    );
    expect(() => d.studentT(4, variable('mu', [8]), variable('tau', [3, 7]))).toThrow(
      'studentT: nu is a scalar, location has 8 elements, scale has shape [3, 7]',
    );
    expect(() => d.normal([0, 0], 1).logDensity([1, 2, 3])).toThrow(
      'normal.logDensity: x has 3 elements, distribution has 2 elements',
    );
  });

  it('that are ragged or no numbers are refused by name', () => {
    expect(() => d.normal([[1, 2], [3]], 1)).toThrow(/normal: mean: the rows of a nested array/);
    expect(() => d.normal(null as unknown as number, 1)).toThrow(/normal: mean: expected a number, an array/);
    expect(() => d.gamma(1, undefined as unknown as number)).toThrow(
      /gamma: expected 2 arguments \(shape, rate\), got 1/,
    );
  });

  it('that are traced are not looked at', () => {
    expect(d.normal(variable('mu', []), variable('sd', [])).shape).toEqual([]);
  });
});

describe('shapes', () => {
  it('broadcast the parameters as NumPy does', () => {
    expect(d.normal([1, 2, 3], 1).shape).toEqual([3]);
    expect(d.normal([[1], [2]], [1, 2, 3]).shape).toEqual([2, 3]);
  });

  it('put .size before what the parameters have, and take sizes from data', () => {
    expect(d.normal([1, 2, 3], 1).size(4).shape).toEqual([4, 3]);
    expect(d.normal(0, 1).size(2).size(5).shape).toEqual([5, 2]);
    expect(d.normal(0, 1).size(constant(7) as Expr<[]>, 2).shape).toEqual([7, 2]);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuse the size %s', (n) => {
    expect(() => d.normal(0, 1).size(n)).toThrow(/normal\.size: expected whole numbers of at least 1/);
  });

  it('refuse a size that is a parameter', () => {
    expect(() => d.normal(0, 1).size(variable('n', []))).toThrow(/size must be known when the model is defined/);
  });
});

describe('log densities', () => {
  it('are elementwise with broadcasting, one number an element of the common shape', () => {
    expect(numbers(d.normal([0, 1], 1).logDensity(1))).toEqual([-0.5 - HALF_LOG_TWO_PI, -HALF_LOG_TWO_PI]);
    expect(d.normal(0, 1).size(3).logDensity(0).shape).toEqual([3]);
    expect(d.exponential(2).logDensity([[1], [2]]).shape).toEqual([2, 1]);
  });

  it('are −∞ outside the support and finite or +∞ on its edge, never NaN', () => {
    expect(numbers(d.exponential(2).logDensity([-1e-300, 0]))).toEqual([-Infinity, Math.LN2]);
    expect(numbers(d.gamma([1, 2, 0.5], 3).logDensity(0))).toEqual([Math.log(3), -Infinity, Infinity]);
    expect(numbers(d.beta([1, 2, 0.5], 1).logDensity(0))[0]).toBeCloseTo(0, 15);
    expect(numbers(d.beta([2, 0.5], 1).logDensity(0))).toEqual([-Infinity, Infinity]);
    expect(numbers(d.beta(1, 3).logDensity(1))).toEqual([-Infinity]);
    expect(numbers(d.logNormal(0, 1).logDensity([0, -1]))).toEqual([-Infinity, -Infinity]);
    expect(numbers(d.uniform(0, 2).logDensity([-1, 0, 2, 3]))).toEqual([-Infinity, -Math.LN2, -Math.LN2, -Infinity]);
    expect(numbers(d.halfNormal(3, 1).logDensity(2.9))).toEqual([-Infinity]);
    expect(numbers(d.normal(0, 1).logDensity([Infinity, -Infinity]))).toEqual([-Infinity, -Infinity]);
  });

  it('know certain outcomes: probabilities 0 and 1, rate 0, no trials', () => {
    expect(numbers(d.bernoulli([0, 0, 1, 1]).logDensity([0, 1, 0, 1])).map((v) => v + 0)).toEqual([
      0,
      -Infinity,
      -Infinity,
      0,
    ]);
    expect(numbers(d.binomial(3, [0, 1]).logDensity([0, 3])).map((v) => v + 0)).toEqual([0, 0]);
    expect(numbers(d.binomial(0, 0.3).logDensity(0)).map((v) => v + 0)).toEqual([0]);
    expect(numbers(d.poisson(0).logDensity([0, 1]))).toEqual([0, -Infinity]);
  });

  it('do not overflow at extreme logits and log rates', () => {
    expect(numbers(d.bernoulliLogit([800, 800, -800]).logDensity([1, 0, 0])).map((v) => v + 0)).toEqual([0, -800, 0]);
    expect(numbers(d.binomialLogit(3, 900).logDensity(3)).map((v) => v + 0)).toEqual([0]);
    expect(numbers(d.poissonLog(-800).logDensity(0)).map((v) => v + 0)).toEqual([0]);
  });

  it("of Student's t tend to the normal's where lgamma alone would cancel", () => {
    const nu = variable('nu', []);
    const program = compile({ inputs: [{ name: 'nu', shape: [] }], outputs: [d.studentT(nu, 0, 1).logDensity(1.5)] });
    const at = (value: number) => program.run({ nu: Float64Array.of(value) })[0]![0]!;
    expect(at(1e14)).toBeCloseTo(-1.125 - HALF_LOG_TWO_PI, 12);
    expect(Math.abs(at(200 + 1e-9) - at(200 - 1e-9))).toBeLessThan(1e-12); // where the series takes over
  });

  it('accept a discrete variate that is traced', () => {
    const y = variable('y', [4]);
    const program = compile({ inputs: [{ name: 'y', shape: [4] }], outputs: [d.binomial(2, 0.5).logDensity(y)] });
    const [a, b, c, e] = program.run({ y: Float64Array.of(1, 1.5, -1, 3) })[0]!;
    expect(a).toBeCloseTo(Math.log(0.5), 14);
    expect([b, c, e]).toEqual([-Infinity, -Infinity, -Infinity]);
  });

  it('select without NaN when used inside where', () => {
    expect(numbers(where([1, 0], d.gamma(2, 1).logDensity([1, -1]), 7))).toEqual([-1, 7]);
  });
});

describe('data of discrete families', () => {
  it.each([
    ['a negative count', () => d.poisson(1).logDensity([3, -1]), 'poisson: the data must be at least 0, got -1 at [1]'],
    ['a fraction', () => d.poissonLog(0).logDensity(1.5), 'poissonLog: the data must be whole numbers, got 1.5; check'],
    [
      'more successes than trials',
      () => d.binomial([10, 3], 0.5).logDensity([4, 4]),
      'must be at most 3, got 4 at [1]',
    ],
    ['an outcome other than 0 and 1', () => d.bernoulli(0.5).logDensity([0, 1, 2]), 'at most 1, got 2 at [2]'],
    [
      'a missing value',
      () => d.poisson(1).logDensity([1, Number.NaN]),
      'must be numbers, got NaN at [1]; drop missing',
    ],
  ])('%s is refused, with its place', (_, make, message) => {
    expect(make).toThrow(RangeError);
    expect(make).toThrow(message);
  });

  it('is checked for continuous families on request, by the name that is given', () => {
    expect(() => d.gamma(2, 1).checkData([1, -2], "'waiting'")).toThrow(
      "gamma: 'waiting' must be at least 0, got -2 at [1]",
    );
    expect(() => d.logNormal(0, 1).checkData([0], 'y')).toThrow('must be above 0, got 0');
    expect(() => d.uniform(0, variable('b', [])).checkData([-1], 'y')).toThrow('must be at least 0');
    expect(() => d.normal(0, 1).checkData(variable('y', [3]))).not.toThrow();
  });
});

describe('supports', () => {
  const bounds = ({ support }: d.Distribution) => [
    support.lower && numbers(support.lower),
    support.upper && numbers(support.upper),
    support.structure,
    support.integer ?? false,
  ];

  it('are those of the family', () => {
    expect(bounds(d.normal(0, 1))).toEqual([undefined, undefined, 'real', false]);
    expect(bounds(d.halfCauchy(2, 1))).toEqual([[2], undefined, 'real', false]);
    expect(bounds(d.beta(1, 1))).toEqual([[0], [1], 'real', false]);
    expect(bounds(d.uniform(-1, [1, 2]))).toEqual([[-1], [1, 2], 'real', false]);
    expect(bounds(d.binomial(7, 0.5))).toEqual([[0], [7], 'real', true]);
    expect(bounds(d.simplex(3))).toEqual([[0], [1], 'simplex', false]);
  });

  it('are restricted by .bounded, the tighter bound winning, without renormalising', () => {
    const half = d.normal(0, 1).bounded({ lower: 0 });
    expect(bounds(half)).toEqual([[0], undefined, 'real', false]);
    expect(numbers(half.logDensity([-1, 1]))).toEqual([-Infinity, -0.5 - HALF_LOG_TWO_PI]);
    expect(bounds(d.exponential(1).bounded({ lower: -3, upper: 5 }))).toEqual([[0], [5], 'real', false]);
    expect(bounds(half.bounded({ lower: 2, upper: 3 }))).toEqual([[2], [3], 'real', false]);
    expect(numbers(d.flat().bounded({ upper: 1 }).logDensity([0, 2]))).toEqual([0, -Infinity]);
  });

  it('may have bounds that are expressions of other parameters', () => {
    const alpha = variable('alpha', []);
    const upper = d.uniform(0, alpha);
    expect(upper.support.upper).toBeDefined();
    const program = compile({
      inputs: [{ name: 'alpha', shape: [] }],
      outputs: [upper.logDensity([0.5, 3]), d.flat().bounded({ lower: alpha }).logDensity([0.5, 3])],
    });
    const [uniform, flat] = program.run({ alpha: Float64Array.of(2) });
    expect(Array.from(uniform!)).toEqual([-Math.LN2, -Infinity]);
    expect(Array.from(flat!)).toEqual([-Infinity, 0]);
  });

  it.each([
    ['in the wrong order', () => d.normal(0, 1).bounded({ lower: 3, upper: 2 }), /nothing lies between the bounds/],
    ['beyond the support', () => d.beta(1, 1).bounded({ lower: 1.5 }), /nothing lies between the bounds/],
    ['NaN', () => d.normal(0, 1).bounded({ lower: Number.NaN }), /lower is NaN/],
    [
      'longer than the distribution',
      () => d.normal(0, 1).bounded({ lower: [0, 1] }),
      /bounds have shape \[2\], the distribution \[\] \(a scalar\)/,
    ],
  ])('refuse bounds %s', (_, make, message) => {
    expect(make).toThrow(message);
  });

  it('become ordered or positive ordered by a wrapper that keeps the density', () => {
    const rising = d.ordered(d.normal(0, 1).size(3));
    expect(bounds(rising)).toEqual([undefined, undefined, 'ordered', false]);
    expect(rising.shape).toEqual([3]);
    expect(rising.logDensity([1, 2, 3]).shape).toEqual([3]);
    expect(bounds(d.positiveOrdered(d.normal(0, 1).size(3)))).toEqual([[0], undefined, 'positive ordered', false]);
    expect(() => d.ordered(d.normal(0, 1))).toThrow(/a scalar cannot be ordered; give the distribution a length/);
    expect(() => d.ordered(d.ordered(d.normal(0, 1).size(2)))).toThrow(/ordered already/);
  });

  it('of the simplex have log density log Γ(n), one number a vector', () => {
    expect(numbers(d.simplex(4).logDensity([0.1, 0.2, 0.3, 0.4]))[0]).toBeCloseTo(Math.log(6), 14);
    expect(
      d
        .simplex(3)
        .size(2)
        .logDensity([
          [1, 0, 0],
          [0, 1, 0],
        ]).shape,
    ).toEqual([2]);
    expect(() => d.simplex(1)).toThrow(/at least 2, got 1/);
  });
});

describe('functions of numbers', () => {
  it('go over arrays of parameters', () => {
    expect(d.normal([0, 1], 2).mean()).toEqual(Float64Array.of(0, 1));
    expect(d.exponential([1, 2]).variance()).toEqual(Float64Array.of(1, 0.25));
    expect(d.bernoulli([[0.1, 0.9]]).cdf(0)).toEqual(Float64Array.of(0.9, 1 - 0.9));
  });

  const withCdf = registeredFamilies().filter(({ cdf }) => cdf !== undefined);
  it.each(withCdf.map((family) => [family.name, family] as const))(
    '%s: 0 and 1 beyond the support, NaN at NaN',
    (name, { support }) => {
      const [make, sets] = cases[name]!;
      for (const set of sets) {
        const distribution = make(...(set as [number, number, number])) as d.Distribution<[]>;
        const [first, last] = [distribution.quantile(0), distribution.quantile(1)];
        if (support.lower !== undefined) {
          expect([distribution.cdf(first - 1), distribution.upperCdf(first - 1)]).toEqual([0, 1]);
        }
        if (support.upper !== undefined) {
          expect([distribution.cdf(last + 1), distribution.upperCdf(last + 1)]).toEqual([1, 0]);
        }
        expect([distribution.cdf(Number.NaN), distribution.upperCdf(Number.NaN)]).toEqual([Number.NaN, Number.NaN]);
        if (name === 'vonMises') continue; // an angle has no infinite values
        expect([distribution.cdf(Infinity), distribution.upperCdf(Infinity)]).toEqual([1, 0]);
        expect([distribution.cdf(-Infinity), distribution.upperCdf(-Infinity)]).toEqual([0, 1]);
      }
    },
  );

  it('have log distribution functions far below the smallest double', () => {
    expect(d.normal(0, 1).logCdf(-100)).toBeCloseTo(-5005.524208694205, 8); // mpmath 1.4.1: log(ncdf(-100))
    expect(d.exponential(1).logCdf(1)).toBeCloseTo(Math.log(1 - Math.exp(-1)), 14);
  });

  it('refuse what is not there, saying so', () => {
    expect(() => d.flat().cdf(0)).toThrow('flat has no cdf');
    expect(() => d.normal(0, 1).quantile(1.1)).toThrow(/expected a probability between 0 and 1, got 1.1/);
    expect(() => d.normal(0, 1).bounded({ lower: 0 }).mean()).toThrow(/bounded or ordered distribution is not known/);
  });

  it('put discrete quantiles on the smallest value that reaches the probability', () => {
    expect([0, 0.3, 0.30001, 1].map((p) => d.bernoulli(0.7).quantile(p))).toEqual([0, 0, 1, 1]);
    expect(d.binomial(2, 0.5).quantile(0.25)).toBe(0);
    expect(d.binomial(2, 0.5).quantile(0.250001)).toBe(1);
    expect(d.poisson(3).quantile(1)).toBe(Infinity);
  });
});
