/** What the type checker knows of a result; each @ts-expect-error is a mistake that must not compile. */
import { describe, expect, expectTypeOf, it } from 'vitest';
import '#kernel/diagnose/index';
import { halfNormal, normal } from '#kernel/distributions/index';
import { compare, type Estimate, map, mle, type Posterior, sample } from '#kernel/estimate/index';
import { type Draws, model } from '#kernel/model/index';

const schools = model()
  .data({ effect: [28, 8, -3], se: [15, 10, 16] })
  .parameters({ mu: normal(0, 5), tau: halfNormal(0, 5), z: normal(0, 1).size(3) })
  .derived(({ mu, tau, z }) => ({ theta: mu.add(tau.mul(z)) }))
  .observe(({ theta, se }) => ({ effect: normal(theta, se) }));
const quick = { chains: 2, warmup: 50, draws: 50 };

describe('types of results', () => {
  it('draws are known by name and shape', async () => {
    const posterior = await sample(schools, quick);
    expectTypeOf(posterior.draws.mu).toEqualTypeOf<Draws<[]>>();
    expectTypeOf(posterior.draws.z).toEqualTypeOf<Draws<[3]>>();
    expectTypeOf(posterior.draws.theta.shape).toExtend<readonly [number, number, 3]>();
    // @ts-expect-error misspelt
    expect(posterior.draws.tehta).toBeUndefined();
    // @ts-expect-error data are not draws
    expect(posterior.draws.effect).toBeUndefined();
  });

  it('estimates are numbers for scalars and arrays for the rest', async () => {
    const fit = await map(schools, { starts: 1 });
    expectTypeOf(fit.estimates.tau).toEqualTypeOf<number>();
    expectTypeOf(fit.estimates.z).toEqualTypeOf<Float64Array<ArrayBuffer>>();
    expectTypeOf(fit.derived.theta).toEqualTypeOf<Float64Array<ArrayBuffer>>();
    // @ts-expect-error derived quantities stand apart
    expect(fit.estimates.theta).toBeUndefined();
  });

  it('predictive draws are known by the names observed', async () => {
    const posterior = await sample(schools, quick);
    expect(posterior.predictive().effect.shape).toEqual([2, 50, 3]);
    // @ts-expect-error not observed
    expect(posterior.predictive().se).toBeUndefined();
  });

  it('mle of a model that observes nothing does not compile', async () => {
    const silent = model().parameters({ a: normal(0, 1) });
    // @ts-expect-error nothing observed
    await expect(mle(silent)).rejects.toThrow('observes nothing');
  });

  it('options are named', async () => {
    // @ts-expect-error misspelt
    await expect(sample(schools, { chain: 2 })).rejects.toThrow("no option called 'chain'");
    // @ts-expect-error draws must be a number
    await expect(sample(schools, { draws: '100' })).rejects.toThrow('draws must be a whole number');
  });

  it('any result can be compared, whatever its model', async () => {
    const fit = await map(schools, { starts: 1 });
    expectTypeOf(fit).toExtend<Estimate>();
    const posterior = await sample(schools, quick);
    expectTypeOf(posterior).toExtend<Posterior>();
    expect(compare({ fit, posterior }).rows.length).toBeGreaterThan(0);
    // @ts-expect-error a promise
    expect(() => compare({ fit: map(schools) })).toThrow('await it');
  });
});
