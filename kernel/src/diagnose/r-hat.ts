/**
 * Rank-normalised split R-hat (Vehtari et al. 2021, §3.1 and §4): do the chains agree?
 */

import { sortedQuantile } from '../numeric/quantile.ts';
import { type Chains, flatten, mean, splitChains, usable, variance } from './chains.ts';
import { ascendingOrder, foldedOrder, inOrder, scoresOf } from './ranks.ts';

/**
 * The larger of the R-hat of the ranks (location) and of the folded ranks (scale); near 1 where the chains agree.
 *
 * NaN for one chain, for fewer than 4 draws a chain, for NaN among the draws, and for constant draws, as ArviZ.
 *
 * @param chains one array of draws a chain
 * @example
 * rHat([Float64Array.of(1, 2, 3, 4), Float64Array.of(2, 1, 4, 3)]);
 */
export function rHat(chains: Chains): number {
  if (!usable(chains, 2)) return Number.NaN;
  const halves = splitChains(chains);
  const all = flatten(halves);
  const order = ascendingOrder(all);
  const sorted = inOrder(all, order);
  return rHatOfScores(halves, order, sorted, scoresOf(halves, order, sorted));
}

/**
 * `rHat` where the split chains are in order and have their normal scores already.
 *
 * @param order the ascending order of all their draws
 * @param sorted the draws in that order
 */
export function rHatOfScores(halves: Chains, order: Uint32Array, sorted: Float64Array, scores: Chains): number {
  const folded = foldedOrder(order, sorted, sortedQuantile(sorted, 0.5));
  const location = classic(scores);
  const scale = classic(scoresOf(halves, folded.order, folded.distances));
  return scale > location ? scale : location; // folded ranks may be constant (NaN) where the ranks are not
}

/** √((B/W + n − 1) / n) with B, W the variances between and within chains (Vehtari et al. 2021, eq. 1–4). */
function classic(chains: Chains): number {
  const n = chains[0]!.length;
  const between = n * variance(Float64Array.from(chains, mean));
  const within = mean(Float64Array.from(chains, variance));
  return Math.sqrt((between / within + n - 1) / n);
}
