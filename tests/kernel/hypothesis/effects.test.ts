import { describe, expect, it } from 'vitest';
import { analysisOfVariance, tukeyHonestDifferences } from '#kernel/hypothesis/analysis-of-variance';
import { bayesianAnalysisOfVariance } from '#kernel/hypothesis/bayes/linear';
import { bayesianTTest } from '#kernel/hypothesis/bayes/t';
import { chiSquaredTest, mcNemarTest } from '#kernel/hypothesis/chi-squared';
import { cohensD } from '#kernel/hypothesis/cohens-d';
import { correlationTest } from '#kernel/hypothesis/correlation';
import { dunnTest } from '#kernel/hypothesis/dunn';
import { fisherExactTest } from '#kernel/hypothesis/fisher';
import { kolmogorovSmirnovTest } from '#kernel/hypothesis/kolmogorov-smirnov';
import { friedmanTest, kruskalWallisTest } from '#kernel/hypothesis/kruskal-wallis';
import { mantelHaenszelTest } from '#kernel/hypothesis/mantel-haenszel';
import { permutationTest } from '#kernel/hypothesis/permutation';
import { powerOfTTest } from '#kernel/hypothesis/power';
import { powerOfChiSquaredTest, powerOfCorrelationTest } from '#kernel/hypothesis/power-association';
import { proportionTest } from '#kernel/hypothesis/proportion';
import { oddsAndRisks } from '#kernel/hypothesis/ratios';
import { tTest } from '#kernel/hypothesis/t';
import { bartlettTest, leveneTest, varianceTest } from '#kernel/hypothesis/variance';
import { expectNear } from './reference.ts';

const groups = { a: [1, 2, 2, 3], b: [2, 3, 3, 5], c: [4, 4, 6, 6] };

describe('dunnTest', () => {
  // scikit-posthocs 0.17.1: posthoc_dunn([[1, 2, 2, 3], [2, 3, 3, 5], [4, 4, 6, 6]], p_adjust=…)
  it.each([
    ['holm', [0.2686407590621538, 0.021109982988103744, 0.2686407590621538]],
    ['bonferroni', [0.6929564919506433, 0.021109982988103744, 0.4029611385932307]],
    ['benjaminiHochberg', [0.23098549731688112, 0.021109982988103744, 0.20148056929661534]],
  ] as const)('compares all pairs, adjusted by %s', (adjust, adjusted) => {
    const { rows } = dunnTest(groups, { adjust });
    expect(rows.map(({ name }) => name)).toEqual(['a − b', 'a − c', 'b − c']);
    const plain = [0.23098549731688112, 0.007036660996034581, 0.1343203795310769];
    rows.forEach((row, i) => {
      expectNear(row.p, plain[i]!, 1e-12, 'p');
      expectNear(row.adjusted, adjusted[i]!, 1e-12, 'adjusted');
    });
  });

  it('of two groups is the Kruskal–Wallis test of them', () => {
    const [row] = dunnTest({ a: groups.a, b: groups.b }).rows;
    const whole = kruskalWallisTest({ a: groups.a, b: groups.b });
    expect(row!.z ** 2).toBeCloseTo(whole.statistic, 12);
    expect(row!.p).toBeCloseTo(whole.p, 12);
    expect(String(dunnTest(groups))).toContain("adjusted by the method 'holm'");
  });
});

describe('leveneTest', () => {
  it("takes distances from the medians, or from the means as Levene's own did", () => {
    // scipy 1.17.1: levene([1, 2, 2, 3], [2, 3, 3, 5], [4, 4, 6, 6]), and center='mean'
    expectNear(leveneTest(groups).p, 0.5693646760009882, 1e-12, 'median');
    const mean = leveneTest(groups, { center: 'mean' });
    expectNear(mean.statistic, 0.9069767441860465, 1e-12, 'F');
    expectNear(mean.p, 0.43768438676497085, 1e-12, 'mean');
    expect(leveneTest(groups).estimates['mean distance of b']).toBe(0.75);
    expect(() => leveneTest(groups, { center: 'mode' as 'mean' })).toThrow(/'median' or 'mean', got 'mode'/);
  });
});

describe('oddsAndRisks', () => {
  it('are those of statsmodels', () => {
    // statsmodels 0.15.0: Table2x2([[12, 5], [7, 9]]).oddsratio_confint(), .riskratio_confint();
    // confint_proportions_2indep(12, 17, 7, 16, method='newcomb')
    const table = oddsAndRisks([
      [12, 5],
      [7, 9],
    ]);
    const want = {
      'odds ratio': [3.085714285714286, 0.7335296471377609, 12.980569620075649],
      'risk ratio': [1.6134453781512605, 0.8552798787092566, 3.0436890345255008],
      'risk difference': [12 / 17 - 7 / 16, -0.06252454265974483, 0.5304343182464919],
    };
    for (const [name, figures] of Object.entries(want)) {
      const { estimate, lower, upper } = table.row(name);
      [estimate, lower, upper].forEach((value, i) => {
        expectNear(value, figures[i]!, 1e-9, name);
      });
    }
    // φ² n is Pearson’s χ² of the table.
    expect(33 * table.row('φ').estimate ** 2).toBeCloseTo(
      chiSquaredTest(
        [
          [12, 5],
          [7, 9],
        ],
        { correct: false },
      ).statistic,
      12,
    );
  });

  it('of an empty cell say nothing, or what half a count more says', () => {
    const empty = [
      [5, 0],
      [1, 4],
    ];
    expect(oddsAndRisks(empty).row('odds ratio')).toMatchObject({ estimate: Infinity, lower: 0, upper: Infinity });
    expect(oddsAndRisks(empty, { half: true }).row('odds ratio').estimate).toBeCloseTo((5.5 * 4.5) / (0.5 * 1.5), 12);
    expect(() =>
      oddsAndRisks([
        [1, 2, 3],
        [4, 5, 6],
      ]),
    ).toThrow(/a 2 × 2 table expected/);
  });
});

describe('cohensD', () => {
  it('has the interval of the noncentral t distribution', () => {
    // R effectsize 0.8.3: cohens_d(c(5, 7, 6, 9), c(2, 4, 3, 3))
    const { estimate, lower, upper } = cohensD([5, 7, 6, 9], [2, 4, 3, 3]).row("Cohen's d");
    expectNear(estimate, 2.801577628641, 1e-10, 'd');
    expectNear(lower, 0.678420405771, 1e-4, 'lower'); // R looks for the ends by optim alone
    expectNear(upper, 4.831178529477, 1e-4, 'upper');
  });

  it('leaves out 0 exactly where the t-test of equal variances finds a difference', () => {
    for (const shift of [0.5, 0.9, 1.3, 2]) {
      const [x, y] = [[1, 2, 3, 4, 5], [1.5, 2, 2.5, 3, 6].map((value) => value + shift)] as const;
      const level = 0.8;
      const { upper } = cohensD(x, y, { level }).row("Cohen's d");
      expect(upper < 0).toBe(tTest(x, y, { equalVariances: true }).p < 1 - level);
    }
  });

  it('goes with pairs and one sample, and takes the bias out of g', () => {
    const paired = cohensD([3, 5, 4, 8], [1, 4, 4, 5], { paired: true });
    const one = cohensD([2, 1, 0, 3]);
    expect(paired.rows).toEqual(one.rows);
    const ratio = one.row("Hedges' g").estimate / one.row("Cohen's d").estimate;
    expect(one.row("Hedges' g").lower).toBeCloseTo(ratio * one.row("Cohen's d").lower, 12);
    expect(ratio).toBeLessThan(1);
  });
});

describe('mcNemarTest', () => {
  const table = [
    [10, 7],
    [1, 12],
  ];

  it('is exact where asked for', () => {
    // R 4.2.2: binom.test(7, 8)$p.value, and its interval p / (1 − p)
    const test = mcNemarTest(table, { exact: true });
    expectNear(test.p, 0.07031250000000003, 1e-12, 'p');
    expectNear(test.interval![0], 0.8993003458753566, 1e-9, 'lower');
    expectNear(test.interval![1], 315.48338536877736, 1e-9, 'upper');
    expect(test.effects['odds ratio of the pairs']).toBe(7);
  });

  it('needs pairs that changed, and no more', () => {
    expect(
      mcNemarTest([
        [0, 7],
        [1, 0],
      ]).statistic,
    ).toBe(25 / 8);
    expect(
      mcNemarTest([
        [10, 5],
        [0, 0],
      ]).interval![1],
    ).toBe(Infinity);
    expect(() =>
      mcNemarTest([
        [10, 0],
        [0, 5],
      ]),
    ).toThrow(/no pair changed/);
    expect(() =>
      mcNemarTest([
        [1, 2, 3],
        [4, 5, 6],
      ]),
    ).toThrow(/2 × 2/);
  });
});

describe('intervals of rank correlations', () => {
  const [x, y] = [
    [2, 4, 1, 5, 3, 7, 6, 8],
    [1, 3, 2, 6, 4, 5, 8, 7],
  ] as const;

  it('have the variances of Bonett and Wright', () => {
    // R 4.2.2: tanh(atanh(r) + c(-1, 1) * qnorm(.975) * sqrt((1 + r^2 / 2) / 5)), tanh(atanh(t) + c(-1, 1) * qnorm(.975) * sqrt(.437 / 4))
    const rho = correlationTest(x, y, { method: 'spearman' });
    expectNear(rho.interval![0], 0.1795994720536156, 1e-12, 'lower');
    expectNear(rho.interval![1], 0.9765132460961133, 1e-12, 'upper');
    const tau = correlationTest(x, y, { method: 'kendall' });
    expectNear(tau.interval![0], 0.1146945589409839, 1e-12, 'lower');
    expectNear(tau.interval![1], 0.8876755171790176, 1e-12, 'upper');
  });

  it('are open on one side where the alternative is, and absent where there are too few values', () => {
    expect(correlationTest(x, y, { method: 'spearman', alternative: 'greater' }).interval![1]).toBe(1);
    expect(correlationTest(x, y, { method: 'kendall', alternative: 'less' }).interval![0]).toBe(-1);
    expect(correlationTest([1, 2, 3], [2, 1, 3], { method: 'spearman' }).interval).toBeUndefined();
    expect(correlationTest([1, 2, 3, 4], [2, 1, 3, 4], { method: 'kendall' }).interval).toBeUndefined();
  });
});

describe('power of tests of association', () => {
  it('of a correlation is that of pwr', () => {
    // R pwr 1.3.0: pwr.r.test(n = 50, r = -.3, alternative = "less")$power; (r = .3, power = .8)$n; (n = 50, power = .8)$r
    const { power } = powerOfCorrelationTest({ n: 50, correlation: -0.3, alternative: 'one-sided' });
    expectNear(power, 0.691139485379656, 1e-11, 'power');
    expectNear(powerOfCorrelationTest({ correlation: 0.3, power: 0.8 }).n, 84.0736397822877, 1e-6, 'n');
    expectNear(powerOfCorrelationTest({ n: 50, power: 0.8 }).correlation, 0.384318619638178, 1e-4, 'correlation');
    const { n } = powerOfCorrelationTest({ correlation: 0.3, power: 0.8 });
    expectNear(powerOfCorrelationTest({ n, correlation: 0.3 }).power, 0.8, 1e-12, 'back');
  });

  it('of χ² is that of pwr', () => {
    // pwr.chisq.test(w = .1, df = 4, N = 500)$power; (w = .3, df = 1, power = .8)$N
    expectNear(
      powerOfChiSquaredTest({ effect: 0.1, degreesOfFreedom: 4, n: 500 }).power,
      0.396188517504065,
      1e-11,
      'p',
    );
    const { n } = powerOfChiSquaredTest({ effect: 0.3, degreesOfFreedom: 1, power: 0.8 });
    expectNear(n, 87.209537915642, 1e-6, 'n');
    expectNear(powerOfChiSquaredTest({ n, degreesOfFreedom: 1, power: 0.8 }).effect, 0.3, 1e-10, 'effect');
  });

  it.each<[() => unknown, RegExp]>([
    [() => powerOfCorrelationTest({ n: 20, correlation: 0, power: undefined as never }), /not be 0/],
    [() => powerOfCorrelationTest({ n: 3, correlation: 0.5 }), /n from 4 on, got 3/],
    [() => powerOfCorrelationTest({ n: 10, correlation: 0.5, power: 0.8 }), /leave out exactly one/],
    [() => powerOfChiSquaredTest({ n: 10, effect: 0.5, degreesOfFreedom: 1.5 }), /whole number from 1, got 1.5/],
    [() => powerOfChiSquaredTest({ n: 10, effect: -1, degreesOfFreedom: 1 }), /positive n and effect/],
    [() => powerOfTTest({ n: 20, power: 1.2 }), /power/],
    [() => powerOfTTest({ n: 20, difference: 1, sd: -1 }), /sd must be positive, got -1/],
    [() => powerOfTTest({ n: 1, difference: 1 }), /n from 2 on, got 1/],
  ])('says what it cannot solve: %#', (call, message) => {
    expect(call).toThrow(message);
  });
});

describe('values that do not vary, or are not finite, are named', () => {
  const flat = { a: [1, 1, 1], b: [2, 2, 2] };
  it.each<[string, () => unknown, RegExp]>([
    [
      'a statistic of one’s own',
      () => permutationTest([1, 2], [3, 4], { statistic: () => Number.NaN }),
      /gave NaN; a finite/,
    ],
    [
      'no distribution',
      () => kolmogorovSmirnovTest([1], null as never),
      /a distribution or its function expected, got null/,
    ],
    ['a correlation', () => correlationTest([1, 2, Infinity], [1, 2, 3]), /finite values expected/],
    ['a Bayesian t-test', () => bayesianTTest([1, 2, Infinity]), /finite values expected/],
    ['a Bayesian analysis of variance', () => bayesianAnalysisOfVariance(flat), /do not vary within groups/],
    ['t', () => tTest([1, Infinity]), /finite values expected/],
    ['a mean of NaN', () => tTest([1, 2], undefined, { mean: Number.NaN }), /mean must be finite, got NaN/],
    ['F of two variances', () => varianceTest([1, 1], [2, 2]), /do not vary/],
    ['Bartlett', () => bartlettTest(flat), /values of 'a' do not vary/],
    ['Welch', () => analysisOfVariance(flat, { equalVariances: false }), /values of 'a' do not vary/],
    ['one-way', () => analysisOfVariance({ a: [1, 1], b: [1, 1] }), /values that vary expected/],
    ['Tukey', () => tukeyHonestDifferences(flat), /vary within groups/],
    ['Kruskal–Wallis', () => kruskalWallisTest({ a: [1, 1], b: [1] }), /all values are equal/],
    ['Dunn', () => dunnTest({ a: [1, 1], b: [1] }), /all values are equal/],
    [
      'Friedman',
      () =>
        friedmanTest([
          [1, 1],
          [2, 2],
        ]),
      /all values within blocks are equal/,
    ],
    ['proportions', () => proportionTest([5, 7], [5, 7]), /every trial ended alike/],
    ['one proportion', () => proportionTest([5], [7], { probability: 0 }), /must lie in \(0, 1\), got 0/],
  ])('%s', (_, call, message) => {
    expect(call).toThrow(message);
  });

  it('and blocks with a missing value are left out', () => {
    const whole = [
      [1, 2, 3],
      [2, 3, 1],
      [3, 1, 2],
      [1, 3, 2],
    ];
    expect(friedmanTest([...whole, [4, Number.NaN, 1]]).p).toBe(friedmanTest(whole).p);
  });
});

describe('a common odds ratio of ∞', () => {
  const tables = [
    [
      [3, 0],
      [0, 4],
    ],
    [
      [2, 0],
      [0, 5],
    ],
  ];

  it('has no interval by the normal approximation, and says which one it has', () => {
    const test = mantelHaenszelTest(tables);
    expect(test.interval).toEqual([0, Infinity]);
    expect(test.notes[0]).toContain('{ exact: true }');
    // R 4.2.2: mantelhaen.test(array(c(3, 0, 0, 4, 2, 0, 0, 5), c(2, 2, 2)), exact = TRUE)$p.value
    const exact = mantelHaenszelTest(tables, { exact: true });
    expect(exact.p).toBeCloseTo(0.001360544218, 11);
    expect(exact.interval![0]).toBeGreaterThan(2);
  });
});

describe('Fisher’s test of larger tables', () => {
  it('is that of a 2 × 2 table beside a transposed one, and of rows in any order', () => {
    const table = [
      [3, 0, 2],
      [1, 4, 0],
      [2, 2, 5],
    ];
    const { p } = fisherExactTest(table);
    expect(fisherExactTest(table.toReversed()).p).toBeCloseTo(p, 12);
    expect(fisherExactTest(table[0]!.map((_, j) => table.map((row) => row[j]!))).p).toBeCloseTo(p, 12);
  });

  it('says when there are too many tables to go through', () => {
    const wide = Array.from({ length: 8 }, (_, i) => Array.from({ length: 8 }, (_x, j) => 5 + ((i * 3 + j) % 7)));
    expect(() => fisherExactTest(wide)).toThrow(/too many tables have these margins/);
  });
});
