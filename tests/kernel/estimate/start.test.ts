import { describe, expect, it } from 'vitest';
import { flat, halfNormal, normal, uniform } from '#kernel/distributions/index';
import { findStart, initialPosition, randomPosition } from '#kernel/estimate/start';
import { compileModel, model } from '#kernel/model/index';
import { foldIn, key } from '#kernel/numeric/random';
import { density } from './nuts/densities.ts';

const compiled = compileModel(
  model().parameters({ mu: normal(0, 1), tau: halfNormal(0, 1), p: uniform(0, 1), theta: flat().size(3) }),
);
const start = (init: Parameters<typeof initialPosition>[1], seed = 1) =>
  compiled.constrain(initialPosition(compiled, init, key(seed), 'sample'));

describe('where estimators start', () => {
  it('at random inside (−2, 2), the same place for the same key', () => {
    const position = randomPosition(1000, key(1));
    expect(Math.min(...position)).toBeGreaterThan(-2);
    expect(Math.max(...position)).toBeLessThan(2);
    expect(Math.min(...position)).toBeLessThan(-1.9);
    expect(randomPosition(1000, key(1))).toEqual(position);
    expect(randomPosition(1000, key(2))).not.toEqual(position);
  });

  it('at the values given, the rest at random', () => {
    const values = start({ tau: 3.5, theta: [1, 2, 3] });
    expect(values[1]).toBeCloseTo(3.5, 12);
    expect([...values.slice(3)]).toEqual([1, 2, 3]);
    expect(start({ tau: 3.5 }, 2)[0]).not.toBe(start({ tau: 3.5 }, 1)[0]);
  });

  it('at typed arrays too', () => {
    expect([...start({ theta: Float64Array.of(4, 5, 6) }).slice(3)]).toEqual([4, 5, 6]);
  });

  it.each([
    [{ taw: 1 }, "sample: init has 'taw', which is no parameter; there are: mu, tau, p, theta. Did you mean 'tau'?"],
    [{ theta: 1 }, 'init.theta must be 3 finite numbers, got [1]'],
    [{ mu: Number.NaN }, 'init.mu must be 1 finite number, got [NaN]'],
    [{ mu: '1' }, 'init.mu must be 1 finite number'],
    [{ tau: -1 }, 'tau'],
    [{ p: 1.5 }, 'p'],
  ])('refuses %j', (init, message) => {
    expect(() => start(init as never)).toThrow(message);
  });
});

describe('a finite start', () => {
  const above = (edge: number) =>
    density(1, (q, g) => {
      g[0] = 1;
      return q[0]! > edge ? q[0]! : Number.NaN;
    });
  const candidate = (k: ReturnType<typeof key>) => randomPosition(1, k);

  it('is looked for a hundred times', () => {
    const found = findStart(above(1.8), candidate, key(1));
    expect(found.ending).toBe('found');
    expect(found.position[0]).toBeGreaterThan(1.8);
    expect(findStart(above(3), candidate, key(1)).ending).toBe('failed');
  });

  it('must have a finite gradient as well', () => {
    const vertical = density(1, (_, g) => {
      g[0] = Number.POSITIVE_INFINITY;
      return 0;
    });
    expect(findStart(vertical, candidate, foldIn(key(1), 0)).ending).toBe('failed');
  });
});
