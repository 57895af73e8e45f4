import { describe, expect, it } from 'vitest';
import { mantelHaenszelTest } from '#kernel/hypothesis/mantel-haenszel';
import { poissonTest } from '#kernel/hypothesis/poisson';
import { powerOfTTest } from '#kernel/hypothesis/power';
import { shapiroWilkTest } from '#kernel/hypothesis/shapiro-wilk';
import { powerBySimulation } from '#kernel/hypothesis/simulated-power';
import { tTest } from '#kernel/hypothesis/t';
import type { HypothesisTest } from '#kernel/hypothesis/test';
import { caseOf, columnIn, expectAsR, expectNear } from './reference.ts';

// Figures by R 4.2.2 (stats); calls stand in fixtures/r-tests.json, or beside the figures.

interface Figures {
  readonly p: number;
  readonly estimate: number;
  readonly interval: readonly [number, number];
}

function expectFigures(test: HypothesisTest, { p, estimate, interval }: Figures): void {
  expectNear(test.p, p, 1e-9, 'p');
  expectNear(Object.values(test.estimates)[0]!, estimate, 1e-12, 'estimate');
  expectNear(test.interval![0], interval[0], 1e-9, 'lower');
  if (interval[1] === Infinity) expect(test.interval![1]).toBe(Infinity);
  else expectNear(test.interval![1], interval[1], 1e-9, 'upper');
}

describe('poissonTest', () => {
  it('tests one rate and the ratio of two as R does', () => {
    expectAsR(poissonTest(137, { exposure: 24.19893 }), 'poisson-one', 1e-8);
    const [a, b] = columnIn('poisson-two', 'x') as [number, number];
    const [s, t] = columnIn('poisson-two', 'time') as [number, number];
    const test = poissonTest([a, b], { exposure: [s, t] });
    expectAsR(test, 'poisson-two', 1e-8);
    expectNear(test.estimates['rate ratio']!, caseOf('poisson-two').results.estimate['rate ratio'], 1e-12, 'ratio');
  });

  it.each<[string, HypothesisTest, Figures]>([
    [
      'poisson.test(10, 2, r = 3, alternative = "less")',
      poissonTest(10, { exposure: 2, rate: 3, alternative: 'less' }),
      { p: 0.95737907641746189, estimate: 5, interval: [0, 8.4811096178609482] },
    ],
    [
      'poisson.test(0, 5, r = 1)',
      poissonTest(0, { exposure: 5 }),
      { p: 0.012191038912094828, estimate: 0, interval: [0, 0.73777589082278705] },
    ],
    [
      'poisson.test(c(11, 21), c(800, 3011), alternative = "greater", conf.level = 0.9)',
      poissonTest([11, 21], { exposure: [800, 3011], alternative: 'greater', level: 0.9 }),
      { p: 0.056008659787699693, estimate: 1.9714880952380953, interval: [1.1318155354395947, Infinity] },
    ],
  ])('%s', (_, test, figures) => {
    expectFigures(test, figures);
  });

  it('adds up all counts that are no more probable, on either side', () => {
    const mass = (k: number, mean: number) => {
      let value = Math.exp(-mean);
      for (let i = 1; i <= k; i++) value *= mean / i;
      return value;
    };
    for (const [count, mean] of [
      [0, 1],
      [3, 10.5],
      [4, 2.5],
      [5, 5],
      [30, 12],
      [1, 25],
    ] as const) {
      const limit = mass(count, mean) * (1 + 1e-7);
      let sum = 0;
      for (let k = 0; k < 200; k++) if (mass(k, mean) <= limit) sum += mass(k, mean);
      expect(poissonTest(count, { rate: mean }).p).toBeCloseTo(Math.min(1, sum), 12);
    }
  });

  it.each<[string, () => unknown, RegExp]>([
    ['half a count', () => poissonTest(1.5), /whole numbers from 0 expected, got 1.5/],
    ['an exposure of nothing', () => poissonTest(1, { exposure: 0 }), /positive exposures expected, got 0/],
    ['one exposure of two', () => poissonTest([1, 2], { exposure: 3 }), /2 positive exposures/],
    ['a rate of NaN', () => poissonTest(1, { rate: Number.NaN }), /rate must be positive, got NaN/],
    ['two counts of nothing', () => poissonTest([0, 0]), /say nothing of the ratio/],
    ['a level of 1', () => poissonTest(1, { level: 1 }), /level/],
  ])('refuses %s', (_, test, message) => {
    expect(test).toThrow(message);
  });
});

describe('mantelHaenszelTest', () => {
  const tablesOf = (id: string) =>
    (caseOf(id).data.x as unknown as { slices: { values: number[][] }[] }).slices.map(({ values }) => values);

  it('tests strata as R does, with the correction for continuity and without', () => {
    for (const [id, options] of [
      ['mantelhaen-ucb', {}],
      ['mantelhaen-plain', { correct: false }],
    ] as const) {
      const test = mantelHaenszelTest(tablesOf(id), options);
      expectAsR(test, id, 1e-10);
      const wanted = Object.values(caseOf(id).results.estimate as Record<string, number>)[0]!;
      expectNear(test.estimates['common odds ratio']!, wanted, 1e-12, 'odds ratio');
    }
  });

  it('has one-sided alternatives', () => {
    // mantelhaen.test(array(c(2, 5, 3, 6, 4, 1, 2, 8), c(2, 2, 2)), alternative = "greater", conf.level = 0.9)
    const tables = [
      [
        [2, 3],
        [5, 6],
      ],
      [
        [4, 2],
        [1, 8],
      ],
    ];
    const greater = mantelHaenszelTest(tables, { alternative: 'greater', level: 0.9 });
    expectFigures(greater, {
      p: 0.16121456017312349,
      estimate: 2.6926070038910508,
      interval: [1.028268126874841, Infinity],
    });
    const less = mantelHaenszelTest(tables, { alternative: 'less', level: 0.9 });
    expect(less.p).toBeCloseTo(1 - greater.p, 12);
    expect(less.interval![0]).toBe(0);
  });

  it('refuses what is no table of counts, and strata that say nothing', () => {
    expect(() =>
      mantelHaenszelTest([
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
      ]),
    ).toThrow(/tables of 2 × 2 expected, table 0/);
    expect(() =>
      mantelHaenszelTest([
        [
          [1, 2],
          [3, -4],
        ],
      ]),
    ).toThrow(/whole numbers from 0, got -4 in table 0/);
    expect(() =>
      mantelHaenszelTest([
        [
          [1, 2],
          [0, 0],
        ],
      ]),
    ).toThrow(/two rows and two columns/);
    expect(() => mantelHaenszelTest([])).toThrow(/two rows and two columns/);
  });
});

describe('shapiroWilkTest', () => {
  it.each(['shapiro-women', 'shapiro-mpg', 'shapiro-3'])('is that of R: %s', (id) => {
    expectAsR(shapiroWilkTest(columnIn(id, 'x')), id, 1e-8);
  });

  it('has the p-values of samples of each size', () => {
    // shapiro.test(c(2.1, 3.3, 3.2, 5.6, 9)), shapiro.test(women$height[1:11]), shapiro.test(c(1, 2, 4))
    for (const [values, w, p] of [
      [[2.1, 3.3, 3.2, 5.6, 9], 0.88192730930895058, 0.31813607073663308],
      [Array.from({ length: 11 }, (_, i) => 58 + i), 0.96839128051704459, 0.86984232878378642],
      [[1, 2, 4], 0.96428571428571419, 0.6368868450289632],
    ] as const) {
      const test = shapiroWilkTest(values);
      expectNear(test.statistic, w, 1e-12, 'W');
      expectNear(test.p, p, 1e-9, 'p');
    }
  });

  it('does not depend on units, and finds what is not normal', () => {
    const values = Array.from({ length: 60 }, (_, i) => Math.exp(i / 10));
    const [a, b] = [shapiroWilkTest(values), shapiroWilkTest(values.map((x) => 1e6 - 1e-3 * x))];
    expect(b.statistic).toBeCloseTo(a.statistic, 6);
    expect(a.p).toBeLessThan(1e-6);
  });

  it('refuses samples that are too small, too large or constant', () => {
    expect(() => shapiroWilkTest([1, 2, Number.NaN])).toThrow(/3 or more values/);
    expect(() => shapiroWilkTest(new Float64Array(5001).map((_, i) => i))).toThrow(/at most 5000/);
    expect(() => shapiroWilkTest([2, 2, 2, 2])).toThrow(/not all the same/);
  });
});

describe('powerBySimulation', () => {
  it('of a t-test is what the formula says, within three standard errors', async () => {
    const found = await powerBySimulation(
      (random) => tTest(random.normal(0, 1, 15), random.normal(0.9, 1, 15), { equalVariances: true }).p,
      { replicates: 1500, seed: 4 },
    );
    const { power } = powerOfTTest({ n: 15, difference: 0.9 });
    expect(Math.abs(found.power - power)).toBeLessThan(3 * found.standardError);
    expect(found.interval[0]).toBeLessThan(found.power);
    expect(found.interval[1]).toBeGreaterThan(found.power);
    expect(found.standardError).toBeCloseTo(Math.sqrt((found.power * (1 - found.power)) / 1500), 12);
    expect(found.ending).toBe('complete');
  });

  it('comes from its seed', async () => {
    const run = (seed: number) => powerBySimulation((random) => random.uniform(), { replicates: 200, seed });
    expect(await run(1)).toEqual(await run(1));
    expect((await run(1)).power).not.toBe((await run(2)).power);
  });

  it('returns what it has when it is stopped', async () => {
    const controller = new AbortController();
    let calls = 0;
    const found = await powerBySimulation(
      () => {
        if (++calls === 10) controller.abort();
        return 0.01;
      },
      { signal: controller.signal },
    );
    expect(found).toMatchObject({ power: 1, replicates: 10, ending: 'interrupted' });
  });

  it('refuses what is no p-value', async () => {
    await expect(powerBySimulation(() => Number.NaN)).rejects.toThrow(/p-value between 0 and 1 expected .* got NaN/);
    await expect(powerBySimulation(() => 1, { significance: 2 })).rejects.toThrow(/significance/);
  });
});
