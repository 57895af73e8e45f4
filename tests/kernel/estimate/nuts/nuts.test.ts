import { describe, expect, it } from 'vitest';
import { nuts } from '#kernel/estimate/nuts/nuts';
import { EventLog } from '#kernel/estimate/step';
import { foldIn, key } from '#kernel/numeric/random';
import { digamma, trigamma } from '#kernel/numeric/special/gamma';
import {
  chains,
  correlated,
  density,
  expectMoments,
  funnelCentred,
  funnelNonCentred,
  logGamma,
  normals,
  run,
} from './densities.ts';

describe('a step of NUTS', () => {
  const target = correlated(0.5);
  const parameters = { stepSize: 0.5, variance: Float64Array.of(1, 1) };

  it('is pure: the same key and state give the same draw, and the state is not changed', () => {
    const sampler = nuts(target);
    const state = sampler.init(Float64Array.of(0.3, -0.2));
    const before = structuredClone(state);
    const first = sampler.step(key(5), state, parameters);
    sampler.step(key(6), state, parameters);
    expect(sampler.step(key(5), state, parameters)).toEqual(first);
    expect(nuts(target).step(key(5), state, parameters)).toEqual(first);
    expect(state).toEqual(before);
  });

  it('gives the same bits however it is cut into pieces', () => {
    const sampler = nuts(target);
    const state = sampler.init(Float64Array.of(0.3, -0.2));
    const whole = sampler.step(key(5), state, parameters);
    sampler.begin(key(5), state, parameters);
    let pieces = 1;
    while (!sampler.advance(1)) pieces++;
    expect(sampler.finish()).toEqual(whole);
    expect(pieces).toBeGreaterThan(1);
  });

  it('keeps log density and gradient of the draw', () => {
    const sampler = nuts(target);
    const [state] = sampler.step(key(7), sampler.init(Float64Array.of(0.3, -0.2)), parameters);
    const gradient = new Float64Array(2);
    expect(target.valueAndGradient(state.position, gradient)).toBe(state.logDensity);
    expect(state.gradient).toEqual(gradient);
  });

  it('stops at the deepest tree it may build, and says so', () => {
    const sampler = nuts(target, { maxTreeDepth: 3 });
    const [, info] = sampler.step(key(1), sampler.init(Float64Array.of(0, 0)), { ...parameters, stepSize: 1e-3 });
    expect(info).toMatchObject({ ending: 'deepest tree', treeDepth: 3, leapfrogs: 7 });
  });

  it('turns back after about half a period of the oscillator', () => {
    const sampler = nuts(normals([0], [1]));
    const [, info] = sampler.step(key(1), sampler.init(Float64Array.of(1)), {
      stepSize: 0.1,
      variance: Float64Array.of(1),
    });
    expect(info.ending).toBe('turning');
    expect(info.leapfrogs * 0.1).toBeGreaterThan(1);
    expect(info.leapfrogs * 0.1).toBeLessThan(4 * Math.PI);
  });

  it('calls a trajectory whose energy runs away divergent, and stays where it was', () => {
    const sampler = nuts(normals([0], [1e-4]));
    const state = sampler.init(Float64Array.of(0));
    const [next, info] = sampler.step(key(1), state, { stepSize: 1, variance: Float64Array.of(1) });
    expect(info.ending).toBe('diverging');
    expect(next.position).toEqual(state.position);
  });

  it('treats a point outside the support as divergent', () => {
    const halfLine = density(1, (q, g) => {
      g[0] = q[0]! > 0 ? -1 : Number.NaN;
      return q[0]! > 0 ? -q[0]! : Number.NEGATIVE_INFINITY;
    });
    const sampler = nuts(halfLine);
    const [next, info] = sampler.step(key(2), sampler.init(Float64Array.of(0.01)), {
      stepSize: 1,
      variance: Float64Array.of(1),
    });
    expect(info.ending).toBe('diverging');
    expect(next.position[0]).toBeGreaterThan(0);
  });

  it('survives energies that fall by far more than e^x can hold', () => {
    const target = normals([0], [1]);
    const sampler = nuts(target);
    const [state, info] = sampler.step(key(3), sampler.init(Float64Array.of(100)), {
      stepSize: 0.05,
      variance: Float64Array.of(1),
    });
    expect(info.acceptance).toBeGreaterThan(0.5);
    expect(Math.abs(state.position[0]!)).toBeLessThan(101);
    expect(Number.isFinite(state.logDensity)).toBe(true);
  });

  it('refuses a start outside the support and an impossible depth', () => {
    const nowhere = density(1, () => Number.NEGATIVE_INFINITY);
    expect(() => nuts(nowhere).init(Float64Array.of(0))).toThrow('the log density is -Infinity');
    expect(() => nuts(target, { maxTreeDepth: 0 })).toThrow('maxTreeDepth must be a whole number from 1 to 20, got 0');
  });

  it('writes the whole trajectory to the log', () => {
    const log = new EventLog();
    const sampler = nuts(target, { log });
    const start = Float64Array.of(0.3, -0.2);
    const [state, info] = sampler.step(key(5), sampler.init(start), parameters);
    const [trajectory, acceptance] = log.events();
    if (trajectory?.type !== 'trajectory' || acceptance?.type !== 'acceptance')
      throw new Error('not the events expected');
    expect(trajectory.positions).toHaveLength(2 * info.leapfrogs);
    expect(trajectory.directions).toHaveLength(info.leapfrogs);
    expect(acceptance.position).toEqual(state.position);
    // The draw is one of the points of the trajectory, or the start.
    const points = [
      start,
      ...Array.from(trajectory.directions, (_, i) => trajectory.positions.slice(2 * i, 2 * i + 2)),
    ];
    expect(points.some((p) => p[0] === state.position[0] && p[1] === state.position[1])).toBe(true);
  });

  it('logs a divergence from where to where', () => {
    const log = new EventLog();
    const sampler = nuts(normals([0], [1e-4]), { log });
    sampler.step(key(1), sampler.init(Float64Array.of(0)), { stepSize: 1, variance: Float64Array.of(1) });
    const divergence = log.events().find((e) => e.type === 'divergence');
    expect(divergence?.type === 'divergence' && divergence.energyError).toBeGreaterThan(1000);
  });

  it('leaves the target as it is: draws stay standard normal with any step size and metric', () => {
    const target = normals([0, 0], [1, 1]);
    const sampler = nuts(target);
    for (const [stepSize, variance] of [
      [0.3, 1],
      [1.2, 1],
      [0.3, 4],
    ] as const) {
      const draws: Float64Array[] = [];
      for (let chain = 0; chain < 4; chain++) {
        let state = sampler.init(Float64Array.of(0, 0));
        const values = new Float64Array(1000);
        for (let i = 0; i < 1000; i++) {
          const draw = foldIn(foldIn(key(9), chain), i);
          [state] = sampler.step(draw, state, { stepSize, variance: Float64Array.of(variance, variance) });
          values[i] = state.position[0]!;
        }
        draws.push(values);
      }
      expectMoments(draws, { mean: 0, sd: 1 });
    }
  });
});

describe('NUTS with its warm-up, in Monte Carlo standard errors', () => {
  it('independent normals of very different scales', () => {
    const target = normals([3, -100, 0], [1e-3, 50, 1]);
    const { of } = chains(target, 1);
    expectMoments(
      of((q) => q[0]!),
      { mean: 3, sd: 1e-3 },
    );
    expectMoments(
      of((q) => q[1]!),
      { mean: -100, sd: 50 },
    );
    expectMoments(
      of((q) => q[2]!),
      { mean: 0, sd: 1 },
    );
  });

  it('a normal with correlation 0.95, its product moment too', () => {
    const { of } = chains(correlated(0.95), 2);
    expectMoments(
      of((q) => q[0]!),
      { mean: 0, sd: 1 },
    );
    // (q₀ + q₁)/√2 has variance 1 + ρ: a sign error in the metric or the momentum would show here.
    expectMoments(
      of((q) => (q[0]! + q[1]!) / Math.SQRT2),
      { mean: 0, sd: Math.sqrt(1.95) },
    );
    expectMoments(
      of((q) => (q[0]! - q[1]!) / Math.SQRT2),
      { mean: 0, sd: Math.sqrt(0.05) },
    );
  });

  it.each([0.5, 2, 50])('a skewed target: the log of a gamma(%d) variable', (a) => {
    const { of } = chains(logGamma(a), 3);
    expectMoments(
      of((q) => q[0]!),
      { mean: digamma(a), sd: Math.sqrt(trigamma(a)) },
    );
    expectMoments(
      of((q) => Math.exp(q[0]!)),
      { mean: a, sd: Math.sqrt(a) },
    );
  });

  it("Neal's funnel, non-centred: its neck and its mouth", () => {
    const { of, results } = chains(funnelNonCentred(9), 4);
    expectMoments(
      of((q) => q[0]!),
      { mean: 0, sd: 3 },
    );
    expectMoments(
      of((q) => q[1]!),
      { mean: 0, sd: 1 },
    );
    expect(results.every((r) => r.divergent.every((x) => x === 0))).toBe(true);
  });

  it("Neal's funnel, centred, is known to be hard: the divergences say so", () => {
    const { results } = chains(funnelCentred(9), 5);
    const divergences = results.reduce((n, r) => n + r.divergent.reduce((a, b) => a + b, 0), 0);
    expect(divergences).toBeGreaterThan(10);
  });
});

describe('a chain', () => {
  const target = correlated(0.5);

  it('the same key gives the same draws, another key others', () => {
    expect(run(target, 11)).toEqual(run(target, 11));
    expect(run(target, 12).positions).not.toEqual(run(target, 11).positions);
  });

  it('gives the same bits however often it is paused', () => {
    expect(run(target, 11, {}, 3)).toEqual(run(target, 11));
  });

  it('adapts the acceptance to the target and the metric to the variances', () => {
    const result = run(normals([0, 0], [1e-2, 100]), 1, { warmup: 1000, draws: 2000 });
    const mean = result.acceptance.reduce((a, b) => a + b) / 2000;
    expect(mean).toBeGreaterThan(0.7);
    expect(mean).toBeLessThan(0.97);
    // 500 autocorrelated draws in the last window: a variance to within a third.
    expect(Math.abs(Math.log(result.warmup.variance[0]! / 1e-4))).toBeLessThan(Math.log(1.5));
    expect(Math.abs(Math.log(result.warmup.variance[1]! / 1e4))).toBeLessThan(Math.log(1.5));
  });

  it('counts the gradients it spent', () => {
    let calls = 0;
    const counted = density(2, (q, g) => {
      calls++;
      return target.valueAndGradient(q, g);
    });
    const result = run(counted, 1, { warmup: 100, draws: 100 });
    const starts = 1;
    expect(result.warmup.gradients + result.gradients + starts).toBe(calls);
    expect(result.leapfrogs.reduce((a, b) => a + b, 0)).toBe(result.gradients);
  });

  it('stops when told, with the draws so far', async () => {
    const { runChain } = await import('#kernel/estimate/nuts/chain');
    const chain = runChain(target, key(1), { warmup: 50, draws: 1000, targetAcceptance: 0.8, maxTreeDepth: 10 });
    let next = chain.next();
    while (!next.done && next.value.iteration < 80) next = chain.next({ budget: 1, stop: false });
    next = chain.next({ budget: 1, stop: true });
    if (!next.done) throw new Error('the chain went on');
    expect(next.value.ending).toBe('interrupted');
    expect(next.value.logDensity).toHaveLength(30);
    expect(next.value.positions).toHaveLength(60);
    // What is there is what an unbroken run has.
    expect(next.value.positions).toEqual(run(target, 1, { warmup: 50 }).positions.slice(0, 60));
  });

  it('can be stopped at any pause, also while it looks for a start or a step size', async () => {
    const { runChain } = await import('#kernel/estimate/nuts/chain');
    const slow = density(2, () => Number.NaN);
    for (const [candidate, pauses] of [
      [slow, 3],
      [normals([0, 0], [1e-6, 1e-6]), 3],
    ] as const) {
      const chain = runChain(candidate, key(1), { warmup: 50, draws: 50, targetAcceptance: 0.8, maxTreeDepth: 10 });
      let next = chain.next();
      for (let i = 0; i < pauses && !next.done; i++) next = chain.next({ budget: 1, stop: false });
      next = chain.next({ budget: 1, stop: true });
      expect(next.done && next.value).toMatchObject({ ending: 'interrupted', iterations: 0 });
    }
  });

  it('fails with a reason when no start is finite', () => {
    const result = run(
      density(2, () => Number.NaN),
      1,
    );
    expect(result.ending).toBe('failed');
    expect(result.failure?.reason).toContain('not finite at any of 100 random starts');
  });

  it('fails with a reason on an improper posterior', () => {
    const flat = density(1, (_, g) => {
      g[0] = 0;
      return 0;
    });
    expect(run(flat, 1).failure?.reason).toContain('improper');
  });

  it('starts where init says', () => {
    const result = run(normals([1000], [1]), 1, { init: Float64Array.of(1000), warmup: 0, draws: 1 });
    expect(Math.abs(result.positions[0]! - 1000)).toBeLessThan(10);
  });
});
