import { describe, expect, it } from 'vitest';
import { bernoulliLogit, exponential, flat, normal } from '#kernel/distributions/index';
import { bootstrapInterval } from '#kernel/estimate/bootstrap-interval';
import { type BootstrapIntervalKind, bootstrap, mle } from '#kernel/estimate/index';
import { model } from '#kernel/model/index';
import { sortedQuantile } from '#kernel/numeric/quantile';
import scipy from './fixtures/bootstrap.json' with { type: 'json' };

const positive = () => flat().bounded({ lower: 0 });
/** The maximum-likelihood estimate of `mean` is the sample's mean. */
const waiting = model()
  .data({ x: scipy.x })
  .parameters({ mean: positive() })
  .derived(({ mean }) => ({ rate: mean.reciprocal() }))
  .observe(({ mean }) => ({ x: exponential(mean.reciprocal()) }));

describe('bootstrap intervals against scipy, from the same replicates', () => {
  it.each(Object.entries(scipy.intervals))('%s', (name, [low, high]) => {
    const [kind, level] = name.split(' ') as [BootstrapIntervalKind, string];
    const replicates = Float64Array.from(scipy.replicates);
    const jackknife = Float64Array.from(scipy.jackknife);
    const { lower, upper } = bootstrapInterval(kind, replicates, scipy.estimate, Number(level), jackknife);
    expect(lower).toBeCloseTo(low!, 10);
    expect(upper).toBeCloseTo(high!, 10);
  });

  it('quantiles are interpolated between order statistics', () => {
    const sorted = Float64Array.of(1, 2, 4);
    expect([0, 0.25, 0.5, 0.75, 1].map((p) => sortedQuantile(sorted, p))).toEqual([1, 1.5, 2, 3, 4]);
  });
});

describe('the bootstrap', () => {
  it('nonparametric: each replicate is the estimate on rows drawn again, the jackknife that without one', async () => {
    const boot = await bootstrap(waiting, { replicates: 400, seed: 3 });
    expect(boot.names).toEqual(['mean', 'rate']);
    expect(boot.values[0]).toBeCloseTo(scipy.estimate, 10);
    expect(boot.jackknife).toHaveLength(25 * 2);
    scipy.jackknife.forEach((v, i) => {
      expect(boot.jackknife![2 * i]).toBeCloseTo(v, 9);
    });
    // The variance over resamples of a mean is Σ(x − x̄)²/n²; the standard deviation of 400 draws errs by 1/√800.
    const exact = Math.sqrt(scipy.x.reduce((s, v) => s + (v - scipy.estimate) ** 2, 0)) / 25;
    expect(Math.abs(boot.standardErrors[0]! / exact - 1)).toBeLessThan(4 / Math.sqrt(800));
    expect(Math.abs(boot.bias[0]!)).toBeLessThan((4 * exact) / Math.sqrt(400));
    expect(boot.of('rate')[7]).toBeCloseTo(1 / boot.of('mean')[7]!, 10);
    expect(boot.warnings).toEqual([]);
    const interval = boot.interval(0.95, 'bca')[0]!;
    expect(Math.abs(interval.lower - scipy.intervals['bca 0.95'][0]!)).toBeLessThan(exact / 2);
    expect(String(boot)).toContain('Bootstrap, nonparametric, 400 replicates');
    expect(boot.summary().row('mean').lower).toBe(interval.lower);
  });

  it('parametric: data drawn from the fit', async () => {
    const boot = await bootstrap(waiting, { replicates: 400, kind: 'parametric', seed: 3 });
    // The mean of 25 exponential draws has standard deviation mean/5.
    expect(Math.abs(boot.standardErrors[0]! / (scipy.estimate / 5) - 1)).toBeLessThan(4 / Math.sqrt(800));
    expect(boot.jackknife).toBeUndefined();
    expect(() => boot.interval(0.95, 'bca')).toThrow('needs the jackknife');
    const basic = boot.interval(0.9, 'basic')[0]!;
    const percentile = boot.interval(0.9)[0]!;
    expect(basic.lower).toBeCloseTo(2 * boot.values[0]! - percentile.upper, 12);
  });

  it('draws whole rows: pairs stay together, and factors are factors', async () => {
    const grouped = model()
      .data({ y: [1, 2, 3, 4, 5, 6], g: { codes: Int32Array.of(0, 0, 0, 1, 1, 1), levels: ['a', 'b'] as const } })
      .parameters({ m: flat().size(2) })
      .observe(({ m, g }) => ({ y: normal(m.at(g), 1) }));
    const boot = await bootstrap(grouped, { replicates: 60, seed: 1, jackknife: false });
    for (const v of boot.of('m[0]')) expect(v).toBeLessThanOrEqual(3 + 1e-9);
    for (const v of boot.of('m[1]')) expect(v).toBeGreaterThanOrEqual(4 - 1e-9);
  });

  it('is the same for the same seed, starts from a fit that is given, and stops on a signal', async () => {
    const fit = await mle(waiting);
    const [a, b] = [
      await bootstrap(fit, { replicates: 20, seed: 5 }),
      await bootstrap(fit, { replicates: 20, seed: 5 }),
    ];
    expect(a.replicates).toEqual(b.replicates);
    expect((await bootstrap(fit, { replicates: 20, seed: 6 })).replicates).not.toEqual(a.replicates);
    const controller = new AbortController();
    const stopped = bootstrap(fit, { replicates: 100_000, jackknife: false, signal: controller.signal });
    setTimeout(() => controller.abort(), 60);
    const partial = await stopped;
    expect(partial.ending).toBe('interrupted');
    expect(partial.warnings[0]).toMatch(/Interrupted after \d+ replicates/);
  });

  it('says when some data sets have their maximum at infinity: separation', async () => {
    const told = model()
      .data({ x: [1, 2, 3, 4, 5, 6], y: [0, 0, 1, 0, 1, 1] })
      .parameters({ a: flat(), b: flat() })
      .observe(({ a, b, x }) => ({ y: bernoulliLogit(a.add(b.mul(x))) }));
    const boot = await bootstrap(told, { replicates: 60, jackknife: false });
    expect(boot.warnings.join()).toMatch(/\d+ of 60 fits have their maximum at infinity/);
  });

  it('refuses what it cannot do', async () => {
    await expect(bootstrap(waiting, { replicates: 1 })).rejects.toThrow('replicates must be a whole number from 2');
    await expect(bootstrap(waiting, { kind: 'block' as never })).rejects.toThrow("kind must be 'nonparametric'");
    await expect(bootstrap(waiting, { rows: ['z'] })).rejects.toThrow("rows names 'z', which is not in .data");
    const one = model()
      .data({ y: 3 })
      .parameters({ m: flat() })
      .observe(({ m }) => ({ y: normal(m, 1) }));
    await expect(bootstrap(one)).rejects.toThrow('expected observed columns of one length');
  });
});
