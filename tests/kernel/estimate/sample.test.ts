import { afterEach, describe, expect, it } from 'vitest';
import { flat, halfNormal, normal, studentT } from '#kernel/distributions/index';
import { type Progress, priorPredictive, sample } from '#kernel/estimate/index';
import { installHost, type MimeBundle } from '#kernel/host/host';
import { model } from '#kernel/model/index';
import '#kernel/diagnose/index';

afterEach(() => installHost(undefined));

const y = [3.1, 4.7, 2.2, 5.9, 4.4, 3.8];
const location = model()
  .data({ y })
  .parameters({ mu: normal(0, 10) })
  .derived(({ mu }) => ({ twice: mu.mul(2) }))
  .observe(({ mu }) => ({ y: normal(mu, 2) }));
// Conjugate: precision 6/4 + 1/100, mean Σy/4 / precision.
const precision = 6 / 4 + 1 / 100;
const truth = { mean: y.reduce((a, b) => a + b) / 4 / precision, sd: Math.sqrt(1 / precision) };
const short = { chains: 2, warmup: 200, draws: 200 };

const eight = model()
  .data({ effect: [28, 8, -3, 7, -1, 1, 18, 12], se: [15, 10, 16, 11, 9, 11, 10, 18] })
  .parameters({ mu: normal(0, 5), tau: halfNormal(0, 5), z: normal(0, 1).size(8) })
  .derived(({ mu, tau, z }) => ({ theta: mu.add(tau.mul(z)) }))
  .observe(({ theta, se }) => ({ effect: normal(theta, se) }));

describe('draws', () => {
  it('agree with the conjugate posterior within 4 Monte Carlo standard errors', async () => {
    const posterior = await sample(location, { seed: 1 });
    const row = posterior.summary().row('mu');
    expect(row.essBulk).toBeGreaterThan(1000);
    expect(Math.abs(row.mean - truth.mean)).toBeLessThan(4 * row.mcseMean);
    expect(Math.abs(row.sd - truth.sd)).toBeLessThan(4 * row.mcseSd);
    expect(posterior.warnings).toEqual([]);
    expect(posterior.ending).toBe('complete');
  });

  it('have shape (chains, draws, …), derived quantities among them, each computed from its own draw', async () => {
    const posterior = await sample(eight, { ...short, seed: 1 });
    expect(posterior.draws.theta.shape).toEqual([2, 200, 8]);
    expect(posterior.draws.mu.shape).toEqual([2, 200]);
    const { mu, tau, z, theta } = posterior.draws;
    for (const i of [0, 57, 399]) {
      for (let j = 0; j < 8; j++) {
        expect(theta.values[8 * i + j]).toBeCloseTo(mu.values[i]! + tau.values[i]! * z.values[8 * i + j]!, 12);
      }
    }
    expect(tau.values.every((t) => t > 0)).toBe(true);
    expect(posterior.names).toHaveLength(18);
    expect(posterior.scalar('theta[3]')[1]![7]).toBe(theta.values[(200 + 7) * 8 + 3]);
    expect(() => posterior.scalar('theta')).toThrow("no scalar called 'theta'; there are: mu, tau, z[0]");
  });

  it('come with the sampler’s statistics', async () => {
    const { statistics, warmup, sampling, seconds } = await sample(location, { ...short, seed: 1 });
    for (const values of Object.values(statistics)) expect(values).toHaveLength(400);
    expect(statistics.acceptance.every((a: number) => a >= 0 && a <= 1)).toBe(true);
    expect(statistics.leapfrogs.subarray(0, 200).reduce((a: number, b: number) => a + b)).toBe(sampling[0]!.gradients);
    expect(warmup).toHaveLength(2);
    expect(warmup[0]!.stepSize).toBe(statistics.stepSize[0]);
    expect(warmup[0]!.gradients).toBeGreaterThan(200);
    expect(warmup[0]!.variance).toHaveLength(1);
    expect(seconds).toBeGreaterThan(0);
  });

  it('are the same for the same seed, and others for another', async () => {
    const [a, b, c] = [
      await sample(location, { ...short, seed: 5 }),
      await sample(location, { ...short, seed: 5 }),
      await sample(location, { ...short, seed: 6 }),
    ];
    expect(b.draws).toEqual(a.draws);
    expect(b.statistics).toEqual(a.statistics);
    expect(c.draws.mu.values).not.toEqual(a.draws.mu.values);
  });

  it('of chain 0 do not depend on how many chains there are, nor on the number of draws', async () => {
    const one = await sample(eight, { chains: 1, warmup: 150, draws: 100, seed: 2 });
    const three = await sample(eight, { chains: 3, warmup: 150, draws: 60, seed: 2 });
    expect(three.scalar('tau')[0]).toEqual(one.scalar('tau')[0]!.slice(0, 60));
  });

  it('start at the values given', async () => {
    const posterior = await sample(location, { chains: 2, warmup: 0, draws: 1, seed: 1, init: { mu: 500 } });
    expect(posterior.draws.mu.values.every((mu) => mu > 100)).toBe(true);
  });

  it('start at random where init leaves a parameter out', async () => {
    const posterior = await sample(eight, { ...short, seed: 1, init: { tau: 3 } });
    expect(posterior.drawsPerChain).toBe(200);
  });
});

describe('what a posterior says', () => {
  it('is a table a person can read', async () => {
    const text = String(await sample(location, { seed: 1 }));
    expect(text).toContain('Posterior: 4 chains of 1000 draws');
    expect(text).toMatch(/mean\s+sd\s+5 %\s+median\s+95 %\s+mcse mean\s+mcse sd\s+ess bulk\s+ess tail\s+r-hat/);
    expect(text).toMatch(/\nmu\s/);
    expect(text).toMatch(/\ntwice\s/);
  });

  it('warns of divergences, and says what to try: the centred eight schools', async () => {
    const centred = model()
      .data({ effect: [28, 8, -3, 7, -1, 1, 18, 12], se: [15, 10, 16, 11, 9, 11, 10, 18] })
      .parameters({ mu: normal(0, 5), tau: halfNormal(0, 5) })
      .parameters(({ mu, tau }) => ({ theta: normal(mu, tau).size(8) }))
      .observe(({ theta, se }) => ({ effect: normal(theta, se) }));
    const posterior = await sample(centred, { seed: 1 });
    expect(posterior.warnings.join()).toMatch(/trajectories diverged.*targetAcceptance.*non-centred/s);
    expect(String(posterior)).toContain('⚠');
  });

  it('warns of chains that do not agree, of few effective draws, and of one chain alone', async () => {
    const apart = model()
      .parameters({ m: flat() })
      .logDensity(({ m }) => m.square().sub(100).square().mul(-0.01)); // modes at −10 and 10, far apart
    const posterior = await sample(apart, { ...short, seed: 3, chains: 4 });
    expect(posterior.warnings.join()).toMatch(/R-hat is up to .* \(m\): the chains do not agree/);
    expect(posterior.warnings.join()).toMatch(/Effective sample size is down to/);
    const one = await sample(location, { chains: 1, warmup: 100, draws: 100 });
    expect(one.warnings.join()).toContain('One chain cannot show');
    expect(one.summary().row('mu').rHat).toBeNaN();
  });

  it('warns of trajectories cut short', async () => {
    const posterior = await sample(eight, { ...short, maxTreeDepth: 1, seed: 1 });
    expect(posterior.warnings.join()).toContain('reached the deepest tree (1)');
    expect(posterior.statistics.treeDepth.every((d) => d <= 1)).toBe(true);
  });

  it('warns of slowly mixing energies: tails as heavy as Cauchy’s', async () => {
    const heavy = model().parameters({ x: studentT(1, 0, 1).size(10) });
    const posterior = await sample(heavy, { seed: 1, draws: 500 });
    expect(posterior.warnings.join()).toMatch(/energy mixes slowly \(BFMI below 0\.3\)/);
  });

  it('leaves out chains that found no start, says why, and keeps the others', async () => {
    // Finite only above 1.99, where one random start in 400 falls.
    const narrow = model()
      .parameters({ m: flat() })
      .logDensity(({ m }) => m.sub(1.99).log().sub(m));
    const posterior = await sample(narrow, { ...short, chains: 12, seed: 1 });
    expect(posterior.chains).toBeGreaterThan(0);
    expect(posterior.chains).toBeLessThan(12);
    expect(posterior.warnings.join()).toMatch(/Chain \d+ is left out: .* not finite at any of 100 random starts/);
    expect(posterior.statistics.energy).toHaveLength(posterior.chains * 200);
  });

  it('cuts a long table', async () => {
    const posterior = await sample(model().parameters({ x: normal(0, 1).size(100) }), { ...short, seed: 1 });
    expect(String(posterior)).toContain('… and 40 more rows: see summary()');
    expect(posterior.summary().rows).toHaveLength(100);
  });

  it('gives equal-tailed intervals at any level', async () => {
    const posterior = await sample(location, { seed: 1 });
    const [mu] = posterior.interval(0.9);
    const row = posterior.summary().row('mu');
    expect(mu!.name).toBe('mu');
    expect(mu!.lower).toBeCloseTo(row.q5, 12);
    expect(mu!.upper).toBeCloseTo(row.q95, 12);
    expect(() => posterior.interval(0)).toThrow('level must lie between 0 and 1, got 0');
  });
});

describe('an interrupted run', () => {
  it('keeps what it has, cut to the common length', async () => {
    const controller = new AbortController();
    let reports = 0;
    const posterior = await sample(eight, {
      warmup: 100,
      draws: 1_000_000,
      seed: 1,
      signal: controller.signal,
      onProgress: ({ done }) => {
        reports++;
        if (done > 100_000) controller.abort(); // on a busy machine one worker can be far behind the other
      },
    });
    expect(posterior.ending).toBe('interrupted');
    expect(posterior.chains).toBe(4);
    expect(posterior.drawsPerChain).toBeGreaterThan(10);
    expect(posterior.drawsPerChain).toBeLessThan(1_000_000);
    expect(posterior.draws.theta.shape).toEqual([4, posterior.drawsPerChain, 8]);
    expect(posterior.warnings[0]).toContain('Interrupted');
    expect(reports).toBeGreaterThan(0);
    // What is there is what an unbroken run begins with.
    const whole = await sample(eight, { warmup: 100, draws: 10, chains: 1, seed: 1 });
    expect(posterior.scalar('mu')[0]!.slice(0, 10)).toEqual(whole.scalar('mu')[0]);
  });

  it('in warm-up has no draws, and says so without failing', async () => {
    const controller = new AbortController();
    controller.abort();
    const posterior = await sample(eight, { seed: 1, signal: controller.signal });
    expect(posterior.drawsPerChain).toBe(0);
    expect(posterior.draws.theta.shape).toEqual([4, 0, 8]);
    expect(String(posterior)).toContain('Interrupted in warm-up');
  });

  it('listens to the notebook’s interrupt where no signal is given', async () => {
    const controller = new AbortController();
    installHost({
      display: () => ({ update: () => controller.abort() }),
      signal: () => controller.signal,
    });
    const posterior = await sample(eight, { draws: 1_000_000, warmup: 100, seed: 1 });
    expect(posterior.ending).toBe('interrupted');
  });
});

describe('progress', () => {
  it('is one live display, a line a chain, ending in one line', async () => {
    const shown: string[] = [];
    const text = (bundle: MimeBundle) => shown.push(String(bundle['text/plain']));
    let displays = 0;
    installHost({
      display: (bundle) => {
        displays++;
        text(bundle);
        return { update: text };
      },
      signal: () => undefined,
    });
    await sample(eight, { draws: 100_000, seed: 1 });
    expect(displays).toBe(1);
    expect(shown[0]).toMatch(/^chain 0 {2}[▓░]{20} {2}\d+\/101000 (warm-up|sampling).*\nchain 1 /);
    expect(shown.at(-1)).toMatch(/^4 × 100000 draws in [\d.]+ s(, \d+ divergent)?$/);
  });

  it('is told to onProgress, the end included, also where there is no host', async () => {
    const told: Progress[] = [];
    await sample(location, { ...short, onProgress: (p) => told.push(p) });
    expect(told.at(-1)).toMatchObject({ done: 800, total: 800 });
  });
});

describe('what sample refuses', () => {
  it('misspelt options and values out of range', async () => {
    await expect(sample(location, { chain: 2 } as never)).rejects.toThrow(
      "sample: no option called 'chain'; there are: chains",
    );
    await expect(sample(location, { draws: 0 })).rejects.toThrow('sample: draws must be a whole number from 1');
    await expect(sample(location, { warmup: -1 })).rejects.toThrow('warmup must be a whole number from 0');
    await expect(sample(location, { chains: 1.5 })).rejects.toThrow('chains must be a whole number from 1');
    await expect(sample(location, { targetAcceptance: 1 })).rejects.toThrow(
      'targetAcceptance must lie between 0 and 1, got 1',
    );
    await expect(sample(location, { maxTreeDepth: Number.NaN })).rejects.toThrow('maxTreeDepth');
    await expect(sample(location, { seed: 0.5 })).rejects.toThrow('seed');
    await expect(sample(location, { init: { nu: 1 } })).rejects.toThrow("init has 'nu', which is no parameter");
  });

  it('a model without parameters', async () => {
    await expect(sample(model().data({ y }))).rejects.toThrow('the model has no parameter');
  });

  it('a log density that is finite nowhere: it names the term and the values', async () => {
    const impossible = model()
      .data({ y })
      .parameters({ mu: flat() })
      .observe(({ mu }) => ({ y: normal(mu, mu.square().neg().sub(1)) }));
    await expect(sample(impossible)).rejects.toThrow(/no chain could run.*not finite at any of 100.*y ~ normal/s);
  });

  it('a parameter that has neither prior nor data: the posterior is improper', async () => {
    const line = model().data({ y });
    const unseen = line.parameters({ mu: flat(), nu: flat() }).observe(({ mu }) => ({ y: normal(mu, 1) }));
    await expect(sample(unseen, short)).rejects.toThrow("'nu' has a flat prior and no data depend on it");
    const scale = line
      .parameters({ mu: flat(), s: flat().bounded({ lower: 0 }) })
      .observe(({ mu }) => ({ y: normal(mu, 1) }));
    await expect(sample(scale, short)).rejects.toThrow("'s' has a flat prior");
    const element = line.parameters({ mu: flat().size(2) }).observe(({ mu }) => ({ y: normal(mu.at(0), 1) }));
    await expect(sample(element, short)).rejects.toThrow("'mu' has a flat prior");
  });

  it('no parameter without data that has a proper prior, or is bounded on both sides', async () => {
    const proper = model()
      .data({ y })
      .parameters({ mu: flat(), nu: normal(0, 1), p: flat().bounded({ lower: 0, upper: 2 }) })
      .observe(({ mu }) => ({ y: normal(mu, 1) }));
    const posterior = await sample(proper, { seed: 1 });
    expect(Math.abs(posterior.summary().row('p').mean - 1)).toBeLessThan(4 * posterior.summary().row('p').mcseMean);
  });
});

describe('predictive draws', () => {
  it('of the posterior: new data around each draw', async () => {
    const posterior = await sample(location, { seed: 1 });
    const { y: drawn } = posterior.predictive({ seed: 7 });
    expect(drawn.shape).toEqual([4, 1000, 6]);
    const mean = drawn.values.reduce((a, b) => a + b) / drawn.values.length;
    const variance = drawn.values.reduce((a, b) => a + (b - mean) ** 2, 0) / drawn.values.length;
    // Standard error of the mean: √(posterior variance / ESS + 4 / 24,000) < 0.03; the variance is 4 + posterior's.
    expect(Math.abs(mean - truth.mean)).toBeLessThan(0.12);
    expect(Math.abs(variance - (4 + truth.sd ** 2))).toBeLessThan(0.25);
    expect(posterior.predictive({ seed: 7 })).toEqual({ y: drawn });
    expect(posterior.predictive({ draws: 10 }).y.shape).toEqual([4, 3, 6]);
    expect(() => posterior.predictive({ draws: 0 })).toThrow('draws must be a whole number from 1');
  });

  it('of the prior: parameters, and data given them', async () => {
    const { parameters, observed } = await priorPredictive(location, { draws: 2000, seed: 1 });
    expect(parameters.mu.shape).toEqual([1, 2000]);
    expect(observed.y.shape).toEqual([1, 2000, 6]);
    const sd = Math.sqrt(parameters.mu.values.reduce((a, b) => a + b * b, 0) / 2000);
    expect(Math.abs(sd - 10)).toBeLessThan((4 * 10) / Math.sqrt(2 * 2000)); // se of an sd: σ/√(2n)
    await expect(priorPredictive(model().parameters({ a: flat() }))).rejects.toThrow('a');
  });
});
