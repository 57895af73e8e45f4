import { describe, expect, it } from 'vitest';
import { bernoulli, bernoulliLogit, flat, halfNormal, normal, simplex, uniform } from '#kernel/distributions/index';
import { describeOpenDirection, within } from '#kernel/estimate/doubts';
import { map, mle } from '#kernel/estimate/index';
import { compileModel, model } from '#kernel/model/index';

describe('an open direction in words', () => {
  const compiled = compileModel(model().parameters({ alpha: flat(), beta: flat().size(2) }));
  const say = (...direction: number[]) => describeOpenDirection(compiled, Float64Array.from(direction));

  it('names one parameter alone', () => {
    expect(say(0, 0, 2)).toMatch(/^Not identified: beta\[1\] changes nothing in the density/);
  });

  it('names several with their signs and sizes, the first with 1', () => {
    expect(say(0.5, -0.5, 0)).toContain('along alpha − beta[0] the density does not change');
    expect(say(-0.2, 0.4, -0.2)).toContain('along alpha − 2.00 beta[0] + beta[1] the density');
    expect(say(1, 1, 1e-9)).toContain('along alpha + beta[0] the density');
  });

  it('says when some are bounded, so that the line is one on the unconstrained scale', () => {
    const bounded = compileModel(model().parameters({ a: halfNormal(0, 1), b: halfNormal(0, 1) }));
    expect(describeOpenDirection(bounded, Float64Array.of(1, -1))).toContain(
      'along a − b (on the unconstrained scale)',
    );
  });

  it('cuts a long line', () => {
    const many = compileModel(model().parameters({ x: flat().size(20) }));
    expect(describeOpenDirection(many, new Float64Array(20).fill(1))).toContain('x[5] + …');
  });

  it('knows which coordinates it moves', () => {
    expect(within(Float64Array.of(0, 1), new Set([1]))).toBe(true);
    expect(within(Float64Array.of(1, 1), new Set([1]))).toBe(false);
  });
});

describe('doubtful estimates', () => {
  it('a probability at 1: all successes', async () => {
    const fit = await mle(
      model()
        .data({ y: [1, 1, 1, 1] })
        .parameters({ p: uniform(0, 1) })
        .observe(({ p }) => ({ y: bernoulli(p) })),
    );
    expect(fit.estimates.p).toBeGreaterThan(0.999);
    expect(fit.warnings.join()).toContain('p is at the edge of its support');
    expect(fit.warnings.join()).not.toContain('Not identified');
  });

  it('perfect separation does not pass for an estimate', async () => {
    const fit = await mle(
      model()
        .data({ x: [-2, -1, 1, 2], y: [0, 0, 1, 1] })
        .parameters({ alpha: flat(), beta: flat() })
        .observe(({ alpha, beta, x }) => ({ y: bernoulliLogit(alpha.add(beta.mul(x))) })),
    );
    expect(fit.logLikelihood).toBeGreaterThan(-1e-3);
    expect(fit.warnings).toHaveLength(1);
    expect(fit.warnings[0]).toMatch(/maximum lies at infinity \(beta\).*separate the two perfectly/);
  });

  it('a likelihood without maximum says which parameter runs off: all data equal', async () => {
    const fit = await mle(
      model()
        .data({ y: [0, 0, 0, 0] })
        .parameters({ mu: flat(), sigma: flat().bounded({ lower: 0 }) })
        .observe(({ mu, sigma }) => ({ y: normal(mu, sigma) })),
      { iterations: 100 },
    );
    expect(fit.ending).not.toBe('converged');
    expect(fit.warnings.join()).toContain('keeps rising as sigma goes to the edge of its support');
  });

  it('a hierarchy has no mode: the scale goes to 0', async () => {
    const fit = await map(
      model()
        .data({ y: [28, 8, -3, 7], se: [15, 10, 16, 11] })
        .parameters({ mu: normal(0, 5), tau: halfNormal(0, 5) })
        .parameters(({ mu, tau }) => ({ theta: normal(mu, tau).size(4) }))
        .observe(({ theta, se }) => ({ y: normal(theta, se) })),
    );
    expect(fit.estimates.tau).toBeLessThan(1e-3);
    expect(fit.ending).not.toBe('converged');
    expect(fit.warnings.join()).toMatch(/Not converged.*keeps rising as tau goes to the edge of its support/s);
  });

  it('collinear predictors are named, and what they determine together is kept', async () => {
    const fit = await mle(
      model()
        .data({ x: [1, 2, 3, 4, 5.5], y: [1.1, 1.9, 3.2, 3.8, 5.4] })
        .parameters({ alpha: flat(), b: flat().size(2) })
        .derived(({ b }) => ({ slope: b.at(0).add(b.at(1).mul(3)) }))
        .observe(({ alpha, b, x }) => ({ y: normal(alpha.add(b.at(0).mul(x)).add(b.at(1).mul(x.mul(3))), 1) })),
    );
    expect(fit.warnings.join()).toMatch(/Not identified: along (b\[0\] − 0\.3333 b\[1\]|b\[0\] − 0\.333 b\[1\])/);
    expect(fit.derivedStandardErrors.slope).toBeGreaterThan(0);
    expect(fit.standardErrors.b[0]).toBeNaN();
    expect(fit.standardErrors.alpha).toBeGreaterThan(0);
  });

  it('a simplex has standard errors without doubt', async () => {
    const fit = await map(
      model()
        .parameters({ p: simplex(3) })
        .logDensity(({ p }) => p.at(0).log().mul(5).add(p.at(1).log().mul(3)).add(p.at(2).log().mul(2))),
    );
    [0.5, 0.3, 0.2].forEach((v, i) => {
      expect(fit.estimates.p[i]).toBeCloseTo(v, 10);
      // multinomial: √(p (1 − p) / n)
      expect(fit.standardErrors.p[i]).toBeCloseTo(Math.sqrt((v * (1 - v)) / 10), 8);
    });
    expect(fit.warnings).toEqual([]);
  });
});
