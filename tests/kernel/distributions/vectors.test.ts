import { describe, expect, it } from 'vitest';
import * as d from '#kernel/distributions/index';
import { registeredFamilies } from '#kernel/distributions/registry';
import { key, Stream } from '#kernel/numeric/random';
import { asExpression, compile, compileLogDensity, constant, variable } from '#kernel/program/index';
import type { Arg, Expr } from '#kernel/program/types';
import fixture from './fixtures/vectors.json' with { type: 'json' };
import { type VectorCase, vectorCases } from './vectors.ts';

type Constructor = (...args: Arg[]) => d.Distribution;
const constructors = d as unknown as Readonly<Record<string, Constructor>>;

const numbers = (expression: Expr): number[] => Array.from(compile({ inputs: [], outputs: [expression] }).run({})[0]!);
const flat = (value: unknown): number[] => [value].flat(2) as number[];
const shapeOf = (value: unknown) => asExpression(value as Arg).shape;

// fixtures/vectors.json: mpmath 1.4.1, as it says there
describe.each(Object.entries(fixture.families))('%s against mpmath', (name, sets) => {
  it.each(sets.map((set) => [JSON.stringify(set.parameters).slice(0, 100), set] as const))('%s', (_, set) => {
    const args = Object.values(set.parameters) as Arg[];
    const tolerance = 'illConditioned' in set ? 1e-8 : 1e-12;
    const close = (got: number, expected: number) =>
      expect(Math.abs(got - expected)).toBeLessThanOrEqual(tolerance * (1 + Math.abs(expected)));
    const distribution = constructors[name]!(...args);
    for (const [x, expected] of set.points as unknown as [Arg, number][]) {
      close(numbers(distribution.logDensity(x))[0]!, expected);
      const shape = shapeOf(x);
      const input = variable('x', shape);
      const program = compile({
        inputs: [{ name: 'x', shape: [...shape] }],
        outputs: [distribution.logDensity(input)],
      });
      close(program.run({ x: Float64Array.from(flat(x)) })[0]![0]!, expected);
    }
  });
});

const cases = Object.entries(vectorCases).flatMap(([name, each]) =>
  each.map((one, i): [string, VectorCase] => [`${name} ${i}`, one]),
);

describe('every family of vectors or matrices', () => {
  it('has cases here', () => {
    const wanted = registeredFamilies().filter(({ sampleEvent }) => sampleEvent !== undefined);
    expect(Object.keys(vectorCases).sort()).toEqual(wanted.map(({ name }) => name).sort());
  });

  it.each(cases)('%s: slopes agree with differences', (_, { make, args, points, fixed = [] }) => {
    const build = make as unknown as Constructor;
    const { kind } = build(...(args as Arg[]));
    for (const point of points) {
      const free = args.map((_arg, i) => !fixed.includes(i));
      const values = [...args.filter((_arg, i) => free[i]), ...(kind === 'real' ? [point] : [])];
      const start = Float64Array.from(values.flatMap(flat));
      const position = variable('position', [start.length]);
      let next = 0;
      const take = (value: unknown): Expr => {
        const size = flat(value).length;
        const part = position.slice(next, next + size).reshape(...shapeOf(value)) as Expr;
        next += size;
        return part;
      };
      const traced = args.map((arg, i) => (free[i] ? take(arg) : (arg as Arg)));
      const distribution = build(...traced);
      const value = distribution.logDensity(kind === 'real' ? take(point) : (point as Arg)).sum();
      const density = compileLogDensity({ position, value });
      const gradient = new Float64Array(start.length);
      const at = density.valueAndGradient(start, gradient);
      expect(Number.isFinite(at)).toBe(true);
      expect(at).toBe(density.value(start));
      start.forEach((v, i) => {
        const h = v === 0 ? 1e-4 : 1e-3 * Math.abs(v);
        const f = (step: number) => density.value(start.with(i, v + step));
        const slope = (f(-2 * h) - 8 * f(-h) + 8 * f(h) - f(2 * h)) / (12 * h);
        const rounding = ((1 + Math.abs(at)) * 1e-14) / h;
        expect(Math.abs(gradient[i]! - slope), `${i}: ${gradient[i]} and ${slope}`).toBeLessThan(
          1e-6 * Math.abs(slope) + 10 * rounding + 1e-9,
        );
      });
    }
  });

  it.each(cases)('%s: draws have the means and variances it says, and repeat', (_, { make, args }) => {
    const n = 4000;
    const distribution = (make as unknown as Constructor)(...(args as Arg[]));
    const sized = distribution.size(n);
    const draws = sized.sample(new Stream(key(20261122)));
    expect(sized.sample(new Stream(key(20261122)))).toEqual(draws);
    expect(draws.every(Number.isFinite)).toBe(true);
    const first = constant(draws.slice(0, draws.length / n)).reshape(...distribution.shape);
    expect(() => distribution.checkData(first, 'a draw')).not.toThrow();
    const { meanEvent, varianceEvent } = distribution.family;
    if (meanEvent === undefined || varianceEvent === undefined) return;
    const [means, variances] = [distribution.mean(), distribution.variance()].map((v) =>
      typeof v === 'number' ? [v] : Array.from(v),
    );
    const size = draws.length / n;
    for (let k = 0; k < size; k++) {
      const column = draws.filter((_value, i) => i % size === k);
      const mean = column.reduce((sum, v) => sum + v, 0) / n;
      const squares = column.map((v) => (v - means![k]!) ** 2);
      const variance = squares.reduce((sum, v) => sum + v, 0) / n;
      const spread = Math.sqrt(squares.reduce((sum, v) => sum + (v - variance) ** 2, 0) / n / n);
      // five standard errors: a false alarm in 1.7 million
      expect(Math.abs(mean - means![k]!)).toBeLessThanOrEqual(5 * Math.sqrt(variances![k]! / n) + 1e-12);
      expect(Math.abs(variance - variances![k]!)).toBeLessThanOrEqual(5 * spread + 1e-3 * variances![k]! + 1e-9);
    }
  });
});

describe('series', () => {
  it('have the density of their steps', () => {
    const x = [0.2, -0.5, 1, 3];
    const walk = x.reduce((sum, v, i) => sum + numbers(d.normal(i === 0 ? 0.5 : x[i - 1]!, 1.3).logDensity(v))[0]!, 0);
    expect(numbers(d.gaussianRandomWalk(0.5, 1.3, 4).logDensity(x))[0]).toBeCloseTo(walk, 12);
    const stationary = numbers(d.normal(0.5, 1.3 / Math.sqrt(1 - 0.49)).logDensity(x[0]!))[0]!;
    const later = x.slice(1).map((v, i) => numbers(d.normal(0.5 + 0.7 * (x[i]! - 0.5), 1.3).logDensity(v))[0]!);
    const expected = later.reduce((sum, v) => sum + v, stationary);
    expect(numbers(d.autoregressive(0.5, 0.7, 1.3, 4).logDensity(x))[0]).toBeCloseTo(expected, 12);
  });

  it('come in batches, one a row of parameters', () => {
    const x = [
      [0.2, -0.5, 1],
      [3, 2, 2.5],
    ];
    const both = numbers(d.autoregressive([0.5, 2], 0.7, [1.3, 0.4], 3).logDensity(x));
    expect(both[0]).toBeCloseTo(numbers(d.autoregressive(0.5, 0.7, 1.3, 3).logDensity(x[0]!))[0]!, 12);
    expect(both[1]).toBeCloseTo(numbers(d.autoregressive(2, 0.7, 0.4, 3).logDensity(x[1]!))[0]!, 12);
    const walks = numbers(d.gaussianRandomWalk([0.5, 2], 1.3, 3).logDensity(x));
    expect(walks[1]).toBeCloseTo(numbers(d.gaussianRandomWalk(2, 1.3, 3).logDensity(x[1]!))[0]!, 12);
  });

  it('refuse a length or a coefficient that makes none', () => {
    expect(() => d.gaussianRandomWalk(0, 1, 1)).toThrow(/expected a length of at least 2, got 1/);
    expect(() => d.autoregressive(0, 1, 1, 5)).toThrow(/coefficient must be between −1 and 1, without the ends, got 1/);
  });
});

describe('matrices', () => {
  it('drawn from LKJ are correlation matrices, and their factors follow the same law', () => {
    const [n, eta] = [3000, 1.5];
    const whole = d
      .lkjCorrelation(3, eta)
      .size(n)
      .sample(new Stream(key(11)));
    const factors = d
      .lkjCholesky(3, eta)
      .size(n)
      .sample(new Stream(key(12)));
    for (let i = 0; i < n; i++) {
      const l = factors.subarray(9 * i, 9 * i + 9);
      for (let r = 0; r < 3; r++) {
        expect(l[3 * r]! ** 2 + l[3 * r + 1]! ** 2 + l[3 * r + 2]! ** 2).toBeCloseTo(1, 12);
        expect(whole[9 * i + 4 * r]).toBe(1);
      }
      expect(whole[9 * i + 1]).toBe(whole[9 * i + 3]);
    }
    // each correlation is 2 beta(b, b) − 1, b = η + (d − 2)/2 (LKJ 2009, section 2.1)
    const b = eta + 0.5;
    const correlations = [
      whole.filter((_, i) => i % 9 === 7),
      Float64Array.from({ length: n }, (_, i) => {
        const [, , , a, c, , e, f] = factors.subarray(9 * i, 9 * i + 9);
        return a! * e! + c! * f!;
      }),
    ];
    for (const rho of correlations) {
      const u = rho.map((r) => d.beta(b, b).cdf((1 + r) / 2)).sort();
      const distance = u.reduce((most, v, i) => Math.max(most, (i + 1) / n - v, v - i / n), 0);
      expect(Math.sqrt(n) * distance).toBeLessThan(2.9);
    }
  });

  it('come in batches', () => {
    const two = [
      [1, 0.3],
      [0.3, 1],
    ];
    const x = constant(Float64Array.of(1, 0.3, 0.3, 1, 2, 0.5, 0.5, 3)).reshape(2, 2, 2);
    const rows = numbers(d.wishart(3, two).logDensity(x));
    expect(rows[0]).toBeCloseTo(numbers(d.wishart(3, two).logDensity(two))[0]!, 13);
    expect(rows[1]).toBeCloseTo(
      numbers(
        d.wishart(3, two).logDensity([
          [2, 0.5],
          [0.5, 3],
        ]),
      )[0]!,
      13,
    );
    expect(d.lkjCholesky(3, 2).size(4).shape).toEqual([4, 3, 3]);
  });

  it.each([
    [
      'a dimension of 1',
      () => d.lkjCorrelation(1, 2),
      'lkjCorrelation: expected a whole number of rows of at least 2, got 1',
    ],
    [
      'too few degrees of freedom',
      () =>
        d.wishart(1, [
          [1, 0],
          [0, 1],
        ]),
      'wishart: nu must be above 1 for 2 × 2 matrices, got 1',
    ],
    [
      'a scale that is not square',
      () =>
        d.wishart(3, [
          [1, 0, 0],
          [0, 1, 0],
        ]),
      'wishart: scale must be square, got 2 × 3',
    ],
    [
      'a correlation beyond 1',
      () =>
        d.lkjCorrelation(2, 1).checkData([
          [1, 1.2],
          [1.2, 1],
        ]),
      'must be at most 1, got 1.2',
    ],
  ])('refuse %s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});

describe('the three forms of the multivariate normal', () => {
  it('agree', () => {
    const [mean, x] = [
      [0.5, -1],
      [2, 0.3],
    ];
    const covariance = [
      [4, 1],
      [1, 2],
    ];
    const precision = [
      [2 / 7, -1 / 7],
      [-1 / 7, 4 / 7],
    ];
    const factor = [
      [2, 0],
      [0.5, Math.sqrt(1.75)],
    ];
    const [value] = numbers(d.multivariateNormal(mean, covariance).logDensity(x));
    expect(numbers(d.multivariateNormalPrecision(mean, precision).logDensity(x))[0]).toBeCloseTo(value!, 13);
    expect(numbers(d.multivariateNormalCholesky(mean, factor).logDensity(x))[0]).toBeCloseTo(value!, 13);
  });
});

describe('distributions of codes', () => {
  const cutpoints = [-1, 0.5, 2];
  const sigmoid = (v: number) => 1 / (1 + Math.exp(-v));

  it('have distribution functions and quantiles, one a row of parameters', () => {
    const shares = d.categorical([
      [0.2, 0.5, 0.3],
      [0.6, 0.1, 0.3],
    ]);
    expect(shares.cdf(1)).toEqual(Float64Array.of(0.7, 0.6 + 0.1));
    expect((shares.upperCdf(1) as Float64Array)[1]).toBeCloseTo(0.3, 15);
    expect((shares.logCdf(0) as Float64Array)[0]).toBeCloseTo(Math.log(0.2), 14);
    expect(shares.quantile(0.5)).toEqual(Float64Array.of(1, 0));
    const one = d.categorical([0.2, 0.5, 0.3]) as unknown as d.Distribution<[]>;
    expect([-1, -0.5, 2, 9, Infinity].map((x) => one.cdf(x))).toEqual([0, 0, 1, 1, 1]);
    expect([-Infinity, -1, 2].map((x) => one.upperCdf(x))).toEqual([1, 1, 0]);
    expect([0, 0.2, 0.201, 1].map((p) => one.quantile(p))).toEqual([0, 0, 1, 2]);
    expect([one.cdf(Number.NaN), one.upperCdf(Number.NaN)]).toEqual([Number.NaN, Number.NaN]);
    const logits = d.categoricalLogit([Math.log(2), Math.log(5), Math.log(3)]) as unknown as d.Distribution<[]>;
    expect(logits.cdf(1)).toBeCloseTo(0.7, 14);
    expect(logits.quantile(0.71)).toBe(2);
  });

  it('of ordered codes are those of the logistic variable behind them', () => {
    const rating = d.orderedLogistic(0.3, cutpoints) as unknown as d.Distribution<[]>;
    cutpoints.forEach((c, k) => {
      expect(rating.cdf(k)).toBeCloseTo(sigmoid(c - 0.3), 14);
      expect(rating.upperCdf(k)).toBeCloseTo(sigmoid(0.3 - c), 14);
      expect(rating.quantile(sigmoid(c - 0.3) - 1e-9)).toBe(k);
      expect(rating.quantile(sigmoid(c - 0.3) + 1e-9)).toBe(k + 1);
    });
  });

  it('draw by their probabilities', () => {
    const n = 4000;
    const stream = new Stream(key(6));
    for (const make of [
      d.categorical([0.2, 0.5, 0.3]),
      d.categoricalLogit([1, -1, 0.5, 3]),
      d.orderedLogistic(0.3, cutpoints),
    ] as unknown as d.Distribution<[]>[]) {
      const draws = make.size(n).sample(stream);
      for (const k of [0, 1, 2]) {
        const share = draws.filter((v) => v <= k).length / n;
        const p = make.cdf(k);
        expect(Math.abs(share - p)).toBeLessThanOrEqual(5 * Math.sqrt((p * (1 - p)) / n)); // once in 1.7 million
      }
    }
  });

  it('of more than one number have none', () => {
    expect(() => (d.dirichlet([1, 1]) as unknown as d.Distribution<[]>).cdf(0)).toThrow('dirichlet has no cdf');
    expect(() => d.categorical([0.5, 0.5]).bounded({ upper: 0.5 }).cdf(0)).toThrow(
      /the tails of a bounded or ordered distribution is not known/,
    );
  });
});
