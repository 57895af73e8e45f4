import { describe, expect, it } from 'vitest';
import { normal } from '#kernel/distributions/index';
import { correlationTest } from '#kernel/hypothesis/correlation';
import { kolmogorovSmirnovTest } from '#kernel/hypothesis/kolmogorov-smirnov';
import { friedmanTest, kruskalWallisTest } from '#kernel/hypothesis/kruskal-wallis';
import { rank } from '#kernel/hypothesis/ranks';
import { wilcoxonTest } from '#kernel/hypothesis/wilcoxon';
import { normalCdf } from '#kernel/numeric/special/normal';
import { caseOf, columnIn, expectAsR, expectNear, matrixIn } from './reference.ts';

// Figures by R 4.2.2 (stats); each call stands in its case of fixtures/r-tests.json.

const samples = (id: string) => [columnIn(id, 'x'), columnIn(id, 'y')] as const;

function months(id: string): [number[], number[]] {
  const [ozone, month] = [columnIn(id, 'Ozone'), columnIn(id, 'Month')];
  const first = Math.min(...month);
  return [ozone.filter((_, i) => month[i] === first), ozone.filter((_, i) => month[i] !== first)];
}

describe('wilcoxonTest', () => {
  it('counts signed ranks and rank sums exactly', () => {
    const signed = wilcoxonTest(...samples('wilcox-signed-exact'), { paired: true });
    expectAsR(signed, 'wilcox-signed-exact');
    expectNear(signed.estimates.pseudomedian!, 0.46, 1e-12, 'pseudomedian');
    expectAsR(wilcoxonTest(...samples('wilcox-ranksum-exact')), 'wilcox-ranksum-exact');
    expectAsR(wilcoxonTest(...samples('wilcox-greater'), { alternative: 'greater' }), 'wilcox-greater');
  });

  it('approximates with ties, with and without continuity correction', () => {
    const test = wilcoxonTest(...months('wilcox-ranksum-ties'), { exact: false });
    expectAsR(test, 'wilcox-ranksum-ties');
    expectNear(test.estimates.shift!, -32, 1e-9, 'shift');
    const plain = wilcoxonTest(...months('wilcox-ties-nocorrect'), { exact: false, correct: false });
    expectAsR(plain, 'wilcox-ties-nocorrect');
    expectAsR(wilcoxonTest(columnIn('wilcox-signed-ties', 'x'), undefined, { exact: false }), 'wilcox-signed-ties');
  });

  it('has an effect of 1 when every x lies above every y', () => {
    const { effects } = wilcoxonTest([5, 6, 7], [1, 2, 3]);
    expect(effects['rank-biserial correlation']).toBe(1);
    expect(effects['chance that x exceeds y']).toBe(1);
    expect(wilcoxonTest([1, 2, 3]).effects['rank-biserial correlation']).toBe(1);
  });

  it('counts all arrangements of a small case', () => {
    // 3 of 6 ranks can be chosen in 20 ways; one of them is the most extreme on either side.
    expect(wilcoxonTest([5, 6, 7], [1, 2, 3]).p).toBeCloseTo(0.1, 14);
    expect(wilcoxonTest([1, 2, 3]).p).toBeCloseTo(0.25, 14); // 2 of 2³
  });

  // scipy 1.17.1: mannwhitneyu(x, y, alternative=…, method=PermutationMethod(n_resamples=np.inf)).pvalue
  it.each([
    ['two-sided', 0.21153846153846154],
    ['less', 0.909965034965035],
    ['greater', 0.10576923076923077],
  ] as const)('goes through all arrangements of tied values: %s', (alternative, p) => {
    const [x, y] = [
      [0, 1, 1, 2, 5, 3, 3],
      [1, 1, 4, 0, 2, 0, -1],
    ] as const;
    expect(wilcoxonTest(x, y, { exact: true, alternative }).p).toBeCloseTo(p, 12);
  });

  // scipy 1.17.1: wilcoxon(x, alternative=…, zero_method='wilcox', method=PermutationMethod(n_resamples=np.inf)).pvalue
  it.each([
    ['two-sided', 0.125],
    ['less', 0.984375],
    ['greater', 0.0625],
  ] as const)('goes through all signs of tied values, those of 0 left out: %s', (alternative, p) => {
    const test = wilcoxonTest([0, 1, 1, 2, 5, -1, 3], undefined, { exact: true, alternative });
    expect(test.p).toBeCloseTo(p, 12);
    expect(test.method).toContain('exact');
  });

  it('is with distinct ranks the same by either way of counting', () => {
    const x = [1.5, 2.5, 7, 8];
    const y = [0.3, 4, 6];
    // Of the 35 ways to choose 4 of 7 ranks, one by one.
    const w = [1, 2, 3, 4, 5, 6, 7].flatMap((_, a, all) =>
      all
        .slice(a + 1)
        .flatMap((_b, b) =>
          all.slice(a + b + 2).flatMap((_c, c) => all.slice(a + b + c + 3).map((_d, d) => 4 * a + 3 * b + 2 * c + d)),
        ),
    );
    const test = wilcoxonTest(x, y, { alternative: 'greater' });
    expect(test.p).toBeCloseTo(w.filter((sum) => sum >= test.statistic).length / 35, 14);
  });

  it('estimates by the middle of all differences, also where it approximates', () => {
    const { estimates } = wilcoxonTest([1, 1, 2, 7], [0, 3, 3], { exact: false });
    expect(estimates.shift).toBe(0); // of −2, −2, −2, −2, −1, −1, 1, 1, 2, 4, 4, 7
    expect(wilcoxonTest([1, 2, 2, 9], undefined, { exact: false }).estimates.pseudomedian).toBe(2);
  });

  it('says what an interval covers where the sample is too small for its level', () => {
    expect(wilcoxonTest([1, 2, 3]).notes).toEqual(['the interval covers 75 % alone']);
    expect(wilcoxonTest([1, 2, 3, 4, 5, 6, 7, 8]).notes).toEqual([]);
  });

  it('says what it cannot test', () => {
    expect(() => wilcoxonTest([1, 2], [3], { paired: true })).toThrow(/equally long/);
    expect(() => wilcoxonTest([0, 0])).toThrow(/all values equal the median/);
  });
});

describe('several samples by ranks', () => {
  it('are compared as R does', () => {
    expectAsR(kruskalWallisTest([columnIn('kruskal', 'Ozone'), columnIn('kruskal', 'Month')]), 'kruskal');
    expectAsR(friedmanTest(matrixIn('friedman')), 'friedman');
  });

  it('take groups by name or by a factor', () => {
    const named = kruskalWallisTest({ a: [1, 4, 2], b: [5, 9, 7] });
    expect(
      kruskalWallisTest([
        [1, 5, 4, 9, 2, 7],
        ['a', 'b', 'a', 'b', 'a', 'b'],
      ]).p,
    ).toBe(named.p);
    expect(() => kruskalWallisTest({ a: [1, 2] })).toThrow(/2 or more groups expected, got 1/);
    expect(() => kruskalWallisTest([[1, 2], ['a']])).toThrow(/got 2 values and 1 groups/);
    expect(() => friedmanTest([[1, 2], [3]])).toThrow(/same two or more treatments/);
  });

  it('give tied values their mean rank', () => {
    expect([...rank([3, 1, 3, 2, 3]).ranks]).toEqual([4, 1, 4, 2, 4]);
    expect(rank([3, 1, 3, 2, 3]).ties).toBe(24);
  });
});

describe('correlationTest', () => {
  it.each([
    ['cor-pearson', 'pearson', undefined],
    ['cor-spearman-exact', 'spearman', undefined],
    ['cor-kendall-exact', 'kendall', undefined],
    ['cor-spearman-ties', 'spearman', false],
    ['cor-kendall-ties', 'kendall', false],
  ] as const)('%s', (id, method, exact) => {
    const test = correlationTest(...samples(id), { method, ...(exact !== undefined && { exact }) });
    expectAsR(test, id);
    expectNear(Object.values(test.estimates)[0]!, Object.values(caseOf(id).results.estimate)[0] as number, 1e-13, 'r');
  });

  it('sees the direction', () => {
    const [x, y] = [
      [1, 2, 3, 4, 5, 6],
      [2, 1, 4, 3, 6, 5],
    ] as const;
    for (const method of ['pearson', 'spearman', 'kendall'] as const) {
      const p = (alternative: 'less' | 'greater') => correlationTest(x, y, { method, alternative }).p;
      expect(p('greater')).toBeLessThan(0.07);
      expect(p('less')).toBeGreaterThan(0.93);
    }
  });

  it('has by the series of AS 89 what counting all orders gives, to its error', () => {
    // Of all 10! orders, counted over subsets of places in Python, this share has Σ d² ≤ 38.
    const shuffled = [4, 1, 5, 2, 6, 3, 9, 7, 10, 8];
    const test = correlationTest(
      shuffled.map((_, i) => i),
      shuffled,
      { method: 'spearman', alternative: 'greater' },
    );
    expect(test.statistic).toBeCloseTo(38, 12);
    expect(Math.abs(test.p - 0.006278384038800705)).toBeLessThan(6e-4);
  });

  it('says what it cannot test', () => {
    expect(() => correlationTest([1, 2, 3], [1, 2])).toThrow(/pairs expected, got 3 and 2/);
    expect(() => correlationTest([1, 2, 3], [1, 1, 1])).toThrow(/do not vary/);
    expect(() => correlationTest([1, 2, Number.NaN], [1, 2, 3])).toThrow(/3 or more values/);
    expect(() => correlationTest([1, 1, 2, 3], [1, 2, 3, 4], { method: 'kendall', exact: true })).toThrow(/with ties/);
  });
});

describe('kolmogorovSmirnovTest', () => {
  it('is exact and asymptotic as R has it', () => {
    expectAsR(kolmogorovSmirnovTest(...samples('ks-two-exact'), { exact: true }), 'ks-two-exact');
    expectAsR(kolmogorovSmirnovTest(...samples('ks-two-asymptotic'), { exact: false }), 'ks-two-asymptotic', 1e-8);
    expectAsR(kolmogorovSmirnovTest(...samples('ks-two-greater'), { alternative: 'greater' }), 'ks-two-greater');
    expectAsR(kolmogorovSmirnovTest(columnIn('ks-one-exact', 'x'), normalCdf), 'ks-one-exact');
    const exponential = (value: number) => 1 - Math.exp(-0.8 * value);
    const asymptotic = kolmogorovSmirnovTest(columnIn('ks-one-asymptotic', 'x'), exponential, { exact: false });
    expectAsR(asymptotic, 'ks-one-asymptotic', 1e-8);
  });

  it('has closed forms for one value', () => {
    // One uniform value at u: P(D ≥ d) = 2 (1 − d) for d ≥ ½, P(D⁺ ≥ d) = 1 − d.
    expect(kolmogorovSmirnovTest([0.2], (u) => u).p).toBeCloseTo(0.4, 14);
    expect(kolmogorovSmirnovTest([0.2], (u) => u, { alternative: 'greater' }).p).toBeCloseTo(0.2, 14);
  });

  it('counts all orders of a small case', () => {
    // 2 against 2: D = 1 in 2 of 6 orders, D⁺ = 1 in one.
    expect(kolmogorovSmirnovTest([1, 2], [3, 4]).p).toBeCloseTo(1 / 3, 14);
    expect(kolmogorovSmirnovTest([1, 2], [3, 4], { alternative: 'greater' }).p).toBeCloseTo(1 / 6, 14);
  });

  it('is exact with ties too, given them', () => {
    // R 4.2.2: ks.test(c(1, 1, 2), c(2, 3, 3, 4), exact = TRUE)$p.value
    expect(kolmogorovSmirnovTest([1, 1, 2], [2, 3, 3, 4]).p).toBeCloseTo(0.1428571428571436, 12);
    expect(kolmogorovSmirnovTest([1, 1, 1], [1, 1]).p).toBe(1);
  });

  it('takes a distribution as well as its distribution function', () => {
    const values = [0.3, -1.2, 0.8, 2.1];
    expect(kolmogorovSmirnovTest(values, normal(0, 1)).p).toBe(kolmogorovSmirnovTest(values, normalCdf).p);
  });

  it('is exact for hundreds of values in no time', () => {
    const values = Array.from({ length: 300 }, (_, i) => ((i + 0.5) / 300) ** 1.1);
    // R 4.2.2: ks.test(((0:299 + 0.5) / 300)^1.1, "punif", exact = TRUE)$p.value
    expect(kolmogorovSmirnovTest(values, (u) => u, { exact: true }).p).toBeCloseTo(0.7993331428253752, 9);
  });

  it('refuses what is no distribution function', () => {
    expect(() => kolmogorovSmirnovTest([3], (value) => value)).toThrow(/gave 3 at 3; 0 to 1 expected/);
  });
});
