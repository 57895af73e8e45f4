import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { factor } from '#kernel/data/factor';
import { glm } from '#kernel/regression/glm';
import { lm } from '#kernel/regression/lm';
import { contrast, marginalEffects } from '#kernel/regression/marginal-effects';
import { expectClose } from './reference.ts';

interface Figures {
  readonly effects: number[];
  readonly se: number[];
}
// statsmodels 0.15.0, get_margeff(at='overall'); the script stands beside the figures.
const python = JSON.parse(
  readFileSync(new URL('fixtures/statsmodels-marginal-effects.json', import.meta.url), 'utf8'),
) as { data: Record<'x' | 'z' | 'y' | 'count', number[]> } & Record<'logit' | 'probit' | 'poisson', Figures>;
const { data } = python;

describe('marginalEffects', () => {
  it.each([
    ['logit', glm('y ~ x + z', data, { family: 'binomial' })],
    ['probit', glm('y ~ x + z', data, { family: 'binomial', link: 'probit' })],
    ['poisson', glm('count ~ x + z', data, { family: 'poisson' })],
  ] as const)('of %s are those of statsmodels', (name, fit) => {
    const { rows } = marginalEffects(fit, data);
    expect(rows.map((row) => row.name)).toEqual(['x', 'z']);
    expectClose(
      rows.map((row) => row.estimate),
      python[name].effects,
      1e-8,
    );
    // Standard errors of its probit rest on the observed information, ours on the expected; else both are one.
    if (name === 'probit') return;
    expectClose(
      rows.map((row) => row.standardError),
      python[name].se,
      1e-7,
    );
  });

  it('of a line are its slopes, and of a polynomial the mean of its derivative', () => {
    const fit = lm('count ~ x + z', data);
    const { rows } = marginalEffects(fit, data);
    expectClose(
      rows.map((row) => row.estimate),
      [fit.estimates.x!, fit.estimates.z!],
      1e-9,
    );
    expect(rows[0]!.standardError).toBeCloseTo(fit.standardErrors.x!, 9);
    const curve = lm('count ~ x + I(x^2)', data);
    const meanX = data.x.reduce((sum, x) => sum + x, 0) / data.x.length;
    const want = curve.estimates.x! + 2 * meanX * curve.estimates['I(x^2)']!;
    expect(marginalEffects(curve, data, { variables: ['x'] }).rows[0]!.estimate).toBeCloseTo(want, 8);
  });

  it('of a factor are mean differences from its first level, whatever it interacts with', () => {
    const groups = { ...data, g: factor(data.x.map((_, i) => ['a', 'b', 'c'][i % 3]!)) };
    const fit = glm('y ~ x * g', groups, { family: 'binomial' });
    const { rows } = marginalEffects(fit, groups, { variables: ['g'] });
    expect(rows.map((row) => row.name)).toEqual(['g: b − a', 'g: c − a']);
    const at = (level: string) =>
      fit.predict({
        x: data.x,
        g: factor(
          data.x.map(() => level),
          { levels: ['a', 'b', 'c'] },
        ),
      }).fit;
    const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(rows[1]!.estimate).toBeCloseTo(mean(at('c')) - mean(at('a')), 12);
    expect(rows[0]!.lower).toBeLessThan(rows[0]!.estimate);
  });

  it('of texts and logicals are told apart like factors', () => {
    const mixed = { ...data, sex: data.x.map((_, i) => (i % 2 ? 'f' : 'm')), old: data.x.map((x) => x > 0) };
    const fit = lm('count ~ sex + old', mixed);
    const { rows } = marginalEffects(fit, mixed);
    expect(rows.map((row) => row.name)).toEqual(['sex: m − f', 'old: true − false']);
    expectClose(
      rows.map((row) => row.estimate),
      [fit.estimates.sexm!, fit.estimates.oldTRUE!],
      1e-10,
    );
  });

  it('refuses what is not in the formula', () => {
    const fit = lm('count ~ x', data);
    expect(() => marginalEffects(fit, data, { variables: ['z'] })).toThrow("'z' is not in the formula and the data");
    expect(() => marginalEffects(fit, data, { level: 2 })).toThrow('level');
    expect(() => marginalEffects(fit, data, { at: 'mean' } as never)).toThrow('at');
  });
});

describe('contrast', () => {
  it('is the combination with its error from the whole covariance', () => {
    const fit = lm('count ~ x + z', data);
    const [row] = contrast(fit, { x: 1, z: -2 }).rows;
    expect(row!.estimate).toBeCloseTo(fit.estimates.x! - 2 * fit.estimates.z!, 14);
    const p = 3;
    const variance = fit.covariance[p + 1]! + 4 * fit.covariance[2 * p + 2]! - 4 * fit.covariance[p + 2]!;
    expect(row!.standardError).toBeCloseTo(Math.sqrt(variance), 14);
    expect(row!.name).toBe('x − 2 z');
    const [alone] = contrast(fit, { x: 1 }).rows;
    expect(alone!.p).toBeCloseTo(fit.summary().rows[1]!.p, 14);
  });

  it('refuses coefficients that are not there, and weights that say nothing', () => {
    const fit = lm('count ~ x', data);
    expect(() => contrast(fit, { y: 1 })).toThrow("no coefficient 'y'");
    expect(() => contrast(fit, { x: 0 })).toThrow('not all 0');
    expect(() => contrast(fit, { x: Number.NaN })).toThrow('finite numbers');
  });
});
