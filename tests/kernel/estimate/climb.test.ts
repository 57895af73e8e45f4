import { describe, expect, it } from 'vitest';
import { climb } from '#kernel/estimate/climb';
import { Pace } from '#kernel/estimate/pause';
import { EventLog } from '#kernel/estimate/step';
import { correlated, density, logGamma, normals } from './nuts/densities.ts';

const options = { iterations: 500, signal: undefined, pace: new Pace() };

describe('one climb', () => {
  it('reaches the mode to the last digits, however badly scaled', async () => {
    const { ending, position, gradientNorm } = await climb(
      normals([1e4, -3, 2e-5], [1e3, 1e-4, 1e-7]),
      Float64Array.of(0, 0, 0),
      options,
    );
    expect(ending).toBe('converged');
    [1e4, -3, 2e-5].forEach((x, i) => {
      expect(Math.abs(position[i]! / x - 1)).toBeLessThan(1e-12);
    });
    expect(gradientNorm).toBeLessThan(1e-3); // the last coordinate's gradient changes by 1e14 a unit
  });

  it('finds the mode log a of the log of a gamma(a, 1) variable', async () => {
    const { position, logDensity } = await climb(logGamma(3), Float64Array.of(-2), options);
    expect(position[0]).toBeCloseTo(Math.log(3), 13);
    expect(logDensity).toBeCloseTo(3 * Math.log(3) - 3, 13);
  });

  it('needs few gradients', async () => {
    expect((await climb(correlated(0.9), Float64Array.of(2, -1), options)).evaluations).toBeLessThan(60);
  });

  it('is deterministic', async () => {
    const once = await climb(logGamma(3), Float64Array.of(-2), options);
    expect(await climb(logGamma(3), Float64Array.of(-2), options)).toEqual(once);
  });

  it('stops on a signal after the iteration under way', async () => {
    const controller = new AbortController();
    controller.abort();
    const climbed = await climb(logGamma(3), Float64Array.of(-2), { ...options, signal: controller.signal });
    expect(climbed.ending).toBe('interrupted');
    expect(climbed.iterations).toBe(1);
    expect(climbed.logDensity).toBeGreaterThan(logGamma(3).value(Float64Array.of(-2)));
  });

  it('says when the density grows without bound', async () => {
    const rising = density(1, (q, g) => {
      g[0] = 1;
      return q[0]!;
    });
    expect((await climb(rising, Float64Array.of(0), options)).ending).not.toBe('converged');
  });

  it('reports each iteration and logs each iterate, of both optimisers', async () => {
    const log = new EventLog();
    const values: number[] = [];
    await climb(logGamma(3), Float64Array.of(-2), { ...options, log, onIteration: (v) => values.push(v) });
    expect(values.length).toBeGreaterThan(3);
    expect(Math.max(...values)).toBeCloseTo(3 * Math.log(3) - 3, 12);
    expect(log.events().every((e) => e.type === 'iterate')).toBe(true);
    expect(log.length).toBeGreaterThan(3);
  });
});
