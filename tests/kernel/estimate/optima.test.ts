/**
 * Climbs that are cut short: where the density is concave, or the next stop is known. No optimum may be lost by it.
 */
import { describe, expect, it } from 'vitest';
import {
  bernoulliLogit,
  cauchy,
  flat,
  halfCauchy,
  laplace,
  negativeBinomialLog,
  normal,
  poissonLog,
  studentT,
} from '#kernel/distributions/index';
import { climb } from '#kernel/estimate/climb';
import { EventLog, map, mle } from '#kernel/estimate/index';
import { hessian } from '#kernel/estimate/optimise/hessian';
import { negative } from '#kernel/estimate/optimise/objective';
import { Pace } from '#kernel/estimate/pause';
import { findStart, randomPosition } from '#kernel/estimate/start';
import { compileModel, model } from '#kernel/model/index';
import { foldIn, key, Stream } from '#kernel/numeric/random';
import { poissonVariate } from '#kernel/numeric/variates/poisson';
import { type Expr, logMix, matmul } from '#kernel/program/index';

const stream = new Stream(key(3));
const rows = 200;
const x = Array.from({ length: rows }, () => [1, stream.normal(), stream.normal()]);
const eta = x.map((row) => 0.3 * row[0]! + 0.5 * row[1]! - 0.4 * row[2]!);
const binary = eta.map((e) => Number(stream.uniform() < 1 / (1 + Math.exp(-e))));
const counts = eta.map((e) => poissonVariate(stream, Math.exp(e)));
const reals = eta.map((e) => e + stream.normal());
const positive = () => flat().bounded({ lower: 0 });

const regression = (y: readonly number[], response: (mean: Expr) => ReturnType<typeof poissonLog>) =>
  model()
    .data({ x, y })
    .parameters({ beta: flat().size(3) })
    .observe(({ beta, x }) => ({ y: response(matmul(x, beta) as never) }));

const logistic = regression(binary, (mean) => bernoulliLogit(mean) as never);
const poisson = regression(counts, poissonLog as never);
const robust = model()
  .data({ x, y: reals })
  .parameters({ beta: flat().size(3), sigma: positive() })
  .observe(({ beta, sigma, x }) => ({ y: studentT(4, matmul(x, beta), sigma) }));
const dispersed = model()
  .data({ x, y: counts.map((k, i) => k + (i % 7 === 0 ? 6 : 0)) })
  .parameters({ beta: flat().size(3), phi: positive() })
  .observe(({ beta, phi, x }) => ({ y: negativeBinomialLog(matmul(x, beta), phi) }));

describe('standard errors of regressions told as models', () => {
  for (const [name, story] of Object.entries({ logistic, poisson, robust, dispersed })) {
    it(`rest on the exact Hessian, which is that of differences: ${name}`, async () => {
      const fit = await mle(story as never);
      const density = compileModel(story as never).density({ prior: false, jacobian: false });
      expect(density.hasQuickHessian).toBe(true);
      const d = density.dimension;
      const exact = new Float64Array(d * d);
      density.hessian!(fit.position, exact);
      const differences = hessian(negative(density), fit.position);
      exact.forEach((v, k) => {
        const unit = Math.sqrt(differences[Math.floor(k / d) * (d + 1)]! * differences[(k % d) * (d + 1)]!);
        expect(Math.abs(v + differences[k]!) / unit).toBeLessThan(1e-8);
      });
      expect(fit.ending).toBe('converged');
      expect(fit.optima.map(({ starts }) => starts)).toEqual([4]);
      // 2d gradients an iteration and 4d for the curvature would be hundreds.
      expect(fit.evaluations).toBeLessThan(150);
    });
  }
});

describe('a regression of more coefficients than Newton steps are taken in', () => {
  it('is climbed to its end all the same', async () => {
    const many = 210;
    const z = Array.from({ length: 300 }, () => Array.from({ length: many }, () => stream.normal()));
    const wide = model()
      .data({ z, y: z.map((row) => Number(row[0]! + stream.normal() > 0)) })
      .parameters({ beta: normal(0, 0.3).size(many) })
      .observe(({ beta, z }) => ({ y: bernoulliLogit(matmul(z, beta)) }));
    const fit = await map(wide, { starts: 2 });
    expect(fit.ending).toBe('converged');
    expect(fit.gradientNorm).toBeLessThan(1e-4);
    expect([...fit.standardErrors.beta].every((error) => error > 0 && error < 0.3)).toBe(true);
  });
});

describe('a log density that is known to be concave', () => {
  it('is climbed once for all starts', async () => {
    const few = await mle(logistic, { starts: 1 });
    const many = await mle(logistic, { starts: 40, seed: 9 });
    expect(many.evaluations).toBe(few.evaluations);
    expect(many.values).toEqual(few.values);
    expect(many.optima).toHaveLength(1);
    expect(many.optima[0]!.starts).toBe(40);
    expect(many.climbs).toHaveLength(40);
  });

  it('begins where it is told to', async () => {
    const log = new EventLog();
    const beta = [2, -1, 0.5];
    const fit = await mle(logistic, { init: { beta }, log });
    expect((log.events()[0] as { position: Float64Array }).position).toEqual(Float64Array.from(beta));
    expect(fit.optima[0]!.starts).toBe(5);
    const near = await mle(logistic, { init: { beta: [...fit.estimates.beta] } });
    expect(near.ending).toBe('converged');
    near.estimates.beta.forEach((v, j) => {
      expect(v).toBeCloseTo(fit.estimates.beta[j]!, 12);
    });
  });

  it('is climbed from every start for who looks at the climbs', async () => {
    const log = new EventLog(100_000);
    await mle(logistic, { log });
    const firsts = log.events().filter((event) => event.type === 'iterate' && event.iteration === 0);
    expect(firsts.length).toBeGreaterThanOrEqual(4);
    const chosen = await mle(logistic, { optimiser: 'bfgs' });
    expect(new Set(chosen.climbs.map(({ iterations }) => iterations)).size).toBeGreaterThan(1);
  });

  it('gives the estimate of a climb from anywhere, with and without a prior', async () => {
    const withPrior = model()
      .data({ x, y: counts })
      .parameters({ beta: normal(0, 1).size(3) })
      .observe(({ beta, x }) => ({ y: poissonLog(matmul(x, beta)) }));
    for (const [story, how] of [
      [poisson, false],
      [withPrior, true],
    ] as const) {
      const compiled = compileModel(story as never);
      const density = compiled.density({ prior: how, jacobian: false });
      expect(density.isConcave).toBe(true);
      const fit = how ? await map(withPrior) : await mle(poisson);
      for (let i = 0; i < 6; i++) {
        const { position } = findStart(density, (k) => randomPosition(3, k), foldIn(key(77), i));
        const found = await climb(density, position, { iterations: 500, signal: undefined, pace: new Pace() });
        found.position.forEach((v, j) => {
          expect(v).toBeCloseTo(fit.position[j]!, 10);
        });
      }
    }
  });

  it('says that data are separated as ever', async () => {
    const separated = regression(
      x.map((row) => Number(row[1]! > 0)),
      (mean) => bernoulliLogit(mean) as never,
    );
    const fit = await mle(separated);
    expect(fit.warnings.join()).toMatch(/maximum lies at infinity|Not converged/);
  });

  it('keeps the open directions of a design that is not of full rank', async () => {
    const doubled = model()
      .data({ z: x.map((row) => [...row, row[1]!]), y: counts })
      .parameters({ beta: flat().size(4) })
      .observe(({ beta, z }) => ({ y: poissonLog(matmul(z, beta)) }));
    const fit = await mle(doubled);
    expect(fit.warnings.join()).toContain('Not identified: along beta[1] − beta[3]');
    expect([...fit.standardErrors.beta].map(Number.isNaN)).toEqual([false, true, false, true]);
  });

  it('lands on the zeros of a lasso from one start', async () => {
    const lasso = model()
      .data({ x, y: reals })
      .parameters({ beta: laplace(0, 0.02).size(3) })
      .observe(({ beta, x }) => ({ y: normal(matmul(x, beta), 1) }));
    const one = await map(lasso, { starts: 1 });
    const many = await map(lasso, { starts: 9 });
    expect(many.evaluations).toBe(one.evaluations);
    expect(many.optima[0]!.starts).toBe(9);
  });
});

/** Two optima, and how a model with them is told. */
const twoModes = {
  'a Cauchy location with two clusters': {
    estimate: (starts: number, seed: number) =>
      mle(
        model()
          .data({ y: [-1.4, -1.2, 1.1, 1.4, 1.5] })
          .parameters({ mu: flat() })
          .observe(({ mu }) => ({ y: cauchy(mu, 0.2) })),
        { starts, seed },
      ),
    at: [-1.27, 1.38],
  },
  'the labels of a mixture': {
    estimate: (starts: number, seed: number) =>
      mle(
        model()
          .data({ y: Array.from({ length: 120 }, (_, i) => (i % 3 === 0 ? -2 : 2) + Math.sin(7.7 * i)) })
          .parameters({ mu: flat().size(2) })
          .logDensity(({ y, mu }) =>
            logMix(0.5, normal(mu.at(0), 1).logDensity(y), normal(mu.at(1), 1).logDensity(y)).sum(),
          ),
        { starts, seed },
      ),
    at: [-2, 2],
  },
  'a square that is seen': {
    estimate: (starts: number, seed: number) =>
      mle(
        model()
          .data({ y: [3.9, 4.2, 4.1] })
          .parameters({ u: flat() })
          .observe(({ u }) => ({ y: normal(u.square(), 1) })),
        { starts, seed },
      ),
    at: [-2, 2],
  },
};

describe('a second optimum', () => {
  for (const [name, { estimate, at }] of Object.entries(twoModes)) {
    it(`is found by the starts that lie beyond it: ${name}`, async () => {
      for (const seed of [0, 1, 2]) {
        const found = await estimate(12, seed);
        const firsts = found.optima.map(({ values }) => values[0]!).sort((a, b) => a - b);
        const ends = new Set(found.climbs.map(({ values }) => Math.sign(values[0]!)));
        expect(ends).toEqual(new Set([-1, 1]));
        expect(firsts[0]).toBeLessThan(at[0]! + 0.3);
        expect(firsts.at(-1)).toBeGreaterThan(at[1]! - 0.3);
        expect(found.optima.reduce((sum, { starts }) => sum + starts, 0)).toBe(12);
      }
    });

    it(`has each start where a climb by itself ends: ${name}`, async () => {
      const together = await estimate(12, 5);
      const story = together.model;
      const density = compileModel(story).density({ prior: false, jacobian: false });
      for (let i = 0; i < 4; i++) {
        const start = foldIn(foldIn(foldIn(key(5), 'mle'), 'start'), i);
        const { position } = findStart(density, (k) => randomPosition(density.dimension, k), start);
        const alone = await climb(density, position, { iterations: 1000, signal: undefined, pace: new Pace() });
        const { values } = together.climbs[i]!;
        alone.position.forEach((v, j) => {
          expect(values[j]).toBeCloseTo(v, 7);
        });
      }
    });
  }

  it('is not made of one by ending climbs early: the eight schools told with standard normals', async () => {
    const schools = model()
      .data({ y: [28, 8, -3, 7, -1, 1, 18, 12], sigma: [15, 10, 16, 11, 9, 11, 10, 18] })
      .parameters({ mu: normal(0, 5), tau: halfCauchy(0, 5), t: normal(0, 1).size(8) })
      .observe(({ mu, tau, t, sigma }) => ({ y: normal(mu.add(tau.mul(t)), sigma) }));
    const inside = await map(schools, { jacobian: true, starts: 8 });
    expect(inside.optima).toHaveLength(1);
    expect(inside.optima[0]!.starts).toBe(8);
    expect(inside.gradientNorm).toBeLessThan(1e-9);
    const edge = await map(schools, { starts: 4 });
    expect(edge.warnings.join()).toContain('tau is at the edge of its support');
  });
});
