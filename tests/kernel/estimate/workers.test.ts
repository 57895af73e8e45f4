/** `sample` on the pool: same bits, streams, stops, goes on. */
import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { flat, halfNormal, normal } from '#kernel/distributions/index';
import { type DrawBatch, type Posterior, sample } from '#kernel/estimate/index';
import { installHost } from '#kernel/host/host';
import { model } from '#kernel/model/index';
import { processors, sharedPool, WorkerPool } from '#kernel/workers/index';
import '#kernel/diagnose/index';

afterEach(() => {
  installHost(undefined);
  vi.restoreAllMocks();
});

const eight = model()
  .data({ effect: [28, 8, -3, 7, -1, 1, 18, 12], se: [15, 10, 16, 11, 9, 11, 10, 18] })
  .parameters({ mu: normal(0, 5), tau: halfNormal(0, 5), z: normal(0, 1).size(8) })
  .derived(({ mu, tau, z }) => ({ theta: mu.add(tau.mul(z)) }))
  .observe(({ theta, se }) => ({ effect: normal(theta, se) }));

const short = { warmup: 100, draws: 100, seed: 3 };

/** What must not depend on how a run was made. */
const bits = ({ draws, statistics, warmup }: Posterior) => ({
  draws,
  statistics,
  warmup: warmup.map(({ seconds, ...rest }) => rest),
});

/** Of all draws and statistics: to compare millions of numbers one by one takes a minute. */
function digest({ draws, statistics }: Posterior): string {
  const hash = createHash('sha256');
  for (const { values } of Object.values(draws)) hash.update(new Uint8Array(values.buffer));
  for (const values of Object.values(statistics)) hash.update(new Uint8Array(values.buffer));
  return hash.digest('hex');
}

describe('the same bits', () => {
  it('whether the chains run here or on 1, 2 or 4 workers', async () => {
    const here = await sample(eight, { ...short, workers: 0 });
    for (const workers of [1, 2, 4]) {
      expect(bits(await sample(eight, { ...short, workers })), `${workers} workers`).toEqual(bits(here));
    }
  });

  it('in the first run of a worker and in the hundredth', async () => {
    const tiny = { chains: 2, warmup: 20, draws: 10, seed: 4, workers: 2 };
    const first = await sample(eight, tiny);
    const other = model().parameters({ x: normal(0, 1) });
    for (let i = 0; i < 98; i++) await sample(i % 7 === 0 ? other : eight, { ...tiny, seed: i });
    expect(bits(await sample(eight, tiny))).toEqual(bits(first));
  });

  it('where runs go on at the same time', async () => {
    const alone = await sample(eight, { ...short, workers: 0 });
    const three = await Promise.all([1, 2, 3].map(() => sample(eight, { ...short, workers: 2 })));
    for (const posterior of three) expect(bits(posterior)).toEqual(bits(alone));
  });

  it('where no worker can be opened: the chains run here', async () => {
    const alone = await sample(eight, { ...short, workers: 0 });
    const none = new WorkerPool(1, 10, () => undefined);
    vi.spyOn(sharedPool(), 'start').mockImplementation((task) => none.start(task));
    expect(bits(await sample(eight, { ...short, workers: 2 }))).toEqual(bits(alone));
  });
});

describe('draws as they are made', () => {
  it.each(['nuts', 'slice', 'ensemble', 'smc', 'pathfinder'] as const)(
    'come under their numbers from %s, by name on the natural scale, and are those of the result',
    async (sampler) => {
      const batches: DrawBatch[] = [];
      const onDraws = (batch: DrawBatch) => batches.push(batch);
      const posterior = await sample(eight, { ...short, sampler, chains: 2, workers: 2, onDraws });
      for (const chain of [0, 1]) {
        const seen = new Set<number>();
        for (const { numbers, draws, logDensity } of batches.filter((batch) => batch.chain === chain)) {
          const n = logDensity.length;
          expect(numbers).toHaveLength(n);
          expect(draws.theta!.shape).toEqual([n, 8]);
          numbers.forEach((number, i) => {
            seen.add(number);
            const at = chain * 100 + number;
            expect(draws.theta!.values.slice(8 * i, 8 * i + 8)).toEqual(
              posterior.draws.theta.values.slice(8 * at, 8 * at + 8),
            );
            expect(logDensity[i]).toBe(posterior.statistics.logDensity[at]);
          });
        }
        expect(seen.size).toBe(100);
      }
    },
  );

  it('come while the run goes on, and change nothing in it', async () => {
    let during = 0;
    let over = false;
    const options = { warmup: 100, draws: 30_000, chains: 2, seed: 1, workers: 2 };
    const controller = new AbortController();
    const posterior = await sample(eight, {
      ...options,
      signal: controller.signal,
      onDraws: () => {
        if (!over && ++during === 3) controller.abort();
      },
    });
    over = true;
    expect(during).toBeGreaterThanOrEqual(3);
    expect(posterior.ending).toBe('interrupted');
    const plain = await sample(eight, { ...options, draws: 50 });
    expect(posterior.scalar('tau')[0]!.slice(0, 50)).toEqual(plain.scalar('tau')[0]);
  });
});

describe.each([0, 2])('a run on %d workers that was stopped', (workers) => {
  it('goes on with the bits of an unbroken one', async () => {
    const controller = new AbortController();
    const options = { warmup: 200, draws: 400_000, chains: 3, seed: 5, workers };
    const stopped = await sample(eight, {
      ...options,
      signal: controller.signal,
      onProgress: ({ done }) => {
        if (done > 1500) controller.abort();
      },
    });
    expect(stopped.ending).toBe('interrupted');
    const enough = stopped.drawsPerChain + 100;
    const whole = await sample(eight, { ...options, draws: enough });
    const resumed = await sample(eight, { ...options, draws: enough, resume: stopped });
    expect(bits(resumed)).toEqual(bits(whole));
    expect(resumed.ending).toBe('complete');
    expect(resumed.sampling.map(({ gradients }) => gradients)).toEqual(whole.sampling.map((s) => s.gradients));
  });

  it('in warm-up goes on too', async () => {
    const options = { warmup: 100, draws: 50, chains: 2, seed: 6, workers };
    const stopped = await sample(eight, { ...options, signal: AbortSignal.abort() });
    expect(stopped.drawsPerChain).toBe(0);
    expect(stopped.warnings.join()).toContain('Interrupted in warm-up');
    expect(bits(await sample(eight, { ...options, resume: stopped }))).toEqual(bits(await sample(eight, options)));
  });
});

describe('a run for which nobody says how many workers', () => {
  const open = () => vi.spyOn(sharedPool(), 'start');
  /** As in a session in which no chain has run on a worker yet. */
  const unpractised = () => vi.spyOn(sharedPool(), 'practised').mockReturnValue(0);
  const long = { warmup: 300, draws: 40_000, chains: 3, seed: 11 };

  it('stays on this thread where it is short', async () => {
    const started = open();
    unpractised();
    vi.spyOn(performance, 'now').mockReturnValue(performance.now()); // however busy the machine is
    const posterior = await sample(eight, { warmup: 20, draws: 20, seed: 4 });
    expect(started).not.toHaveBeenCalled();
    vi.restoreAllMocks();
    expect(bits(posterior)).toEqual(bits(await sample(eight, { warmup: 20, draws: 20, seed: 4, workers: 0 })));
  });

  it('goes on at workers where it is long, from where it is and with the same bits', async () => {
    const started = open();
    unpractised();
    const posterior = await sample(eight, long);
    expect(started).toHaveBeenCalled();
    const chains = started.mock.calls.flatMap(([task]) => (task.payload as { chains: { from?: unknown }[] }).chains);
    expect(chains.length).toBeLessThanOrEqual(3);
    expect(chains.every(({ from }) => from !== undefined)).toBe(true);
    vi.restoreAllMocks();
    const whole = await sample(eight, { ...long, workers: 0 });
    expect(digest(posterior)).toBe(digest(whole));
    expect(posterior.ending).toBe('complete');
    expect(posterior.warmup.map(({ gradients }) => gradients)).toEqual(whole.warmup.map((w) => w.gradients));
    expect(posterior.sampling.map(({ gradients }) => gradients)).toEqual(whole.sampling.map((s) => s.gradients));
    expect(posterior.warmup.every(({ seconds }) => seconds > 0)).toBe(true);
  });

  it('gives every draw to onDraws once, those before and after the workers took over', async () => {
    unpractised();
    const started = open();
    const seen = [new Set<number>(), new Set<number>(), new Set<number>()];
    let count = 0;
    const onDraws = ({ chain, numbers }: DrawBatch) => {
      for (const number of numbers) seen[chain]!.add(number);
      count += numbers.length;
    };
    await sample(eight, { ...long, onDraws });
    expect(started).toHaveBeenCalled();
    expect(seen.map(({ size }) => size)).toEqual([40_000, 40_000, 40_000]);
    expect(count).toBe(120_000);
  });

  it('is begun at workers at once where they have run chains before', async () => {
    await sample(eight, { ...short, workers: processors() });
    const started = open();
    await sample(eight, short);
    expect(started).toHaveBeenCalled();
  });

  it('stays here to its end where no worker can be opened', async () => {
    const none = new WorkerPool(1, 10, () => undefined);
    unpractised();
    vi.spyOn(sharedPool(), 'prepare').mockImplementation((module, n) => none.prepare(module, n));
    vi.spyOn(sharedPool(), 'ready').mockImplementation((module) => none.ready(module));
    const started = open();
    const posterior = await sample(eight, { ...long, draws: 10_000 });
    expect(started).not.toHaveBeenCalled();
    expect([posterior.ending, posterior.drawsPerChain]).toEqual(['complete', 10_000]);
  });

  it('can be stopped before and after the workers took over', async () => {
    for (const enough of [100, 20_000]) {
      unpractised();
      const controller = new AbortController();
      const options = { ...long, draws: 400_000 };
      const seen = [0, 0, 0];
      const onDraws = ({ chain, numbers }: DrawBatch) => {
        seen[chain]! += numbers.length;
        if (Math.min(...seen) > enough) controller.abort();
      };
      const stopped = await sample(eight, { ...options, onDraws, signal: controller.signal });
      expect(stopped.ending).toBe('interrupted');
      expect(stopped.chains).toBe(3);
      expect(stopped.drawsPerChain).toBeGreaterThan(enough);
      vi.restoreAllMocks();
      const plain = await sample(eight, { ...options, draws: 200, workers: 0 });
      const n = Math.min(200, stopped.drawsPerChain);
      expect(stopped.scalar('tau')[2]!.slice(0, n)).toEqual(plain.scalar('tau')[2]!.slice(0, n));
    }
  });
});

describe('a complete run', () => {
  it('can be given more draws and more chains', async () => {
    const some = await sample(eight, { ...short, chains: 2 });
    const more = await sample(eight, { ...short, chains: 3, draws: 150, resume: some });
    expect(bits(more)).toEqual(bits(await sample(eight, { ...short, chains: 3, draws: 150 })));
  });

  it('is given back where nothing is missing, without new work', async () => {
    const whole = await sample(eight, { ...short, chains: 2 });
    const again = await sample(eight, { ...short, chains: 2, resume: whole });
    expect(bits(again)).toEqual(bits(whole));
  });

  it('is not gone on with where it is another run', async () => {
    const whole = await sample(eight, { ...short, chains: 2 });
    const other = model().parameters({ x: normal(0, 1) });
    await expect(sample(other, { ...short, resume: whole })).rejects.toThrow('resume is a posterior of another model');
    await expect(sample(eight, { ...short, seed: 9, resume: whole })).rejects.toThrow(
      'resume goes on with the same sampler, seed, warmup and options',
    );
  });
});

describe('what goes wrong on a worker', () => {
  it('is said of the chain, and the others are kept', async () => {
    // Finite only above 1.99, where one random start in 400 falls.
    const narrow = model()
      .parameters({ m: flat() })
      .logDensity(({ m }) => m.sub(1.99).log().sub(m));
    const options = { warmup: 50, draws: 50, chains: 12, seed: 1 };
    const there = await sample(narrow, { ...options, workers: 2 });
    const here = await sample(narrow, { ...options, workers: 0 });
    expect(there.warnings).toEqual(here.warnings);
    expect(there.warnings.join()).toMatch(/Chain \d+ is left out: .* not finite at any of 100 random starts/);
    expect(bits(there)).toEqual(bits(here));
  });

  it('a worker that was ended fails its own chains alone, and says what to try', async () => {
    const pool = sharedPool();
    const start = pool.start.bind(pool);
    let calls = 0;
    vi.spyOn(pool, 'start').mockImplementation((task) => {
      // The second hand of chains gets a worker that ends at once.
      const away = new URL('./tasks/exit.ts', new URL('../workers/x', import.meta.url)).href;
      return start(calls++ === 1 ? { ...task, module: away } : task);
    });
    const posterior = await sample(eight, { ...short, chains: 4, workers: 2 });
    expect(posterior.chains).toBe(2);
    expect(posterior.warnings.join()).toMatch(/Chain 1 is left out: its worker ended: .*workers: 0 may help/);
    vi.restoreAllMocks();
    const whole = await sample(eight, { ...short, chains: 4, workers: 0 });
    expect(posterior.scalar('mu')).toEqual([whole.scalar('mu')[0], whole.scalar('mu')[2]]);
  });

  it('all workers ended: an error with the reason', async () => {
    const pool = sharedPool();
    const start = pool.start.bind(pool);
    const away = new URL('../workers/tasks/exit.ts', import.meta.url).href;
    vi.spyOn(pool, 'start').mockImplementation((task) => start({ ...task, module: away }));
    await expect(sample(eight, { ...short, workers: 2 })).rejects.toThrow(
      'no chain could run: its worker ended: it ended with code 7',
    );
  });

  it('a full pool is an error that says what to do', async () => {
    const full = new WorkerPool(1, 0);
    vi.spyOn(sharedPool(), 'start').mockImplementation((task) => full.start(task));
    await expect(sample(eight, { ...short, workers: 2 })).rejects.toThrow('await earlier runs before you start more');
    full.close();
  });
});

describe('progress from workers', () => {
  it('is one live display below the cell that asked', async () => {
    const shown: string[] = [];
    installHost({
      display: (bundle) => {
        shown.push(String(bundle['text/plain']));
        return { update: (next) => shown.push(String(next['text/plain'])) };
      },
      signal: () => undefined,
    });
    await sample(eight, { draws: 40_000, warmup: 100, seed: 1, workers: 2 });
    expect(shown[0]).toMatch(/^chain 0 {2}[▓░]{20} {2}\d+\/40100 (warm-up|sampling).*\nchain 1 /);
    expect(shown.at(-1)).toMatch(/^4 × 40000 draws in/);
  });

  it('lets this thread turn: a timer fires on time while the chains run', async () => {
    let fired = 0;
    const timer = setInterval(() => fired++, 5);
    await sample(eight, { draws: 20_000, seed: 1, workers: 2 });
    clearInterval(timer);
    expect(fired).toBeGreaterThan(5);
  });
});
