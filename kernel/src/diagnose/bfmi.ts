/**
 * The Bayesian fraction of missing information of a Hamiltonian sampler (Betancourt 2016, arXiv:1604.00695, eq. 1).
 */
import { mean, variance } from './chains.ts';

/** Below this the momentum draws explore the energies too slowly (Stan's threshold). */
export const lowBfmi = 0.3;

/** Mean squared change of the energy from draw to draw, over its variance. @param energy (draws,) of one chain */
export function bfmi(energy: Float64Array): number {
  if (energy.length < 2) return Number.NaN;
  const changes = energy.subarray(1).map((e, i) => (e - energy[i]!) ** 2); // (draws − 1,)
  return mean(changes) / variance(energy);
}
