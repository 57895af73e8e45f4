import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bayesianTableTest } from '#kernel/hypothesis/bayes/contingency';
import { bayesianCorrelationTest } from '#kernel/hypothesis/bayes/correlation';
import { summariseDensity } from '#kernel/hypothesis/bayes/density';
import { bayesFactorOfRegression, bayesianAnalysisOfVariance } from '#kernel/hypothesis/bayes/linear';
import { logIntegral } from '#kernel/hypothesis/bayes/log-integral';
import { bayesianProportionTest } from '#kernel/hypothesis/bayes/proportion';
import type { BayesianTest } from '#kernel/hypothesis/bayes/result';
import { bayesianTTest } from '#kernel/hypothesis/bayes/t';
import { binomialTest } from '#kernel/hypothesis/binomial';
import { normalCdf, normalQuantile } from '#kernel/numeric/special/normal';
import { lm } from '#kernel/regression/lm';

// R 4.2.2, BayesFactor 0.9.12; the calls stand in r-bayes-factor.R beside the figures. `error` is BayesFactor's own.
const r = JSON.parse(readFileSync(new URL('../fixtures/r-bayes-factor.json', import.meta.url), 'utf8')) as {
  data: Record<string, number[]> & { spray: string[]; feed: string[] };
  logBayesFactors: Record<string, { log: number; error: number }>;
  posterior: Record<string, [mean: number, sd: number, positive: number, lower: number, upper: number]>;
};
const { x, y, mpg, wt, hp, length, width, count, spray, weight, feed, speed, dist } = r.data as unknown as Record<
  string,
  never
>;
const table = [
  [12, 5, 7],
  [9, 3, 14],
];

function expectFactor(test: BayesianTest, id: string): void {
  const { log, error } = r.logBayesFactors[id]!;
  // Their quadrature stops where its relative error is far below what it promises.
  expect(Math.abs(test.logBayesFactor - log), id).toBeLessThan(
    Math.max(1e-12 * Math.abs(log) + 1e-12, 1e-4 * error + 1e-13),
  );
  expect(test.bayesFactor / Math.exp(test.logBayesFactor)).toBeCloseTo(1, 12);
}

/** Their posterior is drawn: 400,000 draws, a false alarm in one of 16,000 at 4 standard errors. */
function expectPosterior(test: BayesianTest, id: string, draws: number, name: string): void {
  const [mean, sd, positive, lower, upper] = r.posterior[id]!;
  const error = sd / Math.sqrt(0.9 * draws); // of which nine in ten are accepted
  expect(Math.abs(test.posterior[name]! - mean) / error).toBeLessThan(4);
  expect(Math.abs(test.posterior['standard deviation']! - sd) / error).toBeLessThan(4);
  const share = test.posterior[name === 'effect size' ? 'P(effect > 0)' : 'P(correlation > 0)']!;
  expect(Math.abs(share - positive) / Math.sqrt((share * (1 - share)) / draws)).toBeLessThan(4.5);
  expect(Math.abs(test.interval![0] - lower) / error).toBeLessThan(12); // quantiles in the tails are drawn less well
  expect(Math.abs(test.interval![1] - upper) / error).toBeLessThan(12);
}

describe('Bayes factors are those of BayesFactor', () => {
  it('of the t-test: one sample, pairs, two samples, a wide prior', () => {
    expectFactor(bayesianTTest(x!), 't-one');
    expectFactor(bayesianTTest(x!, y!, { paired: true }), 't-paired');
    expectFactor(bayesianTTest(x!, y!), 't-two');
    expectFactor(bayesianTTest(x!, y!, { scale: Math.SQRT2 }), 't-wide');
  });

  it('of the correlation', () => {
    expectFactor(bayesianCorrelationTest(mpg!, wt!), 'cor');
    expectFactor(bayesianCorrelationTest(length!, width!, { scale: 1 }), 'cor-wide');
  });

  it('of tables, by what was fixed beforehand', () => {
    expectFactor(bayesianTableTest(table), 'joint');
    expectFactor(bayesianTableTest(table, { fixed: 'rows' }), 'rows');
    expectFactor(bayesianTableTest(table, { fixed: 'columns' }), 'cols');
    expectFactor(bayesianTableTest(table, { fixed: 'nothing' }), 'poisson');
    expectFactor(bayesianTableTest(table, { concentration: 2 }), 'joint-2');
  });

  it('of the analysis of variance, balanced and not', () => {
    expectFactor(bayesianAnalysisOfVariance([count!, spray!]), 'anova-balanced');
    expectFactor(bayesianAnalysisOfVariance([weight!, feed!]), 'anova-unbalanced');
  });

  it('of regressions', () => {
    expectFactor(bayesFactorOfRegression(lm('mpg ~ wt + hp', { mpg, wt, hp })), 'regression');
    expectFactor(bayesFactorOfRegression(lm('dist ~ speed', { dist, speed })), 'regression-one');
  });
});

describe('posteriors', () => {
  it('of effect size and correlation are those BayesFactor draws', () => {
    expectPosterior(bayesianTTest(x!, y!, { paired: true }), 't-paired', 400_000, 'effect size');
    expectPosterior(bayesianTTest(x!, y!), 't-two', 400_000, 'effect size');
    expectPosterior(bayesianCorrelationTest(length!, width!), 'cor', 200_000, 'mean of the correlation');
  });

  it('of a proportion are the beta distribution', () => {
    const test = bayesianProportionTest([15, 25]);
    // B(16, 11) / 0.5²⁵, with ∫ p¹⁵ (1 − p)¹⁰ dp = 1 / (26 · C(25, 15)).
    expect(test.bayesFactor).toBeCloseTo(2 ** 25 / (26 * 3268760), 12);
    expect(test.posterior['mean of p']).toBeCloseTo(16 / 27, 14);
    // R 4.2.2: pbeta(0.5, 16, 11, lower.tail = FALSE), qbeta(c(0.025, 0.975), 16, 11)
    expect(test.posterior['P(p > 0.5)']).toBeCloseTo(0.8365302085876464, 12);
    expect(test.interval![0]).toBeCloseTo(0.4057075352985914, 12);
    expect(test.interval![1]).toBeCloseTo(0.7664780168725566, 12);
  });

  it('of two proportions: the probability that one is larger, by the sum of a closed form', () => {
    const test = bayesianProportionTest([15, 25], [9, 30]);
    // Evans Miller's sum for whole parameters: P(p₁ > p₂) = Σᵢ B(α₂ + i, β₂ + β₁) / ((β₁ + i) B(1 + i, β₁) B(α₂, β₂)), roles exchanged.
    const logGamma = (n: number) => Array.from({ length: n - 1 }, (_, k) => Math.log(k + 1)).reduce((a, b) => a + b, 0);
    const logBeta = (a: number, b: number) => logGamma(a) + logGamma(b) - logGamma(a + b);
    const [a1, b1, a2, b2] = [16, 11, 10, 22];
    let above = 0;
    for (let i = 0; i < a1; i++) {
      above += Math.exp(logBeta(a2 + i, b1 + b2) - Math.log(b1 + i) - logBeta(1 + i, b1) - logBeta(a2, b2));
    }
    expect(test.posterior['P(p1 > p2)']).toBeCloseTo(above, 12);
    const variance = (a: number, b: number) => (a * b) / ((a + b) ** 2 * (a + b + 1));
    expect(test.posterior['standard deviation']).toBeCloseTo(Math.sqrt(variance(a1, b1) + variance(a2, b2)), 6);
    expect(test.interval![0]).toBeLessThan(test.posterior['mean of p1 − p2']!);
    expect(test.interval![1]).toBeGreaterThan(test.posterior['mean of p1 − p2']!);
    expect(bayesianProportionTest([0, 5], [5, 5]).posterior['P(p1 > p2)']).toBeLessThan(0.01);
  });
});

describe('the result', () => {
  it('turns a Bayes factor into a probability, and says how strong the evidence is', () => {
    const test = bayesianTTest(x!, y!, { paired: true });
    expect(test.probability()).toBeCloseTo(test.bayesFactor / (1 + test.bayesFactor), 14);
    expect(test.probability(0.1)).toBeCloseTo(test.bayesFactor / 9 / (1 + test.bayesFactor / 9), 14);
    expect(() => test.probability(1)).toThrow('prior must lie in (0, 1), got 1');
    expect(String(test)).toContain('Evidence for the alternative: strong');
    expect(String(bayesianTTest(x!))).toContain('Evidence for the null hypothesis: hardly worth a mention');
  });

  it('stays a number where the evidence is overwhelming', () => {
    const far = Array.from({ length: 200 }, (_, i) => 1000 + Math.sin(i));
    const test = bayesianTTest(far);
    expect(test.logBayesFactor).toBeGreaterThan(1000);
    expect(test.probability()).toBe(1);
    expect(Number.isFinite(test.posterior['effect size']!)).toBe(true);
  });
});

describe('integrals', () => {
  it.each([
    [1, 0],
    [1e-6, 3],
    [1e5, -2e5],
  ])('of a normal hump of width %f around %f', (sd, mean) => {
    const value = logIntegral((u) => -0.5 * ((u - mean) / sd) ** 2 + 700, mean - 300 * sd, mean + 500 * sd);
    expect(value).toBeCloseTo(700 + Math.log(sd) + 0.5 * Math.log(2 * Math.PI), 10);
  });

  it('of a hump cut off at an end', () => {
    expect(logIntegral((u) => -u, 0, 100)).toBeCloseTo(0, 12);
  });

  it('summarise a normal density', () => {
    const summary = summariseDensity((u) => -0.5 * u * u, -12, 12);
    expect(summary.mean).toBeCloseTo(0, 12);
    expect(summary.sd).toBeCloseTo(1, 12);
    expect(summary.below(1)).toBeCloseTo(normalCdf(1), 6);
    expect(summary.quantile(0.975)).toBeCloseTo(normalQuantile(0.975), 5);
  });
});

describe('what cannot be tested is said', () => {
  it.each<[() => unknown, string]>([
    [() => bayesianTTest([1]), 'x needs 2 or more values'],
    [() => bayesianTTest([2, 2, 2]), 'do not vary'],
    [() => bayesianTTest([1, 2], undefined, { paired: true }), 'a paired test needs two samples'],
    [() => bayesianTTest([1, 2], [1, 2, 3], { paired: true }), 'paired samples are equally long; got 2 and 3'],
    [() => bayesianTTest([1, 2], undefined, { scale: 0 }), 'scale must be positive, got 0'],
    [() => bayesianTTest([1, 2], undefined, { level: 1 }), 'level'],
    [() => bayesianProportionTest([5, 3]), '0 ≤ successes ≤ trials expected, got 5 of 3'],
    [() => bayesianProportionTest([1, 3], undefined, { prior: [0, 1] }), 'two positive numbers'],
    [() => bayesianProportionTest([1, 3], undefined, { probability: 0 }), 'probability must lie in (0, 1)'],
    [() => bayesianProportionTest([1, 3], [1, 2], { probability: 0.5 }), 'probability is for one proportion'],
    [() => bayesianCorrelationTest([1, 2], [1, 2]), 'needs 3 or more values'],
    [() => bayesianCorrelationTest([1, 2, 3], [1, 2]), 'equally long; got 3 and 2'],
    [() => bayesianCorrelationTest([1, 1, 1], [1, 2, 3]), 'do not vary'],
    [() => bayesianCorrelationTest([1, 2, 3], [1, 2, 4], { scale: -1 }), 'scale must be positive'],
    [() => bayesianTableTest([[1, 2]]), 'two or more rows and columns'],
    [() => bayesianTableTest(table, { fixed: 'row' as never }), "got 'row'"],
    [() => bayesianTableTest(table, { concentration: 0.2 }), 'concentration must be above'],
    [() => bayesianAnalysisOfVariance({ a: [1, 2] }), '2 or more groups expected'],
    [() => bayesianAnalysisOfVariance({ a: [1, 1], b: [1, 1] }), 'do not vary'],
    [() => bayesFactorOfRegression(lm('y ~ 1', { y: [1, 2, 4] })), 'an intercept, predictors and no weights'],
    [() => bayesFactorOfRegression(binomialTest(1, 2) as never), 'a fit of lm expected'],
  ])('%#', (call, message) => {
    expect(call).toThrow(message);
  });
});
