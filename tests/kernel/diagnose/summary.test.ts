/** The table of all figures: the same as each figure asked for alone, at once or with pauses. */
import { afterEach, describe, expect, it } from 'vitest';
import { essBulk, essTail, mcseMean, mcseSd, rHat, summary } from '#kernel/diagnose/index';
import { summarise } from '#kernel/diagnose/summary';
import { Posterior } from '#kernel/estimate/posterior';
import { jupyterDisplay } from '#kernel/host/display';
import { installHost } from '#kernel/host/host';
import { model } from '#kernel/model/index';
import { sortedQuantile } from '#kernel/numeric/quantile';
import { foldIn, key, normalVector } from '#kernel/numeric/random';
import '#kernel/figure/index';

/** A posterior of independent normal draws, (chains, draws, d). */
function posteriorOf(chains: number, draws: number, d = 1, change = (x: number, _: number) => x): Posterior {
  const values = normalVector(foldIn(key(draws), chains), chains * draws * d).map(change);
  const each = new Float64Array(chains * draws);
  const statistics = { logDensity: each, acceptance: each, stepSize: each, treeDepth: each, leapfrogs: each };
  return new Posterior(model(), {
    sampler: 'nuts',
    ending: 'complete',
    chains,
    drawsPerChain: draws,
    draws: { x: { values, shape: [chains, draws, d] } },
    statistics: { ...statistics, divergent: each, energy: normalVector(key(1), chains * draws) },
    warmup: [],
    sampling: [],
    maxTreeDepth: 10,
    remarks: [],
    seconds: 1,
  } as unknown as ConstructorParameters<typeof Posterior>[1]);
}

afterEach(() => installHost(undefined));

describe('a row of the summary', () => {
  it.each([
    ['even numbers of draws', posteriorOf(4, 200)],
    ['odd numbers of draws', posteriorOf(4, 101)],
    ['one chain', posteriorOf(1, 50)],
    ['four draws', posteriorOf(2, 4)],
    ['ties', posteriorOf(3, 90, 1, Math.round)],
    ['constant draws', posteriorOf(2, 20, 1, () => 3.5)],
    ['more than one scalar', posteriorOf(2, 61, 3)],
  ])('has the figures that are asked for alone: %s', (_, posterior) => {
    for (const row of summary(posterior).rows) {
      const chains = posterior.scalar(row.name);
      const sorted = Float64Array.from(chains.flatMap((chain) => [...chain])).sort();
      expect(row).toEqual({
        ...row,
        q5: sortedQuantile(sorted, 0.05),
        median: sortedQuantile(sorted, 0.5),
        q95: sortedQuantile(sorted, 0.95),
        mcseMean: mcseMean(chains),
        mcseSd: mcseSd(chains),
        essBulk: essBulk(chains),
        essTail: essTail(chains),
        rHat: rHat(chains),
      });
    }
  });

  it.each([
    ['three draws', posteriorOf(2, 3)],
    ['a NaN among the draws', posteriorOf(2, 30, 1, (x, i) => (i === 7 ? Number.NaN : x))],
  ])('has no diagnostic for %s', (_, posterior) => {
    const [row] = summary(posterior).rows;
    const { mcseMean, mcseSd, essBulk, essTail, rHat } = row!;
    expect([mcseMean, mcseSd, essBulk, essTail, rHat]).toEqual(new Array(5).fill(Number.NaN));
  });
});

describe('a summary that takes long', () => {
  /** Some hundred milliseconds. */
  const long = () => posteriorOf(4, 5000, 60);

  it('lets the event loop turn, and is the same table', async () => {
    let turns = 0;
    let over = false;
    const count = () => {
      turns++;
      if (!over) setImmediate(count);
    };
    setImmediate(count);
    const posterior = long();
    const table = await summarise(posterior);
    over = true;
    expect(turns).toBeGreaterThan(2);
    expect(table.rows).toEqual(summary(long()).rows);
    expect(summary(posterior)).toBe(table);
    expect(await summarise(posterior)).toBe(table);
  });

  it('is made that way before the posterior is drawn', async () => {
    const posterior = long();
    let turned = false;
    setImmediate(() => {
      turned = true;
    });
    const bundle = posterior[jupyterDisplay]();
    expect(turned).toBe(false);
    expect(Object.keys(await bundle)).toContain('text/plain');
    expect(turned).toBe(true);
  });

  it('can be interrupted', async () => {
    const controller = new AbortController();
    installHost({ display: () => ({ update: () => undefined }), signal: () => controller.signal });
    const posterior = long();
    const table = summarise(posterior);
    setImmediate(() => controller.abort(new Error('the cell was interrupted')));
    await expect(table).rejects.toThrow('the cell was interrupted');
  });

  it('of a run that was interrupted before is made all the same', async () => {
    installHost({ display: () => ({ update: () => undefined }), signal: () => AbortSignal.abort() });
    expect((await summarise(posteriorOf(4, 2000, 20))).rows).toHaveLength(20);
  });

  it('says how far it is where it takes long enough to wonder', async () => {
    const shown: string[] = [];
    const note = (bundle: object) => shown.push(String((bundle as Record<string, unknown>)['text/plain']));
    installHost({
      display: (bundle) => {
        note(bundle);
        return { update: note };
      },
      signal: () => undefined,
    });
    await summarise(posteriorOf(4, 20_000, 80));
    expect(shown[0]).toMatch(/^summary {2}[▓░]{20} {2}\d+\/80 parameters$/);
    expect(shown.at(-1)).toBe('summary of 80 parameters');
  });
});
