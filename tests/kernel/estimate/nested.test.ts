import { describe, expect, it } from 'vitest';
import { bernoulliLogit, flat, normal } from '#kernel/distributions/index';
import { likelihoodRatioTest, map, mle, scoreTest, waldTest } from '#kernel/estimate/index';
import { model } from '#kernel/model/index';
import r from './fixtures/r-inference.json' with { type: 'json' };

const { am, wt } = r.logit.data;
const data = model().data({ am, wt });
const intercept = data.parameters({ alpha: flat() }).observe(({ alpha }) => ({ am: bernoulliLogit(alpha) }));
const line = data
  .parameters({ alpha: flat(), beta: flat() })
  .observe(({ alpha, beta, wt }) => ({ am: bernoulliLogit(alpha.add(beta.mul(wt))) }));

/** |a/b − 1|. */
const off = (a: number, b: number) => Math.abs(a / b - 1);

describe('tests between nested models, against R', () => {
  const [, lrt] = r.logit.drop1_LRT.values as [unknown, number[]];
  const [, rao] = r.logit.drop1_Rao.values as [unknown, number[]];
  const [wald] = r.logit.wald_terms.values as [number[]];

  it('likelihood ratio: drop1(test = "LRT")', async () => {
    const test = likelihoodRatioTest(await mle(intercept), await mle(line));
    expect(test.degreesOfFreedom).toBe(1);
    expect(off(test.statistic, lrt[3]!)).toBeLessThan(1e-10);
    expect(off(test.pValue, lrt[4]!)).toBeLessThan(1e-9);
    expect(String(test)).toMatch(/^likelihood ratio test: χ² = 24\.054 on 1 degree of freedom, p = 9\.369e-7/);
  });

  it('score: drop1(test = "Rao"), from the smaller fit alone', async () => {
    const test = scoreTest(await mle(intercept), line, { beta: 0 });
    // R's working weights are those of the last iteration but one: its figures are off by some 1e-8.
    expect(off(test.statistic, rao[3]!)).toBeLessThan(1e-7);
    expect(off(test.pValue, rao[4]!)).toBeLessThan(1e-6);
  });

  it('Wald: z²', async () => {
    const test = waldTest(await mle(line), { beta: 0 });
    expect(off(test.statistic, wald[0]!)).toBeLessThan(1e-7); // R's weights, as above
    expect(off(test.pValue, wald[2]!)).toBeLessThan(1e-6);
  });

  it('agree with each other where the likelihood is quadratic: a normal mean with known variance', async () => {
    const told = model().data({ y: [1.2, 0.4, 2.1, -0.3, 1.7] });
    const large = told.parameters({ m: flat() }).observe(({ m }) => ({ y: normal(m, 1) }));
    const small = told.parameters({ z: flat() }).observe(({ z }) => ({ y: normal(z.mul(0).add(0.25), 1) }));
    const fit = await mle(large);
    const z = (fit.values[0]! - 0.25) * Math.sqrt(5);
    expect(waldTest(fit, { m: 0.25 }).statistic).toBeCloseTo(z * z, 9);
    expect(scoreTest(await mle(small), large, { m: 0.25 }).statistic).toBeCloseTo(z * z, 9);
  });

  it('take several scalars, by element or by the whole', async () => {
    const told = model()
      .data({ am, wt })
      .parameters({ b: flat().size(2) })
      .observe(({ b, wt }) => ({ am: bernoulliLogit(b.at(0).add(b.at(1).mul(wt))) }));
    const fit = await mle(told);
    const test = waldTest(fit, { b: [0, 0] });
    expect(test.degreesOfFreedom).toBe(2);
    expect(waldTest(fit, { 'b[0]': 0, 'b[1]': 0 }).statistic).toBe(test.statistic);
  });
});

describe('what the tests refuse', () => {
  it('models in the wrong order, other data, results of map', async () => {
    const [small, large] = [await mle(intercept), await mle(line)];
    expect(() => likelihoodRatioTest(large, small)).toThrow('the second model must have more parameters, got 2 and 1');
    const other = await mle(intercept.with({ am: [1, 0], wt: [1, 2] }));
    expect(() => likelihoodRatioTest(other, large)).toThrow('got 2 and 32 observations');
    expect(() => likelihoodRatioTest(large, large)).toThrow(RangeError);
    const mode = await map(intercept);
    expect(() => likelihoodRatioTest(mode, large)).toThrow('expected results of mle');
  });

  it('names and values that do not fit', async () => {
    const fit = await mle(line);
    expect(() => waldTest(fit, { gamma: 0 })).toThrow("no scalar called 'gamma'");
    expect(() => waldTest(fit, { beta: [0, 1] })).toThrow("'beta' needs 1 finite values");
    expect(() => waldTest(fit, {})).toThrow('the hypothesis names nothing');
    expect(() => scoreTest(fit, line.parameters({ extra: flat() }), { beta: 0 })).toThrow('no value for extra');
  });

  it('a larger model that fits worse: not nested', async () => {
    const small = await mle(line);
    const large = await mle(
      data
        .parameters({ a: flat(), b: flat(), c: flat() })
        .observe(({ a, b, c }) => ({ am: bernoulliLogit(a.add(b.mul(0)).add(c.mul(0))) })),
    );
    expect(() => likelihoodRatioTest(small, large)).toThrow('the larger model has the smaller likelihood');
  });
});
