import { describe, expect, it } from 'vitest';
import '#kernel/diagnose/index';
import { estimateDifference } from '#kernel/hypothesis/bayes/best';
import { bayesianCorrelationTest } from '#kernel/hypothesis/bayes/correlation';
import { bayesianPoissonTest } from '#kernel/hypothesis/bayes/poisson';
import { bayesianTTest } from '#kernel/hypothesis/bayes/t';
import { poissonTest } from '#kernel/hypothesis/poisson';

// R's sleep
const x = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
const y = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

describe('alternatives of one sign', () => {
  it('of the t-test have the Bayes factors of BayesFactor', () => {
    // R 4.2.2, BayesFactor 0.9.12: extractBF(ttestBF(x, y, nullInterval = c(0, Inf)), logbf = TRUE); its error is 2e-4
    expect(bayesianTTest(x, y, { alternative: 'greater' }).logBayesFactor).toBeCloseTo(-1.747924495582699, 5);
    expect(bayesianTTest(x, y, { alternative: 'less' }).logBayesFactor).toBeCloseTo(0.857693062356562, 9);
  });

  it('of the correlation too', () => {
    // R 4.2.2: log of integrate() of the likelihood of Hotelling (1953, his series to 400 terms) times dbeta((p + 1) / 2, 3, 3)
    // over (0, 1) and (−1, 0), rel.tol = 1e-12, over that at 0. BayesFactor takes Jeffreys' approximation for one side:
    // 1.18446883, −1.34472415.
    const mpg = [21, 21, 22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4];
    const qsec = [16.46, 17.02, 18.61, 19.44, 17.02, 20.22, 15.84, 20, 22.9, 18.3, 18.9, 17.4];
    const test = (alternative: 'less' | 'greater') => bayesianCorrelationTest(mpg, qsec, { alternative });
    expect(test('greater').logBayesFactor).toBeCloseTo(1.18688390033909, 10);
    expect(test('less').logBayesFactor).toBeCloseTo(-1.3454667058766, 10);
  });

  it('average to that of either sign, and keep the posterior on their side', () => {
    for (const shift of [0, 1, 4]) {
      const moved = x.map((value) => value + shift);
      const [less, greater, both] = (['less', 'greater', 'two-sided'] as const).map((alternative) =>
        bayesianTTest(moved, y, { alternative }),
      );
      expect((less!.bayesFactor + greater!.bayesFactor) / 2 / both!.bayesFactor).toBeCloseTo(1, 6);
      expect(less!.interval![1]).toBeLessThan(0);
      expect(greater!.interval![0]).toBeGreaterThan(0);
      expect(greater!.posterior['P(effect > 0)']).toBeUndefined();
      expect(greater!.prior).toMatch(/above 0$/);
    }
    // @ts-expect-error R's spelling
    expect(() => bayesianTTest(x, y, { alternative: 'two.sided' })).toThrow(/'two-sided', 'less' or 'greater'/);
  });
});

describe('bayesianPoissonTest', () => {
  it('has the closed form of one rate', () => {
    // R 4.2.2: lgamma(138) + log(.2) - 138 * log(24.4) - 137 * log(5) + 5 * 24.2; qgamma(c(.025, .975), 138, 24.4); 1 - pgamma(5, 138, 24.4)
    const test = bayesianPoissonTest(137, { exposure: 24.2, rate: 5 });
    expect(test.logBayesFactor).toBeCloseTo(-1.53798006719174, 10);
    expect(test.interval![0]).toBeCloseTo(4.75151277369136, 10);
    expect(test.interval![1]).toBeCloseTo(6.63755756918333, 10);
    expect(test.posterior['P(rate > 5)']).toBeCloseTo(0.917714141239168, 12);
    expect(test.posterior['mean of the rate']).toBeCloseTo(138 / 24.4, 12);
  });

  it('has the integral of two rates', () => {
    // R 4.2.2: integrate() of plogis(u + o)^11 plogis(-u - o)^23 dlogis(u) over u, o = log(800 / 3000), rel.tol = 1e-12
    const test = bayesianPoissonTest([11, 23], { exposure: [800, 3000] });
    expect(test.logBayesFactor).toBeCloseTo(-0.392744942358096, 10);
    expect(test.posterior['median of the ratio']).toBeCloseTo(1.70526535374779, 5);
    expect(test.posterior['P(ratio > 1)']).toBeCloseTo(0.923623526734936, 6);
    expect(test.interval![0]).toBeCloseTo(0.811485455345638, 5);
    expect(test.interval![1]).toBeCloseTo(3.38759047786829, 4);
  });

  it('does not depend on which rate comes first, nor on the unit of exposure', () => {
    const test = bayesianPoissonTest([11, 23], { exposure: [8, 30] });
    const turned = bayesianPoissonTest([23, 11], { exposure: [3000, 800] });
    expect(turned.logBayesFactor).toBeCloseTo(test.logBayesFactor, 10);
    expect(turned.interval![0] * test.interval![1]).toBeCloseTo(1, 4);
  });

  it('finds with many events what the exact test finds', () => {
    const [bayes, exact] = [bayesianPoissonTest([420, 300], { scale: 10 }), poissonTest([420, 300])];
    expect(bayes.interval![0]).toBeCloseTo(exact.interval![0], 1);
    expect(bayes.interval![1]).toBeCloseTo(exact.interval![1], 1);
    expect(bayes.bayesFactor).toBeGreaterThan(100);
    expect(bayesianPoissonTest([0, 23]).interval![0]).toBeGreaterThan(0);
    expect(bayesianPoissonTest(0, { exposure: 3 }).interval![0]).toBeGreaterThan(0);
  });

  it.each<[() => unknown, RegExp]>([
    [() => bayesianPoissonTest(1.5), /whole numbers from 0 expected, got 1.5/],
    [() => bayesianPoissonTest(1, { exposure: 0 }), /positive exposures/],
    [() => bayesianPoissonTest(1, { rate: -1 }), /rate must be positive, got -1/],
    [() => bayesianPoissonTest(1, { prior: [0, 1] }), /two positive numbers, got 0, 1/],
    [() => bayesianPoissonTest(1, { scale: 2 }), /scale is for two rates/],
    [() => bayesianPoissonTest([1, 2], { prior: [1, 1] }), /prior is for one rate/],
    [() => bayesianPoissonTest([1, 2], { scale: Number.NaN }), /scale must be positive, got NaN/],
    [() => bayesianPoissonTest([0, 0]), /say nothing of the ratio/],
  ])('refuses what it cannot test: %#', (call, message) => {
    expect(call).toThrow(message);
  });
});

describe('estimateDifference', () => {
  it('draws from the posterior of Kruschke (2013)', async () => {
    const posterior = await estimateDifference(x, y, { seed: 1, draws: 2500, workers: 0 });
    const summary = posterior.summary();
    // fixtures/best_figures.py, a random walk of its own: mean, standard deviation and the error of the mean
    const figures = {
      difference: [-1.5891385493814603, 1.0489060222442042, 0.0016],
      ratio: [0.9528958863299586, 0.3925620900445039, 0.0006],
      effectSize: [-0.750153566600982, 0.49172033296918394, 0.0007],
      normality: [36.11089120990195, 30.169203035152332, 0.037],
    } as const;
    for (const [name, [mean, sd, error]] of Object.entries(figures)) {
      const row = summary.row(name);
      expect(row.essBulk).toBeGreaterThan(1000);
      expect(row.rHat).toBeLessThan(1.01);
      // 4.5 standard errors: a false alarm in 150,000
      expect(Math.abs(row.mean - mean) / Math.hypot(row.mcseMean, error)).toBeLessThan(4.5);
      expect(Math.abs(row.sd - sd) / row.mcseSd).toBeLessThan(5);
    }
  });

  it('lets an outlier count little, where a t-test loses the difference', async () => {
    const far = [...y.slice(0, 9), 60];
    const posterior = await estimateDifference(x, far, { seed: 2, draws: 500, workers: 0 });
    const { values } = posterior.draws.difference;
    const middle = values.toSorted()[Math.floor(values.length / 2)]!;
    expect(middle).toBeGreaterThan(-3);
    expect(middle).toBeLessThan(-0.5);
  });

  it('refuses samples that say nothing', async () => {
    await expect(estimateDifference([1], [1, 2])).rejects.toThrow(/x needs 2 or more values/);
    await expect(estimateDifference([1, 1], [1, 1])).rejects.toThrow(/finite values that vary/);
    // @ts-expect-error no such option
    await expect(estimateDifference(x, y, { sampler: 'hmc' })).rejects.toThrow(/no option called 'sampler'/);
  });
});
