import { describe, expect, it } from 'vitest';
import { kinetic, leapfrog } from '#kernel/estimate/nuts/step-size';
import { density, normals } from './densities.ts';

const oscillator = normals([0], [1]); // −½q²: the harmonic oscillator, with solution q = cos t, p = −sin t
const unit = Float64Array.of(1);

function integrate(stepSize: number, time: number, q = 1, p = 0) {
  const point = { position: Float64Array.of(q), momentum: Float64Array.of(p), gradient: Float64Array.of(-q) };
  let logDensity = -0.5 * q * q;
  const steps = Math.round(time / Math.abs(stepSize));
  let worst = 0;
  for (let i = 0; i < steps; i++) {
    logDensity = leapfrog(oscillator, point, stepSize, unit);
    worst = Math.max(worst, Math.abs(kinetic(point.momentum, unit) - logDensity - 0.5 * (q * q + p * p)));
  }
  return { point, logDensity, worst };
}

describe('the leapfrog', () => {
  it('follows the harmonic oscillator with an error of second order', () => {
    const error = (h: number) => Math.abs(integrate(h, 8).point.position[0]! - Math.cos(8));
    expect(error(0.05) / error(0.025)).toBeCloseTo(4, 0);
    expect(error(0.001)).toBeLessThan(1e-6);
  });

  it('keeps the energy within O(ε²), also over a thousand periods', () => {
    // The leapfrog conserves p²/(1 − ε²/4) + q² exactly, so from (1, 0) the energy error is at most ε²/8.
    for (const h of [0.2, 0.1, 0.05]) expect(integrate(h, 2 * Math.PI * 1000).worst).toBeLessThan((h * h) / 8 + 1e-9);
  });

  it('is reversible: forwards and back ends where it began', () => {
    const there = integrate(0.1, 5, 0.7, -0.3).point;
    const back = integrate(-0.1, 5, there.position[0], there.momentum[0]).point;
    expect(back.position[0]).toBeCloseTo(0.7, 12);
    expect(back.momentum[0]).toBeCloseTo(-0.3, 12);
  });

  it('keeps volumes: the Jacobian of a step has determinant 1', () => {
    const target = density(1, (q, g) => {
      g[0] = Math.cos(q[0]!) - q[0]! ** 3;
      return Math.sin(q[0]!) - q[0]! ** 4 / 4;
    });
    const image = (q: number, p: number) => {
      const point = { position: Float64Array.of(q), momentum: Float64Array.of(p), gradient: new Float64Array(1) };
      target.valueAndGradient(point.position, point.gradient);
      leapfrog(target, point, 0.3, unit);
      return [point.position[0]!, point.momentum[0]!] as const;
    };
    const h = 1e-5;
    const byQ = [image(0.4 + h, 0.2), image(0.4 - h, 0.2)] as const;
    const byP = [image(0.4, 0.2 + h), image(0.4, 0.2 - h)] as const;
    const d = (pair: typeof byQ, k: 0 | 1) => (pair[0][k] - pair[1][k]) / (2 * h);
    expect(d(byQ, 0) * d(byP, 1) - d(byQ, 1) * d(byP, 0)).toBeCloseTo(1, 8);
  });

  it('measures momentum in the metric', () => {
    expect(kinetic(Float64Array.of(2, 3), Float64Array.of(0.5, 4))).toBe(0.5 * (4 * 0.5 + 9 * 4));
  });
});
