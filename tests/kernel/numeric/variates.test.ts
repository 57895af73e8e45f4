import { describe, expect, it } from 'vitest';
import { key, Stream } from '#kernel/numeric/random';
import { betaVariate, binomialVariate, gammaVariate, poissonVariate } from '#kernel/numeric/variates/index';

const stream = () => new Stream(key(3));

/** Mean and variance of n draws. */
function moments(n: number, draw: () => number): readonly [mean: number, variance: number] {
  let mean = 0;
  let square = 0;
  for (let i = 1; i <= n; i++) {
    const x = draw();
    const step = x - mean;
    mean += step / i;
    square += step * (x - mean); // Welford 1962
  }
  return [mean, square / (n - 1)];
}

// The distributions' tests hold whole distribution functions; these hold the moments across each method's switch.
describe.each([
  ['gamma, shape below 1', (s: Stream) => gammaVariate(s, 0.4), 0.4, 0.4, 6 / 0.4],
  ['gamma, shape 1', (s: Stream) => gammaVariate(s, 1), 1, 1, 6],
  ['gamma, large shape', (s: Stream) => gammaVariate(s, 1e6), 1e6, 1e6, 0],
  ['beta', (s: Stream) => betaVariate(s, 2, 5), 2 / 7, 10 / (49 * 8), 0],
  ['Poisson by inversion', (s: Stream) => poissonVariate(s, 9.99), 9.99, 9.99, 0.1],
  ['Poisson by rejection', (s: Stream) => poissonVariate(s, 10.01), 10.01, 10.01, 0.1],
  ['Poisson, large mean', (s: Stream) => poissonVariate(s, 1e7), 1e7, 1e7, 0],
  ['binomial by inversion', (s: Stream) => binomialVariate(s, 30, 0.3), 9, 6.3, 0],
  ['binomial by rejection', (s: Stream) => binomialVariate(s, 50, 0.3), 15, 10.5, 0],
  ['binomial, large probability', (s: Stream) => binomialVariate(s, 50, 0.9), 45, 4.5, 0],
  ['binomial, many trials', (s: Stream) => binomialVariate(s, 1e9, 0.25), 2.5e8, 1.875e8, 0],
] as const)('%s', (_, draw, mean, variance, excessKurtosis) => {
  it('has the mean and variance within 5 standard errors (false alarm 1e-6)', () => {
    const n = 20_000;
    const s = stream();
    const [m, v] = moments(n, () => draw(s));
    expect(Math.abs(m - mean)).toBeLessThan(5 * Math.sqrt(variance / n));
    expect(Math.abs(v - variance)).toBeLessThan(5 * variance * Math.sqrt((2 + excessKurtosis) / n));
  });
});

describe('ends', () => {
  it('are certain where there is nothing to draw', () => {
    expect(poissonVariate(stream(), 0)).toBe(0);
    expect([0, 1].map((p) => binomialVariate(stream(), 7, p))).toEqual([0, 7]);
    expect(binomialVariate(stream(), 0, 0.5)).toBe(0);
  });

  it('stay inside the support however small the parameters', () => {
    const s = stream();
    for (let i = 0; i < 200; i++) {
      expect(gammaVariate(s, 1e-4)).toBeGreaterThan(0);
      const x = betaVariate(s, 1e-4, 1e-4);
      expect(x > 0 && x < 1).toBe(true);
    }
  });

  it('are NaN for parameters out of range', () => {
    for (const bad of [-1, Number.NaN, Infinity]) {
      expect(gammaVariate(stream(), bad)).toBeNaN();
      expect(betaVariate(stream(), bad, 1)).toBeNaN();
      expect(betaVariate(stream(), 1, bad)).toBeNaN();
      expect(poissonVariate(stream(), bad)).toBeNaN();
      expect(binomialVariate(stream(), bad, 0.5)).toBeNaN();
      expect(binomialVariate(stream(), 3, bad)).toBeNaN();
    }
    expect(gammaVariate(stream(), 0)).toBeNaN();
    expect(binomialVariate(stream(), 2.5, 0.5)).toBeNaN();
  });
});
