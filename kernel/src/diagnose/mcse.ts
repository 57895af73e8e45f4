/**
 * Monte Carlo standard errors: how far an average over the draws may be from the posterior's own figure
 * (Vehtari et al. 2021, §3.3 and §4.4).
 */
import { betaQuantile } from '../numeric/special/beta.ts';
import { type Chains, flatten, mean, usable, variance } from './chains.ts';
import { essMean, essQuantile } from './ess.ts';

/** Standard error of the mean: sd / √ESS. */
export function mcseMean(chains: Chains): number {
  return usable(chains) ? mcseOfMean(chains, variance(flatten(chains))) : Number.NaN;
}

/** `mcseMean` of usable chains whose variance is known. */
export function mcseOfMean(chains: Chains, variance: number): number {
  return Math.sqrt(variance / essMean(chains));
}

/** Standard error of the standard deviation, by the delta method on the squared deviations. */
export function mcseSd(chains: Chains): number {
  return usable(chains) ? mcseOfSd(chains, mean(flatten(chains))) : Number.NaN;
}

/** `mcseSd` of usable chains whose mean is known. */
export function mcseOfSd(chains: Chains, centre: number): number {
  const squares = chains.map((chain) => squared(chain, centre));
  const all = flatten(squares);
  const second = mean(all);
  const fourth = mean(squared(all, 0));
  const varianceOfVariance = (fourth - second ** 2) / essMean(squares);
  return Math.sqrt(varianceOfVariance / second / 4);
}

/** (x − centre)² of every draw. */
function squared(chain: Float64Array, centre: number): Float64Array {
  const n = chain.length;
  const squares = new Float64Array(n);
  for (let i = 0; i < n; i++) squares[i] = (chain[i]! - centre) * (chain[i]! - centre);
  return squares;
}

/** Standard error of the quantile at `probability`: half the width of its 68 % interval in order statistics. */
export function mcseQuantile(chains: Chains, probability: number): number {
  const ess = essQuantile(chains, probability);
  if (Number.isNaN(ess)) return Number.NaN;
  const sorted = flatten(chains).sort();
  const a = ess * probability + 1;
  const b = ess * (1 - probability) + 1;
  const at = (p: number) => betaQuantile(p, a, b) * sorted.length - 1;
  // 0.1586553 and 0.8413447 are Φ(−1) and Φ(1), as ArviZ writes them.
  const low = sorted[Math.floor(Math.max(at(0.1586553), 0))]!;
  const high = sorted[Math.ceil(Math.min(at(0.8413447), sorted.length - 1))]!;
  return (high - low) / 2;
}
