import { describe, expect, it } from 'vitest';
import '#kernel/diagnose/index';
import { bernoulli, exponential, flat, gamma, normal, simplex, uniform } from '#kernel/distributions/index';
import { changeOfScale, highestDensityInterval, sample } from '#kernel/estimate/index';
import { model } from '#kernel/model/index';
import { digamma } from '#kernel/numeric/special/gamma';
import { gammaRegularisedLower } from '#kernel/numeric/special/index';

describe('highest-density intervals', () => {
  it('are the shortest that hold the share', () => {
    expect(highestDensityInterval([1, 2, 3, 10], 0.75)).toEqual({ lower: 1, upper: 3 });
    expect(highestDensityInterval([9, 1, 8, 7.5], 0.75)).toEqual({ lower: 7.5, upper: 9 });
    expect(highestDensityInterval([5], 0.95)).toEqual({ lower: 5, upper: 5 });
    expect(highestDensityInterval([4, 1, 2, 3], 0.5)).toEqual({ lower: 1, upper: 2 }); // the lowest of equals
  });

  it('of an exponential distribution begin at 0: [0, −log(1 − level)]', () => {
    const quantiles = Float64Array.from({ length: 20_000 }, (_, i) => -Math.log(1 - (i + 0.5) / 20_000));
    const { lower, upper } = highestDensityInterval(quantiles, 0.9);
    expect(lower).toBeCloseTo(0, 3);
    expect(upper).toBeCloseTo(-Math.log(0.1), 2);
  });

  it('refuse levels and draws that are none', () => {
    expect(() => highestDensityInterval([1], 1)).toThrow('level must lie between 0 and 1, got 1');
    for (const draws of [[], [1, Number.NaN], 3, undefined]) {
      expect(() => highestDensityInterval(draws as never)).toThrow('draws must be an array of at least one number');
    }
  });
});

describe('a change of scale', () => {
  // x ~ exponential(rate) four times, Σx = 8, rate ~ gamma(2, 1): the posterior is gamma(6, 9).
  const rates = model()
    .data({ x: [1, 2, 2, 3] })
    .parameters({ rate: gamma(2, 1) })
    .observe(({ rate }) => ({ x: exponential(rate) }));

  it('moves mode, mean and highest-density interval; MLE and probability stay', async () => {
    const posterior = await sample(rates, { seed: 5, draws: 2000, workers: 0 });
    const table = await changeOfScale(rates, 'rate', { event: [0, 2 / 3], posterior });
    const row = (name: string) => table.row(name);
    expect(row('MLE').natural).toBeCloseTo(1 / 2, 9);
    expect(row('MLE').unconstrained).toBeCloseTo(1 / 2, 9);
    expect(row('mode').natural).toBeCloseTo(5 / 9, 9);
    expect(row('mode').unconstrained).toBeCloseTo(6 / 9, 9);
    // sd √6/9 over about 3000 effective draws: 5 standard errors are 0.025.
    expect(Math.abs(row('mean').natural - 6 / 9)).toBeLessThan(0.025);
    expect(Math.abs(row('mean').unconstrained - Math.exp(digamma(6)) / 9)).toBeLessThan(0.025);
    expect(row('mean').unconstrained).toBeLessThan(row('mean').natural);
    expect(row('lower').unconstrained).toBeGreaterThan(row('lower').natural);
    expect(row('upper').unconstrained).toBeGreaterThan(row('upper').natural);
    expect(row('event').unconstrained).toBe(row('event').natural);
    expect(Math.abs(row('event').natural - gammaRegularisedLower(6, 6))).toBeLessThan(0.05);
    expect(table.rows.map(({ moves }) => moves)).toEqual(['stays', 'moves', 'moves', 'moves', 'moves', 'stays']);
    expect(String(table)).toContain('P(0 ≤ rate ≤ 0.6666666666666666)');
  });

  it('of a probability goes by its logit; the event may reach beyond its bounds', async () => {
    const heads = model()
      .data({ y: [1, 0, 1, 1, 1] })
      .parameters({ p: uniform(0, 1) })
      .observe(({ p }) => ({ y: bernoulli(p) }));
    const posterior = await sample(heads, { seed: 5, draws: 500, workers: 0 });
    const table = await changeOfScale(heads, 'p', { event: [-1, 2], level: 0.5, posterior });
    // beta(5, 2): mode 4/5; of the logit 5/7
    expect(table.row('mode').natural).toBeCloseTo(4 / 5, 9);
    expect(table.row('mode').unconstrained).toBeCloseTo(5 / 7, 9);
    expect([table.row('event').natural, table.row('event').unconstrained]).toEqual([1, 1]);
    const none = await changeOfScale(heads, 'p', { event: [-2, -1], posterior });
    expect([none.row('event').natural, none.row('event').unconstrained]).toEqual([0, 0]);
  });

  it('is refused for what has no other scale, and for events that are none', async () => {
    const several = model()
      .data({ y: [1, 2] })
      .parameters({ m: flat(), w: simplex(2) })
      .observe(({ m, w }) => ({ y: normal(m.add(w.at(0)), 1) }));
    await expect(changeOfScale(several, 'm', { event: [0, 1] })).rejects.toThrow(
      "'m' must be a parameter with a bound",
    );
    await expect(changeOfScale(several, 'w[0]', { event: [0, 1] })).rejects.toThrow('a simplex or an ordered vector');
    await expect(changeOfScale(rates, 'rat', { event: [0, 1] })).rejects.toThrow("no scalar called 'rat'");
    await expect(changeOfScale(rates, 'rate', { event: [1, 0] })).rejects.toThrow('event must be [lower, upper]');
    await expect(changeOfScale(rates, 'rate', {} as never)).rejects.toThrow('event must be [lower, upper]');
    await expect(changeOfScale(rates, 'rate', { event: [0, 1], level: 2 })).rejects.toThrow('level must lie between');
  });
});
