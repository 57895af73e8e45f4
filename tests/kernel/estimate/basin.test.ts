/** When a climb has come to where a known optimum is the next stop. */
import { describe, expect, it } from 'vitest';
import { basinOf } from '#kernel/estimate/basin';
import { climb } from '#kernel/estimate/climb';
import { negative } from '#kernel/estimate/optimise/objective';
import { Pace } from '#kernel/estimate/pause';
import type { LogDensity } from '#kernel/program/types';
import { correlated, density, logGamma } from './nuts/densities.ts';

const options = { iterations: 500, signal: undefined, pace: new Pace() };

/** The optimum that a climb finds, and its surroundings. */
async function summit(log: LogDensity, start: readonly number[]) {
  const found = await climb(log, Float64Array.from(start), options);
  expect(found.ending).toBe('converged');
  return basinOf({ ...found, curvature: found.curvature! })!;
}

function stateAt(log: LogDensity, position: readonly number[]) {
  const gradient = new Float64Array(position.length);
  const at = Float64Array.from(position);
  return { iteration: 0, position: at, value: negative(log).valueAndGradient(at, gradient), gradient };
}

/** Two normals of deviation 1, at −c with the smaller share and at c. */
const twoHills = (c: number): LogDensity =>
  density(1, (q, g) => {
    const [a, b] = [0.4 * Math.exp(-0.5 * (q[0]! + c) ** 2), 0.6 * Math.exp(-0.5 * (q[0]! - c) ** 2)];
    g[0] = (-(q[0]! + c) * a - (q[0]! - c) * b) / (a + b);
    return Math.log(a + b);
  });

describe('the basin of an optimum', () => {
  it('holds all of a normal within √d standard errors, and nothing beyond', async () => {
    const log = correlated(0.9);
    const basin = await summit(log, [2, -1]);
    expect(basin.holds(stateAt(log, [0.5, 0.6]))).toBe(true);
    expect(basin.holds(stateAt(log, [1e-9, 0]))).toBe(true);
    expect(basin.holds(stateAt(log, [1, -1]))).toBe(false); // against the correlation: 4.5 standard errors
    expect(basin.holds(stateAt(log, [3, 3]))).toBe(false);
  });

  it('leaves out where the density is not quadratic', async () => {
    const log = logGamma(0.5);
    const basin = await summit(log, [-2]);
    const mode = Math.log(0.5);
    expect(basin.holds(stateAt(log, [mode + 0.05]))).toBe(true);
    expect(basin.holds(stateAt(log, [mode + 0.9]))).toBe(false);
  });

  it('never holds the neighbourhood of another optimum, however near', async () => {
    for (const c of [1.05, 1.2, 1.5, 2, 4]) {
      const log = twoHills(c);
      const [high, low] = [await summit(log, [c]), await summit(log, [-c])];
      if (Math.abs(high.position[0]! - low.position[0]!) < 1e-6) continue; // one hill
      for (const part of [-0.3, -0.1, 0, 0.1, 0.3]) {
        expect(high.holds(stateAt(log, [low.position[0]! + part])), `${c}, ${part}`).toBe(false);
      }
    }
  });

  it('is none where the curvature leaves a direction open', () => {
    const flat = { position: Float64Array.of(0, 0), logDensity: 0, gradientNorm: 0 };
    expect(basinOf({ ...flat, curvature: Float64Array.of(1, 1, 1, 1) })).toBeUndefined();
    expect(basinOf({ ...flat, curvature: Float64Array.of(1, 0, 0, -1) })).toBeUndefined();
  });

  it('does not hold what is higher than its optimum, or not finite', async () => {
    const log = correlated(0);
    const basin = await summit(log, [1, 1]);
    const state = stateAt(log, [0.1, 0.1]);
    expect(basin.holds({ ...state, value: state.value - 1 })).toBe(false);
    expect(basin.holds({ ...state, value: Number.NaN })).toBe(false);
    expect(basin.holds({ ...state, gradient: Float64Array.of(Number.NaN, 0) })).toBe(false);
  });
});

describe('a climb with optima known', () => {
  it('ends at the optimum itself, in fewer gradients', async () => {
    const log = logGamma(30);
    const basin = await summit(log, [0]);
    const alone = await climb(log, Float64Array.of(2), options);
    const joined = await climb(log, Float64Array.of(2), { ...options, known: [basin] });
    expect(joined.ending).toBe('converged');
    expect(joined.position).toBe(basin.position);
    expect(joined.logDensity).toBe(basin.logDensity);
    expect(joined.evaluations).toBeLessThan(alone.evaluations);
  });

  it('goes on to an optimum that is not known', async () => {
    const log = twoHills(3);
    const basin = await summit(log, [-3]);
    const found = await climb(log, Float64Array.of(4), { ...options, known: [basin] });
    expect(found.position[0]).toBeCloseTo(3, 5);
    expect(found.curvature).not.toBe(basin.curvature);
  });
});
