import { describe, expect, it } from 'vitest';
import * as d from '#kernel/distributions/index';
import { registeredFamilies } from '#kernel/distributions/registry';
import { key, Stream, split } from '#kernel/numeric/random';
import { betaRegularised } from '#kernel/numeric/special/index';
import { variable } from '#kernel/program/index';
import { cases, isScalar } from './families.ts';

const draws = 8000;

/** Kolmogorov–Smirnov distance from the uniform distribution, times √n: above 2.9 with probability 2 exp(−2 · 2.9²) = 1e-7. */
function distanceFromUniform(values: Float64Array): number {
  const sorted = values.slice().sort();
  const n = sorted.length;
  return Math.sqrt(n) * sorted.reduce((most, u, i) => Math.max(most, (i + 1) / n - u, u - i / n), 0);
}

const sampled = registeredFamilies().filter(({ name, sample }) => isScalar(name) && sample !== undefined);

describe.each(sampled.map((family) => [family.name, family] as const))('%s', (name, family) => {
  const [make, sets] = cases[name]!;
  it.each(sets.map((set) => [set.join(', '), set] as const))(
    '(%s): draws lie in the support and follow the distribution function',
    (_, set) => {
      const distribution = make(...(set as [number, number, number])) as d.Distribution<[]>;
      const [drawKey, tieKey] = split(key(20261122));
      const values = distribution.size(draws).sample(new Stream(drawKey!));
      expect(values.length).toBe(draws);
      if (family.kind === 'int') expect(values.every(Number.isInteger)).toBe(true);
      expect(values.every(Number.isFinite)).toBe(true);
      expect(() => distribution.checkData(values, 'a draw')).not.toThrow();

      // The probability transform; a jump of the distribution function is filled with uniform numbers.
      const ties = new Stream(tieKey!);
      const transformed = values.map((x) => {
        const above = distribution.cdf(x);
        const below = family.kind === 'int' ? distribution.cdf(x - 1) : above;
        return below + (above - below) * ties.uniform();
      });
      expect(distanceFromUniform(transformed)).toBeLessThan(2.9);
      const again = distribution.size(100).sample(new Stream(drawKey!));
      expect(again).toEqual(values.slice(0, 100));
    },
  );
});

describe('restricted draws', () => {
  const stream = () => new Stream(key(7));

  it('of a bounded continuous distribution follow it between the bounds', () => {
    const values = d.normal(0, 1).bounded({ lower: -0.5, upper: 2 }).size(draws).sample(stream());
    const [low, high] = [d.normal(0, 1).cdf(-0.5), d.normal(0, 1).cdf(2)];
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-0.5);
    expect(Math.max(...values)).toBeLessThanOrEqual(2);
    const transformed = values.map((x) => (d.normal(0, 1).cdf(x) - low) / (high - low));
    expect(distanceFromUniform(transformed)).toBeLessThan(2.9);
  });

  it('of a bounded discrete distribution are drawn again until inside', () => {
    const values = d.poisson(3).bounded({ lower: 2, upper: 4 }).size(2000).sample(stream());
    expect(new Set(values)).toEqual(new Set([2, 3, 4]));
  });

  it('of bounds that nothing reaches give up with a message', () => {
    const hopeless = d.normal(0, 1).bounded({ lower: 60 });
    expect(() => hopeless.sample(stream())).toThrow(/no draw between 60 and Infinity in 100000 attempts; widen/);
  });

  it('of a flat interval are uniform, of a flat half-line impossible', () => {
    const values = d.flat().bounded({ lower: 2, upper: 4 }).size(draws).sample(stream());
    expect(distanceFromUniform(values.map((x) => (x - 2) / 2))).toBeLessThan(2.9);
    expect(() => d.flat().sample(stream())).toThrow(/flat is improper.*proper prior/);
    expect(() => d.flat().bounded({ lower: 0 }).sample(stream())).toThrow(/improper/);
  });

  it('of ordered vectors rise, and each element follows its order statistic', () => {
    const n = 6000;
    const values = d.ordered(d.uniform(0, 1).size(n, 3)).sample(stream());
    for (let i = 0; i < values.length; i++) if (i % 3 > 0) expect(values[i]!).toBeGreaterThan(values[i - 1]!);
    for (const k of [0, 1, 2]) {
      const column = values.filter((_, i) => i % 3 === k);
      expect(distanceFromUniform(column.map((x) => betaRegularised(k + 1, 3 - k, x)))).toBeLessThan(2.9);
    }
  });

  it('of ordered vectors with unlike elements are drawn again until they rise', () => {
    const values = d.ordered(d.normal([0, 0.5, -0.5], [1, 2, 1]).size(200)).sample(stream());
    for (let i = 0; i < values.length; i++) if (i % 3 > 0) expect(values[i]!).toBeGreaterThan(values[i - 1]!);
  });

  it('of positive ordered vectors are above 0 and rise', () => {
    const values = d.positiveOrdered(d.normal(-1, 1).size(100, 4)).sample(stream());
    expect(Math.min(...values)).toBeGreaterThan(0);
    for (let i = 0; i < values.length; i++) if (i % 4 > 0) expect(values[i]!).toBeGreaterThan(values[i - 1]!);
  });

  it('of the simplex sum to 1 and have beta(1, n − 1) elements', () => {
    const n = 8000;
    const values = d.simplex(4).size(n).sample(stream());
    for (let i = 0; i < n; i++) {
      expect(values.subarray(4 * i, 4 * i + 4).reduce((a, b) => a + b)).toBeCloseTo(1, 14);
    }
    for (const k of [0, 3]) {
      const column = values.filter((_, i) => i % 4 === k);
      expect(distanceFromUniform(column.map((x) => betaRegularised(1, 3, x)))).toBeLessThan(2.9);
    }
  });
});

describe('traced parameters', () => {
  const mu = variable('mu', [2]);
  const tau = variable('tau', []);

  it('are given by name, each in its own shape', () => {
    const given = d
      .normal(mu, tau)
      .size(3)
      .sample(new Stream(key(5)), { mean: [0, 100], sd: 2 });
    const known = d
      .normal([0, 100], 2)
      .size(3)
      .sample(new Stream(key(5)));
    expect(given).toEqual(known);
    expect(given.length).toBe(6);
  });

  it('that are not given are named', () => {
    const distribution = d.normal(mu, tau);
    expect(() => distribution.sample(new Stream(key(5)), { mean: [0, 1] })).toThrow(
      /normal\.sample: the value of sd is not known/,
    );
    expect(() => distribution.sample(new Stream(key(5)), { mean: [0, 1, 2], sd: 1 })).toThrow(
      /expected 2 values of mean, got 3/,
    );
    expect(() => distribution.mean()).toThrow(/the value of mean is not known/);
  });

  it('may be bounds, whose values are then given too', () => {
    const bounded = d.normal(0, 1).bounded({ lower: tau }).size(1000);
    expect(() => bounded.sample(new Stream(key(5)))).toThrow(/the value of the lower bound is not known/);
    expect(Math.min(...bounded.sample(new Stream(key(5)), {}, { lower: 1.5 }))).toBeGreaterThanOrEqual(1.5);
  });

  it('out of range give NaN, not an endless loop', () => {
    for (const bad of [-1, Number.NaN, Infinity]) {
      const rate = variable('rate', []);
      expect(d.gamma(rate, 1).sample(new Stream(key(5)), { shape: bad })[0]).toBeNaN();
      expect(d.beta(rate, 1).sample(new Stream(key(5)), { alpha: bad })[0]).toBeNaN();
      expect(d.poisson(rate).sample(new Stream(key(5)), { rate: bad })[0]).toBeNaN();
      expect(d.binomial(10, rate).sample(new Stream(key(5)), { probability: bad })[0]).toBeNaN();
    }
  });
});
