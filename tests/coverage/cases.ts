/**
 * Intervals whose coverage is known exactly, and data for them: what `npm run coverage` and the short test simulate.
 */
import { exponential, flat, normal, poisson } from '#kernel/distributions/index';
import type { RandomGenerator } from '#kernel/distributions/rng';
import { type Coverage, coverage } from '#kernel/estimate/coverage';
import { bootstrap, mle, profile } from '#kernel/estimate/index';
import { tTest } from '#kernel/hypothesis/t';
import { model } from '#kernel/model/index';
import { gammaRegularisedLower } from '#kernel/numeric/special/incomplete-gamma';
import { normalQuantile } from '#kernel/numeric/special/normal';
import { studentTCdf } from '#kernel/numeric/special/student-t';
import { chiSquaredUpper } from '#kernel/numeric/special/tail';

const level = 0.95;
const reach = normalQuantile((1 + level) / 2);

export interface CoverageCase {
  readonly name: string;
  /** The exact coverage, where there is a formula. */
  readonly exact?: number;
  /** Replicates of the short run, and of the long one. */
  readonly short: number;
  readonly long: number;
  run(replicates: number, first: number): Promise<Coverage>;
}

const mean = 5;
const sd = 2;
const few = 8;
const mu = model()
  .data({ x: new Float64Array(few).fill(1) })
  .parameters({ mu: flat(), sigma: flat().bounded({ lower: 0 }) })
  .observe(({ mu, sigma }) => ({ x: normal(mu, sigma) }));
const waits = model()
  .data({ t: new Float64Array(few).fill(1) })
  .parameters({ rate: flat().bounded({ lower: 0 }) })
  .observe(({ rate }) => ({ t: exponential(rate) }));
const counts = model()
  .data({ k: Int32Array.of(1) })
  .parameters({ lambda: flat().bounded({ lower: 0 }) })
  .observe(({ lambda }) => ({ k: poisson(lambda) }));

const rate = 0.5;
const drawWaits = (random: RandomGenerator) => random.draw(exponential(rate), few);
const drawNormals = (random: RandomGenerator) => random.normal(mean, sd, few);

/** P(lower ≤ G ≤ upper) of a gamma variable G of this shape, the sum of exponential times in units of their mean. */
const between = (shape: number, lower: number, upper: number) =>
  gammaRegularisedLower(shape, upper) - gammaRegularisedLower(shape, lower);

/** Where 2(ℓ̂ − ℓ) of n exponential times, as a function of their standardised sum s, passes the χ² quantile. */
function profileEnds(n: number): [number, number] {
  const deviance = (s: number) => 2 * (s - n - n * Math.log(s / n));
  const cut = reach * reach;
  const solve = (inside: number, outside: number) => {
    let [a, b] = [inside, outside];
    for (let i = 0; i < 200; i++) {
      const middle = (a + b) / 2;
      if (deviance(middle) < cut) a = middle;
      else b = middle;
    }
    return a;
  };
  return [solve(n, 1e-9), solve(n, 100 * n)];
}

/** Wald's interval of a Poisson mean from one count k, √k its standard error: the sum over the counts that cover. */
function poissonWald(lambda: number): number {
  let share = 0;
  let mass = Math.exp(-lambda);
  for (let k = 1; k < 200; k++) {
    mass *= lambda / k;
    if (Math.abs(k - lambda) <= reach * Math.sqrt(k)) share += mass;
  }
  return share;
}

const lambda = 6;

export const cases: readonly CoverageCase[] = [
  {
    name: 't interval of a normal mean, n = 8',
    exact: level,
    short: 4000,
    long: 100_000,
    run: (replicates, first) =>
      coverage({ truth: mean, simulate: drawNormals, interval: (x) => tTest(x).interval!, replicates, first }),
  },
  {
    // |x̄ − μ| < z σ̂ / √n with σ̂² over n is |t| < z √((n − 1)/n).
    name: 'Wald interval of a normal mean by mle, n = 8',
    exact: 1 - 2 * studentTCdf(-reach * Math.sqrt((few - 1) / few), few - 1),
    short: 300,
    long: 10_000,
    run: (replicates, first) =>
      coverage({
        truth: mean,
        simulate: drawNormals,
        interval: async (x) => (await mle(mu.with({ x }), { starts: 1 })).interval(level)[0]!,
        replicates,
        first,
      }),
  },
  {
    // The estimate is n/S, its standard error n/S/√n: |n/s − 1| < z n/s/√n for the standardised sum s.
    name: 'Wald interval of an exponential rate by mle, n = 8',
    exact: between(few, few * (1 - reach / Math.sqrt(few)), few * (1 + reach / Math.sqrt(few))),
    short: 300,
    long: 10_000,
    run: (replicates, first) =>
      coverage({
        truth: rate,
        simulate: drawWaits,
        interval: async (t) => (await mle(waits.with({ t }), { starts: 1 })).interval(level)[0]!,
        replicates,
        first,
      }),
  },
  {
    name: 'profile interval of an exponential rate, n = 8',
    exact: between(few, ...profileEnds(few)),
    short: 150,
    long: 5000,
    run: (replicates, first) =>
      coverage({
        truth: rate,
        simulate: drawWaits,
        interval: async (t) => {
          const { lower, upper } = await profile(waits.with({ t }), 'rate', { level, points: 0 });
          return [lower.value, upper.value];
        },
        replicates,
        first,
      }),
  },
  {
    name: 'Wald interval of a Poisson mean from one count, λ = 6',
    exact: poissonWald(lambda),
    short: 300,
    long: 10_000,
    run: (replicates, first) =>
      coverage({
        truth: lambda,
        simulate: (random) => Int32Array.of(random.draw(poisson(lambda))),
        // A count of 0 has its estimate at the edge and no interval: the formula counts it as not covered.
        interval: async (k) => {
          if (k[0] === 0) return [0, 0];
          return (await mle(counts.with({ k }), { starts: 1 })).interval(level)[0]!;
        },
        replicates,
        first,
      }),
  },
  {
    name: 'percentile bootstrap of an exponential rate, n = 8 (no exact figure)',
    short: 8,
    long: 400,
    run: (replicates, first) =>
      coverage({
        truth: rate,
        simulate: drawWaits,
        interval: async (t) => {
          const boot = await bootstrap(waits.with({ t }), { replicates: 200, seed: 1 });
          return boot.interval(level, 'percentile')[0]!;
        },
        replicates,
        first,
      }),
  },
];

/** The χ² test that the exact figures are what was simulated, over all cases with one. */
export function agreement(results: readonly { readonly exact: number; readonly coverage: Coverage }[]): number {
  const sum = results.reduce((total, { exact, coverage: { share, intervals } }) => {
    return total + ((share - exact) ** 2 * intervals) / (exact * (1 - exact));
  }, 0);
  return chiSquaredUpper(sum, results.length);
}
