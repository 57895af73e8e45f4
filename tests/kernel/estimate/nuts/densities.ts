/** Log densities with known moments, and helpers to judge draws from them in Monte Carlo standard errors. */
import { expect } from 'vitest';
import { type Chains, essBulk, essMean, mcseMean, mcseSd, rHat } from '#kernel/diagnose/index';
import { type ChainOptions, runChain, type WarmupInfo } from '#kernel/estimate/nuts/chain';
import type { ChainResult as Result } from '#kernel/estimate/samplers/run';
import { foldIn, key } from '#kernel/numeric/random';
import type { LogDensity } from '#kernel/program/types';

/** A log density from a function that returns the value and fills the gradient. */
export function density(dimension: number, f: (q: Float64Array, gradient: Float64Array) => number): LogDensity {
  const scratch = new Float64Array(dimension);
  return { dimension, value: (q) => f(q, scratch), valueAndGradient: f };
}

/** Independent normals with the given means and standard deviations. */
export const normals = (means: number[], sds: number[]): LogDensity =>
  density(means.length, (q, g) => {
    let sum = 0;
    means.forEach((m, i) => {
      const z = (q[i]! - m) / sds[i]!;
      sum -= 0.5 * z * z;
      g[i] = -z / sds[i]!;
    });
    return sum;
  });

/** Bivariate normal, unit variances, correlation rho. */
export const correlated = (rho: number): LogDensity =>
  density(2, (q, g) => {
    const c = 1 / (1 - rho * rho);
    g[0] = -c * (q[0]! - rho * q[1]!);
    g[1] = -c * (q[1]! - rho * q[0]!);
    return 0.5 * (q[0]! * g[0]! + q[1]! * g[1]!);
  });

/** The log of a gamma(a, 1) variable: skewed, with mean ψ(a) and variance ψ′(a). */
export const logGamma = (a: number): LogDensity =>
  density(1, (q, g) => {
    g[0] = a - Math.exp(q[0]!);
    return a * q[0]! - Math.exp(q[0]!);
  });

/** Neal's funnel, v ~ normal(0, 3) and x_i ~ normal(0, e^(v/2)), told through z_i = x_i e^(−v/2). */
export const funnelNonCentred = (n: number): LogDensity =>
  normals(new Array(n + 1).fill(0), [3, ...new Array(n).fill(1)]);

/** The same funnel told directly: its neck is known to be hard. */
export const funnelCentred = (n: number): LogDensity =>
  density(n + 1, (q, g) => {
    const v = q[0]!;
    let squares = 0;
    for (let i = 1; i <= n; i++) squares += q[i]! ** 2;
    const precision = Math.exp(-v);
    g[0] = -v / 9 - n / 2 + 0.5 * squares * precision;
    for (let i = 1; i <= n; i++) g[i] = -q[i]! * precision;
    return -(v * v) / 18 - (n * v) / 2 - 0.5 * squares * precision;
  });

type ChainResult = Result<WarmupInfo>;

const usual = { warmup: 500, draws: 1000, targetAcceptance: 0.8, maxTreeDepth: 10 };

/** Drive a chain to its end. */
export function run(target: LogDensity, seed: number, options: Partial<ChainOptions> = {}, budget = 1e9): ChainResult {
  const chain = runChain(target, key(seed), { ...usual, ...options });
  let next = chain.next();
  while (!next.done) next = chain.next({ budget, stop: false });
  return next.value;
}

/** Four chains of a coordinate, or of a function of the position. */
export function chains(
  target: LogDensity,
  seed: number,
  options: Partial<ChainOptions> = {},
): { results: ChainResult[]; of: (f: (q: Float64Array) => number) => Chains } {
  const results = [0, 1, 2, 3].map((i) => {
    const chain = runChain(target, foldIn(key(seed), i), { ...usual, ...options });
    let next = chain.next();
    while (!next.done) next = chain.next({ budget: 1e9, stop: false });
    return next.value;
  });
  const d = target.dimension;
  const of = (f: (q: Float64Array) => number) =>
    results.map((r) => r.logDensity.map((_, i) => f(r.positions.subarray(i * d, (i + 1) * d))));
  return { results, of };
}

/**
 * First that there are enough effective draws, then |mean − truth| < 4 standard errors and the same for the sd.
 * A correct sampler fails one such pair with probability 1.3e-4; the seeds are fixed.
 */
export function expectMoments(draws: Chains, truth: { mean: number; sd: number }, floor = 400): void {
  expect(essBulk(draws)).toBeGreaterThan(floor);
  expect(essMean(draws)).toBeGreaterThan(floor);
  expect(rHat(draws)).toBeLessThan(1.02);
  const all = draws.flatMap((chain) => [...chain]);
  const mean = all.reduce((a, b) => a + b) / all.length;
  const sd = Math.sqrt(all.reduce((a, b) => a + (b - mean) ** 2, 0) / (all.length - 1));
  expect(Math.abs(mean - truth.mean)).toBeLessThan(4 * mcseMean(draws));
  expect(Math.abs(sd - truth.sd)).toBeLessThan(4 * mcseSd(draws));
}
