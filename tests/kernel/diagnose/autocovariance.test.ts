import { describe, expect, it } from 'vitest';
import { Autocovariance } from '#kernel/diagnose/autocovariance';
import { essBulk, essMean, essTail, mcseMean, rHat } from '#kernel/diagnose/index';
import { foldIn, key, Stream } from '#kernel/numeric/random';

/** AR(1) chains of variance 1, each with mean 0 as far as its draws go. */
function chainsOf(rho: number, count: number, n: number, seed = 1): Float64Array[] {
  return Array.from({ length: count }, (_, chain) => {
    const stream = new Stream(foldIn(key(seed), chain));
    let x = stream.normal();
    return Float64Array.from({ length: n }, () => {
      const now = x;
      x = rho * x + Math.sqrt(1 - rho * rho) * stream.normal();
      return now;
    });
  });
}

function centred(chains: readonly Float64Array[]): Float64Array[] {
  return chains.map((chain) => {
    const centre = chain.reduce((a, b) => a + b, 0) / chain.length;
    return chain.map((x) => x - centre);
  });
}

/** As it is defined; each sum from the first draw to the last. */
function byDefinition(chains: readonly Float64Array[], lag: number): number {
  let sum = 0;
  for (const x of chains) for (let i = lag; i < x.length; i++) sum += x[i]! * x[i - lag]!;
  return sum / (chains.length * chains[0]!.length);
}

describe('the autocovariance of chains', () => {
  it.each([2, 3, 4, 5, 6, 9, 30, 47, 48, 49, 50, 51, 63])(
    'of %i draws has the bits of its definition at every lag',
    (n) => {
      const chains = centred(chainsOf(0.5, 3, n));
      const autocovariance = new Autocovariance(chains);
      for (let lag = 0; lag < Math.min(n, 48); lag++) {
        expect(autocovariance.at(lag)).toBe(byDefinition(chains, lag));
      }
      for (let lag = 48; lag < n; lag++) expect(autocovariance.at(lag)).toBeCloseTo(byDefinition(chains, lag), 14);
    },
  );

  it.each([
    [400, 4],
    [1000, 3],
    [3001, 2],
  ])('of %i draws is right where a transform takes over, whatever lag is asked for first', (n, count) => {
    const chains = centred(chainsOf(0.95, count, n));
    const inOrder = new Autocovariance(chains);
    for (const lag of [0, 1, 46, 47, 48, 49, 99, (n >> 2) - 1, n >> 2, n - 2, n - 1]) {
      expect(inOrder.at(lag)).toBeCloseTo(byDefinition(chains, lag), 13);
      expect(new Autocovariance(chains).at(lag)).toBeCloseTo(byDefinition(chains, lag), 13);
    }
  });
});

/** ESS of chains that are centred and split already, as the diagnostics computed it before: all lags by their definition. */
function essByDefinition(chains: readonly Float64Array[]): number {
  const halves = chains.flatMap((x) => [x.subarray(0, x.length >> 1), x.subarray(x.length - (x.length >> 1))]);
  const [m, n] = [halves.length, halves[0]!.length];
  const means = halves.map((x) => x.reduce((a, b) => a + b, 0) / n);
  const apart = centred(halves);
  const mean = means.reduce((a, b) => a + b, 0) / m;
  const between = means.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (m - 1);
  const within = (byDefinition(apart, 0) * n) / (n - 1);
  const pooled = (within * (n - 1)) / n + between;
  const rho = (lag: number) => (lag === 0 ? 1 : 1 - (within - byDefinition(apart, lag)) / pooled);
  // Geyer's pairs: as long as they are positive, none larger than the one before.
  let sum = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let t = 0; t + 1 < n; t += 2) {
    const pair = rho(t) + rho(t + 1);
    if (pair < 0) break;
    least = Math.min(least, pair);
    sum += least;
  }
  return (m * n) / (2 * sum - 1);
}

describe('effective sample sizes of chains that mix slowly', () => {
  it.each([0.98, 0.99, 0.995])('are those of the definition, by a transform: correlation %f', (rho) => {
    const chains = chainsOf(rho, 4, 2000, 7);
    // The definition here leaves out the last odd lag that ArviZ adds: a thousandth at most.
    expect(essMean(chains) / essByDefinition(chains)).toBeCloseTo(1, 2);
  });

  it('lie near what theory says: n (1 − ρ) / (1 + ρ)', () => {
    const [rho, count, n] = [0.99, 4, 20_000];
    const expected = (count * n * (1 - rho)) / (1 + rho); // 402
    for (const ess of [essBulk, essMean]) {
      expect(ess(chainsOf(rho, count, n, 3))).toBeGreaterThan(expected / 1.6);
      expect(ess(chainsOf(rho, count, n, 3))).toBeLessThan(expected * 1.6);
    }
  });

  it('do not change with the unit of the draws', () => {
    const chains = chainsOf(0.99, 4, 2000, 5);
    const scaled = chains.map((chain) => chain.map((x) => 1024 * x)); // exact
    for (const figure of [essBulk, essTail, essMean, rHat]) expect(figure(scaled)).toBe(figure(chains));
    expect(mcseMean(scaled)).toBe(1024 * mcseMean(chains));
  });
});
