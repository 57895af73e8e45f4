import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { positive } from '#kernel/distributions/constraints';
import * as d from '#kernel/distributions/index';
import { defineDistribution, describeDistributions, registeredFamilies } from '#kernel/distributions/registry';

describe('the registry', () => {
  it('has one family for every definition in the folder, each exported as a constructor of its name', () => {
    const folder = new URL('../../../kernel/src/distributions/', import.meta.url);
    const defined = readdirSync(folder)
      .filter((file) => file.endsWith('.ts') && file !== 'registry.ts')
      .flatMap((file) => [
        ...readFileSync(new URL(file, folder), 'utf8').matchAll(/defineDistribution\(\{\s*name: '(\w+)'/g),
      ])
      .map((match) => match[1]!);
    expect(
      registeredFamilies()
        .map((family) => family.name)
        .sort(),
    ).toEqual(defined.sort());
    for (const name of defined) expect(Object.keys(d), name).toContain(name);
  });

  it('makes a row of the documentation table of every family', () => {
    const rows = describeDistributions();
    expect(rows.length).toBe(registeredFamilies().length);
    expect(rows.find((row) => row.name === 'gamma')).toEqual({
      name: 'gamma',
      summary: 'gamma with shape and rate',
      kind: 'real',
      parameters: [
        { name: 'shape', constraint: 'positive' },
        { name: 'rate', constraint: 'positive' },
      ],
      support: '[0, ∞)',
      signature: 'gamma(shape, rate)',
      has: { cdf: true, quantile: true, mean: true, variance: true, sample: true },
    });
    const support = Object.fromEntries(rows.map((row) => [row.name, row.support]));
    expect(support).toMatchObject({
      normal: '(−∞, ∞)',
      halfNormal: '[location, ∞)',
      logNormal: '(0, ∞)',
      uniform: '[lower, upper]',
      bernoulli: '{0, 1}',
      binomial: '{0, …, trials}',
      poisson: '{0, …}',
      simplex: 'simplex',
      discreteUniform: '{lower, …, upper}',
      dirichlet: 'simplex',
      lkjCorrelation: 'correlation',
      wishart: 'covariance',
    });
    expect(rows.find((row) => row.name === 'flat')!.has.sample).toBe(false);
    for (const row of rows) expect(row.summary.length).toBeGreaterThan(10);
  });

  it('refuses a second family of the same name', () => {
    const again = () =>
      defineDistribution({
        name: 'normal',
        summary: 'again',
        kind: 'real',
        parameters: { sd: positive },
        support: {},
        logDensity: (x) => x,
      });
    expect(again).toThrow(/there is a family named 'normal' already/);
  });
});
