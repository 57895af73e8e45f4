import { describe, expect, it } from 'vitest';
import {
  bernoulliLogit,
  binomialLogit,
  flat,
  gamma,
  halfCauchy,
  normal,
  poisson,
  poissonLog,
} from '#kernel/distributions/index';
import { mle } from '#kernel/estimate/index';
import { integrateOut } from '#kernel/estimate/integrated';
import { compileModel, model } from '#kernel/model/index';
import r from './fixtures/r-mixed.json' with { type: 'json' };

const positive = () => flat().bounded({ lower: 0 });
const { cases } = r;

/** Codes of a factor of the reference file. */
const factor = ({ levels, values }: { levels: string[]; values: string[] }) => ({
  codes: Int32Array.from(values, (value) => levels.indexOf(value)),
  levels,
});
/** Values to start from, without those that are integrated out. */
const without = (reml: readonly string[], init: Record<string, number>) =>
  Object.fromEntries(Object.entries(init).filter(([name]) => !reml.includes(name)));
const near = (value: number, reference: number, tolerance = 1e-5) =>
  expect(Math.abs(value / reference - 1), `${value} against ${reference}`).toBeLessThan(tolerance);

const { Reaction, Days, Subject } = r.data.sleepstudy;
const sleep = model().data({ Reaction, Days, subject: factor(Subject) });
const intercepts = sleep
  .parameters({ a: flat(), b: flat(), tau: positive(), sigma: positive() })
  .parameters(({ tau }) => ({ u: normal(0, tau).size(18) }))
  .observe(({ a, b, u, sigma, Days, subject }) => ({ Reaction: normal(a.add(b.mul(Days)).add(u.at(subject)), sigma) }));
/** The pair (u0, u1) of each subject as u0, and u1 given u0. */
const slopes = sleep
  .parameters({ a: flat(), b: flat(), tau0: positive(), c: flat(), tau1: positive(), sigma: positive() })
  .parameters(({ tau0 }) => ({ u0: normal(0, tau0).size(18) }))
  .parameters(({ u0, c, tau1 }) => ({ u1: normal(c.mul(u0), tau1) }))
  .derived(({ tau0, c, tau1 }) => ({
    sd1: c.mul(tau0).square().add(tau1.square()).sqrt(),
    correlation: c.mul(tau0).div(c.mul(tau0).square().add(tau1.square()).sqrt()),
  }))
  .observe(({ a, b, u0, u1, sigma, Days, subject }) => ({
    Reaction: normal(a.add(u0.at(subject)).add(b.add(u1.at(subject)).mul(Days)), sigma),
  }));
const dyestuff = model()
  .data({ Yield: r.data.Dyestuff.Yield, batch: factor(r.data.Dyestuff.Batch) })
  .parameters({ a: flat(), tau: positive(), sigma: positive() })
  .parameters(({ tau }) => ({ u: normal(0, tau).size(6) }))
  .observe(({ a, u, sigma, batch }) => ({ Yield: normal(a.add(u.at(batch)), sigma) }));

describe('Gaussian latent parameters, against lme4', () => {
  it.each([
    ['ML', 'sleepstudy-intercept-ML', []],
    ['REML', 'sleepstudy-intercept-REML', ['a', 'b']],
  ] as const)('random intercepts by %s', async (_, id, reml) => {
    const fit = await mle(intercepts, { reml, init: without(reml, { a: 250, b: 10, tau: 30, sigma: 30 }), starts: 1 });
    const reference = cases[id];
    near(fit.logLikelihood, reference.logLik, 1e-10);
    near(fit.estimates.tau, reference.sdcor[0]!);
    near(fit.estimates.sigma, reference.sdcor[1]!);
    near(fit.estimates.a, reference.fixef[0]![0]!, 1e-8);
    near(fit.estimates.b, reference.fixef[1]![0]!, 1e-8);
    near(fit.standardErrors.a, reference.fixef[0]![1]!);
    near(fit.standardErrors.b, reference.fixef[1]![1]!);
    reference.ranef.Subject.forEach((row, i) => {
      expect(Math.abs(fit.estimates.u[i]! - row[0]!) / fit.estimates.tau).toBeLessThan(1e-5);
    });
    expect(fit.warnings).toEqual([]);
    expect(fit.integrated).toEqual([...reml, 'u']);
  });

  it.each([
    ['ML', 'sleepstudy-slope-ML', []],
    ['REML', 'sleepstudy-slope-REML', ['a', 'b']],
  ] as const)('correlated intercepts and slopes by %s', async (_, id, reml) => {
    const init = without(reml, { a: 250, b: 10, tau0: 25, c: 0, tau1: 6, sigma: 25 });
    const fit = await mle(slopes, { reml, init, starts: 1 });
    const reference = cases[id];
    near(fit.logLikelihood, reference.logLik, 1e-10);
    near(fit.estimates.tau0, reference.sdcor[0]!);
    near(fit.derived.sd1, reference.sdcor[1]!);
    expect(Math.abs(fit.derived.correlation - reference.sdcor[2]!)).toBeLessThan(1e-5);
    near(fit.estimates.sigma, reference.sdcor[3]!);
    near(fit.standardErrors.a, reference.fixef[0]![1]!);
    near(fit.standardErrors.b, reference.fixef[1]![1]!);
  });

  it.each([
    ['ML', 'Dyestuff-ML', []],
    ['REML', 'Dyestuff-REML', ['a']],
  ] as const)('variance components by %s', async (_, id, reml) => {
    const fit = await mle(dyestuff, { reml, init: without(reml, { a: 1500, tau: 40, sigma: 50 }), starts: 1 });
    const reference = cases[id];
    near(fit.logLikelihood, reference.logLik, 1e-10);
    near(fit.estimates.tau, reference.sdcor[0]!);
    near(fit.estimates.sigma, reference.sdcor[1]!);
    near(fit.standardErrors.a, reference.fixef[0]![1]!);
    expect(fit.freeParameters).toBe(reml.length > 0 ? 2 : 3);
  });
});

const { cbpp, 'epil-poisson': epil } = r.data;
const period = factor(cbpp.period).codes;
const herds = model()
  .data({
    incidence: cbpp.incidence,
    size: cbpp.size,
    herd: factor(cbpp.herd),
    p2: [...period].map((p) => (p === 1 ? 1 : 0)),
    p3: [...period].map((p) => (p === 2 ? 1 : 0)),
    p4: [...period].map((p) => (p === 3 ? 1 : 0)),
  })
  .parameters({ b: flat().size(4), tau: positive() })
  .parameters(({ tau }) => ({ u: normal(0, tau).size(15) }))
  .observe(({ b, u, herd, size, p2, p3, p4 }) => {
    const fixed = b.at(0).add(b.at(1).mul(p2)).add(b.at(2).mul(p3)).add(b.at(3).mul(p4));
    return { incidence: binomialLogit(size, fixed.add(u.at(herd))) };
  });

describe('latent parameters that are not Gaussian together, against lme4', () => {
  it.each([
    ['Laplace', 'cbpp-laplace', {}],
    ['quadrature with 9 points', 'cbpp-agq9', { quadrature: 9 }],
  ] as const)('binomial herds by %s', async (_, id, options) => {
    const fit = await mle(herds, { ...options, starts: 1 });
    const { refined } = cases[id];
    near(fit.logLikelihood, refined.logLik_full_constants, 1e-9);
    near(fit.estimates.tau, refined.random_sd, 1e-7);
    near(fit.standardErrors.tau, refined.se_random_sd);
    Object.values(refined.fixef).forEach((v, i) => {
      near(fit.estimates.b[i]!, v, 1e-7);
      near(fit.standardErrors.b[i]!, Object.values(refined.se_fixef)[i]!);
    });
    expect(fit.gradientNorm).toBeLessThan(1e-7);
  });

  it('Poisson counts of patients by Laplace', async () => {
    const trt = epil.trt as unknown as { levels: string[]; values: string[] };
    const treated = [...factor(trt).codes];
    const fit = await mle(
      model()
        .data({ y: epil.y, treated, lbase: epil.lbase, subject: factor(epil.subject) })
        .parameters({ b: flat().size(3), tau: positive() })
        .parameters(({ tau }) => ({ u: normal(0, tau).size(59) }))
        .observe(({ b, u, treated, lbase, subject }) => ({
          y: poissonLog(b.at(0).add(b.at(1).mul(treated)).add(b.at(2).mul(lbase)).add(u.at(subject))),
        })),
      { starts: 1 },
    );
    const { refined } = cases['epil-poisson'];
    near(fit.logLikelihood, refined.logLik_full_constants, 1e-9);
    near(fit.estimates.tau, refined.random_sd, 1e-7);
    Object.values(refined.fixef).forEach((v, i) => {
      near(fit.estimates.b[i]!, v, 1e-7);
      near(fit.standardErrors.b[i]!, Object.values(refined.se_fixef)[i]!);
    });
  });
});

describe('the marginal likelihood', () => {
  it('knows where it is exact', () => {
    expect(integrateOut(compileModel(dyestuff), 1, [])!.marginal.exact).toBe(true);
    expect(integrateOut(compileModel(herds), 1, [])!.marginal.exact).toBe(false);
  });

  it.each([
    ['Laplace', 1],
    ['quadrature', 7],
  ])('has the gradient of its value by %s', (_, points) => {
    const { marginal } = integrateOut(compileModel(herds), points as number, [])!;
    const at = Float64Array.of(-1.2, -0.8, -1, -1.4, -0.3);
    const gradient = new Float64Array(5);
    marginal.valueAndGradient(at, gradient);
    at.forEach((x, i) => {
      const h = 2 ** -10;
      const shifted = (by: number) => marginal.value(at.map((v, j) => (j === i ? x + by : v)));
      const difference = (8 * (shifted(h) - shifted(-h)) - shifted(2 * h) + shifted(-2 * h)) / (12 * h);
      expect(Math.abs(gradient[i]! - difference)).toBeLessThan(1e-7);
    });
  });

  it('by quadrature over two values a group is exact where all is Gaussian, whatever the points', () => {
    const at = Float64Array.of(251, 10, Math.log(24), 0.1, Math.log(5), Math.log(26));
    const [laplace, points] = [1, 3].map((each) => integrateOut(compileModel(slopes), each, [])!.marginal);
    const [a, b] = [new Float64Array(6), new Float64Array(6)];
    expect(points!.valueAndGradient(at, b)).toBeCloseTo(laplace!.valueAndGradient(at, a), 9);
    a.forEach((slope, i) => {
      expect(b[i]).toBeCloseTo(slope, 8);
    });
  });

  const pairs = model()
    .data({ y: [2, 0, 3, 1, 4, 2], x: [0, 1, 2, 0, 1, 2], g: [0, 0, 0, 1, 1, 1] })
    .parameters({ b: flat(), s: positive(), t: positive() })
    .parameters(({ s, t }) => ({ u: normal(0, s).size(2), v: normal(0, t).size(2) }))
    .observe(({ b, u, v, g, x }) => ({ y: poissonLog(b.add(u.at(g)).add(v.at(g).mul(x))) }));

  it('over two values a group is the integral, as a sum over a fine grid has it', () => {
    const [b, s, t] = [0.4, 0.8, 0.5];
    const { marginal } = integrateOut(compileModel(pairs), 25, [])!;
    const [y, x] = [
      [2, 0, 3, 1, 4, 2],
      [0, 1, 2, 0, 1, 2],
    ];
    const factorials = [1, 1, 2, 6, 24];
    const step = 0.02;
    const exact = [0, 1].reduce((sum, group) => {
      let mass = 0;
      for (let u = -6; u <= 6; u += step) {
        for (let v = -4; v <= 4; v += step) {
          let height = Math.exp(-(u * u) / (2 * s * s) - (v * v) / (2 * t * t)) / (2 * Math.PI * s * t);
          for (let i = 3 * group; i < 3 * group + 3; i++) {
            const mean = Math.exp(b + u + v * x![i]!);
            height *= (Math.exp(-mean) * mean ** y![i]!) / factorials[y![i]!]!;
          }
          mass += height * step * step;
        }
      }
      return sum + Math.log(mass);
    }, 0);
    expect(Math.abs(marginal.value(Float64Array.of(b, Math.log(s), Math.log(t))) - exact)).toBeLessThan(1e-7);
  });

  it('over two values a group has the gradient of its value', () => {
    const { marginal } = integrateOut(compileModel(pairs), 5, [])!;
    const at = Float64Array.of(0.4, -0.2, -0.7);
    const gradient = new Float64Array(3);
    marginal.valueAndGradient(at, gradient);
    at.forEach((x, i) => {
      const h = 2 ** -10;
      const shifted = (by: number) => marginal.value(at.map((v, j) => (j === i ? x + by : v)));
      const difference = (8 * (shifted(h) - shifted(-h)) - shifted(2 * h) + shifted(-2 * h)) / (12 * h);
      expect(Math.abs(gradient[i]! - difference)).toBeLessThan(1e-7);
    });
  });

  it('of a gamma-mixed Poisson by quadrature is the negative binomial: a positive latent parameter', async () => {
    // y | λ ~ Poisson(λ), λ ~ gamma(3, 1.5): P(y) = Γ(y + 3)/(Γ(3) y!) (1.5/2.5)³ (1/2.5)^y, and λ lives on its log.
    const told = model()
      .data({ y: [0, 2, 5] })
      .parameters({ shape: positive() })
      .parameters(({ shape }) => ({ lambda: gamma(shape, 1.5).size(3) }))
      .observe(({ lambda }) => ({ y: poisson(lambda) }));
    const { marginal } = integrateOut(compileModel(told), 40, [])!;
    const choose = [1, 6, 21]; // (y + 2 over y)
    const exact = [0, 2, 5].reduce((sum, y, i) => sum + Math.log(choose[i]! * 0.6 ** 3 * 0.4 ** y), 0);
    const at = Float64Array.of(Math.log(3));
    expect(marginal.value(at)).toBeCloseTo(exact, 8);
    // lgamma has no third derivative here: the gradient then takes differences of second ones.
    const gradient = new Float64Array(1);
    marginal.valueAndGradient(at, gradient);
    const h = 2 ** -10;
    const shifted = (by: number) => marginal.value(at.map((v) => v + by));
    const difference = (8 * (shifted(h) - shifted(-h)) - shifted(2 * h) + shifted(-2 * h)) / (12 * h);
    expect(Math.abs(gradient[0]! - difference)).toBeLessThan(1e-7);
  });

  it('of eight schools is best at τ = 0: complete pooling, with the edge named', async () => {
    const schools = model()
      .data({ effect: [28, 8, -3, 7, -1, 1, 18, 12], se: [15, 10, 16, 11, 9, 11, 10, 18] })
      .parameters({ mu: normal(0, 5), tau: halfCauchy(0, 5) })
      .parameters(({ mu, tau }) => ({ theta: normal(mu, tau).size(8) }))
      .observe(({ theta, se }) => ({ effect: normal(theta, se) }));
    const fit = await mle(schools);
    expect(fit.estimates.tau).toBeLessThan(1e-5);
    // The mean weighted by 1/s², and 1/√Σ(1/s²).
    expect(fit.estimates.mu).toBeCloseTo(7.685616724956035, 12);
    expect(fit.standardErrors.mu).toBeCloseTo(4.0719191584022, 10);
    expect(fit.standardErrors.tau).toBeNaN();
    for (const effect of fit.estimates.theta) expect(effect).toBeCloseTo(fit.estimates.mu, 12);
    for (const error of fit.standardErrors.theta) expect(error).toBeCloseTo(4.0719191584022, 8);
    expect(fit.warnings).toHaveLength(1);
    expect(fit.warnings[0]).toMatch(/^Boundary optimum: tau = 0; tau is at the edge of its support/);
    // The boundary is seen, not crept to.
    expect(fit.iterations).toBeLessThan(80);
    expect(fit.evaluations).toBeLessThan(600);
    expect(fit.freeParameters).toBe(2);
    expect(String(fit)).toContain('Maximum likelihood estimate, theta integrated out');
  });
});

describe('what is refused', () => {
  it('quadrature where many latent values depend on each other, and points out of range', async () => {
    const walk = model()
      .data({ y: [1, 2, 1, 3, 2, 4] })
      .parameters({ s: positive() })
      .parameters(({ s }) => ({ u: normal(0, s).size(6) }))
      .observe(({ u }) => ({ y: poissonLog(u.add(u.sum())) }));
    await expect(mle(walk, { quadrature: 5 })).rejects.toThrow('at most 4096 nodes together; here 6 of them do');
    await expect(mle(herds, { quadrature: 1 })).rejects.toThrow('quadrature must be a whole number from 2 to 50');
  });

  it('reml of what is no coefficient, and of everything', async () => {
    await expect(mle(dyestuff, { reml: ['tau'] })).rejects.toThrow("reml names 'tau', which must be an unbounded");
    await expect(mle(dyestuff, { reml: ['z'] })).rejects.toThrow("reml names 'z'");
    const one = model()
      .data({ y: [1, 2] })
      .parameters({ a: flat() })
      .observe(({ a }) => ({ y: normal(a, 1) }));
    await expect(mle(one, { reml: ['a'] })).rejects.toThrow('no parameter is left to maximise over');
  });

  it('other standard errors, by name', async () => {
    await expect(mle(dyestuff, { errors: 'sandwich' })).rejects.toThrow(
      "with u integrated out only errors: 'observed'",
    );
  });

  it('a latent parameter with no mode', async () => {
    const runaway = model()
      .data({ y: [1] })
      .parameters({ a: flat() })
      .parameters(({ a }) => ({ u: normal(a, 1) }))
      .observe(({ u }) => ({ y: bernoulliLogit(u.mul(0)) }))
      .logDensity(({ u }) => u.square());
    await expect(mle(runaway)).rejects.toThrow('not finite at any start');
  });
});
