import { describe, expect, expectTypeOf, it } from 'vitest';
import { mean, standardDeviation } from '#kernel/data/moments';
import {
  beta,
  type Distribution,
  flat,
  gamma,
  mixture,
  multivariateNormal,
  normal,
  poisson,
  truncated,
  zeroInflated,
} from '#kernel/distributions/index';
import { registeredFamilies } from '#kernel/distributions/registry';
import { rng } from '#kernel/distributions/rng';
import { variable } from '#kernel/program/index';
import { cases as scalarCases } from './families.ts';
import { vectorCases } from './vectors.ts';

/** A distribution of every family of the registry, with the arguments its other tests have. */
const everyFamily = registeredFamilies()
  .filter(({ name }) => name !== 'flat')
  .map(({ name }) => {
    const vector = vectorCases[name]?.[0];
    if (vector) return [name, (vector.make as (...args: unknown[]) => Distribution)(...vector.args)] as const;
    const [make, sets] = scalarCases[name]!;
    return [name, (make as (...args: unknown[]) => Distribution)(...sets[0]!)] as const;
  });

describe('rng', () => {
  it('gives these numbers on every engine and machine', () => {
    const random = rng(2026);
    expect([random.uniform(), random.normal(), random.integer(1000), random.draw(gamma(2, 0.5))]).toEqual([
      0.4310784869646501, 0.5312376626720643, 104, 2.9451579884659425,
    ]);
    expect(random.shuffle([1, 2, 3, 4, 5])).toEqual([1, 4, 3, 2, 5]);
  });

  it.each(everyFamily)(
    'draws %s: of its shape, inside its support, the same for the same seed, about its mean',
    (_, one) => {
      const n = 2000;
      const size = one.shape.reduce((product, length) => product * length, 1);
      const values = rng(7).draw(one, n);
      expect(values).toHaveLength(n * size);
      expect(rng(7).draw(one, n)).toEqual(values);
      expect(rng(8).draw(one, n)).not.toEqual(values);
      expect(values.every(Number.isFinite)).toBe(true);
      if (one.kind === 'int') expect(values.every(Number.isInteger)).toBe(true);
      if (one.family.mean === undefined || one.family.variance === undefined) return;
      const [means, variances] = [one.mean(), one.variance()].map((value) =>
        typeof value === 'number' ? [value] : Array.from(value),
      ) as [number[], number[]];
      for (let j = 0; j < size; j++) {
        if (!(variances[j]! < Infinity) || !Number.isFinite(means[j])) continue;
        const mine = values.filter((_value, i) => i % size === j);
        const error = Math.sqrt(variances[j]! / n);
        // 5 standard errors: over 200 means a false alarm in 10,000; heavy tails reach further
        expect(Math.abs(mean(mine) - means[j]!)).toBeLessThanOrEqual(6 * error + 1e-12);
      }
    },
  );

  it('draws what is truncated, mixed and inflated with zeros', () => {
    const random = rng(4);
    const above = random.draw(truncated(normal(0, 1), { lower: 1 }), 500);
    expect(Math.min(...above)).toBeGreaterThanOrEqual(1);
    const two = random.draw(mixture([0.5, 0.5], [normal(-9, 1), normal(9, 1)]), 500);
    expect(two.filter((value) => value > 0).length).toBeGreaterThan(150);
    const zeros = random.draw(zeroInflated(0.9, poisson(50)), 500).filter((value) => value === 0).length;
    expect(Math.abs(zeros - 450) / Math.sqrt(500 * 0.09)).toBeLessThan(4.5);
  });

  it('takes each element by its weight, of long lists too', () => {
    const list = Array.from({ length: 50_000 }, (_, i) => i);
    const weights = list.map((i) => (i % 2 === 0 ? 0 : i));
    const drawn = rng(6).sample(list, 50_000, { replace: true, weights });
    expect(drawn.every((i) => i % 2 === 1)).toBe(true);
    // i with weight i, as good as continuous on (0, n): the mean is 2n / 3, the standard deviation n / √18
    const centre = drawn.reduce((sum, i) => sum + i, 0) / 50_000;
    expect(Math.abs(centre - (2 * 50_000) / 3) / (50_000 / Math.sqrt(18 * 50_000))).toBeLessThan(4.5);
  });

  it('takes without replacement one after another, each by its share of what is left', () => {
    const random = rng(11);
    const n = 20_000;
    let [first, second] = [0, 0];
    for (let i = 0; i < n; i++) {
      const [a, b] = random.sample(['x', 'y', 'z'], 2, { weights: [2, 1, 1] });
      if (a === 'x') first++;
      if (a !== 'x' && b === 'x') second++;
    }
    expect(Math.abs(first / n - 0.5) / Math.sqrt(0.25 / n)).toBeLessThan(4.5);
    expect(Math.abs(second / n - 1 / 3) / Math.sqrt(2 / 9 / n)).toBeLessThan(4.5); // ½ · 2/3
  });

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
