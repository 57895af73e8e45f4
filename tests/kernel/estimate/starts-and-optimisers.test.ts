/** Many starts, on this thread or on others, and the optimiser a user chooses. */
import { describe, expect, it } from 'vitest';
import { bernoulli, flat, laplace, normal, studentT } from '#kernel/distributions/index';
import { EventLog, map, mle, type Objective, type OptimiserName, optimisers } from '#kernel/estimate/index';
import { model } from '#kernel/model/index';

const y = [3.1, 4.7, 2.2, 5.9, 4.4, 3.8];
const n = y.length;
const mean = y.reduce((a, b) => a + b) / n;
const sd = Math.sqrt(y.reduce((a, b) => a + (b - mean) ** 2, 0) / n);
const sample = model()
  .data({ y })
  .parameters({ mu: flat(), sigma: flat().bounded({ lower: 0 }) })
  .observe(({ mu, sigma }) => ({ y: normal(mu, sigma) }));
// A Cauchy location with two clusters has two maxima (Barnett 1966).
const clusters = model()
  .data({ y: [-1.4, -1.2, 1.1, 1.4, 1.5] })
  .parameters({ mu: flat() })
  .observe(({ mu }) => ({ y: studentT(1, mu, 0.2) }));

const everyName: readonly OptimiserName[] = [
  'gradientDescent',
  'lbfgs',
  'bfgs',
  'newton',
  'trustRegion',
  'nelderMead',
  'differentialEvolution',
  'coordinateDescent',
  'proximalGradient',
  'fisherScoring',
];

describe('an optimiser chosen by name', () => {
  it.each(everyName)('%s finds the estimate, says how, and writes its iterates', async (optimiser) => {
    const log = new EventLog(5000);
    const fit = await mle(sample, { optimiser, log, starts: 2 });
    expect(fit.ending).toBe('converged');
    expect(fit.estimates.mu).toBeCloseTo(mean, 6);
    expect(fit.estimates.sigma).toBeCloseTo(sd, 6);
    expect(fit.standardErrors.mu).toBeCloseTo(sd / Math.sqrt(n), 6);
    expect(fit.gradientNorm).toBeLessThan(1e-5);
    const iterates = log.events().filter((event) => event.type === 'iterate');
    expect(iterates.length).toBeGreaterThanOrEqual(fit.climbs.reduce((sum, { iterations }) => sum + iterations, 0));
    expect(iterates.at(-1)!.value).toBeCloseTo(-fit.climbs.at(-1)!.logDensity, 12);
  });

  it('is every one that needs no more than a model', () => {
    const { gradients, values, composite, information } = optimisers;
    const registered = [gradients, values, composite, information].flatMap((group) => Object.keys(group));
    expect([...everyName].sort()).toEqual(registered.sort());
  });

  it('may be made by a function, with options of its own', async () => {
    const seen: number[] = [];
    const optimiser = (objective: Objective) => {
      seen.push(objective.dimension);
      return optimisers.gradients.gradientDescent(objective, { rate: 0.02, momentum: 0.8 });
    };
    const fit = await mle(sample, { optimiser, starts: 1, iterations: 20_000 });
    expect(fit.ending).toBe('converged');
    expect(fit.estimates.mu).toBeCloseTo(mean, 6);
    expect(seen).toEqual([2]);
    const short = await mle(sample, { optimiser, starts: 1, iterations: 5 });
    expect(short.ending).toBe('iterations');
    expect(short.iterations).toBe(5);
  });

  it('lands on the zeros of a lasso where it knows penalties', async () => {
    const x = Array.from({ length: 30 }, (_, i) => [Math.sin(7.1 * i), Math.cos(3.3 * i), Math.sin(i * i)]);
    const lasso = model()
      .data({ x, z: x.map((row, i) => 2 * row[0]! + 0.05 * Math.sin(11 * i)) })
      .parameters({ b: laplace(0, 0.05).size(3) })
      .observe(({ b, x }) => ({ z: normal(x.matmul(b), 1) }));
    const usual = await map(lasso);
    for (const optimiser of ['coordinateDescent', 'proximalGradient'] as const) {
      const fit = await map(lasso, { optimiser });
      expect(fit.ending).toBe('converged');
      expect([...fit.estimates.b].map((v) => v === 0)).toEqual([false, true, true]);
      expect(fit.estimates.b[0]).toBeCloseTo(usual.estimates.b[0]!, 8);
      expect(fit.warnings.join()).toContain('b[1] is exactly 0');
    }
  });

  it('is refused where there is none of that name, or what is needed is not there', async () => {
    const bad = (optimiser: unknown) => mle(sample, { optimiser: optimiser as never });
    for (const choice of ['sgd', 3, null, {}]) {
      await expect(bad(choice)).rejects.toThrow("mle: optimiser must be one of 'gradientDescent', 'lbfgs'");
    }
    await expect(bad(() => 3)).rejects.toThrow('must return one, such as optimisers.gradients.lbfgs(objective), got 3');
    await expect(map(sample, { optimiser: 'fisherScoring' })).rejects.toThrow("'fisherScoring' is for mle");
    const own = sample.logDensity(({ mu }) => mu.square().neg());
    await expect(mle(own, { optimiser: 'fisherScoring' })).rejects.toThrow('none is known for logDensity');
  });
});

describe('many starts', () => {
  it('keep what each found, in their order, and the second-best optimum', async () => {
    const fit = await mle(clusters, { starts: 12, init: { mu: -1.3 } });
    expect(fit.climbs).toHaveLength(13);
    expect(fit.climbs[0]!.values[0]).toBeLessThan(0); // the nearest to init
    expect(fit.climbs.every(({ ending }) => ending === 'converged')).toBe(true);
    expect(Math.max(...fit.climbs.map(({ logDensity }) => logDensity))).toBe(fit.logLikelihood);
    expect(fit.optima.reduce((sum, { starts }) => sum + starts, 0)).toBe(13);
    expect(fit.optima[1]!.logDensity).toBe(fit.climbs[0]!.logDensity);
    expect(String(fit)).toContain('2 optima were found; the second');
  });

  it('find the same bits on this thread and on others, in the same order', async () => {
    const here = await mle(clusters, { starts: 9, workers: 0 });
    for (const workers of [1, 2, 4]) {
      const elsewhere = await mle(clusters, { starts: 9, workers });
      expect(elsewhere.climbs).toEqual(here.climbs);
      expect(elsewhere.optima).toEqual(here.optima);
      expect(elsewhere.covariance).toEqual(here.covariance);
      expect(elsewhere.evaluations).toBe(here.evaluations);
    }
    const byMap = await map(sample, { starts: 5, workers: 2, jacobian: true });
    expect(byMap.climbs).toEqual((await map(sample, { starts: 5, jacobian: true })).climbs);
  });

  it('see a boundary on other threads as on this one', async () => {
    const heads = model()
      .data({ k: [1, 1, 1, 1] })
      .parameters({ p: flat().bounded({ lower: 0, upper: 1 }) })
      .observe(({ p }) => ({ k: bernoulli(p) }));
    const here = await mle(heads, { starts: 4, workers: 0 });
    const elsewhere = await mle(heads, { starts: 4, workers: 2 });
    expect(here.warnings.join()).toContain('p is at the edge of its support');
    expect(elsewhere.warnings).toEqual(here.warnings);
    expect(elsewhere.climbs).toEqual(here.climbs);
  });

  it('stop on a signal with those that are done', async () => {
    const controller = new AbortController();
    const told: string[] = [];
    // Climbs of a millisecond: far from over when the first progress is told, after 0.3 s.
    const long = model()
      .data({ y: Float64Array.from({ length: 4000 }, (_, i) => (i % 2 === 0 ? -1.3 : 1.4) + Math.sin(i) / 5) })
      .parameters({ mu: flat() })
      .observe(({ mu }) => ({ y: studentT(1, mu, 0.2) }));
    const fit = await mle(long, {
      starts: 10_000,
      workers: 2,
      signal: controller.signal,
      onProgress: ({ text }) => {
        told.push(text);
        controller.abort();
      },
    });
    expect(fit.ending).toBe('interrupted');
    expect(fit.climbs.length).toBeGreaterThanOrEqual(1);
    expect(fit.climbs.length).toBeLessThan(9_000);
    expect(fit.warnings[0]).toContain('Interrupted');
    expect(told.length).toBeGreaterThan(0);
  });

  it('refuse a number of workers that is none', async () => {
    await expect(mle(sample, { workers: -1 })).rejects.toThrow('mle: workers must be a whole number from 0 to 1000');
    await expect(mle(sample, { workers: Number.NaN })).rejects.toThrow('got NaN');
  });
});
