import { describe, expect, it } from 'vitest';
import * as d from '#kernel/distributions/index';
import { registeredFamilies } from '#kernel/distributions/registry';
import { key, Stream } from '#kernel/numeric/random';
import { compile, concatenate, variable } from '#kernel/program/index';
import type { Arg, Expr } from '#kernel/program/types';
import { cases } from './families.ts';
import fixture from './fixtures/wrapped.json' with { type: 'json' };
import { numbers, slopes as slopesOfPosition } from './near.ts';

type Scalar = d.Distribution<[]>;
type Constructor = (...args: Arg[]) => Scalar;
const constructors = d as unknown as Readonly<Record<string, Constructor>>;

function close(got: number, expected: number, tolerance: number, what: string, absolute = 0) {
  if (!Number.isFinite(expected)) return expect(got, what).toBe(expected);
  expect(Math.abs(got - expected), `${what}: got ${got}, expected ${expected}`).toBeLessThanOrEqual(
    tolerance * Math.abs(expected) + absolute,
  );
}

/** Value, and gradient against differences, of a log density of free arguments. */
const slopes = (build: (...args: Expr[]) => Expr, start: readonly number[]): number =>
  slopesOfPosition((position) => build(...start.map((_, i) => position.at(i) as Expr)), start);

/** Kolmogorov–Smirnov distance times √n of draws, jumps filled with uniform numbers: above 2.9 with probability 1e-7. */
function misfit(distribution: Scalar, atoms: readonly number[] = []): number {
  const n = 4000;
  const values = distribution.size(n).sample(new Stream(key(5)));
  const ties = new Stream(key(6));
  const u = values.map((x) => {
    const above = distribution.cdf(x);
    const jumps = distribution.kind === 'int' || atoms.includes(x);
    const below = distribution.kind === 'int' ? distribution.cdf(x - 1) : jumps ? distribution.cdf(x - 1e-9) : above;
    return below + (above - below) * ties.uniform();
  });
  u.sort();
  return Math.sqrt(n) * u.reduce((most, v, i) => Math.max(most, (i + 1) / n - v, v - i / n), 0);
}

// fixtures/wrapped.json: mpmath 1.4.1, as it says there
const makers: Readonly<Record<keyof typeof fixture.families, (p: readonly number[]) => Scalar>> = {
  truncatedNormal: ([mu, sigma, lower, upper]) => d.truncated(d.normal(mu!, sigma!), { lower: lower!, upper: upper! }),
  zeroInflatedPoisson: ([zeros, rate]) => d.zeroInflated(zeros!, d.poisson(rate!)),
};

describe.each(Object.entries(fixture.families))('%s against mpmath', (name, sets) => {
  it.each(sets.map((set) => [set.parameters.join(', '), set] as const))('(%s)', (_, set) => {
    const distribution = makers[name as keyof typeof makers](set.parameters.map(Number));
    for (const [x, density, below, above] of set.points as (string | undefined)[][]) {
      close(numbers(distribution.logDensity(Number(x)))[0]!, Number(density), 1e-12, `log density at ${x}`, 1e-12);
      if (below !== undefined) close(distribution.cdf(Number(x)), Number(below), 1e-10, `cdf at ${x}`);
      if (above !== undefined) close(distribution.upperCdf(Number(x)), Number(above), 1e-10, `upper cdf at ${x}`);
    }
    for (const [p, x] of set.quantiles) close(distribution.quantile(Number(p)), Number(x), 1e-11, `quantile ${p}`);
  });
});

const traced = registeredFamilies().filter(({ tracedLogCdf }) => tracedLogCdf !== undefined);

describe('distribution functions as expressions', () => {
  it('are there for most families with one', () => {
    expect(traced.length).toBeGreaterThan(25);
    for (const family of traced) expect(family.tracedLogUpperCdf, family.name).toBeDefined();
  });

  it.each(traced.map((family) => [family.name, family] as const))('%s: agree with those of numbers', (name, family) => {
    const [make, sets] = cases[name]!;
    for (const set of sets) {
      const distribution = make(...(set as [number, number, number])) as Scalar;
      const names = Object.keys(family.parameters);
      const inputs = [...names, 'x'].map((each) => ({ name: each, shape: [] }));
      const parameters = Object.fromEntries(names.map((each) => [each, variable(each, [])]));
      const x = variable('x', []) as unknown as Expr;
      const outputs = [family.tracedLogCdf!(x, parameters as never), family.tracedLogUpperCdf!(x, parameters as never)];
      const program = compile({ inputs, outputs });
      for (const p of [1e-4, 0.3, 0.9]) {
        const at = distribution.quantile(p);
        if (family.kind === 'int' && distribution.upperCdf(at) === 0) continue; // its last value
        const values = Object.fromEntries(names.map((each, i) => [each, Float64Array.of(set[i]!)]));
        const [lower, upper] = program.run({ ...values, x: Float64Array.of(at) }).map((v) => v[0]!);
        close(Math.exp(lower!), distribution.cdf(at), 1e-7, `P(X ≤ ${at}) of (${set})`);
        close(Math.exp(upper!), distribution.upperCdf(at), 1e-7, `P(X > ${at}) of (${set})`);
      }
    }
  });
});

describe('truncated distributions', () => {
  const continuous = traced.filter(({ kind }) => kind === 'real');
  it.each(continuous.map(({ name }) => [name]))('%s: integrate to 1, and have the slopes of differences', (name) => {
    const [make, [set]] = cases[name]!;
    const base = make(...(set as unknown as [number, number, number])) as Scalar;
    const [a, b, x] = [0.2, 0.9, 0.5].map((p) => base.quantile(p)) as [number, number, number];
    const within = numbers(d.truncated(base, { lower: a, upper: b }).logDensity(x))[0]!;
    const value = slopes(
      (...args) =>
        d.truncated(constructors[name]!(...args.slice(0, -1)), { lower: a, upper: b }).logDensity(args.at(-1)!),
      [...set!, x],
    );
    expect(value).toBeCloseTo(within, 9);
    expect(within).toBeCloseTo(numbers(base.logDensity(x))[0]! - Math.log(0.7), 9);
    slopes((...args) => d.truncated(constructors[name]!(...args), { lower: a }).logDensity(x), set!);
    slopes((...args) => d.truncated(constructors[name]!(...args), { upper: b }).logDensity(x), set!);
  });

  it('may have bounds that are expressions', () => {
    slopes((a, b) => d.truncated(d.normal(0.3, 2), { lower: a, upper: b }).logDensity(0.5), [-1, 2]);
  });

  it('of counts include their bounds and sum to 1', () => {
    for (const bounds of [{ lower: 2 }, { upper: 4 }, { lower: 1, upper: 6 }]) {
      const distribution = d.truncated(d.poisson(3), bounds);
      const xs = Array.from({ length: 60 }, (_, k) => k).filter(
        (k) => k >= (bounds.lower ?? 0) && k <= (bounds.upper ?? 60),
      );
      const total = numbers(distribution.logDensity(xs)).reduce((sum, v) => sum + Math.exp(v), 0);
      expect(total).toBeCloseTo(1, 12);
      let below = 0;
      for (const k of xs.slice(0, 12)) {
        below += Math.exp(numbers(distribution.logDensity(k))[0]!);
        expect(distribution.cdf(k)).toBeCloseTo(below, 12);
        expect(distribution.quantile(below - 1e-9)).toBe(k);
      }
    }
    slopes((rate) => d.truncated(d.poisson(rate!), { lower: 1 }).logDensity(2), [0.7]);
    slopes((mean, phi) => d.truncated(d.negativeBinomial(mean!, phi!), { lower: 1, upper: 9 }).logDensity(2), [3, 0.7]);
  });

  it('keep their digits far in a tail', () => {
    const far = d.truncated(d.normal(0, 1), { lower: 30 });
    // P(Z > 30 + t) / P(Z > 30) at t = 0.01: scipy 1.17.1, exp(log_ndtr(-30.01) - log_ndtr(-30))
    expect(far.upperCdf(30.01)).toBeCloseTo(0.7405348811678626, 10);
    expect(far.upperCdf(far.quantile(0.4))).toBeCloseTo(0.6, 10);
    expect(misfit(far)).toBeLessThan(2.9);
  });

  it('draw inside, by their own law', () => {
    expect(misfit(d.truncated(d.normal(0, 1), { lower: -0.5, upper: 2 }))).toBeLessThan(2.9);
    expect(misfit(d.truncated(d.gamma(2, 1), { lower: 6 }))).toBeLessThan(2.9);
    expect(misfit(d.truncated(d.poisson(3), { lower: 8 }))).toBeLessThan(2.9);
    expect(misfit(d.truncated(d.skewNormal(0, 1, 3), { lower: 1 }))).toBeLessThan(2.9);
  });

  it('are −∞ outside, drop bounds that leave nothing out, and say who they are', () => {
    expect(numbers(d.truncated(d.normal(0, 1), { lower: 0 }).logDensity([-1, 0.5]))[0]).toBe(-Infinity);
    const same = d.truncated(d.exponential(2), { lower: -1 });
    expect(numbers(same.logDensity(0.3))).toEqual(numbers(d.exponential(2).logDensity(0.3)));
    expect(d.truncated(d.normal([0, 1, 2], 1), { lower: 0 }).size(2).shape).toEqual([2, 3]);
  });

  it.each([
    [
      'bounds out of order',
      () => d.truncated(d.normal(0, 1), { lower: 2, upper: 1 }),
      /nothing lies between the bounds/,
    ],
    ['NaN', () => d.truncated(d.normal(0, 1), { lower: Number.NaN }), /lower is NaN/],
    [
      'a second truncation',
      () => d.truncated(d.truncated(d.normal(0, 1), { lower: 0 }), { lower: 1 }),
      /is truncated already/,
    ],
    [
      'a bounded distribution',
      () => d.truncated(d.normal(0, 1).bounded({ lower: 0 }), { upper: 1 }),
      /bounded or ordered already/,
    ],
    ['vectors', () => d.truncated(d.dirichlet([1, 1]), { lower: 0 }), /expected a distribution of single numbers/],
    ['no distribution function', () => d.truncated(d.flat(), { lower: 0 }), /flat has no distribution function/],
    [
      'a traced parameter of a family known for numbers only',
      () => d.truncated(d.skewNormal(variable('mu', []), 1, 2), { lower: 0 }).logDensity(1),
      /skewNormal is known for numbers only/,
    ],
  ])('refuse %s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});

describe('censored distributions', () => {
  it('have the probability of what lies beyond at their bounds', () => {
    const values = numbers(d.censored(d.normal(1, 2), { lower: 0, upper: 3 }).logDensity([0, 1.5, 3]));
    expect(values[0]).toBeCloseTo(d.normal(1, 2).logCdf(0), 12);
    expect(values[1]).toBe(numbers(d.normal(1, 2).logDensity(1.5))[0]);
    expect(values[2]).toBeCloseTo(Math.log(d.normal(1, 2).upperCdf(3)), 12);
    const counts = numbers(d.censored(d.poisson(3), { upper: 4 }).logDensity([3, 4]));
    expect(counts[1]).toBeCloseTo(Math.log(d.poisson(3).upperCdf(3)), 12);
  });

  it('have the slopes of differences', () => {
    slopes((rate) => d.censored(d.exponential(rate!), { upper: 30 }).logDensity([12, 30, 7]).sum(), [0.05]);
    slopes((k, s) => d.censored(d.weibull(k!, s!), { lower: 2, upper: 30 }).logDensity([2, 30, 7]).sum(), [1.4, 12]);
    slopes(
      (mu, s) =>
        d
          .censored(d.normal(mu!, s!), { upper: [3, 5, 2] })
          .logDensity([3, 4, 2])
          .sum(),
      [1.4, 2],
    );
    slopes((a, b) => d.censored(d.gamma(a!, b!), { upper: 3 }).logDensity([3, 1]).sum(), [1.4, 0.6]);
  });

  it('draw values piled on the bounds', () => {
    expect(misfit(d.censored(d.normal(0, 1), { lower: -0.5, upper: 1 }), [-0.5, 1])).toBeLessThan(2.9);
    expect(d.censored(d.normal(0, 1), { lower: -0.5 }).quantile(0.1)).toBe(-0.5);
    expect(() => d.censored(d.normal(0, 1), { lower: 1, upper: 0 })).toThrow(/nothing lies between/);
    expect(() => d.censored(d.normal(0, 1), { upper: 1 }).checkData([0, 1.5])).toThrow(/at most 1, got 1.5/);
  });
});

describe('counts with zeros of their own', () => {
  const families = [
    ['zeroInflated poisson', (a: Arg, b: Arg) => d.zeroInflated(a, d.poisson(b))],
    ['zeroInflated negativeBinomial', (a: Arg, b: Arg) => d.zeroInflated(a, d.negativeBinomial(b, 1.5))],
    ['hurdle poisson', (a: Arg, b: Arg) => d.hurdle(a, d.poisson(b))],
    ['hurdle negativeBinomial', (a: Arg, b: Arg) => d.hurdle(a, d.negativeBinomial(b, 1.5))],
  ] as const;

  it.each(families)('%s: sums to 1, its moments are those of its probabilities, and it draws by them', (_, make) => {
    for (const [zeros, rate] of [
      [0.3, 2.5],
      [0.9, 0.2],
      [0.01, 0.05],
      [0, 4],
    ] as const) {
      const distribution = make(zeros, rate) as Scalar;
      const mass = numbers(distribution.logDensity(Array.from({ length: 120 }, (_unused, k) => k))).map(Math.exp);
      expect(mass.reduce((sum, p) => sum + p)).toBeCloseTo(1, 10);
      const mean = mass.reduce((sum, p, k) => sum + k * p, 0);
      expect(distribution.mean()).toBeCloseTo(mean, 9);
      expect(distribution.variance()).toBeCloseTo(
        mass.reduce((sum, p, k) => sum + (k - mean) ** 2 * p, 0),
        7,
      );
      let below = 0;
      for (let k = 0; k < 6; k++) {
        below += mass[k]!;
        expect(distribution.cdf(k)).toBeCloseTo(below, 11);
        expect(distribution.upperCdf(k)).toBeCloseTo(1 - below, 11);
        if (mass[k]! > 1e-6) expect(distribution.quantile(below - 1e-8)).toBe(k);
      }
      expect([distribution.cdf(-1), distribution.upperCdf(-1)]).toEqual([0, 1]);
      expect(misfit(distribution)).toBeLessThan(2.9);
    }
  });

  it.each(families)('%s: slopes agree with differences', (_, make) => {
    for (const x of [0, 1, 5]) slopes((zeros, rate) => make(zeros!, rate!).logDensity(x), [0.3, 2.5]);
  });

  it('refuse what are no counts, and probabilities beyond 1', () => {
    expect(() => d.hurdle(1.2, d.poisson(1))).toThrow(/zeros must be between 0 and 1, got 1.2/);
    expect(() => d.zeroInflated(0.5, d.discreteUniform(1, 6))).toThrow(/expected a distribution of counts from 0 on/);
    // @ts-expect-error continuous
    expect(() => d.zeroInflated(0.5, d.normal(0, 1))).toThrow(/expected a discrete distribution, got normal/);
    expect(() => d.hurdle(0.1, d.hurdle(0.2, d.poisson(1)))).toThrow(/is hurdle already/);
  });
});

describe('mixtures', () => {
  const mixed = d.mixture([0.3, 0.7], [d.normal(-2, 0.5), d.normal(1, 2)]);

  it('have the sum of the weighted densities', () => {
    const density = (x: number) =>
      0.3 * Math.exp(numbers(d.normal(-2, 0.5).logDensity(x))[0]!) +
      0.7 * Math.exp(numbers(d.normal(1, 2).logDensity(x))[0]!);
    for (const x of [-3, 0, 2.5]) expect(numbers(mixed.logDensity(x))[0]).toBeCloseTo(Math.log(density(x)), 12);
    expect(mixed.mean()).toBeCloseTo(0.1, 14);
    expect(mixed.variance()).toBeCloseTo(0.3 * (0.25 + 4) + 0.7 * (4 + 1) - 0.01, 13);
    expect(mixed.cdf(0)).toBeCloseTo(0.3 * d.normal(-2, 0.5).cdf(0) + 0.7 * d.normal(1, 2).cdf(0), 14);
    for (const p of [0.001, 0.3, 0.9]) expect(mixed.cdf(mixed.quantile(p))).toBeCloseTo(p, 12);
  });

  it('of three components and of unlike families, too', () => {
    const three = d.mixture([0.2, 0.5, 0.3], [d.normal(0, 1), d.studentT(3, 1, 2), d.logistic(-1, 0.5)]);
    expect(misfit(three)).toBeLessThan(2.9);
    expect(misfit(d.mixture([0.25, 0.75], [d.poisson(2), d.poisson(20)]))).toBeLessThan(2.9);
    expect(d.mixture([0.25, 0.75], [d.poisson(2), d.poisson(20)]).quantile(0.24)).toBe(5);
    expect(misfit(d.mixture([0.5, 0.5], [d.truncated(d.normal(0, 1), { lower: 1 }), d.exponential(1)]))).toBeLessThan(
      2.9,
    );
  });

  it('have the slopes of differences in weights, parameters and x', () => {
    slopes(
      (w, a, s, x) => {
        const weight = w as Expr<[]>;
        return d
          .mixture(stackOf(weight, weight.neg().add(1) as Expr), [d.normal(a!, 1), d.normal(3, s!)])
          .logDensity(x!);
      },
      [0.3, -1, 2, 0.4],
    );
  });

  it('take one row of weights an element', () => {
    const rows = d.mixture(
      [
        [1, 0],
        [0.5, 0.5],
      ],
      [d.normal(0, 1), d.normal(5, 1)],
    );
    expect(rows.shape).toEqual([2]);
    expect(Array.from(rows.mean() as unknown as Float64Array)).toEqual([0, 2.5]);
  });

  it.each([
    [
      'weights of another sum',
      () => d.mixture([0.5, 0.6], [d.normal(0, 1), d.normal(1, 1)]),
      /weights must sum to 1, got 1.1/,
    ],
    [
      'as many weights as it likes',
      () => d.mixture([0.5, 0.5, 0], [d.normal(0, 1), d.normal(1, 1)]),
      /expected 2 weights/,
    ],
    ['no component', () => d.mixture([], []), /at least one component/],
    [
      'both kinds',
      () => d.mixture([0.5, 0.5], [d.normal(0, 1), d.poisson(1)] as unknown as d.Distribution<[], 'real'>[]),
      /all continuous or all discrete/,
    ],
  ])('refuse %s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});

const stackOf = (a: Expr, b: Expr): Expr => concatenate([a.reshape(1), b.reshape(1)]);
