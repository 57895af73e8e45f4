import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Factor, factor } from '#kernel/data/factor';
import { analysisOfVariance, tukeyHonestDifferences } from '#kernel/hypothesis/analysis-of-variance';
import { permutationTest } from '#kernel/hypothesis/permutation';
import { powerOfAnalysisOfVariance, powerOfProportionTest, powerOfTTest } from '#kernel/hypothesis/power';
import { tTest } from '#kernel/hypothesis/t';
import {
  noncentralTUpper,
  studentisedRangeUpper,
  studentisedRangeUpperQuantile,
} from '#kernel/numeric/special/studentised-range';
import { studentTTwoSided } from '#kernel/numeric/special/tail';
import { lm } from '#kernel/regression/lm';
import { columnsOf } from '../regression/reference.ts';
import { caseOf, casesOfKind, expectAsR, expectNear } from './reference.ts';

// Figures by R 4.2.2 (stats): aov, TukeyHSD, oneway.test, power.*; NIST StRD: certified values.
const nist = JSON.parse(readFileSync(new URL('./fixtures/nist-anova.json', import.meta.url), 'utf8')).sets as Record<
  string,
  { between: number[]; within: number[]; r2: number; treat: number[]; y: number[] }
>;

describe('analysisOfVariance', () => {
  it("has Welch's test as R does", () => {
    const { columns } = columnsOf(caseOf('oneway-welch').data);
    const test = analysisOfVariance([columns.count as Float64Array, columns.spray as Factor], {
      equalVariances: false,
    });
    expectAsR(test, 'oneway-welch');
  });

  // Digits that doubles allow: the data of SmLs04 and AtmWtAg agree in their first 7 digits.
  it.each([
    ['SiRstv', 10],
    ['SmLs01', 13],
    ['SmLs04', 8],
    ['AtmWtAg', 7],
  ])('%s of NIST to %d digits', (name, digits) => {
    const { between, within, r2, treat, y } = nist[name]!;
    const test = analysisOfVariance([y, treat]);
    const tolerance = 10 ** -digits;
    expectNear(test.estimates['sum of squares between']!, between[1]!, tolerance, 'between');
    expectNear(test.estimates['sum of squares within']!, within[1]!, tolerance, 'within');
    expectNear(test.statistic, between[3]!, tolerance, 'F');
    expectNear(test.effects['η²']!, r2, tolerance, 'η²');
    expect(Object.values(test.parameters)).toEqual([between[0], within[0]]);
  });

  // Nine treatments of 2001 observations, 0.1 around 1.4, 1.3, 1.5 … in turn: F is 2001 (SmLs03 of NIST).
  it('keeps its digits over eighteen thousand values', () => {
    const samples = [14, 13, 15, 13, 15, 13, 15, 13, 15].map((centre, k) => [
      `t${k}`,
      Array.from({ length: 2001 }, (_, row) => (centre + (row === 0 ? 0 : row % 2 === 1 ? -1 : 1)) / 10),
    ]);
    const test = analysisOfVariance(Object.fromEntries(samples));
    expectNear(test.statistic, 2001, 2e-15, 'F');
    expectNear(test.estimates['sum of squares between']!, 160.08, 2e-15, 'between');
    expectNear(test.estimates['sum of squares within']!, 180, 2e-15, 'within');
  });

  it('refuses groups without a value to spare', () => {
    expect(() => analysisOfVariance({ a: [1], b: [2] })).toThrow(/more values than groups/);
    expect(() => analysisOfVariance({ a: [1, 2], b: [2] }, { equalVariances: false })).toThrow(/'b' needs 2 or more/);
  });
});

describe('tukeyHonestDifferences', () => {
  it.each(casesOfKind('aov-tukey'))('$call', ({ call, data, results }) => {
    const { columns } = columnsOf(data);
    const [, response, terms] = /aov\((\w+) ~ (.*?),/.exec(call)!;
    const fit = lm(`${response} ~ ${terms}`, columns);
    for (const [term, table] of Object.entries(results.tukey) as [string, { rows: string[]; values: number[][] }][]) {
      const { rows } = tukeyHonestDifferences([columns[response!] as Float64Array, columns[term] as Factor], { fit });
      expect(rows.map(({ name }) => name.replace(' - ', '-'))).toEqual(table.rows);
      rows.forEach((row, i) => {
        const [difference, lower, upper, p] = table.values[i]!;
        expectNear(row.difference, difference!, 1e-9, 'difference');
        expectNear(row.lower, lower!, 1e-7, 'lower');
        expectNear(row.upper, upper!, 1e-7, 'upper');
        expect(Math.abs(row.p - p!)).toBeLessThan(1e-9 + 1e-7 * p!); // R's ptukey stops at 1e-10 or so
      });
    }
  });

  it('of the first of two factors is that of R in an unbalanced design too; of the others the means are as they are', () => {
    const y = [4.1, 5.2, 6.3, 7.1, 5.5, 6.6, 8.2, 9.1, 7.3, 6.9];
    const [a, b] = [factor(Array.from('uuuuvvvvvu')), factor(Array.from('pqrrpqqrrp'))];
    const fit = lm('y ~ a + b', { y, a, b });
    // R 4.2.2: f <- aov(y ~ a + b); TukeyHSD(f)$a; of two groups the ends are 1.42 ± qt(.975, 6) * sqrt(deviance(f) / 6 * .4)
    const [row] = tukeyHonestDifferences([y, a], { fit }).rows;
    expectNear(row!.lower, -0.4589523565, 1e-9, 'lower');
    expectNear(row!.upper, 3.2989523565, 1e-9, 'upper');
    expectNear(row!.p, 0.1139116363, 1e-6, 'p');
    const [second] = tukeyHonestDifferences([y, b], { fit }).rows;
    expect(second!.difference).toBeCloseTo((5.2 + 6.6 + 8.2) / 3 - (4.1 + 5.5 + 6.9) / 3, 12);
    expect(second!.upper - second!.lower).toBeCloseTo(3.735030824 + 2.348364157, 4); // as wide as R's, whose qtukey is good to 1e-5
  });

  it('is the t-test of two groups', () => {
    const q = 2.5;
    expect(studentisedRangeUpper(q * Math.SQRT2, 2, 7)).toBeCloseTo(studentTTwoSided(q, 7), 13);
    expect(studentisedRangeUpper(15, 2, 40) / studentTTwoSided(15 / Math.SQRT2, 40)).toBeCloseTo(1, 8);
  });

  it('inverts the studentised range', () => {
    for (const [p, k, nu] of [
      [0.05, 3, 27],
      [0.01, 10, 5],
      [0.5, 4, 1000],
      [1e-6, 3, 12],
    ] as const) {
      expectNear(studentisedRangeUpper(studentisedRangeUpperQuantile(p, k, nu), k, nu), p, 1e-10, 'p');
    }
    expect(studentisedRangeUpper(3.3145, 3, Number.POSITIVE_INFINITY)).toBeCloseTo(0.05, 4);
    expect(studentisedRangeUpper(0, 3, 5)).toBe(1);
    expect(studentisedRangeUpper(1, 1, 5)).toBeNaN();
  });

  it('is a table to read', () => {
    expect(String(tukeyHonestDifferences({ a: [4, 5, 6], b: [6, 7, 8], c: [5, 9, 7] }))).toMatchInlineSnapshot(`
      "Tukey's honest significant differences, 95 % for all pairs together
             difference    lower   upper  adjusted p
      b - a      2.0000  -1.5429  5.5429       0.269
      c - a      2.0000  -1.5429  5.5429       0.269
      c - b           0  -3.5429  3.5429           1"
    `);
  });
});

describe('power', () => {
  const want = (id: string) => casesOfKind('power').find((found) => found.id === id)!.results;

  it('of the t-test as R has it, whatever is left out', () => {
    expectNear(powerOfTTest({ n: 20, difference: 1 }).power, want('t-power').power, 1e-10, 'power');
    expectNear(powerOfTTest({ power: 0.9, difference: 1 }).n, want('t-n').n, 1e-9, 'n');
    const oneSided = powerOfTTest({ power: 0.9, difference: 1, alternative: 'one-sided' });
    expectNear(oneSided.n, want('t-n-one-sided').n, 1e-9, 'n');
    expectNear(powerOfTTest({ n: 20, power: 0.9, sd: 2 }).difference, want('t-delta').delta, 1e-9, 'difference');
    expect(noncentralTUpper(1.5, 6, 0)).toBeCloseTo(studentTTwoSided(1.5, 6) / 2, 14);
  });

  it('of proportions and of the analysis of variance', () => {
    expectNear(powerOfProportionTest({ n: 50, p1: 0.5, p2: 0.75 }).power, want('prop-power').power, 1e-12, 'power');
    expectNear(powerOfProportionTest({ power: 0.9, p1: 0.5, p2: 0.75 }).n, want('prop-n').n, 1e-10, 'n');
    // R's power.anova.test searches to 1e-4 alone; at its n the power must be that asked for.
    const found = powerOfAnalysisOfVariance({ groups: 4, between: 1, within: 3, power: 0.8 });
    expectNear(found.n, want('anova-n').n, 1e-4, 'n');
    expectNear(powerOfAnalysisOfVariance({ groups: 4, between: 1, within: 3, n: found.n }).power, 0.8, 1e-12, 'power');
  });

  it('wants one quantity left out', () => {
    expect(() => powerOfTTest({ n: 20 })).toThrow(/leave out exactly one of n, difference, power, got 1/);
    expect(() => powerOfTTest({ n: 20, difference: 1, power: 0.8 })).toThrow(/got 3 of them/);
    expect(() => powerOfTTest({ n: 20, difference: 1, significance: 5 })).toThrow(
      /significance must lie between 0 and 1/,
    );
    expect(() => powerOfAnalysisOfVariance({ groups: 1, between: 1, within: 1, n: 3 })).toThrow(/two or more groups/);
  });
});

describe('permutationTest', () => {
  it('goes through all arrangements of small samples', () => {
    // The three largest of six in x: 1 of 20 arrangements is as far on this side, 2 on both.
    expect(permutationTest([5, 7, 9], [1, 2, 3]).p).toBeCloseTo(0.1, 14);
    expect(permutationTest([5, 7, 9], [1, 2, 3], { alternative: 'greater' }).p).toBeCloseTo(0.05, 14);
    expect(permutationTest([5, 7, 9], [1, 2, 3], { alternative: 'less' }).p).toBe(1);
  });

  it('draws arrangements of large ones, the same for one seed', () => {
    const x = Array.from({ length: 12 }, (_, i) => i);
    const y = x.map((value) => value + 2);
    const p = (seed: number) => permutationTest(x, y, { draws: 999, seed }).p;
    expect(p(1)).toBe(p(1));
    expect(p(1)).not.toBe(p(2));
    // The t-test of the same shift has p = 0.19; four standard errors of 999 draws are 0.05.
    expect(Math.abs(p(1) - 0.19)).toBeLessThan(0.05);
    expect(
      permutationTest(
        x,
        x.map((value) => value + 100),
        { draws: 999 },
      ).p,
    ).toBe(1 / 1000);
  });

  it('of pairs swaps the two of each: all ways of few, random ones of many', () => {
    const [x, y] = [
      [1.5, 2.5, 7, 8, 3.1],
      [0.3, 4, 6, 5.5, 3],
    ] as const;
    // scipy 1.17.1: permutation_test((x, y), lambda a, b: np.mean(a - b), permutation_type='samples', alternative=…).pvalue
    expect(permutationTest(x, y, { paired: true }).p).toBeCloseTo(0.4375, 14);
    expect(permutationTest(x, y, { paired: true, alternative: 'greater' }).p).toBeCloseTo(0.21875, 14);
    const many = Array.from({ length: 30 }, (_, i) => (i * 37) % 11);
    const less = many.map((value, i) => value - 0.4 + ((i * 7) % 5) / 4);
    const { p, method } = permutationTest(many, less, { paired: true, seed: 3 });
    expect(method).toBe('Paired permutation test, 9999 random arrangements');
    // The paired t-test of the same values; four standard errors of 9999 draws are 0.02 at most.
    expect(Math.abs(p - tTest(many, less, { paired: true }).p)).toBeLessThan(0.03);
    expect(permutationTest([...x, Number.NaN], [...y, 9], { paired: true }).p).toBeCloseTo(0.4375, 14);
    expect(() => permutationTest([1, 2], [3], { paired: true })).toThrow(/equally long; got 2 and 1/);
  });

  it('takes a statistic of one’s own', () => {
    const median = (values: Float64Array) => values.slice().sort()[Math.floor(values.length / 2)]!;
    const test = permutationTest([5, 7, 9], [1, 2, 3], { statistic: (x, y) => median(x) - median(y) });
    expect(test.statistic).toBe(5);
    expect(() => permutationTest([1, 2], [3], { draws: 3 })).toThrow(/draws must be a whole number from 99/);
  });
});
