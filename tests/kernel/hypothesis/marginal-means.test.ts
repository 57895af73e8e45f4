import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { factor } from '#kernel/data/factor';
import { marginalMeans } from '#kernel/hypothesis/marginal-means';
import type { RegressionFit } from '#kernel/regression/fit';
import { glm } from '#kernel/regression/glm';
import { lm } from '#kernel/regression/lm';

interface Figures {
  readonly mean: number[];
  readonly se: number[];
  readonly lower: number[];
  readonly difference: number[];
  readonly differenceSe: number[];
  readonly tukey: number[];
  readonly holm: number[];
}
// R 4.2.2, emmeans 1.8.4; the calls stand in r-marginal-means.R beside the figures.
const r = JSON.parse(readFileSync(new URL('fixtures/r-marginal-means.json', import.meta.url), 'utf8')) as {
  data: { yarn: Record<string, never>; chicks: Record<string, never[]>; cancer: Record<string, never> };
  results: Record<'tension' | 'feed' | 'age', Figures>;
};
const yarn = { ...r.data.yarn, tension: factor(r.data.yarn.tension!, { levels: ['L', 'M', 'H'] }) };
const fits: Record<'tension' | 'feed' | 'age', [RegressionFit, object]> = {
  tension: [lm('breaks ~ wool * tension', yarn), yarn],
  feed: [lm('weight ~ feed + day', r.data.chicks), r.data.chicks],
  age: [glm('cbind(cases, controls) ~ age + alcohol', r.data.cancer, { family: 'binomial' }), r.data.cancer],
};

/** Relative, or absolute near 0. */
function expectAll(got: readonly number[], want: readonly number[], tolerance: number, what: string): void {
  expect(got.length, what).toBe(want.length);
  got.forEach((value, i) => {
    expect(Math.abs(value - want[i]!), `${what} ${i}: ${value} against ${want[i]}`).toBeLessThan(
      tolerance * Math.max(1e-3, Math.abs(want[i]!)),
    );
  });
}

describe('marginalMeans agrees with emmeans', () => {
  it.each(['tension', 'feed', 'age'] as const)('%s', (name) => {
    const want = r.results[name];
    const means = marginalMeans(...([fits[name][0], name, fits[name][1]] as const));
    const { rows } = means.summary();
    expectAll([...means.means], want.mean, 1e-9, 'mean');
    expectAll(
      rows.map((row) => row.standardError),
      want.se,
      1e-8,
      'standard error',
    );
    expectAll(
      rows.map((row) => row.lower),
      want.lower,
      1e-7,
      'lower',
    );
    const pairs = means.pairs().rows;
    expectAll(
      pairs.map((row) => row.estimate),
      want.difference,
      1e-8,
      'difference',
    );
    expectAll(
      pairs.map((row) => row.standardError),
      want.differenceSe,
      1e-8,
      'its standard error',
    );
    // R's ptukey is good to about 1e-10 absolute.
    expectAll(
      pairs.map((row) => row.p),
      want.tukey,
      1e-4,
      'Tukey',
    );
    expectAll(
      means.pairs({ adjust: 'holm' }).rows.map((row) => row.p),
      want.holm,
      1e-6,
      'Holm',
    );
  });

  it('and says which pairs and levels they are', () => {
    const means = marginalMeans(fits.tension[0], 'tension', yarn);
    expect(means.levels).toEqual(['L', 'M', 'H']);
    expect(means.pairs({ adjust: 'none' }).rows.map((row) => row.name)).toEqual(['L − M', 'L − H', 'M − H']);
    expect(String(means)).toMatch(/Adjusted means of tension[\s\S]*L[\s\S]*M[\s\S]*H/);
  });

  it('of two levels, Tukey changes nothing', () => {
    const means = marginalMeans(lm('breaks ~ wool + tension', yarn), 'wool', yarn);
    expect(means.pairs().rows[0]!.p).toBe(means.pairs({ adjust: 'none' }).rows[0]!.p);
  });
});

describe('marginalMeans refuses', () => {
  it('what is no factor of the model, and levels outside (0, 1)', () => {
    expect(() => marginalMeans(fits.feed[0], 'day', r.data.chicks)).toThrow("'day' is a column of numbers");
    expect(() => marginalMeans(fits.feed[0], 'fed', r.data.chicks)).toThrow("'fed' is not in the formula and the data");
    const means = marginalMeans(fits.feed[0], 'feed', r.data.chicks);
    expect(() => means.summary(1)).toThrow('level');
    expect(() => means.pairs({ adjust: 'sidak' as never })).toThrow();
    expect(() => means.pairs({ method: 'holm' } as never)).toThrow('method');
  });
});
