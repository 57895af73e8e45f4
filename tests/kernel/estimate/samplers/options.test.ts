/** What `sample` makes of its samplers' options, on models. */
import { describe, expect, it } from 'vitest';
import { flat, halfNormal, normal } from '#kernel/distributions/index';
import { sample } from '#kernel/estimate/index';
import { metricKind } from '#kernel/estimate/nuts/metric';
import { Collector } from '#kernel/estimate/samplers/collect';
import { drive, runnerOf } from '#kernel/estimate/samplers/drive';
import { runChains, type SamplingOrder } from '#kernel/estimate/samplers/job';
import { samplers } from '#kernel/estimate/samplers/registry';
import { densityOf } from '#kernel/estimate/samplers/target';
import { compileModel, model } from '#kernel/model/index';
import { foldIn, key } from '#kernel/numeric/random';
import { correlated } from '../nuts/densities.ts';
import '#kernel/diagnose/index';

const iq = Array.from({ length: 50 }, (_, i) => 85 + ((i * 7) % 31));
const score = iq.map((value, i) => 25 + 0.6 * value + ((i * 11) % 17) - 8);
/** Not centred: intercept and slope are correlated by −0.99. */
const line = model()
  .data({ iq, score })
  .parameters({ alpha: flat(), slope: flat(), sigma: halfNormal(0, 20) })
  .observe(({ alpha, slope, sigma, iq }) => ({ score: normal(alpha.add(slope.mul(iq)), sigma) }));

describe('the metric of nuts', () => {
  const options = { chains: 2, warmup: 300, draws: 300, seed: 1, workers: 0 };

  it('is learned where it pays, and can be chosen', async () => {
    const kinds = async (metric?: 'auto' | 'diagonal' | 'dense') => {
      const { warmup } = await sample(line, { ...options, ...(metric ? { metric } : {}) });
      return warmup.map((chain) => metricKind(chain.metric!));
    };
    expect(await kinds()).toEqual(['dense', 'dense']);
    expect(await kinds('diagonal')).toEqual(['diagonal', 'diagonal']);
    const easy = model().parameters({ x: normal(0, 1).size(6) });
    const { warmup } = await sample(easy, options);
    expect(warmup.map((chain) => metricKind(chain.metric!))).toEqual(['diagonal', 'diagonal']);
  });

  it('makes a correlated regression cheap', async () => {
    const cost = async (metric: 'auto' | 'diagonal') => {
      const { sampling } = await sample(line, { ...options, metric });
      return sampling.reduce((sum, { gradients }) => sum + gradients, 0);
    };
    expect((await cost('auto')) * 3).toBeLessThan(await cost('diagonal'));
  });

  it('is one of three words', async () => {
    await expect(sample(line, { ...options, metric: 'full' as never })).rejects.toThrow(
      "sample: metric must be one of 'auto', 'diagonal', 'dense', got 'full'",
    );
  });
});

describe('starts from pathfinder', () => {
  it('lie near the posterior: short chains without warm-up are already there', async () => {
    const far = model()
      .data({ y: [1001, 1002, 1003] })
      .parameters({ mu: normal(0, 10_000) })
      .observe(({ mu }) => ({ y: normal(mu, 1) }));
    const options = { chains: 4, warmup: 0, draws: 1, seed: 2, workers: 0, maxTreeDepth: 1 } as const;
    const near = await sample(far, { ...options, init: 'pathfinder' });
    expect(near.draws.mu.values.every((mu) => Math.abs(mu - 1002) < 20)).toBe(true);
    const random = await sample(far, options);
    expect(random.draws.mu.values.some((mu) => Math.abs(mu - 1002) > 100)).toBe(true);
  });

  it('are the same bits on workers, and a run begun so can be gone on with', async () => {
    const options = { chains: 2, warmup: 50, draws: 30, seed: 3, init: 'pathfinder' } as const;
    const here = await sample(line, { ...options, workers: 0 });
    expect((await sample(line, { ...options, workers: 2 })).draws).toEqual(here.draws);
    const more = await sample(line, { ...options, workers: 0, draws: 60, resume: here });
    expect(more.draws).toEqual((await sample(line, { ...options, workers: 0, draws: 60 })).draws);
  });
});

describe('gibbs over the parameters of a model', () => {
  it('takes blocks by name, and agrees with nuts within their errors', async () => {
    const told = model()
      .data({ y: [3.1, 4.7, 2.2, 5.9, 4.4, 3.8] })
      .parameters({ mu: normal(0, 10), sigma: halfNormal(0, 5) })
      .observe(({ mu, sigma }) => ({ y: normal(mu, sigma) }));
    const options = { seed: 4, warmup: 300, draws: 2000, workers: 0 };
    const blocks = [{ parameters: ['mu'], sampler: 'hmc' as const }, { parameters: ['sigma'] }];
    const byBlocks = (await sample(told, { ...options, sampler: 'gibbs', blocks })).summary();
    const byNuts = (await sample(told, options)).summary();
    for (const name of ['mu', 'sigma']) {
      const [a, b] = [byBlocks.row(name), byNuts.row(name)];
      expect(Math.abs(a.mean - b.mean) / Math.hypot(a.mcseMean, b.mcseMean), name).toBeLessThan(4);
      expect(Math.abs(a.sd - b.sd) / Math.hypot(a.mcseSd, b.mcseSd), name).toBeLessThan(4);
    }
  });

  it('names the parameters there are', async () => {
    const wrong = { sampler: 'gibbs', blocks: [{ parameters: ['beta'] }] } as const;
    await expect(sample(line, wrong)).rejects.toThrow("'beta', which is no parameter; there are: alpha, slope, sigma");
  });
});

describe('options that hold for one sampler alone', () => {
  it('are refused by the others', async () => {
    await expect(sample(line, { sampler: 'slice', targetAcceptance: 0.9 } as never)).rejects.toThrow(
      "no option called 'targetAcceptance'",
    );
    await expect(sample(line, { sampler: 'ensemble', walkers: 7 })).rejects.toThrow(
      'walkers must be an even number ≥ 4, got 7',
    );
    await expect(sample(line, { sampler: 'tempering', hottest: 1.5 })).rejects.toThrow(
      'hottest must lie between 0 and 1',
    );
    await expect(sample(line, { sampler: 'smc', spread: Number.NaN })).rejects.toThrow(
      'spread must be a positive number',
    );
  });
});

describe('the parts chains are driven by', () => {
  const options = { targetAcceptance: 0.8, maxTreeDepth: 10, metric: 'auto' } as const;

  it('a density from its graph is the same object each time, and the density it came from', () => {
    const density = compileModel(line).density({ prior: true, jacobian: true });
    const again = densityOf(density.graph!);
    expect(densityOf(density.graph!)).toBe(again);
    const position = Float64Array.of(20, 0.5, 2);
    const [g, h] = [new Float64Array(3), new Float64Array(3)];
    expect(again.valueAndGradient(position, h)).toBe(density.valueAndGradient(position, g));
    expect(h).toEqual(g);
    expect(again.value(position)).toBe(density.value(position));
  });

  it('runs take turns to their end, and stop when told', async () => {
    const target = correlated(0.3);
    const make = (chain: number, draws: number) =>
      runnerOf(samplers.nuts.run(target, foldIn(key(1), chain), { ...options, warmup: 50, draws }));
    const short = [make(0, 10), make(1, 20)];
    await drive(
      short,
      () => false,
      () => undefined,
    );
    expect(short.map(({ result }) => result!.logDensity.length)).toEqual([10, 20]);
    const long = [make(0, 1_000_000), make(1, 1_000_000)];
    let told = 0;
    await drive(
      long,
      () => told > 0,
      () => told++,
    );
    expect(long.map(({ result }) => result!.ending)).toEqual(['interrupted', 'interrupted']);
    expect(long.every(({ warmupSeconds }) => warmupSeconds > 0)).toBe(true);
  });

  it('an order gives each chain its end, and its draws as batches when asked', async () => {
    const density = compileModel(line).density({ prior: true, jacobian: true });
    const order: SamplingOrder = {
      sampler: 'nuts',
      warmup: 30,
      draws: 25,
      options,
      stream: true,
      chains: [3, 5].map((chain) => ({ chain, key: foldIn(key(2), chain) })),
    };
    const seen = new Map<number, number>();
    const ends = await runChains(
      order,
      density.graph!,
      () => false,
      ({ batches }) => {
        for (const { chain, numbers, logDensity } of batches) {
          const first = seen.get(chain) ?? 0;
          expect([...numbers]).toEqual([...logDensity.keys()].map((i) => first + i));
          seen.set(chain, first + numbers.length);
        }
      },
    );
    expect(ends.map(({ chain }) => chain)).toEqual([3, 5]);
    expect([...seen.values()]).toEqual([25, 25]);
  });

  it('a collector goes on from what an earlier part left', () => {
    const taken = (x: number) => ({ position: Float64Array.of(x), logDensity: -x, acceptance: 0.5, evaluations: 3 });
    const first = new Collector(1, { warmup: 1, draws: 4 });
    for (let i = 0; i < 3; i++) first.take(i, { ...taken(i), divergent: i > 0 });
    const half = first.result('interrupted', { stepSize: 0.1 });
    expect(half).toMatchObject({
      iterations: 3,
      gradients: 6,
      warmup: { gradients: 3, divergences: 0, stepSize: 0.1 },
    });
    const second = new Collector(1, { warmup: 1, draws: 4, from: half });
    expect(second.iterations).toBe(3);
    for (let i = 3; i < 5; i++) second.take(i, taken(i));
    const whole = second.result('complete', {});
    expect([...whole.positions]).toEqual([1, 2, 3, 4]);
    expect([...whole.divergent]).toEqual([1, 1, 0, 0]);
    expect(second.progress(5)).toMatchObject({ phase: 'sampling', iterations: 5, divergences: 2 });
  });
});
