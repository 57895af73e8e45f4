/**
 * Every sampler against closed forms, in Monte Carlo standard errors with fixed seeds: skewed, correlated, curved and
 * many-moded targets. A correct sampler fails one figure in 15,000.
 */
import { describe, expect, it } from 'vitest';
import { essBulk, rHat } from '#kernel/diagnose/index';
import { ensemble } from '#kernel/estimate/samplers/ensemble';
import { conditional, resolveBlocks } from '#kernel/estimate/samplers/gibbs';
import { hmc } from '#kernel/estimate/samplers/hmc';
import { metropolis } from '#kernel/estimate/samplers/metropolis';
import { nextDiagonal } from '#kernel/estimate/samplers/pathfinder';
import { type SamplerName, samplerNamed, samplers } from '#kernel/estimate/samplers/registry';
import { type ChainResult, finish, type RunOptions, type Target } from '#kernel/estimate/samplers/run';
import { slice } from '#kernel/estimate/samplers/slice';
import { EventLog } from '#kernel/estimate/step';
import { foldIn, key } from '#kernel/numeric/random';
import { digamma, trigamma } from '#kernel/numeric/special/gamma';
import { correlated, density, expectMoments, funnelNonCentred, logGamma, normals } from '../nuts/densities.ts';

/** Four chains, and the draws of a function of the position. */
function chainsOf<O extends RunOptions>(name: SamplerName, target: Target, seed: number, options: O) {
  const definition = samplerNamed(name);
  const defaults = Object.fromEntries(Object.entries(definition.options).map(([k, check]) => [k, check(undefined)]));
  const blocks = Array.from({ length: target.dimension }, (_, i) => ({ coordinates: [i], sampler: 'slice' }));
  const all = { ...defaults, ...(name === 'gibbs' ? { blocks } : {}), ...options };
  const results = [0, 1, 2, 3].map((i): ChainResult => finish(definition.run(target, foldIn(key(seed), i), all)));
  const d = target.dimension;
  const of = (f: (q: Float64Array) => number) =>
    results.map((r) => r.logDensity.map((_, i) => f(r.positions.subarray(i * d, (i + 1) * d))));
  return { results, of };
}

/** Draws a sampler needs for a few hundred effective ones. */
const lengths: Record<Exclude<SamplerName, 'pathfinder'>, RunOptions> = {
  nuts: { warmup: 300, draws: 500 },
  hmc: { warmup: 300, draws: 500 },
  metropolis: { warmup: 1000, draws: 12_000 },
  adaptiveMetropolis: { warmup: 2000, draws: 6000 },
  robustMetropolis: { warmup: 2000, draws: 6000 },
  slice: { warmup: 200, draws: 3000 },
  ensemble: { warmup: 500, draws: 2000 },
  gibbs: { warmup: 200, draws: 3000 },
  smc: { warmup: 0, draws: 1500 },
  tempering: { warmup: 1000, draws: 4000 },
};
const exact = Object.keys(lengths) as (keyof typeof lengths)[];

describe.each(exact)('%s draws from', { timeout: 180_000 }, (name) => {
  const options = lengths[name];

  it('independent normals of different scale', () => {
    const { of } = chainsOf(name, normals([1, -2], [0.2, 3]), 1, options);
    expectMoments(
      of((q) => q[0]!),
      { mean: 1, sd: 0.2 },
      150,
    );
    expectMoments(
      of((q) => q[1]!),
      { mean: -2, sd: 3 },
      150,
    );
  });

  it('a correlated normal, its product moments too', () => {
    const { of } = chainsOf(name, correlated(0.8), 2, options);
    expectMoments(
      of((q) => (q[0]! + q[1]!) / Math.SQRT2),
      { mean: 0, sd: Math.sqrt(1.8) },
      100,
    );
    expectMoments(
      of((q) => (q[0]! - q[1]!) / Math.SQRT2),
      { mean: 0, sd: Math.sqrt(0.2) },
      100,
    );
  });

  it('a skewed target: the log of a gamma(2) variable', () => {
    const { of } = chainsOf(name, logGamma(2), 3, options);
    expectMoments(
      of((q) => q[0]!),
      { mean: digamma(2), sd: Math.sqrt(trigamma(2)) },
      150,
    );
    expectMoments(
      of((q) => Math.exp(q[0]!)),
      { mean: 2, sd: Math.SQRT2 },
      150,
    );
  });

  it('a half line: nothing is drawn outside the support', () => {
    const halfLine = density(1, (q, g) => {
      g[0] = q[0]! > 0 ? 1 / q[0]! - 1 : Number.NaN;
      return q[0]! > 0 ? Math.log(q[0]!) - q[0]! : Number.NEGATIVE_INFINITY; // gamma(2, 1)
    });
    const { of } = chainsOf(name, halfLine, 4, options);
    const draws = of((q) => q[0]!);
    expect(draws.every((chain) => chain.every((x) => x > 0))).toBe(true);
    expectMoments(draws, { mean: 2, sd: Math.SQRT2 }, 100);
  });
});

/** Two normals, far apart: weights 0.3 and 0.7, at −6 and 6 in the first of two coordinates. */
const twoModes = density(2, (q, g) => {
  const a = Math.log(0.3) - 0.5 * (q[0]! + 6) ** 2;
  const b = Math.log(0.7) - 0.5 * (q[0]! - 6) ** 2;
  const top = Math.max(a, b);
  const both = top + Math.log(Math.exp(a - top) + Math.exp(b - top));
  const share = Math.exp(a - both);
  g[0] = -share * (q[0]! + 6) - (1 - share) * (q[0]! - 6);
  g[1] = -q[1]!;
  return both - 0.5 * q[1]! ** 2;
});

describe('a target of two far modes', () => {
  const truth = { mean: 0.4 * 6, sd: Math.sqrt(1 + 36 - (0.4 * 6) ** 2) };

  it.each(['smc', 'tempering'] as const)('%s weighs them right', (name) => {
    const { of } = chainsOf(name, twoModes, 5, name === 'smc' ? { warmup: 0, draws: 2000 } : lengths[name]);
    const draws = of((q) => q[0]!);
    // The weight of a mode is one number a cloud: chain to chain it varies more than its draws show.
    const shares = draws.map((chain) => chain.filter((x) => x < 0).length / chain.length);
    const mean = shares.reduce((a, b) => a + b) / 4;
    expect(mean).toBeGreaterThan(0.22);
    expect(mean).toBeLessThan(0.38);
    const all = draws.flatMap((chain) => [...chain]);
    expect(Math.abs(all.reduce((a, b) => a + b) / all.length - truth.mean)).toBeLessThan(1.2);
  });

  it('nuts misses one in a chain, and R-hat says so', () => {
    const { of } = chainsOf('nuts', twoModes, 6, lengths.nuts);
    expect(rHat(of((q) => q[0]!))).toBeGreaterThan(1.5);
  });

  it('smc gives the evidence', () => {
    const { results } = chainsOf('smc', twoModes, 7, { warmup: 0, draws: 2000 });
    // ∫ = (0.3 + 0.7) √(2π) √(2π), log 2π = 1.8379.
    for (const { logEvidence } of results) expect(Math.abs(logEvidence! - Math.log(2 * Math.PI))).toBeLessThan(0.35);
  });
});

describe('curved targets', { timeout: 180_000 }, () => {
  /** x ~ normal(0, 1), y ~ normal(x², 1): E y = 1, var y = 2 + 1. */
  const banana = density(2, (q, g) => {
    const bend = q[1]! - q[0]! ** 2;
    g[0] = -q[0]! + 2 * q[0]! * bend;
    g[1] = -bend;
    return -0.5 * q[0]! ** 2 - 0.5 * bend ** 2;
  });

  it.each(['nuts', 'hmc', 'slice', 'ensemble', 'robustMetropolis', 'smc', 'tempering'] as const)(
    '%s follows a banana',
    (name) => {
      // Its tails are narrow: trajectories need short steps there.
      const careful = samplers[name].gradient ? { targetAcceptance: 0.95, warmup: 500, draws: 3000 } : {};
      const more = { ...lengths[name], draws: 2 * lengths[name].draws, ...careful };
      const { of } = chainsOf(name, banana, 8, more);
      expectMoments(
        of((q) => q[0]!),
        { mean: 0, sd: 1 },
        60,
      );
      expectMoments(
        of((q) => q[1]!),
        { mean: 1, sd: Math.sqrt(3) },
        60,
      );
    },
  );

  it.each(['nuts', 'hmc', 'slice', 'gibbs', 'ensemble'] as const)('%s samples a non-centred funnel', (name) => {
    const { of } = chainsOf(name, funnelNonCentred(4), 9, lengths[name]);
    expectMoments(
      of((q) => q[0]!),
      { mean: 0, sd: 3 },
      100,
    );
  });
});

describe('the pure steps', () => {
  const target = normals([0, 0], [1, 1]);

  it.each([
    ['metropolis', () => metropolis(target), { scale: 1.5 }],
    ['slice', () => slice(target), { widths: Float64Array.of(2, 2) }],
    ['hmc', () => hmc(target), { stepSize: 0.4, time: 1.5, variance: Float64Array.of(1, 1) }],
  ] as const)('%s: the same key and state give the same draw, and the state is not changed', (_, make, parameters) => {
    const stepper = make();
    const state = stepper.init(Float64Array.of(0.3, -0.2));
    const before = structuredClone(state);
    const step = stepper.step as (k: ReturnType<typeof key>, s: typeof state, p: typeof parameters) => unknown;
    expect(step(key(5), state, parameters)).toEqual(step(key(5), state, parameters));
    expect(state).toEqual(before);
    expect(() => stepper.init(Float64Array.of(Number.NaN, 0))).toThrow(RangeError);
  });

  it('tell their proposals and what became of them', () => {
    const log = new EventLog(10_000);
    const options = { warmup: 5, draws: 5, log };
    finish(samplers.metropolis.run(target, key(1), options));
    finish(samplers.slice.run(target, key(1), options));
    finish(
      samplers.hmc.run(target, key(1), { ...options, targetAcceptance: 0.8, trajectoryTime: 1.5, metric: 'auto' }),
    );
    const types = log.events().map(({ type }) => type);
    expect(types.filter((type) => type === 'acceptance')).toHaveLength(30);
    expect(types.filter((type) => type === 'trajectory')).toHaveLength(10);
    expect(types.filter((type) => type === 'proposal').length).toBeGreaterThan(20);
  });

  it('an ensemble keeps its walkers apart and counts each evaluation', () => {
    const sampler = ensemble(target);
    const start = sampler.init([0, 1, 2, 3].map((x) => Float64Array.of(x, -x)));
    const [next, info] = sampler.step(key(3), start, { move: 'stretch', stretch: 2 });
    expect(next.walkers).toHaveLength(4);
    expect(info.evaluations).toBe(4);
    expect(start.walkers.map(({ position }) => position[0])).toEqual([0, 1, 2, 3]);
  });

  it('an ensemble by differences of walkers draws from the same target', () => {
    const { of } = chainsOf('ensemble', correlated(0.9), 10, { warmup: 500, draws: 2000, move: 'difference' });
    expectMoments(
      of((q) => q[0]!),
      { mean: 0, sd: 1 },
      100,
    );
  });

  it('hmc calls a trajectory whose energy runs away diverging, and stays', () => {
    const sampler = hmc(normals([0], [1e-4]));
    const state = sampler.init(Float64Array.of(0));
    const [next, info] = sampler.step(key(1), state, { stepSize: 1, time: 5, variance: Float64Array.of(1) });
    expect(info.ending).toBe('diverging');
    expect(next).toBe(state);
  });
});

describe('the blocks of gibbs', () => {
  const places = [
    { name: 'mu', unconstrainedOffset: 0, unconstrainedSize: 1 },
    { name: 'theta', unconstrainedOffset: 1, unconstrainedSize: 3 },
    { name: 'tau', unconstrainedOffset: 4, unconstrainedSize: 1 },
  ];

  it('are coordinates of the names, and those left out get a block each', () => {
    expect(resolveBlocks([{ parameters: ['tau', 'mu'], sampler: 'hmc' }], places)).toEqual([
      { coordinates: [4, 0], sampler: 'hmc' },
      { coordinates: [1, 2, 3], sampler: 'slice' },
    ]);
    expect(() => resolveBlocks([{ parameters: ['nu'] }], places)).toThrow(
      "a block names 'nu', which is no parameter; there are: mu, theta, tau",
    );
    expect(() => resolveBlocks([{ parameters: ['mu'], sampler: 'nuts' as never }], places)).toThrow(
      "must be one of 'slice'",
    );
  });

  it('see the target with all else held fixed', () => {
    const target = correlated(0.5);
    const part = conditional(target, [1], Float64Array.of(0.7, 99));
    const whole = Float64Array.of(0.7, -0.3);
    expect(part.value(Float64Array.of(-0.3))).toBe(target.value(whole));
    const out = new Float64Array(1);
    const gradient = new Float64Array(2);
    part.valueAndGradient!(Float64Array.of(-0.3), out);
    target.valueAndGradient(whole, gradient);
    expect(out[0]).toBe(gradient[1]);
  });

  it('of different samplers together leave the target as it is', () => {
    const blocks = [
      { coordinates: [0, 1], sampler: 'hmc' },
      { coordinates: [2], sampler: 'metropolis' },
    ];
    const target = normals([1, -1, 2], [1, 2, 0.5]);
    const { of } = chainsOf('gibbs', target, 11, { warmup: 500, draws: 3000, blocks });
    for (const [i, mean, sd] of [
      [0, 1, 1],
      [1, -1, 2],
      [2, 2, 0.5],
    ] as const) {
      expectMoments(
        of((q) => q[i]!),
        { mean, sd },
        100,
      );
    }
  });
});

describe('pathfinder', () => {
  it('finds a normal exactly, scales and correlations', () => {
    const { of, results } = chainsOf('pathfinder', correlated(0.8), 12, { warmup: 0, draws: 1000 });
    for (const f of [(q: Float64Array) => q[0]! + q[1]!, (q: Float64Array) => q[0]! - q[1]!]) {
      const draws = of(f).flatMap((chain) => [...chain]);
      const mean = draws.reduce((a, b) => a + b) / draws.length;
      const sd = Math.sqrt(draws.reduce((a, b) => a + (b - mean) ** 2, 0) / draws.length);
      const truth = f(Float64Array.of(1, 0)) === f(Float64Array.of(0, 1)) ? Math.sqrt(3.6) : Math.sqrt(0.4);
      expect(Math.abs(mean)).toBeLessThan(0.2 * truth);
      expect(Math.abs(Math.log(sd / truth))).toBeLessThan(0.25);
    }
    // log ∫ exp(−½ qᵀΣ⁻¹q) = log 2π + ½ log(1 − 0.64).
    for (const { logEvidence } of results)
      expect(logEvidence).toBeCloseTo(Math.log(2 * Math.PI) + 0.5 * Math.log(0.36), 0);
  });

  it('keeps the diagonal of an inverse Hessian positive, and of a diagonal one exact', () => {
    // One coordinate: s = 2, z = 2 h with h = 4, so the inverse is 1/4 whatever stood before.
    const once = nextDiagonal(Float64Array.of(1), { s: Float64Array.of(2), z: Float64Array.of(8) });
    expect(once[0]).toBeCloseTo(0.25, 12);
    const two = nextDiagonal(Float64Array.of(1, 1), { s: Float64Array.of(1, 0.5), z: Float64Array.of(4, 1) });
    expect(two.every((x) => x > 0)).toBe(true);
  });

  it('starts more parameters than its history holds', () => {
    const sds = Array.from({ length: 30 }, (_, i) => 0.5 + i / 10);
    const { of } = chainsOf('pathfinder', normals(new Array(30).fill(1), sds), 13, { warmup: 0, draws: 500 });
    const draws = of((q) => q[29]!).flatMap((chain) => [...chain]);
    const mean = draws.reduce((a, b) => a + b) / draws.length;
    expect(Math.abs(mean - 1)).toBeLessThan(1);
  });
});

describe('adaptation', () => {
  it('of random walks brings the acceptance to the most efficient', () => {
    for (const name of ['metropolis', 'adaptiveMetropolis', 'robustMetropolis'] as const) {
      const { results } = chainsOf(name, normals([0, 0, 0], [1, 1, 1]), 14, { warmup: 3000, draws: 3000 });
      for (const { acceptance } of results) {
        const mean = acceptance.reduce((a, b) => a + b) / acceptance.length;
        expect(mean, name).toBeGreaterThan(0.15);
        expect(mean, name).toBeLessThan(0.4);
      }
    }
  });

  it('of a shape makes correlation cheap: many more effective draws than a round walk', () => {
    const target = correlated(0.99);
    const ess = (name: SamplerName) =>
      essBulk(chainsOf(name, target, 15, { warmup: 3000, draws: 5000 }).of((q) => q[0]! + q[1]!));
    expect(ess('adaptiveMetropolis')).toBeGreaterThan(3 * ess('metropolis'));
    expect(ess('robustMetropolis')).toBeGreaterThan(3 * ess('metropolis'));
  });
});
