import { describe, expect, expectTypeOf, it } from 'vitest';
import { mean, standardDeviation } from '#kernel/data/moments';
import { beta, flat, multivariateNormal, normal, poisson } from '#kernel/distributions/index';
import { rng } from '#kernel/distributions/rng';
import { variable } from '#kernel/program/index';

describe('rng', () => {
  it('gives the same numbers for the same seed and calls, and others for another seed', () => {
    const numbers = (seed: number) => {
      const random = rng(seed);
      return [
        random.uniform(),
        random.normal(),
        random.integer(100),
        ...random.draw(poisson(3), 3),
        ...random.shuffle([1, 2, 3, 4]),
      ];
    };
    expect(numbers(1)).toEqual(numbers(1));
    expect(numbers(1)).not.toEqual(numbers(2));
    expect(rng(7n).uniform()).toBe(rng(7).uniform());
  });

  it('draws one or many, of scalars and vectors', () => {
    const random = rng(3);
    expectTypeOf(random.draw(normal(0, 1))).toEqualTypeOf<number>();
    expect(random.draw(beta(2, 2))).toBeGreaterThan(0);
    expect(random.draw(normal([0, 10], 1))).toHaveLength(2);
    expect(
      random.draw(
        multivariateNormal(
          [0, 0],
          [
            [1, 0],
            [0, 1],
          ],
        ),
        4,
      ),
    ).toHaveLength(8);
    expect(random.uniform(0)).toHaveLength(0);
    expect(random.integer(6, 50).every((face) => face >= 0 && face < 6)).toBe(true);
  });

  it('has the moments asked for: within 4.5 standard errors, a false alarm in 150,000', () => {
    const n = 20_000;
    const values = rng(5).normal(3, 2, n);
    expect(Math.abs(mean(values) - 3) / (2 / Math.sqrt(n))).toBeLessThan(4.5);
    expect(Math.abs(standardDeviation(values) - 2) / (2 / Math.sqrt(2 * n))).toBeLessThan(4.5);
    const counts = rng(5).draw(poisson(4), n);
    expect(Math.abs(mean(counts) - 4) / (2 / Math.sqrt(n))).toBeLessThan(4.5);
  });

  it('shuffles without loss, every order about as often', () => {
    const list = ['a', 'b', 'c'];
    const random = rng(8);
    const times = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = random.shuffle(list).join('');
      times.set(order, (times.get(order) ?? 0) + 1);
    }
    expect([...times.keys()].sort()).toEqual(['abc', 'acb', 'bac', 'bca', 'cab', 'cba']);
    const chiSquared = [...times.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquared).toBeLessThan(30.9); // P(χ²₅ > 30.9) = 1e-5
    expect(list).toEqual(['a', 'b', 'c']);
  });

  it('samples with and without replacement, and by weights', () => {
    const random = rng(2);
    expect(new Set(random.sample([1, 2, 3, 4, 5], 5)).size).toBe(5);
    expect(random.sample(['x'], 3, { replace: true })).toEqual(['x', 'x', 'x']);
    expect(random.sample(['never', 'always'], 20, { replace: true, weights: [0, 1] })).toEqual(
      new Array(20).fill('always'),
    );
    expect(random.sample(['a', 'b', 'c'], 2, { weights: [0, 3, 1] }).sort()).toEqual(['b', 'c']);
    const n = 10_000;
    const share = random.sample(['a', 'b'], n, { replace: true, weights: [3, 1] }).filter((x) => x === 'a').length / n;
    expect(Math.abs(share - 0.75) / Math.sqrt((0.75 * 0.25) / n)).toBeLessThan(4.5);
    expect(random.sample(new Float64Array([1, 2]), 0)).toEqual([]);
  });

  it.each<[() => unknown, string]>([
    [() => rng(-1), '-1'],
    [() => rng(1.5), '1.5'],
    [() => rng(1).uniform(2.5), 'the number of draws must be a whole number from 0, got 2.5'],
    [() => rng(1).normal(0, -1), 'sd must be a number from 0, got -1'],
    [() => rng(1).integer(0), 'whole number from 1'],
    [() => rng(1).draw(3 as never), 'expected a distribution, such as normal(0, 1), got number'],
    [() => rng(1).draw(flat()), 'improper'],
    [() => rng(1).draw(normal(variable('mu', []), 1)), 'mean'],
    [() => rng(1).sample([1, 2], 3), '3 different elements asked for, and the list has 2'],
    [() => rng(1).sample([], 1, { replace: true }), 'the list is empty'],
    [() => rng(1).sample([1, 2], 1, { weights: [1] }), 'weights must be 2 finite numbers from 0, got 1'],
    [() => rng(1).sample([1, 2], 2, { weights: [1, 0] }), 'nothing with a weight above 0 is left'],
  ])('says what it cannot do: %#', (call, message) => {
    expect(call).toThrow(message);
  });
});
