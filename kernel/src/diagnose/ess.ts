/**
 * Effective sample size: how many independent draws would be worth as much (Vehtari et al. 2021, §3.2; Geyer 1992).
 */
import { log10 } from '../numeric/elementary.ts';
import { sortedQuantile } from '../numeric/quantile.ts';
import { Autocovariance } from './autocovariance.ts';
import { type Chains, flatten, mean, splitChains, usable, variance } from './chains.ts';
import { rankNormalise } from './ranks.ts';

/** Draws that differ by less than this are constant (NumPy's `finfo(float).resolution`, as ArviZ). */
const resolution = 1e-15;

/** ESS of the rank-normalised split chains: for the centre of the distribution. */
export function essBulk(chains: Chains): number {
  return usable(chains) ? essOfScores(rankNormalise(splitChains(chains))) : Number.NaN;
}

/** `essBulk` where the normal scores of the split chains are known. */
export function essOfScores(scores: Chains): number {
  return effective(scores);
}

/** The smaller ESS of the 5 % and 95 % quantiles: for the tails and for intervals. */
export function essTail(chains: Chains): number {
  return usable(chains) ? essOfTails(chains, flatten(chains).sort()) : Number.NaN;
}

/** `essTail` where all draws are known in ascending order. */
export function essOfTails(chains: Chains, sorted: Float64Array): number {
  return Math.min(essBelow(chains, sortedQuantile(sorted, 0.05)), essBelow(chains, sortedQuantile(sorted, 0.95)));
}

/** ESS for the mean, without ranks. */
export function essMean(chains: Chains): number {
  return usable(chains) ? effective(splitChains(chains)) : Number.NaN;
}

/** ESS for the quantile at `probability`: that of the indicator x ≤ quantile. */
export function essQuantile(chains: Chains, probability: number): number {
  if (!(probability > 0 && probability < 1)) {
    throw new RangeError(`essQuantile: probability must lie between 0 and 1, got ${probability}`);
  }
  if (!usable(chains)) return Number.NaN;
  return essBelow(chains, sortedQuantile(flatten(chains).sort(), probability));
}

/** ESS of the indicator x ≤ threshold. */
function essBelow(chains: Chains, threshold: number): number {
  return effective(splitChains(chains.map((chain) => below(chain, threshold))));
}

function below(chain: Float64Array, threshold: number): Float64Array {
  const n = chain.length;
  const indicator = new Float64Array(n);
  for (let i = 0; i < n; i++) indicator[i] = chain[i]! <= threshold ? 1 : 0;
  return indicator;
}

/**
 * n·m / τ̂ with the autocorrelation time from Geyer's initial monotone sequence. The estimate may exceed the number
 * of draws (antithetic chains), by at most the factor log₁₀(n·m).
 */
function effective(chains: Chains): number {
  const total = chains.length * chains[0]!.length;
  const n = chains[0]!.length;
  if (range(chains) < resolution) return total;

  const means = Float64Array.from(chains, mean);
  const autocovariance = new Autocovariance(chains.map((chain, k) => minus(chain, means[k]!)));
  const within = (autocovariance.at(0) * n) / (n - 1);
  const between = chains.length > 1 ? variance(means) : 0;
  const pooled = (within * (n - 1)) / n + between; // var⁺, eq. 3
  const correlation = (lag: number) => 1 - (within - autocovariance.at(lag)) / pooled; // eq. 10

  // Geyer's initial positive sequence: pairs (2k, 2k + 1) while their sum is positive.
  const rho = [1, correlation(1)];
  let even = 1;
  let odd = rho[1]!;
  let t = 1;
  while (t < n - 3 && even + odd > 0) {
    even = correlation(t + 1);
    odd = correlation(t + 2);
    if (even + odd >= 0) {
      rho[t + 1] = even;
      rho[t + 2] = odd;
    }
    t += 2;
  }
  const last = t - 2;
  if (even > 0) rho[last + 1] = even;

  // The initial monotone sequence: no pair sum larger than the one before.
  for (let k = 1; k <= last - 2; k += 2) {
    const before = rho[k - 1]! + rho[k]!;
    if (rho[k + 1]! + rho[k + 2]! > before) rho[k + 1] = rho[k + 2] = before / 2;
  }
  let sum = 0;
  for (let k = 0; k <= last; k++) sum += rho[k]!;
  const tau = Math.max(-1 + 2 * sum + (rho[last + 1] ?? 0), 1 / log10(total));
  return rho.some(Number.isNaN) ? Number.NaN : total / tau;
}

function minus(chain: Float64Array, centre: number): Float64Array {
  const n = chain.length;
  const centred = new Float64Array(n);
  for (let i = 0; i < n; i++) centred[i] = chain[i]! - centre;
  return centred;
}

function range(chains: Chains): number {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const chain of chains) {
    for (let i = 0; i < chain.length; i++) {
      least = Math.min(least, chain[i]!);
      most = Math.max(most, chain[i]!);
    }
  }
  return most - least;
}
