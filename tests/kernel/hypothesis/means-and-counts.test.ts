import { describe, expect, it } from 'vitest';
import { factor } from '#kernel/data/factor';
import { type Adjustment, adjustP } from '#kernel/hypothesis/adjust';
import { binomialTest } from '#kernel/hypothesis/binomial';
import { chiSquaredTest, goodnessOfFitTest, mcNemarTest } from '#kernel/hypothesis/chi-squared';
import { fisherExactTest } from '#kernel/hypothesis/fisher';
import { proportionTest } from '#kernel/hypothesis/proportion';
import { tTest } from '#kernel/hypothesis/t';
import { bartlettTest, varianceTest } from '#kernel/hypothesis/variance';

import { caseOf, casesOfKind, columnIn, expectAsR, expectNear, matrixIn } from './reference.ts';

// Figures by R 4.2.2 (stats); each call stands in its case of fixtures/r-tests.json.

/** The values of the two levels of a case's grouping. */
function halves(id: string, name: string, group: string): [number[], number[]] {
  const { data } = caseOf(id);
  const labels = Array.isArray(data[group]) ? data[group] : (data[group] as unknown as { values: string[] }).values;
  const [first] = [...new Set(labels)].sort();
  const values = columnIn(id, name);
  return [values.filter((_, i) => labels[i] === first), values.filter((_, i) => labels[i] !== first)];
}

describe('tTest', () => {
  it('tests one mean as R does', () => {
    const test = tTest(columnIn('t-one', 'x'));
    expectAsR(test, 't-one');
    expectNear(test.estimates['standard error']!, caseOf('t-one').results.stderr, 1e-12, 'standard error');
  });

  it('tests two means, with one variance and with two', () => {
    expectAsR(tTest(...halves('t-two-equal', 'extra', 'group'), { equalVariances: true }), 't-two-equal');
    expectAsR(tTest(...halves('t-welch', 'extra', 'group')), 't-welch');
    const options = { alternative: 'less', level: 0.9 } as const;
    expectAsR(tTest(...halves('t-welch-greater', 'mpg', 'am'), options), 't-welch-greater');
  });

  it('tests pairs', () => {
    const test = tTest(columnIn('t-paired', 'x'), columnIn('t-paired', 'y'), { paired: true });
    expectAsR(test, 't-paired');
    expect(test.estimates['mean difference']).toBeCloseTo(-1.58, 14);
  });

  it('has the sizes of the effect in standard deviations', () => {
    const { effects } = tTest([1, 2, 3], [3, 4, 5], { equalVariances: true });
    expect(effects["Cohen's d"]).toBeCloseTo(-2, 14);
    // Hedges (1981): the exact factor for 4 degrees of freedom is Γ(2) / (√2 Γ(1.5)) = 0.79788…
    expect(effects["Hedges' g"]).toBeCloseTo(-2 / (Math.SQRT2 * (Math.sqrt(Math.PI) / 2)), 13);
  });

  it('leaves missing values out, also in pairs', () => {
    expect(tTest([1, 2, Number.NaN, 4]).p).toBe(tTest([1, 2, 4]).p);
    const pairs = tTest([1, 2, Number.NaN, 4], [0, 5, 1, 2], { paired: true });
    expect(pairs.parameters['degrees of freedom']).toBe(2);
  });

  it('says what it cannot test', () => {
    expect(() => tTest([1])).toThrow(/x needs 2 or more values that are not missing, got 1/);
    expect(() => tTest([2, 2, 2])).toThrow(/do not vary/);
    expect(() => tTest([1, 2], undefined, { paired: true })).toThrow(/needs two samples/);
    expect(() => tTest([1, 2], [1], { paired: true })).toThrow(/equally long; got 2 and 1/);
    expect(() => tTest([1, 2], [3, 5], { level: 95 })).toThrow(/level must lie between 0 and 1, got 95/);
    // @ts-expect-error R's spelling
    expect(() => tTest([1, 2], [3, 5], { alternative: 'two.sided' })).toThrow(/'two-sided', 'less' or 'greater'/);
    // @ts-expect-error a number is no sample
    expect(() => tTest(3)).toThrow(/x must be an array of numbers, got number/);
  });

  it('is a table to read', () => {
    expect(String(tTest([5, 7, 6, 9], [2, 4, 3, 3]))).toMatchInlineSnapshot(`
      "Welch's two sample t-test
      Null hypothesis: the difference of the means is 0
      t                             3.9620
      degrees of freedom            4.3033
      p-value                       0.0144
      mean of x                     6.7500
      mean of y                     3.0000
      difference                    3.7500
      standard error               0.94648
      95 % interval       1.1936 to 6.3064
      Cohen's d                     2.8016
      Hedges' g                     2.4335"
    `);
  });
});

describe('variances', () => {
  it('are compared as R does', () => {
    expectAsR(varianceTest(...halves('var', 'extra', 'group')), 'var');
    const { data } = caseOf('bartlett');
    const { levels, values } = data.spray as unknown as { levels: string[]; values: string[] };
    expectAsR(bartlettTest([columnIn('bartlett', 'count'), factor(values, { levels })]), 'bartlett');
  });

  it('have one-sided intervals', () => {
    const [x, y] = [
      [1, 5, 2, 8, 4],
      [3, 4, 3, 5, 4],
    ] as const;
    const [less, greater] = [
      varianceTest(x, y, { alternative: 'less' }),
      varianceTest(x, y, { alternative: 'greater' }),
    ];
    expect(less.interval![0]).toBe(0);
    expect(greater.interval![1]).toBe(Infinity);
    expect(less.p + greater.p).toBeCloseTo(1, 14);
    expect(varianceTest(x, y).p).toBeCloseTo(2 * greater.p, 14);
  });
});

describe('tables of counts', () => {
  it.each(['chisq-2x2-corrected', 'chisq-2x2-plain', 'chisq-4x4'])('%s', (id) => {
    const test = chiSquaredTest(matrixIn(id), { correct: id !== 'chisq-2x2-plain' });
    expectAsR(test, id);
    const { expected, residuals, stdres } = caseOf(id).results;
    for (const [got, want] of [
      [test.expected, expected],
      [test.residuals, residuals],
      [test.standardisedResiduals, stdres],
    ] as const) {
      want.values.flat().forEach((value: number, i: number) => {
        expectNear(got.flatMap((row) => [...row])[i]!, value, 1e-12, `cell ${i}`);
      });
    }
  });

  it('are held against given probabilities', () => {
    const test = goodnessOfFitTest(columnIn('chisq-gof', 'x'), [0.4, 0.2, 0.2, 0.15, 0.05]);
    expectAsR(test, 'chisq-gof');
    expect([...goodnessOfFitTest([1, 2, 3]).expected[0]!]).toEqual([2, 2, 2]);
    expect(goodnessOfFitTest([1, 2, 3]).notes[0]).toMatch(/below 5/);
    expect(() => goodnessOfFitTest([1, 2], [0.5, 0.6])).toThrow(/add to 1 expected, got 0.5, 0.6/);
    expect(() => goodnessOfFitTest([1.5, 2])).toThrow(/whole numbers from 0, got 1.5/);
  });

  it('of pairs are tested for symmetry', () => {
    expectAsR(mcNemarTest(matrixIn('mcnemar')), 'mcnemar');
    expectAsR(mcNemarTest(matrixIn('mcnemar-plain'), { correct: false }), 'mcnemar-plain');
  });

  it("have Cramér's V of 1 when rows say all of columns", () => {
    const test = chiSquaredTest([
      [10, 0],
      [0, 20],
    ]);
    expect(test.effects["Cramér's V"]).toBeCloseTo(1, 14);
  });

  it('are refused when they are not counts', () => {
    expect(() =>
      chiSquaredTest([
        [1, 2],
        [3, -1],
      ]),
    ).toThrow(/got -1 in row 1, column 1/);
    expect(() => chiSquaredTest([[1, 2], [3]])).toThrow(/one length expected, got 2 and 1/);
    expect(() =>
      chiSquaredTest([
        [1, 0],
        [3, 0],
      ]),
    ).toThrow(/leave out column 1/);
    expect(() => chiSquaredTest([[1, 2]])).toThrow(/two or more rows and columns expected, got 1 × 2/);
  });
});

describe('fisherExactTest', () => {
  it.each([
    ['fisher-tea', 'two-sided'],
    ['fisher-tea-greater', 'greater'],
    ['fisher-mtcars', 'two-sided'],
    ['fisher-3x3', 'two-sided'],
  ] as const)('%s', (id, alternative) => {
    const test = fisherExactTest(matrixIn(id), { alternative });
    expectAsR(test, id, 1e-8);
    const odds = caseOf(id).results.estimate_refined;
    if (odds !== undefined) expectNear(test.estimates['odds ratio']!, odds, 1e-9, 'odds ratio');
  });

  it('adds up the tables of larger margins as by hand', () => {
    // Margins 2, 1, 1 and 2, 2: of the 6 equally likely orders of the columns, 2 give this table or one as rare.
    expect(
      fisherExactTest([
        [2, 0],
        [0, 1],
        [0, 1],
      ]).p,
    ).toBeCloseTo(1 / 3, 14);
    expect(
      fisherExactTest([
        [2, 7],
        [6, 1],
      ]).p,
    ).toBeCloseTo(
      fisherExactTest([
        [7, 2],
        [1, 6],
      ]).p,
      14,
    );
  });

  it('has infinite odds where a cell is empty', () => {
    const test = fisherExactTest([
      [5, 0],
      [1, 4],
    ]);
    expect(test.estimates['odds ratio']).toBe(Infinity);
    expect(test.interval![1]).toBe(Infinity);
    expect(
      fisherExactTest([
        [0, 5],
        [4, 1],
      ]).interval![0],
    ).toBe(0);
  });
});

describe('proportions', () => {
  it('are tested exactly', () => {
    expectAsR(binomialTest(682, 925, { probability: 0.75 }), 'binom');
    const less = caseOf('binom-less').data;
    expectAsR(
      binomialTest((less.x as number[])[0]!, (less.n as number[])[0]!, { probability: 0.3, alternative: 'less' }),
      'binom-less',
    );
    expect(binomialTest(0, 5).interval![0]).toBe(0);
    expect(binomialTest(5, 5).interval![1]).toBe(1);
    expect(binomialTest(3, 6).p).toBeCloseTo(1, 14);
    expect(() => binomialTest(7, 5)).toThrow(/0 ≤ successes ≤ trials expected, got 7 of 5/);
    expect(() => binomialTest(1, 5, { probability: 2 })).toThrow(/must lie in \[0, 1\], got 2/);
  });

  it.each(['prop-one', 'prop-two', 'prop-two-plain', 'prop-four'])('%s', (id) => {
    const test = proportionTest(columnIn(id, 'x'), columnIn(id, 'n'), { correct: id !== 'prop-two-plain' });
    expectAsR(test, id);
    const want = Object.values(caseOf(id).results.estimate) as number[];
    Object.values(test.estimates).forEach((value, i) => {
      expectNear(value, want[i]!, 1e-14, 'estimate');
    });
  });

  it('have a direction when there are one or two', () => {
    const [less, greater] = (['less', 'greater'] as const).map((alternative) =>
      proportionTest([15, 25], [50, 50], { alternative }),
    );
    expect(less!.p + greater!.p).toBeCloseTo(1, 14);
    expect(less!.interval![0]).toBe(-1);
    expect(greater!.interval![1]).toBe(1);
    expect(() => proportionTest([1, 2, 3], [4, 4, 4], { alternative: 'less' })).toThrow(/no direction/);
    expect(() => proportionTest([5], [4])).toThrow(/got 5 of 4/);
  });
});

describe('adjustP', () => {
  const names: Record<string, Adjustment> = { BH: 'benjaminiHochberg', BY: 'benjaminiYekutieli' };
  it.each(casesOfKind('p.adjust').filter(({ id }) => !/fdr|none/.test(id)))('$call', ({ id, data, results }) => {
    const method = id.split('-')[1]!;
    const got = adjustP(data.p as number[], names[method] ?? (method as Adjustment));
    (results as number[]).forEach((value, i) => {
      expectNear(got[i]!, value, 1e-13, `${i}`);
    });
  });

  it('keeps the order it is given, and refuses what is no probability', () => {
    expect([...adjustP([0.03, 0.01, 0.02])]).toEqual([0.04, 0.03, 0.04]);
    expect([...adjustP([0.5])]).toEqual([0.5]);
    expect(() => adjustP([0.1, 1.2])).toThrow(/got 1.2 at 1/);
    // @ts-expect-error no such method
    expect(() => adjustP([0.1, 0.2], 'BH')).toThrow(/no method 'BH'/);
  });
});
