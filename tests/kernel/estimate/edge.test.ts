import { describe, expect, it } from 'vitest';
import { binomial, flat, negativeBinomialLog, normal, studentT, uniform } from '#kernel/distributions/index';
import { climb } from '#kernel/estimate/climb';
import { edgesFrom, withHeld } from '#kernel/estimate/edge';
import { mle } from '#kernel/estimate/index';
import { Pace } from '#kernel/estimate/pause';
import { model } from '#kernel/model/index';
import type { LogDensity } from '#kernel/program/index';

/** A log density of (x, u) with its gradient by central differences, good enough to climb. */
function densityOf(value: (x: number, u: number) => number): LogDensity {
  const at = (p: Float64Array) => value(p[0]!, p[1]!);
  return {
    dimension: 2,
    value: at,
    valueAndGradient(p, gradient) {
      const h = 1e-5;
      for (const i of [0, 1]) gradient[i] = (at(p.with(i, p[i]! + h)) - at(p.with(i, p[i]! - h))) / (2 * h);
      return at(p);
    },
  };
}
const start = Float64Array.of(0.3, -4);
const climbing = { iterations: 500, signal: undefined, pace: new Pace(), bounded: [1] };

describe('coordinates that run to an edge', () => {
  it.each([
    ['a standard deviation at 0', (x: number, u: number) => -((x - 1) ** 2) / 2 - Math.exp(2 * u), -4, -1],
    ['a rate at 0', (x: number, u: number) => -((x - 1) ** 2) / 2 - Math.exp(u), -4, -1],
    ['degrees of freedom at ∞', (x: number, u: number) => -((x - 1) ** 2) / 2 - Math.exp(-u), 4, 1],
    ['from where nothing is gained any more', (_: number, u: number) => -Math.exp(2 * u), -40, -1],
  ])('%s is carried outwards until nothing is gained', (_, value, from, side) => {
    const [edge] = edgesFrom(densityOf(value), Float64Array.of(0.3, from), [1]);
    expect(edge!.coordinate).toBe(1);
    expect(side * (edge!.held - from)).toBeGreaterThan(0);
    expect(Math.abs(value(0.3, edge!.held) - value(0.3, edge!.held + side * 50))).toBeLessThan(1e-12);
  });

  it.each([
    ['an optimum inside', (x: number, u: number) => -(x ** 2) - (u + 4) ** 2],
    ['a coordinate that changes nothing', (x: number) => -(x ** 2)],
    ['a density that rises without end', (x: number, u: number) => -(x ** 2) - u],
    ['one that rises and falls again', (x: number, u: number) => -(x ** 2) - Math.cosh(u / 9 + 1)],
    [
      'one that is not finite further out',
      (x: number, u: number) => (u < -5 ? Number.NaN : -(x ** 2) - Math.exp(2 * u)),
    ],
  ])('%s is none', (_, value) => {
    expect(edgesFrom(densityOf(value), start, [1])).toEqual([]);
  });

  it('are held while the others are climbed', async () => {
    // At u → −∞ the optimum of x is 1; at any u before it lies e^(2u) beside it.
    const density = densityOf((x, u) => -((x - 1 - Math.exp(2 * u)) ** 2) / 2 - Math.exp(2 * u));
    const found = await climb(density, start, climbing);
    expect(found.ending).toBe('converged');
    expect(found.position[0]).toBeCloseTo(1, 9);
    expect(found.iterations).toBeLessThan(60);
    const { restricted, whole, others } = withHeld(density, [{ coordinate: 1, held: -9 }]);
    expect(restricted.dimension).toBe(1);
    expect([...whole(Float64Array.of(5))]).toEqual([5, -9]);
    expect([...others(Float64Array.of(5, -9))]).toEqual([5]);
    const gradient = new Float64Array(1);
    expect(restricted.valueAndGradient(Float64Array.of(0), gradient)).toBeCloseTo(
      density.value(Float64Array.of(0, -9)),
      12,
    );
    expect(gradient[0]).toBeCloseTo(1, 6);
  });
});

describe('boundary optima of models are named, and the others are exact', () => {
  const positive = () => flat().bounded({ lower: 0 });
  const x = Array.from({ length: 40 }, (_, i) => i / 10);

  it('no excess variance: the mean has the standard error of the known one', async () => {
    const y = [-1, 1, -1, 1, 0, 0.5];
    const fit = await mle(
      model()
        .data({ y })
        .parameters({ mu: flat(), tau: positive() })
        .observe(({ mu, tau }) => ({ y: normal(mu, tau.square().add(4).sqrt()) })),
    );
    expect(fit.ending).toBe('converged');
    expect(fit.warnings).toHaveLength(1);
    expect(fit.warnings[0]).toMatch(/^Boundary optimum: tau = 0; tau is at the edge of its support/);
    expect(fit.estimates.mu).toBeCloseTo(0.5 / 6, 10);
    expect(fit.standardErrors.mu).toBeCloseTo(2 / Math.sqrt(6), 8);
    expect(fit.standardErrors.tau).toBeNaN();
  });

  it('no overdispersion: a negative binomial is the Poisson, its phi at infinity', async () => {
    const y = x.map((_, i) => 3 + (i % 2)); // less spread than a Poisson
    const fit = await mle(
      model()
        .data({ y })
        .parameters({ a: flat(), phi: positive() })
        .observe(({ a, phi }) => ({ y: negativeBinomialLog(a, phi) })),
    );
    expect(fit.warnings.join()).toContain('Boundary optimum: phi = ∞');
    expect(fit.estimates.a).toBeCloseTo(Math.log(3.5), 7);
    expect(fit.standardErrors.a).toBeCloseTo(1 / Math.sqrt(40 * 3.5), 6);
  });

  it('short tails: a Student t is the normal, its nu at infinity', async () => {
    const y = x.map((v, i) => 2 * v + ((i * 7) % 11));
    const fit = await mle(
      model()
        .data({ x, y })
        .parameters({ a: flat(), b: flat(), nu: positive(), sigma: positive() })
        .observe(({ a, b, nu, sigma, x }) => ({ y: studentT(nu, a.add(b.mul(x)), sigma) })),
    );
    const squares = await mle(
      model()
        .data({ x, y })
        .parameters({ a: flat(), b: flat(), sigma: positive() })
        .observe(({ a, b, sigma, x }) => ({ y: normal(a.add(b.mul(x)), sigma) })),
    );
    expect(fit.warnings.join()).toContain('Boundary optimum: nu = ∞');
    expect(fit.estimates.b).toBeCloseTo(squares.estimates.b, 6);
    expect(fit.standardErrors.b).toBeCloseTo(squares.standardErrors.b, 5);
  });

  it('no success of twelve: a probability at 0, and nothing else to climb', async () => {
    const fit = await mle(
      model()
        .data({ y: 0, n: 12 })
        .parameters({ p: uniform(0, 1) })
        .observe(({ p, n }) => ({ y: binomial(n, p) })),
    );
    expect(fit.warnings.join()).toContain('Boundary optimum: p = 0');
    expect(fit.logLikelihood).toBeGreaterThan(-1e-4);
  });
});
