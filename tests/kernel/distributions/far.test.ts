import { describe, expect, it } from 'vitest';
import * as d from '#kernel/distributions/index';
import { key, Stream } from '#kernel/numeric/random';
import fixture from './fixtures/far.json' with { type: 'json' };

type Constructor = (...args: number[]) => d.Distribution<[]>;
const constructors = d as unknown as Readonly<Record<string, Constructor>>;

// fixtures/far.json: scipy 1.17.1 and mpmath 1.4.1, as it says there
describe('log densities far out in the tails', () => {
  it.each(Object.entries(fixture.far))('%s: finite and those of scipy', (name, sets) => {
    for (const { parameters, points } of sets) {
      const distribution = constructors[name]!(...parameters);
      for (const [x, expected] of points as [number, number][]) {
        const got = distribution.logPdf(x);
        const what = `(${parameters}) at ${x}: got ${got}, expected ${expected}`;
        expect(Math.abs(got - expected), what).toBeLessThanOrEqual(1e-9 * (1 + Math.abs(expected)));
      }
    }
  });
});

describe('probabilities below the smallest double', () => {
  // scipy 1.17.1: norm.logsf(40), norm.logpdf(50.01) - norm.logsf(50), logistic.logsf(900), weibull_min.logsf(40, 2),
  // lognorm.logsf(1e30, 1), t.logsf(1e90, 3); of laplace log(1/2) - 900, where scipy has -inf
  it.each([
    ['normal', d.censored(d.normal(0, 1), { upper: 40 }), 40, -804.6084420137539],
    ['normal, from below', d.censored(d.normal(0, 1), { lower: -40 }), -40, -804.6084420137539],
    ['logistic', d.censored(d.logistic(0, 1), { upper: 900 }), 900, -900],
    ['weibull', d.censored(d.weibull(2, 1), { upper: 40 }), 40, -1600],
    ['logNormal', d.censored(d.logNormal(0, 1), { upper: 1e30 }), 1e30, -2391.008527534262],
    ['studentT', d.censored(d.studentT(3, 0, 1), { upper: 1e90 }), 1e90, -621.6002516693477],
    ['laplace', d.censored(d.laplace(0, 1), { upper: 900 }), 900, -900 - Math.LN2],
    ['a truncated normal', d.truncated(d.normal(0, 1), { lower: 50 }), 50.01, 3.4123726062152855],
    ['a normal between', d.truncated(d.normal(0, 1), { lower: 50, upper: 51 }), 50.01, 3.4123726062152855],
  ])('%s: the log density is finite', (_, distribution, x, expected) => {
    expect(Math.abs((distribution.logPdf(x) as number) / expected - 1)).toBeLessThan(1e-11);
  });

  it('leave figures that need the probability itself unknown, not wrong', () => {
    const far = d.truncated(d.normal(0, 1), { lower: 50 });
    expect([far.mean(), far.variance(), far.quantile(0.5), far.sample(new Stream(key(1)))[0]]).toEqual(
      new Array(4).fill(Number.NaN),
    );
  });
});

const bounds = (lower: number | null, upper: number | null) => ({
  ...(lower !== null && { lower }),
  ...(upper !== null && { upper }),
});

describe('means and variances of truncated and censored distributions', () => {
  it.each(
    fixture.moments.map((row) => [`${row.family}(${row.parameters}) in ${row.lower} … ${row.upper}`, row] as const),
  )('%s: those of mpmath', (_, { family, parameters, lower, upper, truncated, censored }) => {
    const base = constructors[family]!(...parameters);
    const check = (distribution: d.Distribution<[]>, [mean, variance]: readonly string[]) => {
      expect(Math.abs(distribution.mean() - Number(mean))).toBeLessThan(2e-10 * (1 + Math.abs(Number(mean))));
      expect(Math.abs(distribution.variance() / Number(variance) - 1)).toBeLessThan(1e-8);
    };
    check(d.truncated(base, bounds(lower, upper)), truncated);
    if (censored !== undefined) check(d.censored(base, bounds(lower, upper)), censored);
  });

  it('are those of the whole where nothing is cut off', () => {
    const whole = d.truncated(d.gamma(2, 3), { lower: -1 });
    expect(whole.mean()).toBeCloseTo(2 / 3, 12);
    expect(whole.variance()).toBeCloseTo(2 / 9, 12);
    expect(d.censored(d.normal(3, 2), { upper: 1e9 }).mean()).toBeCloseTo(3, 10);
  });

  it('do not exist where an open tail has none', () => {
    expect(d.truncated(d.cauchy(0, 1), { lower: 0 }).mean()).toBe(Infinity);
    expect(d.truncated(d.cauchy(0, 1), { upper: 0 }).mean()).toBe(-Infinity);
    expect(d.censored(d.cauchy(0, 1), { upper: 0 }).mean()).toBe(-Infinity);
    expect(d.truncated(d.cauchy(0, 1), { lower: 0 }).variance()).toBe(Infinity);
    // E of |t| with 1.5 degrees of freedom: 2 √ν Γ((ν+1)/2) / (Γ(ν/2) √π (ν − 1))
    const heavy = d.truncated(d.studentT(1.5, 0, 1), { lower: 0 });
    expect(heavy.variance()).toBe(Infinity);
    expect(heavy.mean()).toBeCloseTo(
      (2 * Math.sqrt(1.5) * 0.9064024770554771) / (1.2254167024651776 * Math.sqrt(Math.PI) * 0.5),
      8,
    );
    expect(d.truncated(d.pareto(1, 0.5), { upper: 9 }).mean()).toBeCloseTo(3, 10); // ∫ x · ½ x^−1.5 / (1 − 1/3)
  });

  it('are the averages of draws, element by element', () => {
    const n = 4000;
    const several = d.truncated(d.normal([0, 4], 1), { lower: [1, 0], upper: [2, 3] });
    const draws = several.size(n).sample(new Stream(key(8)));
    const [means, variances] = [several.mean(), several.variance()] as [Float64Array, Float64Array];
    for (const k of [0, 1]) {
      const mean = draws.filter((_, i) => i % 2 === k).reduce((sum, v) => sum + v) / n;
      expect(Math.abs(mean - means[k]!)).toBeLessThan(5 * Math.sqrt(variances[k]! / n)); // once in 1.7 million
    }
    const counts = d.censored(d.poisson(3), { upper: 4 });
    const capped = counts.size(n).sample(new Stream(key(9)));
    expect(Math.abs(capped.reduce((sum, v) => sum + v) / n - counts.mean())).toBeLessThan(
      5 * Math.sqrt(counts.variance() / n),
    );
  });
});

describe('moments of factors and shares', () => {
  it('of lkjCholesky in two dimensions are those of one partial correlation', () => {
    // ρ = 2 beta(η, η) − 1: E √(1 − ρ²) of η = 1 is π / 4, E ρ² = 1/3
    const [, , low, last] = d.lkjCholesky(2, 1).mean();
    expect(low).toBe(0);
    expect(last).toBeCloseTo(Math.PI / 4, 14);
    const variances = d.lkjCholesky(2, 1).variance();
    expect(variances[2]).toBeCloseTo(1 / 3, 14);
    expect(variances[3]).toBeCloseTo(2 / 3 - (Math.PI / 4) ** 2, 14);
  });

  it('of the flat simplex are those of the Dirichlet of ones', () => {
    const flat = d.dirichlet([1, 1, 1, 1]);
    expect(Array.from(d.simplex(4).mean())).toEqual(Array.from(flat.mean()));
    d.simplex(4)
      .variance()
      .forEach((v, i) => void expect(v).toBeCloseTo(flat.variance()[i]!, 15));
  });
});
