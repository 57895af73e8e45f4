/** Models that have no good estimate, or several, or none: what an estimate says of them. */
import { describe, expect, it } from 'vitest';
import { bernoulliLogit, cauchy, flat, gamma, normal, poisson, poissonLog, uniform } from '#kernel/distributions/index';
import { map, mle } from '#kernel/estimate/index';
import { model } from '#kernel/model/index';
import type { Expr } from '#kernel/program/index';
import { logMix } from '#kernel/program/index';

const positive = () => flat().bounded({ lower: 0 });
const x = [1, 2, 3, 4, 5, 6, 7, 8];
const y = [2.1, 3.9, 6.2, 7.8, 10.1, 12.2, 13.8, 16.1];

describe('directions the data leave open', () => {
  const two = (x1: readonly number[], x2: readonly number[]) =>
    mle(
      model()
        .data({ x1: [...x1], x2: [...x2], y })
        .parameters({ a: flat(), b: flat(), c: flat(), sigma: positive() })
        .observe(({ a, b, c, sigma, x1, x2 }) => ({ y: normal(a.add(b.mul(x1)).add(c.mul(x2)), sigma) })),
    );

  it('are named with their coefficients: x₂ = 2x₁ + 1', async () => {
    const fit = await two(
      x,
      x.map((v) => 2 * v + 1),
    );
    expect(fit.warnings).toHaveLength(1);
    expect(fit.warnings[0]).toContain('Not identified: along a + 2.00 b − c the density does not change');
    expect(fit.conditionNumber).toBe(Number.POSITIVE_INFINITY);
    // σ is determined: RSS/n of the line through (x, y), and its standard error σ/√(2n). R: sqrt(deviance(lm(y ~ x))/8)
    expect(fit.estimates.sigma).toBeCloseTo(0.15602960647, 9);
    expect(fit.standardErrors.sigma).toBeCloseTo(fit.estimates.sigma / 4, 8);
  });

  it('are named whatever the units: no parameter hides behind one of 1e9 times its size', async () => {
    const fit = await two(
      x.map((v) => 1e6 * v),
      x.map((v) => 1e-3 * v),
    );
    expect(fit.warnings.join()).toContain('along b − 1.00e+9 c the density does not change');
    expect(fit.standardErrors.b).toBeNaN();
    expect(fit.standardErrors.c).toBeNaN();
    expect(fit.standardErrors.a).toBeGreaterThan(0);
  });

  it('may be two means that enter as a sum and a difference of three', async () => {
    const fit = await mle(
      model()
        .data({ y, w: y.map((v) => v * v) })
        .parameters({ a: flat(), b: flat(), c: flat(), sigma: positive() })
        .observe(({ a, b, c, sigma }) => ({ y: normal(a.add(b).add(c), sigma), w: normal(a.sub(b), sigma) })),
    );
    expect(fit.warnings.join()).toContain('along a + b − 2.00 c the density');
  });

  it('may be one parameter that the data do not touch', async () => {
    const fit = await mle(
      model()
        .data({ y, z: x.map(() => 0) })
        .parameters({ a: flat(), b: flat(), sigma: positive() })
        .observe(({ a, b, sigma, z }) => ({ y: normal(a.add(b.mul(z)), sigma) })),
    );
    expect(fit.warnings).toEqual([expect.stringContaining('Not identified: b changes nothing in the density')]);
    expect(fit.standardErrors.a).toBeCloseTo(fit.estimates.sigma / Math.sqrt(8), 8);
    expect(fit.standardErrors.b).toBeNaN();
  });

  it('that bend are one optimum, not one a start: a product', async () => {
    const fit = await mle(
      model()
        .data({ x, y })
        .parameters({ a: flat(), b: flat(), sigma: positive() })
        .derived(({ a, b }) => ({ slope: a.mul(b) }))
        .observe(({ a, b, sigma, x }) => ({ y: normal(a.mul(b).mul(x), sigma) })),
      { starts: 8 },
    );
    expect(fit.optima).toHaveLength(1);
    expect(fit.warnings).toEqual([expect.stringMatching(/^Not identified: along a [−+] .* b the density/)]);
    expect(fit.derivedStandardErrors.slope).toBeCloseTo(fit.estimates.sigma / Math.sqrt(204), 6); // Σx² = 204
  });

  it('are named in a posterior too', async () => {
    const fit = await map(
      model()
        .data({ y })
        .parameters({ a: flat(), b: flat() })
        .observe(({ a, b }) => ({ y: normal(a.add(b), 1) })),
    );
    expect(fit.warnings.join()).toContain('along a − b the density');
  });
});

describe('separation', () => {
  const logit = (columns: Record<string, number[]>, response: number[]) => {
    const names = Object.keys(columns);
    const rows = response.map((_, i) => [1, ...names.map((name) => columns[name]![i]!)]);
    return mle(
      model()
        .data({ rows, response })
        .parameters({ b: flat().size(names.length + 1) })
        .observe(({ b, rows }) => ({ response: bernoulliLogit(rows.matmul(b)) })),
    );
  };

  it('complete: the likelihood tends to 1', async () => {
    const fit = await logit({ x }, [0, 0, 0, 0, 1, 1, 1, 1]);
    expect(fit.warnings).toEqual([
      expect.stringMatching(/maximum lies at infinity \(b\[0\], b\[1\]\).*complete separation/),
    ]);
    expect(fit.warnings[0]).not.toContain('quasi');
    expect(fit.standardErrors.b.every(Number.isNaN)).toBe(true);
  });

  it('complete in three, where the curvature is rounding', async () => {
    const fit = await logit(
      { g: [0, 0, 0, 0, 0, 0, 1, 1, 1, 1], z: [0.3, -1, 0.7, 0.2, -0.5, 1.1, -0.3, 0.1, 2, 1] },
      [0, 1, 0, 1, 1, 0, 1, 1, 1, 1],
    );
    expect(fit.logLikelihood).toBeGreaterThan(-1e-6);
    expect(fit.warnings).toEqual([expect.stringContaining('complete separation')]);
  });

  it('quasi-complete: x = 4 has both responses, log likelihood 2 log ½', async () => {
    const fit = await logit({ x: [1, 2, 3, 4, 4, 5, 6, 7] }, [0, 0, 0, 0, 1, 1, 1, 1]);
    expect(fit.logLikelihood).toBeCloseTo(2 * Math.log(0.5), 8);
    expect(fit.warnings).toEqual([expect.stringContaining('quasi-complete separation')]);
    expect(fit.warnings.join()).not.toContain('Not identified');
  });

  it('quasi-complete in one group: the others keep their estimates', async () => {
    const fit = await logit({ g: [0, 0, 0, 0, 1, 1, 1, 1] }, [0, 1, 0, 1, 1, 1, 1, 1]);
    expect(fit.warnings).toEqual([expect.stringMatching(/at infinity \(b\[1\]\).*quasi-complete separation/)]);
    expect(fit.estimates.b[0]).toBeCloseTo(0, 8);
    expect(fit.standardErrors.b[0]).toBeCloseTo(1, 8); // 1/√(4 · ½ · ½)
    expect(fit.standardErrors.b[1]).toBeNaN();
  });

  it('is none where the estimate is far away and finite', async () => {
    const far = await mle(
      model()
        .data({ y: [1000, 1001, 1003] })
        .parameters({ mu: flat(), sigma: positive() })
        .observe(({ mu, sigma }) => ({ y: normal(mu, sigma) })),
    );
    expect(far.warnings).toEqual([]);
    const rare = Array.from({ length: 3000 }, (_, i) => (i === 7 ? 1 : 0));
    const fit = await logit({}, rare);
    expect(fit.estimates.b[0]).toBeCloseTo(-Math.log(2999), 8);
    expect(fit.warnings).toEqual([]);
  });

  it('has its like in counts that are all 0', async () => {
    const fit = await mle(
      model()
        .data({ k: [0, 0, 0] })
        .parameters({ m: flat() })
        .observe(({ m }) => ({ k: poissonLog(m) })),
    );
    expect(fit.warnings.join()).toContain('maximum lies at infinity (m)');
    expect(fit.standardErrors.m).toBeNaN();
  });
});

describe('likelihoods without a maximum', () => {
  const line = (data: number[]) =>
    model()
      .data({ x: x.slice(0, data.length), y: data })
      .parameters({ a: flat(), b: flat(), sigma: positive() })
      .observe(({ a, b, sigma, x }) => ({ y: normal(a.add(b.mul(x)), sigma) }));
  const sample = (data: number[]) =>
    model()
      .data({ y: data })
      .parameters({ mu: flat(), sigma: positive() })
      .observe(({ mu, sigma }) => ({ y: normal(mu, sigma) }));

  it.each([
    ['a perfect fit', line(x.map((v) => 2 * v)), 'sigma'],
    ['one datum for two parameters', sample([3]), 'sigma'],
    ['data that are all the same', sample([3, 3, 3, 3]), 'sigma'],
  ] as const)('%s: %# says which parameter runs off', async (_, told, name) => {
    const fit = await mle(told as ReturnType<typeof sample>, { iterations: 200 });
    expect(fit.ending).not.toBe('converged');
    expect(fit.warnings[0]).toMatch(/^Not converged/);
    expect(fit.warnings[0]).not.toContain('Allow more iterations');
    expect(fit.warnings[1]).toContain(`keeps rising as ${name} goes to the edge of its support`);
    expect(fit.standardErrors.sigma).toBeNaN();
  });

  it('equal data in a gamma distribution: both parameters', async () => {
    const fit = await mle(
      model()
        .data({ y: [3, 3, 3, 3] })
        .parameters({ shape: positive(), rate: positive() })
        .observe(({ shape, rate }) => ({ y: gamma(shape, rate) })),
      { iterations: 300 },
    );
    expect(fit.warnings.join()).toMatch(/rising as shape goes.*rising as rate goes/s);
    expect(fit.values[0]! / fit.values[1]!).toBeCloseTo(3, 6);
  });

  const mixture = model()
    .data({ y: [-2.1, -1.9, -2.3, -1.7, 2.2, 1.8, 2.05, 2.4, 0.1] })
    .parameters({ m1: flat(), m2: flat(), s1: positive(), s2: positive(), p: flat().bounded({ lower: 0, upper: 1 }) })
    .logDensity(({ m1, m2, s1, s2, p, y }) => {
      const component = (m: Expr, s: Expr) => y.sub(m).div(s).square().mul(-0.5).sub(s.log());
      return logMix(p, component(m1, s1), component(m2, s2)).sum();
    });

  it('a component of a mixture that collapses onto one datum', async () => {
    const fit = await mle(mixture, { init: { m1: 0, m2: 0.1, s1: 2, s2: 1e-3, p: 0.9 }, starts: 1 });
    expect(fit.warnings.join()).toContain('keeps rising as s2 goes to the edge of its support');
    expect(fit.ending).not.toBe('converged');
  });

  it('and its interior optimum, which is there twice: the components may trade places', async () => {
    const fit = await mle(mixture, {
      init: { m1: -2, m2: 1.7, s1: 0.3, s2: 0.8, p: 0.4 },
      starts: 1,
      seed: 4,
    });
    const other = await mle(mixture, {
      init: { m1: 1.7, m2: -2, s1: 0.8, s2: 0.3, p: 0.6 },
      starts: 1,
      seed: 4,
    });
    expect(other.climbs[0]!.logDensity).toBeCloseTo(fit.climbs[0]!.logDensity, 9);
    expect(other.climbs[0]!.values[0]).toBeCloseTo(fit.climbs[0]!.values[1]!, 6);
  });

  it('an upper bound of the data: the largest of them, without standard errors', async () => {
    const fit = await mle(
      model()
        .data({ y: [0.3, 0.9, 0.5] })
        .parameters({ t: positive() })
        .observe(({ t }) => ({ y: uniform(0, t) })),
    );
    expect(fit.estimates.t).toBeCloseTo(0.9, 9);
    expect(fit.warnings).toEqual([expect.stringContaining('ends while it is still rising')]);
    expect(fit.standardErrors.t).toBeNaN();
  });
});

describe('several optima', () => {
  // The tightest cluster is not the one in the middle, where the first starts lie.
  const far = model()
    .data({ y: [-20, -19.5, 0, 0.3, 20, 20.02, 20.2] })
    .parameters({ mu: flat() })
    .observe(({ mu }) => ({ y: cauchy(mu, 0.5) }));

  it('far apart are found by further starts, which go farther out; the second is said with its value', async () => {
    const near = await mle(far);
    expect(near.estimates.mu).toBeLessThan(1);
    const fit = await mle(far, { starts: 20 });
    expect(fit.estimates.mu).toBeGreaterThan(19.9);
    expect(fit.optima.length).toBeGreaterThanOrEqual(2);
    expect(fit.warnings.join()).toMatch(/optima were found; the second \(mu .*\) has a log density lower by/);
  });

  it('of the same height are said to be', async () => {
    const fit = await mle(
      model()
        .data({ y: [1, 1.2, 0.8] })
        .parameters({ s: flat() })
        .observe(({ s }) => ({ y: normal(s.square(), 1) })),
      { starts: 8 },
    );
    expect(fit.optima).toHaveLength(2);
    expect(fit.warnings.join()).toMatch(/the second \(s .*\) is as high as the best/);
    expect(Math.abs(fit.estimates.s)).toBeCloseTo(1, 8);
  });
});

it('one count is an estimate like any other', async () => {
  const fit = await mle(
    model()
      .data({ k: [3] })
      .parameters({ m: positive() })
      .observe(({ m }) => ({ k: poisson(m) })),
  );
  expect(fit.estimates.m).toBeCloseTo(3, 10);
  expect(fit.standardErrors.m).toBeCloseTo(Math.sqrt(3), 8);
  expect(fit.aicc).toBeNaN();
  expect(fit.warnings).toEqual([]);
});

it.each([1e-12, 1e12])('data in units of %d are nothing special', async (unit) => {
  const fit = await mle(
    model()
      .data({ y: y.map((v) => v * unit) })
      .parameters({ mu: flat(), sigma: positive() })
      .observe(({ mu, sigma }) => ({ y: normal(mu, sigma) })),
  );
  expect(fit.warnings).toEqual([]);
  expect(fit.estimates.mu / unit).toBeCloseTo(9.025, 9);
  expect(fit.standardErrors.mu / unit).toBeCloseTo(fit.estimates.sigma / unit / Math.sqrt(8), 7);
});
