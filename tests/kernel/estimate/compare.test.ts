import { describe, expect, it } from 'vitest';
import '#kernel/diagnose/index';
import { flat, normal } from '#kernel/distributions/index';
import { compare, map, mle, sample } from '#kernel/estimate/index';
import { model } from '#kernel/model/index';

const line = model()
  .data({ x: [1, 2, 3, 4, 5], y: [2.1, 3.9, 6.2, 7.8, 10.1] })
  .parameters({ alpha: flat(), beta: normal(0, 1).size(2) })
  .observe(({ alpha, beta, x }) => ({ y: normal(alpha.add(beta.at(0).mul(x)).add(beta.at(1).mul(x.square())), 1) }));

describe('compare', () => {
  it('puts estimates and posteriors side by side, parameter by parameter', async () => {
    const results = {
      MLE: await mle(line),
      MAP: await map(line),
      posterior: await sample(line, { seed: 1, draws: 200 }),
    };
    const { rows, level } = compare(results);
    expect(level).toBe(0.95);
    expect(rows.map((r) => `${r.parameter} ${r.label}`)).toEqual(
      ['alpha', 'beta[0]', 'beta[1]'].flatMap((p) => ['MLE', 'MAP', 'posterior'].map((l) => `${p} ${l}`)),
    );
    const [fit, , draws] = rows;
    expect(fit!.estimate).toBe(results.MLE.estimates.alpha);
    expect(fit!.spread).toBe(results.MLE.standardErrors.alpha);
    expect(fit!.upper - fit!.estimate).toBeCloseTo(1.959963984540054 * fit!.spread, 12);
    expect(draws!.estimate).toBe(results.posterior.summary().row('alpha').mean);
    expect(draws!.lower).toBeLessThan(draws!.estimate);
  });

  it('shows the chosen parameters at the chosen level', async () => {
    const fit = await mle(line);
    const comparison = compare({ fit }, { parameters: ['beta'], level: 0.5 });
    expect(comparison.rows.map((r) => r.parameter)).toEqual(['beta[0]', 'beta[1]']);
    expect(compare({ fit }, { parameters: ['beta[1]'] }).rows).toHaveLength(1);
    expect(String(comparison)).toMatch(/parameter\s+by\s+estimate\s+se or sd\s+lower 50 %\s+upper 50 %/);
    expect(String(comparison)).toMatch(/\nbeta\[0\]\s+fit/);
  });

  it('refuses what is no result, an unknown parameter, and a level outside (0, 1)', async () => {
    const fit = await mle(line);
    expect(() => compare({ fit: mle(line) as never })).toThrow(
      "'fit' must be a result of mle, map or sample, got a promise: await it",
    );
    expect(() => compare({ fit: 3 as never })).toThrow('got number');
    expect(() => compare({})).toThrow('give at least one result');
    expect(() => compare({ fit }, { parameters: ['gamma'] })).toThrow(
      "no parameter called 'gamma'; there are: alpha, beta[0], beta[1]",
    );
    expect(() => compare({ fit }, { level: 2 })).toThrow('level must lie between 0 and 1, got 2');
  });
});
