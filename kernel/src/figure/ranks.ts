/**
 * Rank histograms (Vehtari et al. 2021, section 4.3): each draw is replaced by its rank among the draws of all
 * chains. Chains that explore the same distribution have flat histograms; a chain that is stuck leans to one end.
 */

/**
 * Ranks 0 … n − 1 of all values; ties share their mean rank, NaN ranks last.
 * @example
 * ranks([3, 1, 1]); // Float64Array [2, 0.5, 0.5]
 */
export function ranks(values: ArrayLike<number>): Float64Array {
  const n = values.length;
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  order.sort((a, b) => {
    const x = values[a]!;
    const y = values[b]!;
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
    return x < y ? -1 : x > y ? 1 : 0;
  });
  const result = new Float64Array(n);
  for (let from = 0; from < n; ) {
    let to = from + 1;
    while (to < n && values[order[to]!] === values[order[from]!]) to++;
    for (let i = from; i < to; i++) result[order[i]!] = (from + to - 1) / 2;
    from = to;
  }
  return result;
}

/**
 * Counts of each chain's ranks in equal bins.
 *
 * @param values draws (chains, draws), row-major
 * @returns counts (chains, bins); each expected to be draws / bins
 */
export function rankHistogram(values: ArrayLike<number>, chains: number, bins: number): number[][] {
  const rank = ranks(values);
  const draws = values.length / chains;
  return Array.from({ length: chains }, (_, chain) => {
    const counts = new Array<number>(bins).fill(0);
    for (let i = chain * draws; i < (chain + 1) * draws; i++) {
      const bin = Math.min(bins - 1, Math.floor((rank[i]! / values.length) * bins));
      counts[bin] = counts[bin]! + 1;
    }
    return counts;
  });
}
